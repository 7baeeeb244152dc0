"""One paper from an upstream, once for all who ask meanwhile (F67)."""

from dataclasses import dataclass

from bot.domain.errors import SourceBroken, SourceError, SourceUnavailable
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperRef
from bot.ports import Clock, PaperLookup, Store
from bot.services.health import Health
from bot.services.single_flight import SingleFlight

# The part's name on the board of health.
LOOKUP = "lookup"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it. ``paper`` is ``None`` where there is none; ``failure`` is why arXiv did not
    answer itself, where another upstream stood in."""

    paper: Paper | None
    failure: SourceError | None = None


class FetchPaper:
    """Asks an upstream and keeps what it found."""

    def __init__(self, lookup: PaperLookup, *, store: Store, clock: Clock, health: Health) -> None:
        self._lookup = lookup
        self._store = store
        self._clock = clock
        self._health = health
        self._flights: SingleFlight[PaperRef, Fetched] = SingleFlight()

    async def fetch(self, ref: PaperRef) -> Fetched:
        """The paper, stored by the time it is given.

        Raises:
            SourceError: nobody could say.
            StoreError: it cannot be kept.
        """
        return await self._flights.run(ref, lambda: self._ask(ref))

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._flights.drain()

    async def _ask(self, ref: PaperRef) -> Fetched:
        try:
            answer = await self._lookup.look_up([ref])
            found = _read(answer, ref)
        except SourceError as error:
            self._health.failed(LOOKUP, str(error), at=self._clock.now())
            raise
        if answer.failure is not None:
            self._health.failed(LOOKUP, str(answer.failure), at=self._clock.now())
        else:
            self._health.worked(LOOKUP, at=self._clock.now())
        return Fetched(await self._kept(found, ref) if found else None, answer.failure)

    async def _kept(self, found: Paper, ref: PaperRef) -> Paper:
        """Stored, and with what was known of it before unless that is another version's."""
        await self._store.papers.save([found])
        merged = (await self._store.papers.get([found.id])).get(found.id, found)
        return merged if ref.version in (None, merged.version) else found


def _read(answer: LookUp, ref: PaperRef) -> Paper | None:
    found = answer.found.get(ref.id)
    if found is None and ref.id not in answer.missing:
        reason = answer.unanswered.get(ref.id, f"No upstream answered about {ref.id}.")
        raise answer.failure or SourceUnavailable(reason)
    if found is not None and found.id != ref.id:
        raise SourceBroken(f"{found.id} came where {ref.id} was asked for (T11).")
    return found
