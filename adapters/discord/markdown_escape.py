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
_LINE_START = re.compile(r"([#+-])|(\d+)([.)])")
# An Arabic letter mark, a Mongolian separator and tag characters: with these, too, text can be
# reordered or hidden. Tags stay after a flag: some countries' flags are written so.
_TAGS = "\U000e0000-\U000e007f"
_SUSPECT = re.compile(f"[\u061c\u180e{_TAGS}]")
_REORDERING = re.compile(f"[\u061c\u180e]|(?<![\U0001f3f4{_TAGS}])[{_TAGS}]+")


def escape(text: str) -> str:
    """One line or several, so that Discord shows exactly these characters.

    White space is folded line by line and hidden characters are dropped (``bot.domain.text``).
    """
    return "\n".join([_escaped(visible(line)) for line in text.split("\n")])


def _escaped(line: str) -> str:
    marked = _ANYWHERE.sub(r"\\\g<0>", line)
    if ":" in marked:
        marked = _SCHEME.sub(r"\:", marked)
    if "/" in marked:
        marked = _INVITE.sub(r"\1\\/", marked)
    if start := _LINE_START.match(marked):
        digits = start[2] or ""
        return f"{digits}\\{marked[len(digits) :]}"
    return marked


def visible(text: str) -> str:
    """One line of what a reader can see, for places where Discord reads no Markdown: a footer,
    an author's line, a button, a thread's name."""
    return collapse(_REORDERING.sub("", text) if _SUSPECT.search(text) else text)


def units(text: str) -> int:
    """Length in UTF-16 code units, the larger of the two ways in which Discord may count."""
    return len(text.encode("utf-16-le")) // 2


def escaped_units(text: str) -> int:
    """Length of a text once it is escaped."""
    return units(escape(text))
