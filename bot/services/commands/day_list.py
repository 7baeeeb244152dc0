"""A day's papers as a compact list, page by page. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from bot.domain.paper import Paper
from bot.domain.post import Action, Post, Section
from bot.domain.summary import Summary
from bot.domain.wording import Wording
from bot.services.buttons import Page
from bot.services.collect import still_grows
from bot.services.compose import list_name, page_of, row_line

# One phone screen: ten titles of two lines each.
PAGE = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A paper on a source's list, with what is said of it if anything is yet."""

    source: str
    paper: Paper
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class DayView:
    """A day as one chat sees it: all rows, source by source, each source's best first.

    ``checked_at`` is the newest look at any of the lists. ``notes`` are sentences about what is
    missing and why.
    """

    day: date
    rows: tuple[Row, ...]
    checked_at: datetime | None = None
    notes: tuple[str, ...] = ()


def best_first(rows: Sequence[Row]) -> list[Row]:
    """By recommendation; what is not rated follows, and equals keep the list's order."""
    return sorted(rows, key=lambda row: -_recommendation(row))


def day_post(view: DayView, wording: Wording, *, offset: int = 0, now: datetime) -> Post:
    """The page that begins with the row at ``offset``."""
    offset = min(max(0, offset), max(0, len(view.rows) - 1)) // PAGE * PAGE
    page = view.rows[offset : offset + PAGE]
    return Post(
        language=wording.language,
        title=_title(view, wording),
        url="",
        sections=tuple(_sections(view, page, offset, wording)),
        actions=_actions(view, page, offset, wording),
        footer=(*view.notes, *_as_of(view, wording, now), *_part(view, page, offset, wording)),
    )


def _title(view: DayView, wording: Wording) -> str:
    sources = {row.source for row in view.rows}
    count = wording.count.format(count=len(view.rows))
    if len(sources) == 1:
        return f"{list_name(sources.pop(), view.day, wording)} · {count}"
    return f"{view.day} · {count}"


def _sections(view: DayView, page: Sequence[Row], offset: int, wording: Wording) -> list[Section]:
    several = len({row.source for row in view.rows}) > 1
    sections: list[Section] = []
    place = offset
    for source, group in groupby(page, key=lambda row: row.source):
        rows = list(group)
        lines = tuple(
            row_line(place + number, row.paper, row.summary)
            for number, row in enumerate(rows, start=1)
        )
        label = list_name(source, view.day, wording) if several else ""
        urls = tuple(page_of(row.paper) for row in rows)
        sections.append(Section(label, lines, urls=urls))
        place += len(rows)
    return sections


def _actions(
    view: DayView, page: Sequence[Row], offset: int, wording: Wording
) -> tuple[Action, ...]:
    """A number for each row, which opens it in place; then the pages before and after."""
    here = Page(view.day, offset)
    actions = [
        Action(str(number), here.open_key(wording.language, row.paper.id))
        for number, row in enumerate(page, start=offset + 1)
    ]
    if offset:
        before = Page(view.day, offset - PAGE)
        actions.append(Action("◂", before.list_key(wording.language)))
    if offset + PAGE < len(view.rows):
        after = Page(view.day, offset + PAGE)
        actions.append(Action("▸", after.list_key(wording.language)))
    return tuple(actions)


def _as_of(view: DayView, wording: Wording, now: datetime) -> tuple[str, ...]:
    if view.checked_at is None or not view.rows or not still_grows(view.day, now):
        return ()
    time = view.checked_at.astimezone(UTC).strftime("%H:%M")
    return (wording.commands.day.growing.format(time=time),)


def _part(view: DayView, page: Sequence[Row], offset: int, wording: Wording) -> tuple[str, ...]:
    if len(view.rows) <= PAGE:
        return ()
    last = offset + len(page)
    part = wording.commands.day.part
    return (part.format(first=offset + 1, last=last, count=len(view.rows)),)


def _recommendation(row: Row) -> float:
    scores = row.summary.scores if row.summary else None
    return scores.recommendation.value if scores else -1.0
