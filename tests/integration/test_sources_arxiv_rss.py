"""arXiv's announcement feeds, fetched from a loopback server that serves real ones."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.errors import InvalidInput, SourceBroken, SourceHasNoArchive, SourceUnavailable
from bot.sources.arxiv_rss import Announced, ArxivRss, parse_categories
from bot.sources.http import HttpClient
from bot.sources.testing import ATOM, HTML, RSS, Asked, Canned, Upstream, serving
from bot.store.memory import MemoryHttpCache
from bot.testing import VirtualClock

APRIL = "jmamath_rss_cs_cl_2026-04-27_trimmed.xml"
DAY = date(2026, 4, 27)


@dataclass
class Stage:
    clock: VirtualClock
    client: HttpClient
    upstream: Upstream
    feed: Canned

    def source(self, announced: Announced | None = None) -> ArxivRss:
        return ArxivRss(
            self.client,
            self.clock,
            announced=announced or Announced(("cs.CL",)),
            url=f"{self.upstream.base}/rss",
        )


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    def respond(asked: Asked) -> Canned:
        return stage.feed

    clock = VirtualClock(datetime(2026, 4, 27, 12, tzinfo=UTC))
    cache = MemoryHttpCache()
    async with serving(respond, clock=clock, cache=cache, paced=True) as (upstream, client):
        stage = Stage(clock, client, upstream, Canned(type=RSS))
        yield stage


def _feed(shared: Path, name: str, type_: str = RSS) -> Canned:
    folder = "constructed" if name.startswith("arxiv_rss") else "arxiv_rss"
    return Canned((shared / "data" / folder / name).read_bytes(), type_)


async def test_todays_announcement_is_listed(stage: Stage, shared: Path) -> None:
    stage.feed = _feed(shared, APRIL)
    listing = await stage.source().list_day(DAY)
    assert (listing.source, listing.day, len(listing.papers)) == ("arxiv:cs.CL", DAY, 3)
    assert stage.upstream.asked[0].path == "/rss/cs.CL"


async def test_several_categories_are_one_feed(stage: Stage, shared: Path) -> None:
    stage.feed = _feed(shared, APRIL)
    source = stage.source(Announced(parse_categories("cs.CL+cs.LG+cs.CL")))
    assert source.key == "arxiv:cs.CL+cs.LG"
    await source.list_day(DAY)
    assert stage.upstream.asked[0].path == "/rss/cs.CL+cs.LG"


@pytest.mark.parametrize(
    ("name", "type_", "day", "counts"),
    [
        ("tidedra_atom_csAI_2025-08-20.xml", ATOM, date(2025, 8, 20), (2, 4, 4, 7)),
        ("msudars_rss_combined_2026-09-24.xml", RSS, date(2026, 9, 24), (2, 3, 3, 4)),
        ("arxiv_rss_spec_item_replace-cross.xml", RSS, date(2024, 2, 23), (0, 0, 0, 1)),
    ],
)
async def test_only_new_papers_count_unless_others_are_asked_for_f15(
    stage: Stage, shared: Path, name: str, *, type_: str, day: date, counts: tuple[int, ...]
) -> None:
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    stage.clock.advance((now - stage.clock.now()).total_seconds())
    stage.feed = _feed(shared, name, type_)
    plain = Announced(("cs.AI",))
    wishes = [
        plain,
        replace(plain, cross_lists=True),
        replace(plain, replacements=True),
        replace(plain, cross_lists=True, replacements=True),
    ]
    found = [len((await stage.source(wish).list_day(day)).papers) for wish in wishes]
    assert found[0] == counts[0]
    assert found[3] == counts[3]
    assert found[1] <= found[3]
    assert found[2] <= found[3]


async def test_today_is_empty_while_the_feed_shows_the_last_announcement_f18(
    stage: Stage, shared: Path
) -> None:
    stage.feed = _feed(shared, APRIL)
    stage.clock.advance(86_400)
    listing = await stage.source().list_day(date(2026, 4, 28))
    assert (listing.day, listing.papers) == (date(2026, 4, 28), ())


async def test_an_empty_weekend_is_an_answer_f4(stage: Stage, shared: Path) -> None:
    stage.feed = _feed(shared, "arxiv_rss_weekend_empty.xml")
    stage.clock.advance(-(DAY - date(2024, 2, 24)).days * 86_400)
    assert (await stage.source().list_day(date(2024, 2, 24))).papers == ()


async def test_an_empty_feed_says_nothing_of_a_past_day(stage: Stage, shared: Path) -> None:
    """The weekend's feed bears Friday's date; Friday was hardly empty."""
    stage.feed = _feed(shared, "arxiv_rss_weekend_empty.xml")
    stage.clock.advance(-(DAY - date(2024, 2, 24)).days * 86_400)
    with pytest.raises(SourceHasNoArchive, match="nothing new, and 2024-02-23 was asked for"):
        await stage.source().list_day(date(2024, 2, 23))


@pytest.mark.parametrize("day", [date(2026, 4, 24), date(2026, 4, 26), date(2020, 1, 1)])
async def test_a_day_that_the_feed_does_not_hold_is_refused(
    stage: Stage, shared: Path, day: date
) -> None:
    stage.feed = _feed(shared, APRIL)
    with pytest.raises(SourceHasNoArchive, match="shows the announcement of 2026-04-27"):
        await stage.source().list_day(day)


async def test_the_last_announcement_is_still_there_the_day_after(
    stage: Stage, shared: Path
) -> None:
    stage.feed = _feed(shared, APRIL)
    stage.clock.advance(86_400)
    assert len((await stage.source().list_day(DAY)).papers) == 3


async def test_a_feed_from_tomorrow_is_not_taken_for_an_empty_today(
    stage: Stage, shared: Path
) -> None:
    """As when this machine's clock is behind."""
    stage.feed = _feed(shared, APRIL)
    stage.clock.advance(-86_400)
    with pytest.raises(SourceHasNoArchive):
        await stage.source().list_day(date(2026, 4, 26))


