"""A day as the store has it, for some sources and in one language."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.domain.errors import SourceBroken, SourceError, SourceHasNoArchive, SourceLimited
from bot.domain.wording import Wording
from bot.ports import Store
from bot.services.collect import still_grows
from bot.services.commands.day_list import DayView, Row, best_first
from bot.services.digest import assemble
from bot.services.health import Health
from bot.services.reading import why_quiet


def source_part(source: str) -> str:
    """A source's name on the board of health."""
    return f"source:{source}"


class ReadDay:
    """Reads views of days."""

    def __init__(self, store: Store, health: Health) -> None:
        self._store = store
        self._health = health

    async def view(
        self, day: date, sources: Sequence[str], wording: Wording, *, now: datetime
    ) -> DayView:
        """All papers of the day, each under the first source that lists it, and notes on the
        sources that have none or that fail now.

        Raises:
            StoreError: the store cannot be read.
        """
        rows: list[Row] = []
        notes: list[str] = []
        checks: list[datetime] = []
        for source in sources:
            listed = await self._rows(source, day, wording)
            known = {row.paper.id for row in rows}
            rows += best_first([row for row in listed if row.paper.id not in known])
            checked_at = await self._store.listings.checked_at(source, day)
            if checked_at is not None:
                checks.append(checked_at)
            notes += self._notes(source, day, wording, now=now, empty=not listed)
        return DayView(day, tuple(rows), max(checks, default=None), tuple(notes))

    async def newest_day(self, sources: Sequence[str]) -> date | None:
        """The newest day with papers of any of the sources."""
        days = [await self._store.listings.latest_day(source) for source in sources]
        return max((day for day in days if day is not None), default=None)

    async def _rows(self, source: str, day: date, wording: Wording) -> list[Row]:
        assembled = await assemble(self._store, source, day, wording.language)
        rated = [Row(source, entry.paper, entry.summary) for entry in assembled.digest.entries]
        return [*rated, *(Row(source, paper) for paper in assembled.without_summary)]

    def _notes(
        self, source: str, day: date, wording: Wording, *, now: datetime, empty: bool
    ) -> list[str]:
        name = wording.commands.source_name(source)
        since = self._health.of(source_part(source)).failing_since
        if since is not None and still_grows(day, now):
            time = since.astimezone(UTC).strftime("%H:%M")
            return [wording.commands.day.failing.format(source=name, time=time)]
        if empty:
            return [wording.quiet[why_quiet(day, now)].format(day=day, source=name)]
        return []


def failure_note(source: str, day: date, error: SourceError, wording: Wording) -> str:
    """Why a look at a source's list brought nothing, and what to try."""
    name = wording.commands.source_name(source)
    return wording.commands.day.failures[_kind(error)].format(source=name, day=day)


def _kind(error: SourceError) -> str:
    if isinstance(error, SourceLimited):
        return "limited"
    if isinstance(error, SourceHasNoArchive):
        return "no_archive"
    return "broken" if isinstance(error, SourceBroken) else "unreachable"
