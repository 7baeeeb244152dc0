"""A store in another database: all of it is there, and the day goes on."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.testing import EditableFake, FakeAdapter
from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.errors import StoreError
from bot.domain.listing import Listing
from bot.domain.model_call import ModelCall
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.standing import Standing
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.ports import CachedResponse, DeliveryQuery, Store, Vote
from bot.services.collect import collect_day
from bot.services.commands.testing import summary_of
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.services.summarise import SummariseService, Writers
from bot.sources.hf_parse import parse_daily
from bot.store.copying import copy_store
from bot.store.location import engine_beside, locate
from bot.store.sql_store import SqlStore, open_store
from bot.store.tables import METADATA
from bot.virtual_time import LoopClock, Threads, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

DAY = date(2025, 10, 24)
MIDNIGHT = datetime.combine(DAY, time(), UTC)
NOW = MIDNIGHT + timedelta(days=1)
EACH = Chat(Target("appends", "each"), "zh")
DIGEST = Chat(Target("edits", "day"), "en", style=Style.DIGEST)
GONE = Target("appends", "gone")
SOMEBODY = "telegram:7"
EXTRA = PaperId("2608.00001")

# Whatever else there is may be empty.
FILLED = {
    *("papers", "list_checks", "listings", "summaries", "summary_claims", "model_calls"),
    *("http_cache", "paper_index", "chats", "revisions", "suspensions", "chat_moves", "lanes"),
    *("deliveries", "rates", "updates", "leases", "saved_papers", "votes", "announcements"),
    *("clock", "standings"),
}

New = Callable[[], str]


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite"])
def places(
    request: pytest.FixtureRequest,
    new_sqlite_store: New,
    new_postgres_store: New,
    new_postgres: New,
    tmp_path: Path,
) -> tuple[str, str]:
    """Where an empty store is, and where nothing is yet."""
    if request.param == "sqlite to postgres":
        return new_sqlite_store(), new_postgres()
    return new_postgres_store(), str(tmp_path / "new" / "sulan.db")


@dataclass
class Town:
    """A real day whose list grows by a paper every ten minutes, and what chats see of it."""

    papers: Sequence[Paper]
    appends: FakeAdapter = field(default_factory=lambda: FakeAdapter("appends"))
    edits: EditableFake = field(default_factory=lambda: EditableFake("edits"))
    key: str = "hf"

    async def list_day(self, day: date) -> Listing:
        count = (self._clock.now() - MIDNIGHT) // timedelta(minutes=10)
        return Listing("hf", day, tuple(self.papers[: max(0, count)]) if day == DAY else ())

    @property
    def _clock(self) -> LoopClock:
        return LoopClock(MIDNIGHT)

    async def live(self, store: Store, *, rounds: int) -> None:
        """Look, summarise, plan and deliver every five minutes, as ``sulan run`` does."""
        clock, health, quoting = self._clock, Health(), ExtractiveSummarizer(self._clock)
        quiet = QuietWords(store, clock, health=health, wording=load_wording)
        voices = Voices(load_wording, ("en", "zh"), quoting)
        publication = Publication(store, voices, quiet, clock=clock)
        planner = Planner(store, clock, patience=timedelta(minutes=1))
        deliverer = Deliverer(
            [self.appends, self.edits], publication.compose, tools=Tools(store, clock, health)
        )
        writers = Writers(quoting, quoting)
        summaries = SummariseService(writers, store=store, clock=clock, owner="me")
        for _ in range(rounds):
            await collect_day(self, DAY, store=store, clock=clock)
            for paper in (await self.list_day(DAY)).papers:
                for language in ("en", "zh"):
                    await summaries.summarise(paper, language)
            await planner.plan()
            await deliverer.run_once()
            await clock.sleep(300)
        await summaries.close()

    def copies(self, chat: Chat) -> Counter[str]:
        """How often each paper stands in a chat."""
        texts = (self.edits if chat is DIGEST else self.appends).texts(chat.target)
        plain = [text.replace("&amp;", "&").replace("&lt;", "<") for text in texts]
        return Counter({p.title: sum(t.count(p.title) for t in plain) for p in self.papers})


@pytest.fixture(scope="module")
def papers(shared: Path) -> Sequence[Paper]:
    body = (shared / "data" / "hf_daily" / f"{DAY}.json").read_bytes()
    return parse_daily(body, day=DAY).papers[:12]


async def furnish(store: SqlStore, paper: Paper) -> None:
    """A row of whatever a day alone does not leave behind."""
    key = SummaryKey(paper.id, 1, "zh", "v1", "m")
    call = ModelCall(key, MIDNIGHT, 1_000, 10, 500, Decimal("0.000123456789"), "ok")
    await store.ledger.record(call)
    await store.summaries.claim(key, "me", now=MIDNIGHT, until=NOW)
    url = "https://example.org/list?a=%20"
    await store.http_cache.put(CachedResponse(url, '"e"', None, "text/plain", b"\0\xff", MIDNIGHT))
    await store.chats.save([EACH, DIGEST], now=MIDNIGHT - timedelta(days=30))
    own = Chat(Target("appends", "own"), "zh", heartbeat=time(12), paused=True, since=MIDNIGHT)
    await store.register.put(own)
    await store.chats.suspend(GONE, "kicked")
    await store.chats.move(Target("appends", "old"), Target("appends", "new"))
    await store.saved.add(SOMEBODY, paper.id, now=MIDNIGHT)
    await store.votes.cast(Vote(EACH.target, paper.id, SOMEBODY, 1, MIDNIGHT))
    await store.rates.hold("edits", until=MIDNIGHT)
    await store.inbox.keep({"telegram:1": "{…}", "telegram:2": "/paper 🎉"}, now=MIDNIGHT)
    await store.leases.acquire("executor:1", "a process that is no more", now=MIDNIGHT, until=NOW)
    await store.bells.ring("deliver")
    await store.announcements.put("a1", "We move.", now=MIDNIGHT)
    await store.standings.report({"source:hf": Standing(worked_at=MIDNIGHT)}, now=MIDNIGHT)
    await store.timekeeping.note(MIDNIGHT)


async def fill(place: str, papers: Sequence[Paper]) -> None:
    async with open_store(place) as store:
        await store.papers.save(papers)
        await store.listings.record("hf", DAY, papers, seen_at=MIDNIGHT)
        await furnish(store, papers[0])
        key = SummaryKey(papers[0].id, 1, "zh", "v1", "m")
        await store.summaries.put(key, summary_of(papers[0], "zh"))
        rows = [Delivery(EACH.target, f"paper:{p.id}:zh", MIDNIGHT, MIDNIGHT) for p in papers]
        await store.outbox.add(rows)


def test_a_day_goes_on_in_the_copy_with_nothing_lost_or_posted_twice(
    papers: Sequence[Paper], places: tuple[str, str]
) -> None:
    town, threads, (before, after) = Town(papers), Threads(), places

    async def main() -> None:
        async with threads.opening(open_store(before)) as store:
            await furnish(store, papers[0])
            await town.live(store, rounds=13)
        copied = copy_store(before, after, now=NOW)
        assert {table.table for table in copied if table.rows} >= FILLED
        halfway = [sum(town.copies(chat).values()) for chat in (EACH, DIGEST)]
        assert halfway == [6, 5], "an edit of the digest waits"
        async with threads.opening(open_store(after)) as store:
            await town.live(store, rounds=15)
            rows = await store.outbox.find(DeliveryQuery(limit=1000))
            assert {row.state for row in rows} == {State.SENT, State.INCLUDED}

    run_virtually(main, threads=threads)
    for chat in (EACH, DIGEST):
        assert town.copies(chat) == Counter({paper.title: 1 for paper in papers})
    assert len(town.edits.texts(DIGEST.target)) == 1


async def test_every_row_of_every_table_comes_there_and_back(
    papers: Sequence[Paper], new_sqlite_store: New, new_postgres: New, tmp_path: Path
) -> None:
    first, between, last = new_sqlite_store(), new_postgres(), str(tmp_path / "last.db")
    await fill(first, papers)
    there = copy_store(first, between, now=NOW)
    assert copy_store(between, last, now=NOW) == there
    assert _dump(last) == _dump(first)
    assert {table.table for table in there} == set(METADATA.tables)
    counts = {table.table: table.rows for table in there}
    assert (counts["papers"], counts["deliveries"], counts["updates"]) == (12, 12, 2)


async def test_the_copy_is_searched_and_counts_on(
    papers: Sequence[Paper], places: tuple[str, str]
) -> None:
    await fill(places[0], papers)
    copy_store(*places, now=NOW)
    async with open_store(places[0]) as one, open_store(places[1]) as other:
        for text in (papers[0].title, papers[3].title.split()[0], "显存", "", "nothing like it"):
            assert await one.index.search(text, limit=20) == await other.index.search(
                text, limit=20
            )
            assert await one.index.suggest(text, limit=9) == await other.index.suggest(
                text, limit=9
            )
    await _goes_on(places[1])


async def _goes_on(place: str) -> None:
    """Numbers of the store's own making do not collide with those that came along."""
    async with open_store(place) as store:
        new = Delivery(EACH.target, "announce:a1", NOW, NOW)
        assert await store.outbox.add([new]) == 1
        assert await store.inbox.keep({"telegram:3": "new"}, now=NOW) == ["telegram:3"]
        kept = await store.inbox.open("telegram:", limit=9)
        assert [one.id for one in kept] == ["telegram:1", "telegram:2", "telegram:3"]
        paper = Paper(EXTRA, "Wholly new", "Text.")
        await store.papers.save([paper])
        assert (await store.index.search("wholly", limit=5)).papers == [EXTRA]
        key = SummaryKey(EXTRA, 1, "zh", "v1", "m")
        await store.ledger.record(ModelCall(key, NOW, 1, 0, 1, None, "ok"))
        assert (await store.ledger.spent(since=MIDNIGHT)).calls == 2


