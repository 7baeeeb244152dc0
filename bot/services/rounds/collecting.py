"""Looking at lists while they may still grow, and noticing when an upstream is away."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.errors import SourceError, SourceHasNoArchive, SourceUnavailable
from bot.ports import Clock, Source, Store
from bot.services.collect import Collected, collect_day, still_grows
from bot.services.health import Health
from bot.services.reading import Quiet, why_quiet

_log = logging.getLogger(__name__)

# A source that fails for so long is an outage that a person should know of (F1).
OUTAGE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Upstreams:
    """``source`` makes a source of its key. ``often`` looks also at what was looked at within the
    minute: for upstreams on this machine."""

    source: Callable[[str], Source]
    often: bool = False


class Collecting:
    """Collects for everyone; what it learns of the upstreams stands on the board."""

    def __init__(self, upstreams: Upstreams, *, store: Store, clock: Clock, health: Health) -> None:
        self._upstreams = upstreams
        self._store = store
        self._clock = clock
        self._health = health
        self._under_way: set[str] = set()
        self._not_before: dict[str, datetime] = {}
        self._alerted: set[str] = set()
        self._late: set[tuple[str, date]] = set()

    async def collect(self, key: str) -> bool:
        """Look at a source's open lists; whether anything new came. One look at a time.

        An upstream's failure is noted and told, and costs nothing that is stored (F1).

        Raises:
            StoreError: the store cannot be used.
        """
        if key in self._under_way or self._told_to_wait(key):
            return False
        self._under_way.add(key)
        try:
            return await self._collect(key)
        finally:
            self._under_way.discard(key)

    async def _collect(self, key: str) -> bool:
        try:
            looks = [
                await self._look(key, day, force=self._upstreams.often)
                for day in await self._days(key)
            ]
        except SourceError as error:
            self._note_failure(key, error)
            return False
        self._note_success(key)
        await self._note_late_list(key)
        return any(look.new for look in looks)

    async def collect_day(self, key: str, day: date) -> Collected:
        """Look at one list because somebody asked for it; raises what upstream and store do."""
        try:
            collected = await collect_day(
                self._upstreams.source(key), day, store=self._store, clock=self._clock
            )
        except SourceHasNoArchive:
            raise
        except SourceError as error:
            self._note_failure(key, error)
            raise
        self._note_success(key)
        return collected

    def _told_to_wait(self, key: str) -> bool:
        """Whether the upstream asked us to stay away until later (F2)."""
        not_before = self._not_before.get(key)
        return not_before is not None and self._clock.now() < not_before

    async def _days(self, key: str) -> Sequence[date]:
        """The days to look at, newest first.

        A list is closed for a program that begins, and is caught up with by one that slept (F61).
        """
        now = self._clock.now()
        today = now.date()
        yesterday = today - timedelta(days=1)
        if still_grows(yesterday, now) or await self._store.listings.latest_day(key) is not None:
            return today, yesterday
        return (today,)

    async def _look(self, key: str, day: date, *, force: bool) -> Collected:
        source = self._upstreams.source(key)
        force = force and still_grows(day, self._clock.now())
        try:
            return await collect_day(source, day, store=self._store, clock=self._clock, force=force)
        except SourceHasNoArchive:
            return Collected(key, day, asked=False)

    def _note_success(self, key: str) -> None:
        self._health.worked(_part(key), at=self._clock.now())
        if key in self._alerted:
            self._alerted.discard(key)
            _log.warning("a source answers again", extra={"source": key})

    def _note_failure(self, key: str, error: SourceError) -> None:
        now = self._clock.now()
        self._health.failed(_part(key), str(error), at=now)
        if isinstance(error, SourceUnavailable) and error.retry_after:
            self._not_before[key] = now + timedelta(seconds=min(error.retry_after, 3600))
        said = {"source": key, "reason": str(error)}
        since = self._health.of(_part(key)).failing_since or now
        if now - since < OUTAGE:
            _log.info("a source gave no list", extra=said)
        elif key not in self._alerted:
            self._alerted.add(key)
            _log.error("a source has failed for hours", extra={**said, "since": str(since)})

    async def _note_late_list(self, key: str) -> None:
        """A weekday without a list by noon is worth a word, once (F4)."""
        now = self._clock.now()
        today, part = now.date(), f"list:{key}"
        if why_quiet(today, now) is not Quiet.LATE:
            if self._health.of(part).failing_since is not None:
                self._health.worked(part, at=now)  # another day
            return
        if await self._store.listings.of_day(key, today):
            self._health.worked(part, at=now)
            return
        self._health.found_failing(part, "lists nothing today", at=now)
        if (key, today) not in self._late:
            self._late = {(key, today), *(old for old in self._late if old[1] == today)}
            _log.warning("a source lists nothing today", extra={"source": key})


def _part(key: str) -> str:
    """A source's name on the board."""
    return f"source:{key}"
