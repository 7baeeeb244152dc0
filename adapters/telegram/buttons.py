"""The buttons under a message, in rows that fit a phone."""

import unicodedata
from collections.abc import Iterable, Iterator

from adapters.telegram.addresses import usable
from adapters.telegram.message import Button
from bot.domain.post import Post, Select
from bot.domain.text import collapse

# A phone shows about this many columns of button text in one row before it cuts labels short;
# each button takes some for its edges. Telegram takes 8 buttons a row.
_ROW_COLUMNS = 36
_EDGES = 3
_MOST_IN_ROW = 8
# A keyboard holds 100 buttons and some 10 kB; a longer one is refused with the whole message, as
# "reply markup is too long". Both were found by others (tginfo/Telegram-Limits, 187 and 228) and
# are documented nowhere.
_MOST = 100
_MOST_BYTES = 9_000
_BYTES_EACH = 40
_MOST_IN_LABEL = 60
_CHOSEN = "✓ "
# A heading's key: a button must have one, and a press of this one does nothing.
HEADING = "-"

Rows = tuple[tuple[Button, ...], ...]


def rows_of(post: Post) -> Rows:
    """Links first, then what can be chosen, then what the bot itself answers; an address that
    Telegram would refuse together with the whole message gets no button.

    Where there are too many for Telegram, the last choices are left out, never the way on.
    """
    links = [Button(link.label, url=link.url) for link in post.links if usable(link.url)]
    actions = [Button(action.label, key=action.key) for action in post.actions]
    chosen = [row for select in post.selects for row in _select_rows(post, select)]
    return (*_rows(links), *_first(chosen, [*links, *actions]), *_rows(actions))


def _select_rows(post: Post, select: Select) -> Iterator[tuple[Button, ...]]:
    """One question: where there are several, each has its heading. The buttons of a row are equally
    wide on a phone, with room for the mark on each, so that a press moves none of them."""
    if len(post.selects) > 1:
        yield (Button(f"— {_label(select.label)} —", key=HEADING),)
    row: list[Button] = []
    widest = 0
    for choice in select.choices:
        label = _label(choice.label) or choice.value
        width = columns(_CHOSEN + label) + _EDGES
        if row and (max(widest, width) * (len(row) + 1) > _ROW_COLUMNS or len(row) == _MOST_IN_ROW):
            yield tuple(row)
            row, widest = [], 0
        mark = _CHOSEN if choice.chosen else ""
        row.append(Button(mark + label, key=select.flipped(choice.value)))
        widest = max(widest, width)
    yield tuple(row)


def _label(text: str) -> str:
    return collapse(text)[:_MOST_IN_LABEL].rstrip()


def _first(
    rows: Iterable[tuple[Button, ...]], others: Iterable[Button]
) -> Iterator[tuple[Button, ...]]:
    """As many whole rows as there is room for beside the other buttons."""
    count, size = _measure(others)
    for row in rows:
        more = _measure(row)
        count, size = count + more[0], size + more[1]
        if count > _MOST or size > _MOST_BYTES:
            return
        yield row


def _measure(buttons: Iterable[Button]) -> tuple[int, int]:
    """How many they are, and about how many bytes they take."""
    sizes = [len(f"{b.label}{b.key}{b.url}".encode()) + _BYTES_EACH for b in buttons]
    return len(sizes), sum(sizes)


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
