"""Whether anybody may want a paper, before it is paid for."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.delivery import MAX_AGE
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.selection import Prepared, before_summary_prepared, prepared
from bot.domain.summary import Language
from bot.services.audiences import Group, Groups, Taste
from bot.services.cases import wanted_late
from bot.services.news import Places, first_seen, news_at

_log = logging.getLogger(__name__)

# Tastes that are asked before others have a turn.
_SLICE = 200

_Name: TypeAlias = tuple[PaperId, Language]


@dataclass(frozen=True, slots=True)
class Open:
    """A paper that is news somewhere, and has no summary in a language."""

    paper: Paper
    places: Places
    language: Language

    @property
    def name(self) -> _Name:
        """The paper and the language."""
        return self.paper.id, self.language

    @property
    def signature(self) -> tuple[object, ...]:
        """What decides whether it is wanted, as far as that may change."""
        return self.paper.upvotes, self.paper.code_url is None, len(self.places)


class Demand:
    """Asks chats whether they may want papers; nobody is asked twice about the same.

    One that is wanted stays so: it will have been paid for.
    """

    def __init__(self) -> None:
        self._groups: Groups | None = None
        self._since: dict[_Name, datetime] = {}
        self._unwanted: dict[_Name, tuple[object, ...]] = {}

    async def since(
        self, papers: Sequence[Open], groups: Groups, now: datetime
    ) -> list[tuple[Open, datetime]]:
        """Those that somebody may want, each with when its wait for a summary began: when it was
        first seen, or, where it pleased nobody then, when it came to please."""
        if groups is not self._groups:
            self._groups, self._unwanted = groups, {}
        names = {one.name for one in papers}
        self._since = {name: since for name, since in self._since.items() if name in names}
        self._unwanted = {name: seen for name, seen in self._unwanted.items() if name in names}
        for one in papers:
            if one.name not in self._since and self._unwanted.get(one.name) != one.signature:
                await self._ask(one, groups, now)
        return [(one, self._since[one.name]) for one in papers if one.name in self._since]

    async def _ask(self, one: Open, groups: Groups, now: datetime) -> None:
        try:
            candidate = prepared(one.paper)
        except Exception as error:  # noqa: BLE001 - F63: it costs only itself
            said = {"paper": str(one.paper.id), "error": type(error).__name__}
            _log.warning("a paper cannot be read", extra=said)
            self._unwanted[one.name] = one.signature
            return
        oldest = now - MAX_AGE
        for number, (taste, members) in enumerate(groups.by_taste.items()):
            late = wanted_late(taste.filters)
            known = late and one.name in self._since
            if not known and _may_want(taste, members, one, candidate, oldest):
                self._since[one.name] = now if late else first_seen(one.places)
                if not late:
                    return
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        if one.name not in self._since:
            self._unwanted[one.name] = one.signature


def _may_want(
    taste: Taste, members: Iterable[Group], one: Open, candidate: Prepared, oldest: datetime
) -> bool:
    if one.language not in taste.languages:
        return False
    audiences = (group.audience for group in members)
    news = any(news_at(a.sources, a.since, one.places, oldest.__lt__) for a in audiences)
    return news and before_summary_prepared(taste.filters, candidate).passes