async def test_a_store_that_is_written_to_is_copied_as_it_was_at_one_moment(
    papers: Sequence[Paper], places: tuple[str, str]
) -> None:
    async with open_store(places[0]) as store:
        copying = asyncio.create_task(asyncio.to_thread(copy_store, *places, now=NOW))
        written = 0
        while not copying.done() or not written:
            for paper in papers:
                await store.papers.save([paper])
                await store.listings.record("hf", DAY, [paper], seen_at=MIDNIGHT)
                written += 1
        copied = {table.table: table.rows for table in await copying}
    # A paper and its entry are written in one transaction.
    assert copied["papers"] == copied["paper_index"]


async def test_a_store_in_use_is_copied_only_by_force(
    papers: Sequence[Paper], places: tuple[str, str]
) -> None:
    await fill(places[0], papers)
    with pytest.raises(StoreError, match=r"is in use by a process that is no more; stop Sulan"):
        copy_store(*places, now=NOW - timedelta(seconds=1))
    assert copy_store(*places, now=NOW - timedelta(seconds=1), despite_leases=True)


async def test_the_same_place_twice_and_a_place_with_anything_in_it_are_refused(
    places: tuple[str, str], new_store: New
) -> None:
    source, target = places
    with pytest.raises(StoreError, match="is both the source and the target"):
        copy_store(source, source, now=NOW)
    with pytest.raises(StoreError, match=r"is not empty \(.*\); give a database without tables"):
        copy_store(source, new_store(), now=NOW)
    copy_store(source, target, now=NOW)
    with pytest.raises(StoreError, match="is not empty"):
        copy_store(source, target, now=NOW)


