"""Plain-text rules that hold wherever text from outside enters."""

import re

# C0 and C1 controls (but not tab and newline), direction marks, zero-width space and BOM: they
# can hide or reorder what a reader sees (T4). The zero-width joiner stays: emoji need it. Lone
# surrogates, which JSON escapes can carry, go too: no file or database takes them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\u061c\ud800-\udfff]"
)


def without_hidden(text: str) -> str:
    """Text without control, zero-width and direction characters; carriage returns go too."""
    return _HIDDEN.sub("", text)


def collapse(text: str) -> str:
    """All white space folded to single spaces, hidden characters dropped."""
    return " ".join(without_hidden(text).split())
