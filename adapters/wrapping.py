"""Where a line of mixed Chinese and Latin text may break.

Rich breaks at spaces only, which leaves Chinese lines ragged: a run of Chinese has none. The rules
here are the part of UAX #14 that such text needs: between wide characters, after spaces and
hyphens; never before closing punctuation, nor after opening punctuation.
"""

import unicodedata
from functools import lru_cache
from itertools import pairwise

from rich.cells import get_character_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import StyleType
from rich.text import Text

_CLOSING = frozenset("，。、；：？！）」』”’》〉】〕］｝…—～％℃·!),.:;?]}%»›")
_OPENING = frozenset("（「『“‘《〈【〔［｛([{«‹$￥")
_NARROWEST = 8


def line_starts(text: str, width: int) -> list[int]:
    """Offsets at which lines after the first begin, so that none is wider than ``width`` cells.

    A word that is too wide by itself is broken anywhere; spaces at a line's end may stand out.
    """
    starts: list[int] = []
    start, opportunity, used = 0, 0, 0
    for place, character in enumerate(text):
        if _may_break(text, place):
            opportunity = place
        cells = get_character_cell_size(character)
        if used + cells > width and not character.isspace() and place > start:
            start = opportunity if opportunity > start else place
            starts.append(start)
            used = sum(get_character_cell_size(c) for c in text[start:place])
        used += cells
    return starts


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place]
    if not before or after.isspace() or after in _CLOSING or before in _OPENING:
        return False
    if before.isspace() or _is_wide(before) or _is_wide(after):
        return not unicodedata.category(after).startswith("M")
    return before == "-" and place > 1 and text[place - 2].isalpha()


@lru_cache(maxsize=4096)
def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


class Paragraph:
    """A text wrapped to the console, behind an indent.

    ``lead`` stands before the first line (a bullet); the others hang under its end.
    """

    def __init__(self, text: Text | str, *, style: StyleType = "", indent: int = 2, lead: str = ""):
        self._text = Text(text, style=style) if isinstance(text, str) else text
        self._first = " " * indent + lead
        self._hanging = " " * len(self._first)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(_NARROWEST, options.max_width - len(self._first))
        plain = self._text.plain
        bounds = [0, *line_starts(plain, width), len(plain)]
        for number, (start, end) in enumerate(pairwise(bounds)):
            part = self._text[start:end]
            part.rstrip()
            lead = self._hanging if number else self._first
            yield Text(lead, no_wrap=True, overflow="ignore").append_text(part)