def test_a_place_with_another_stores_jobs_is_refused(
    new_sqlite_store: New, new_postgres: New, tmp_path: Path
) -> None:
    source, server, file = new_sqlite_store(), new_postgres(), tmp_path / "new.db"
    engine_beside(file).touch()
    with pytest.raises(StoreError, match=r"new\.engine\.sqlite3 holds the jobs of another store"):
        copy_store(source, str(file), now=NOW)
    _run(server, "CREATE SCHEMA dbos")
    with pytest.raises(StoreError, match="DROP SCHEMA dbos CASCADE"):
        copy_store(source, server, now=NOW)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param("UPDATE alembic_version SET version_num = '0003'", "an older", id="older"),
        pytest.param("UPDATE alembic_version SET version_num = '9999'", "a newer", id="newer"),
        pytest.param("DELETE FROM alembic_version", "does not tell its version", id="half-done"),
        pytest.param("DROP TABLE votes", "lacks tables (votes)", id="table missing"),
    ],
)
async def test_f59_a_source_of_another_version_or_half_made_is_refused_and_left_alone(
    places: tuple[str, str], statement: str, said: str
) -> None:
    source, target = places
    _run(source, statement)
    with pytest.raises(StoreError) as caught:
        copy_store(source, target, now=NOW)
    assert said in str(caught.value)
    assert _is_untouched(target)


async def test_f57_a_copy_that_fails_leaves_nothing_behind(
    papers: Sequence[Paper], places: tuple[str, str]
) -> None:
    source, target = places
    await fill(source, papers)
    # What no code of ours reads: the last table but one is not as it should be.
    _run(source, "ALTER TABLE votes RENAME COLUMN value TO worth")
    with pytest.raises(StoreError, match=r"votes\.value|no such column"):
        copy_store(source, target, now=NOW)
    assert _is_untouched(target)


def test_where_there_is_no_store_nothing_is_made(tmp_path: Path, new_postgres: New) -> None:
    with pytest.raises(StoreError, match=r"there is no store at .*nowhere\.db"):
        copy_store(str(tmp_path / "nowhere.db"), str(tmp_path / "new.db"), now=NOW)
    with pytest.raises(StoreError, match="is empty: there is no store"):
        copy_store(new_postgres(), str(tmp_path / "new.db"), now=NOW)
    assert not list(tmp_path.iterdir())


def _is_untouched(target: str) -> bool:
    location = locate(target)
    if location.path is not None:
        return not location.path.exists()
    engine = sa.create_engine(location.url, poolclass=sa.NullPool)
    return sa.inspect(engine).get_table_names() == []


def _run(place: str, statement: str) -> None:
    url = locate(place).url
    engine = sa.create_engine(
        url.set(drivername=url.drivername.replace("+aiosqlite", "")), poolclass=sa.NullPool
    )
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def _dump(place: str) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(place)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = [name for (name,) in names if not name.startswith("paper_words_")]
        rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
        return {name: sorted(found, key=repr) for name, found in rows.items()}
