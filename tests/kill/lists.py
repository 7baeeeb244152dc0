"""Hugging Face, with real days' papers as today's list, which grows all the time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from aiohttp import web

from bot.sources.hf_parse import parse_daily
from tests.kill.model import Model
from tests.kill.papers import Item, paper_id

# The longest day there is; when it is full another day begins, under the same date.
_LONGEST_DAY = 50


@dataclass
class Lists:
    """The lists. ``shown`` are the papers that were ever listed, by the day (UTC)."""

    items: Iterator[Item]
    model: Model
    shown: dict[date, list[Item]] = field(default_factory=dict[date, list[Item]])
    looks: int = 0

    @property
    def ids(self) -> list[str]:
        """All papers that were ever listed."""
        return [paper_id(item) for items in self.shown.values() for item in items]

    def grow(self, count: int) -> list[str]:
        """List so many papers more; none where there are no more. Returns their ids."""
        today = self.shown.setdefault(datetime.now(UTC).date(), [])
        new = [item for _, item in zip(range(count), self.items, strict=False)]
        for item in new:
            listing = parse_daily(_body([item]), day=date(2026, 1, 1))
            self.model.titles.update((paper.title, str(paper.id)) for paper in listing.papers)
        today += new
        return [paper_id(item) for item in new]

    async def daily(self, request: web.Request) -> web.Response:
        """GET /api/daily_papers: the latest of a day's papers, as many as a day may have."""
        self.looks += 1
        day = date.fromisoformat(request.query["date"])
        items = self.shown.get(day, [])[-_LONGEST_DAY:] if request.query["p"] == "0" else []
        return web.Response(body=_body(items), content_type="application/json")


async def gone(_: web.Request) -> web.Response:
    """404, for whatever else somebody asks for."""
    return web.json_response({"error": "not found"}, status=404)


def _body(items: list[Item]) -> bytes:
    return json.dumps(items).encode()
