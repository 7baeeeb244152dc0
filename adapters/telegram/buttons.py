"""The buttons under a message, in rows that fit a phone."""

import unicodedata
from collections.abc import Iterable

from adapters.telegram.addresses import usable
from adapters.telegram.message import Button
from bot.domain.post import Post

# A phone shows about this many columns of button text in one row before it cuts labels short;
# each button takes some for its edges. Telegram takes 8 buttons a row.
_ROW_COLUMNS = 36
_EDGES = 3
_MOST_IN_ROW = 8

Rows = tuple[tuple[Button, ...], ...]


def rows_of(post: Post) -> Rows:
    """Links first, then what the bot itself answers; an address that Telegram would refuse
    together with the whole message gets no button."""
    links = [Button(link.label, url=link.url) for link in post.links if usable(link.url)]
    actions = [Button(action.label, key=action.key) for action in post.actions]
    return (*_rows(links), *_rows(actions))


def _rows(buttons: Iterable[Button]) -> Rows:
    rows: list[list[Button]] = []
    room = 0
    for button in buttons:
        width = columns(button.label) + _EDGES
        if not rows or width > room or len(rows[-1]) == _MOST_IN_ROW:
            rows.append([])
            room = _ROW_COLUMNS
        rows[-1].append(button)
        room -= width
    return tuple(map(tuple, rows))


def columns(text: str) -> int:
    """Width in Latin letters; a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
