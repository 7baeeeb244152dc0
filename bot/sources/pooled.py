"""Many callers, one question at a time: what waits meanwhile is asked for together (F67)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import SourceError
from bot.domain.listing import LookUp
from bot.domain.paper_id import PaperId, PaperRef
from bot.ports import PaperLookup


@dataclass(eq=False, slots=True)
class _Caller:
    refs: tuple[PaperRef, ...]
    result: LookUp | SourceError | None = None


class PooledLookup:
    """Implements ``bot.ports.PaperLookup`` over another.

    Callers take turns in order of arrival. Whoever's turn it is asks for everyone who waits, so a
    hundred callers of one paper, or of a hundred, cost two requests: the first one's and the
    others'. A caller that is cancelled in its turn leaves the others waiting for theirs.
    """

    def __init__(self, lookup: PaperLookup) -> None:
        self._lookup = lookup
        self._turn = asyncio.Lock()
        self._waiting: list[_Caller] = []

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        """See ``PaperLookup.look_up``."""
        caller = _Caller(tuple(refs))
        self._waiting.append(caller)
        try:
            async with self._turn:
                if caller.result is None:
                    await self._ask(_together(caller, self._waiting))
        finally:
            self._waiting.remove(caller)
        match caller.result:
            case LookUp() as answer:
                return answer
            case SourceError() as error:
                raise error
            case None:
                raise RuntimeError("a turn ended without a result")

    async def _ask(self, callers: Sequence[_Caller]) -> None:
        refs = tuple(dict.fromkeys(ref for caller in callers for ref in caller.refs))
        try:
            answer = await self._lookup.look_up(refs)
        except SourceError as error:
            for caller in callers:
                caller.result = error
            return
        for caller in callers:
            caller.result = _part(answer, {ref.id for ref in caller.refs})


def _together(first: _Caller, waiting: Sequence[_Caller]) -> list[_Caller]:
    """The first and all who wait, save those who want another version of the same paper."""
    asked = {ref.id: ref for ref in first.refs}
    chosen = [first]
    for caller in waiting:
        agrees = all(asked.get(ref.id, ref) == ref for ref in caller.refs)
        if caller is not first and caller.result is None and agrees:
            asked.update({ref.id: ref for ref in caller.refs})
            chosen.append(caller)
    return chosen


def _part(answer: LookUp, ids: set[PaperId]) -> LookUp:
    return LookUp(
        {key: paper for key, paper in answer.found.items() if key in ids},
        answer.missing & ids,
        {key: reason for key, reason in answer.unanswered.items() if key in ids},
        answer.failure,
    )
