"""Papers as a compact list with numbers that open them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.post import Action, Section
from bot.domain.summary import Language
from bot.services.buttons import WayBack
from bot.services.compose import page_of, row_line
from bot.services.finding.rows import PaperRow

# One phone screen with a title of two lines each, and one row of numbers (Telegram has room for
# eight buttons a row).
PAGE = 8
# Pages are counted from 0 with two digits.
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Part:
    """What of a list is on a page: ``number`` counts pages from 0, ``total`` all its papers."""

    number: int
    total: int

    @property
    def first(self) -> int:
        """How many papers stand before the page."""
        return self.number * PAGE

    @property
    def last(self) -> int:
        """The number of its last page."""
        return max(0, min(MOST_PAGES, -(-self.total // PAGE)) - 1)


def list_line(row: PaperRow, number: int) -> str:
    """Number, score, title, day."""
    day = f" · {row.day}" if row.day else ""
    return f"{row_line(number, row.paper, row.summary)}{day}"


def list_section(rows: Sequence[PaperRow], *, first: int = 1, label: str = "") -> Section:
    """The rows, each linked to its paper's page; numbers count from ``first``."""
    lines = tuple(list_line(row, number) for number, row in enumerate(rows, start=first))
    return Section(label, lines, urls=tuple(page_of(row.paper) for row in rows))


def opening(
    rows: Sequence[PaperRow], language: Language, here: WayBack, *, first: int = 1
) -> tuple[Action, ...]:
    """A number for each row, which opens it in place."""
    return tuple(
        Action(str(number), here.open_key(language, row.paper.id))
        for number, row in enumerate(rows, start=first)
    )


def turning(
    part: Part, language: Language, *, before: WayBack, after: WayBack
) -> tuple[Action, ...]:
    """The ways to the pages before and after, where there are such."""
    actions: list[Action] = []
    if part.number > 0:
        actions.append(Action("◂", before.list_key(language)))
    if part.number < part.last:
        actions.append(Action("▸", after.list_key(language)))
    return tuple(actions)