async def test_a_day_after_today_is_read_as_today_f3(stage: Stage, shared: Path) -> None:
    stage.feed = _feed(shared, APRIL)
    assert (await stage.source().list_day(date(2026, 5, 1))).day == DAY


async def test_a_broken_feed_is_a_failure_and_never_an_empty_day_f9_f16(
    stage: Stage, shared: Path
) -> None:
    whole = _feed(shared, APRIL)
    broken = [
        replace(whole, body=whole.body[: len(whole.body) * 2 // 3]),
        replace(whole, body=b""),
        replace(whole, body=b"<html><body>Rate exceeded.</body></html>"),
        replace(whole, body=b"Rate exceeded."),
        replace(whole, type=HTML),
        replace(whole, body=b'<!DOCTYPE a [<!ENTITY b "c">]>' + whole.body),
    ]
    for stage.feed in broken:
        with pytest.raises(SourceBroken, match=r"^127\.0\.0\.1:"):
            await stage.source().list_day(DAY)


async def test_an_outage_is_told_from_an_empty_day_f10(stage: Stage) -> None:
    stage.feed = Canned(status=503, headers={"Retry-After": "7200"})
    with pytest.raises(SourceUnavailable) as caught:
        await stage.source().list_day(DAY)
    assert caught.value.retry_after == 7200


@pytest.mark.parametrize(
    "text",
    [
        "cs",
        "cs.CL",
        "hep-th",
        "astro-ph.CO",
        "physics.acc-ph",
        "cond-mat.mes-hall",
        "cond-mat.soft",
        "physics.plasm-ph",
        "q-bio.BM",
        "cmp-lg",
        "cs.CL+stat.ML",
    ],
)
def test_categories_as_arxiv_spells_them_are_taken(text: str) -> None:
    assert "+".join(Announced(parse_categories(text)).categories) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "cs.CL+",
        "cs.cl",
        "CS.CL",
        "cs/CL",
        "cs.CL&x=1",
        "../x",
        "cs.CL\n",
        "ｃｓ",
        "c" * 99,
    ],
)
def test_what_is_no_category_is_refused_before_anything_is_asked(text: str) -> None:
    with pytest.raises(InvalidInput, match="arXiv categor"):
        Announced((text,) if "\n" in text else parse_categories(text))
