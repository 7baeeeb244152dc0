"""Blocks into messages: at the borders of blocks, lines, sentences and words, before any markup.

Limits: 4096 after parsing and 100 entities a message, further ones being ignored without a word
(Bot API, sendMessage; python-telegram-bot's note). Whether Telegram counts the 4096 in characters
or in UTF-16 units is not documented, so the greater count is kept to.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from adapters.plain import split_text
from adapters.telegram.blocks import Block, Line, Span, text_of, units
from adapters.telegram.html import GAP

MAX_UNITS = 4096
MAX_ENTITIES = 100
# A message is filled up by parting a block only while less than this share of it is used, and only
# with a piece worth reading.
_FILL_BELOW = 0.5
_SMALLEST_PIECE = 200


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a message."""

    units: int = MAX_UNITS
    entities: int = MAX_ENTITIES

    def less(self, taken: "Room") -> "Room":
        """What is left after something is put in."""
        return Room(self.units - taken.units, self.entities - taken.entities)

    def holds(self, taken: "Room") -> bool:
        """Whether something fits."""
        return taken.units <= self.units and taken.entities <= self.entities


def pack(blocks: Iterable[Block], whole: Room = Room()) -> Sequence[tuple[Block, ...]]:
    """Blocks by message, in order. Nothing but white space at a cut is dropped."""
    waiting = deque(blocks)
    parts: list[tuple[Block, ...]] = []
    current: list[Block] = []
    room = whole
    while waiting:
        block = waiting.popleft()
        inside = room if not current else room.less(Room(len(GAP), 0))
        size = _size(block)
        if inside.holds(size):
            current.append(block)
            room = inside.less(size)
            continue
        if inside.units > whole.units * _FILL_BELOW or not current:
            head, block = _cut_block(block, inside, least=_SMALLEST_PIECE if current else 1)
            current.extend(head)
        if not current:
            # Not even its label fits: then it is a line like any other.
            block = replace(block, lines=block.all_lines, label=())
        else:
            parts.append(tuple(current))
        waiting.appendleft(block)
        current, room = [], whole
    return (*parts, tuple(current)) if current else tuple(parts)


def _size(block: Block) -> Room:
    lines = block.all_lines
    return Room(
        sum(units(text_of(line)) for line in lines) + max(0, len(lines) - 1),
        sum(span.entities for line in lines for span in line) + block.folded,
    )


def _cut_block(block: Block, room: Room, *, least: int) -> tuple[tuple[Block, ...], Block]:
    """What of a block fits, if anything of it is worth while, and the rest."""
    left = whole = room.less(_size(replace(block, lines=())))
    taken: list[Line] = []
    rest = deque(block.lines)
    while rest:
        inside = left.less(Room(1, 0)) if taken or block.label else left
        size = _size(Block((rest[0],)))
        if not inside.holds(size):
            if not taken or left.units > whole.units * _FILL_BELOW:
                head, tail = _cut_line(rest.popleft(), inside, least=least)
                taken.extend(head)
                rest.extendleft(tail)
            break
        taken.append(rest.popleft())
        left = inside.less(size)
    if not taken:
        return (), block
    return (replace(block, lines=tuple(taken)),), replace(block, lines=tuple(rest), label=())


def _cut_line(line: Line, room: Room, *, least: int) -> tuple[Sequence[Line], Sequence[Line]]:
    """The line's beginning that fits, unless it is shorter than ``least``, and its rest."""
    text = text_of(line)
    fitting = _fitting(line, room)
    if fitting < least:
        return (), (line,)
    cut = len(split_text(text[: fitting + 1], fitting)[0])
    after = cut + len(text[cut:]) - len(text[cut:].lstrip())
    return (_slice(line, 0, cut),), (_slice(line, after, len(text)),)


def _fitting(line: Line, room: Room) -> int:
    """How many of a line's characters fit."""
    count = 0
    for span in line:
        if span.entities > room.entities:
            break
        taken = _first_units(span.text, room.units)
        count += len(taken)
        if len(taken) < len(span.text):
            break
        room = room.less(Room(units(taken), span.entities))
    return count


def _first_units(text: str, count: int) -> str:
    """As much of a text as so many UTF-16 units hold; no half of a character."""
    encoded = text[: max(0, count)].encode("utf-16-le")
    return encoded[: 2 * max(0, count)].decode("utf-16-le", "ignore")


def _slice(line: Line, start: int, end: int) -> Line:
    cut: list[Span] = []
    place = 0
    for span in line:
        text = span.text[max(0, start - place) : max(0, end - place)]
        if text:
            cut.append(replace(span, text=text))
        place += len(span.text)
    return tuple(cut)
