"""Hugging Face's Daily Papers by date."""

import json
from dataclasses import dataclass
from datetime import date
from functools import partial

from yarl import URL

from bot.domain.errors import SourceBroken
from bot.domain.listing import Listing, Quarantined
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.ports import Clock
from bot.sources.exchange import JSON_TYPES, Answer, Request
from bot.sources.hf_parse import SOURCE, parse_daily
from bot.sources.http import HttpClient

HF_BASE = "https://huggingface.co"
# The largest page that Hugging Face gives; without it a page has 50.
PAGE = 100
# Ten times the longest list ever seen (50 papers) and some: who has more does not count pages.
_MAX_PAGES = 10


@dataclass(frozen=True, slots=True)
class _Page:
    listing: Listing
    entries: int


class HfDaily:
    """Implements ``bot.ports.Source``. ``base`` is Hugging Face or a mirror of it."""

    def __init__(self, client: HttpClient, clock: Clock, *, base: str = HF_BASE) -> None:
        self._client = client
        self._clock = clock
        self._base = base

    @property
    def key(self) -> str:
        return SOURCE

    async def list_day(self, day: date) -> Listing:
        """See ``Source.list_day``. A day after today (UTC) is read as today (F3).

        Every page is read, or the call fails: there is no part of a list (F1, F7).
        """
        day = min(day, self._clock.now().date())
        papers: dict[PaperId, Paper] = {}
        quarantined: list[Quarantined] = []
        for number in range(_MAX_PAGES):
            page = await self._page(day, number)
            known = len(papers)
            for paper in page.listing.papers:
                papers.setdefault(paper.id, paper)
            quarantined += page.listing.quarantined
            # A server that takes no page number gives the same full page for ever.
            if page.entries < PAGE or len(papers) == known:
                return Listing(self.key, day, tuple(papers.values()), tuple(quarantined))
        raise SourceBroken(
            f"Hugging Face's list of {day} has more than {_MAX_PAGES * PAGE} papers, "
            "which cannot be right."
        )

    async def _page(self, day: date, number: int) -> _Page:
        address = URL(self._base) / "api/daily_papers"
        query = {"date": day.isoformat(), "limit": str(PAGE), "p": str(number)}
        request = Request(
            str(address.with_query(query)),
            content_types=JSON_TYPES,
            statuses=frozenset({200, 400}),
            conditional=True,
        )
        return await self._client.get(request, partial(_read_page, day=day))


def _read_page(answer: Answer, *, day: date) -> _Page:
    if answer.status == 400:
        raise SourceBroken(
            f"the list of {day} is refused (HTTP 400). Is the date right, and this machine's clock?"
        )
    listing = parse_daily(answer.body, day=day)
    # Counted as sent: the listing has each paper once, and must not make a full page look short.
    return _Page(listing, len(json.loads(answer.body.decode("utf-8-sig"))))
