"""Text from outside as Discord's Markdown shows it: to the letter, and without any effect.

Discord takes a backslash before any character that is no letter, digit or space, and shows the
character alone. What has an effect (T2, T3, T4): emphasis, code, spoilers, masked links, bare
addresses and invites (they become links by themselves), mentions, timestamps and custom emoji
(all in ``<…>``), ``@everyone``; and at the start of a line headings, quotations, lists, small text.
"""

import re

from bot.domain.text import collapse

_ANYWHERE = re.compile(r"[\\*_~|`\[\]<>@]")
# A scheme makes a link, and the clients turn an invite into a card even without one.
_SCHEME = re.compile(r"(?<=[A-Za-z0-9+.-]):(?=\\?/\\?/)|(?<=mailto):", re.IGNORECASE)
_INVITE = re.compile(r"(discord(?:app)?\.(?:gg|com|me|io|li))/", re.IGNORECASE)
_LINE_START = re.compile(r"^(\s*)([#+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
# An Arabic letter mark and tag characters, with which text can be reordered or hidden too; tags
# are kept only after a flag (regional emoji are written so).
_REORDERING = re.compile(
    "[\u061c\u180e]|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"
)


def escape(text: str) -> str:
    """One line or several, so that Discord shows exactly these characters.

    White space is folded line by line and hidden characters are dropped (``bot.domain.text``).
    """
    clean = "\n".join(visible(line) for line in text.split("\n"))
    marked = _ANYWHERE.sub(r"\\\g<0>", clean)
    unlinked = _INVITE.sub(r"\1\\/", _SCHEME.sub(r"\\:", marked))
    return _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\1\\\2", unlinked))


def visible(text: str) -> str:
    """One line of what a reader can see, for places where Discord reads no Markdown: a footer,
    an author's line, a button, a thread's name."""
    return collapse(_REORDERING.sub("", text))


def units(text: str) -> int:
    """Length in UTF-16 code units, the larger of the two ways in which Discord may count."""
    return len(text.encode("utf-16-le")) // 2


def escaped_units(text: str) -> int:
    """Length of a text once it is escaped."""
    return units(escape(text))
