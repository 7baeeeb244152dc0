"""Stores that older versions wrote come forward, on each database, with all that they hold."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, OnUnknown, State
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Origin, Provenance, Summary, SummaryKey
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store import migrate
from bot.store.addresses import lane_of
from bot.store.documents import encode
from bot.store.location import locate
from bot.store.paper_words import WRITE, row
from bot.store.searchable import searchable
from bot.store.sql_store import SqlStore, open_store
from bot.store.tables import (
    ANNOUNCEMENTS,
    CHAT_MOVES,
    CHATS,
    DELIVERIES,
    HTTP_CACHE,
    LANES,
    LEASES,
    LIST_CHECKS,
    LISTINGS,
    METADATA,
    MODEL_CALLS,
    PAPER_INDEX,
    PAPERS,
    RATES,
    REVISIONS,
    SAVED,
    SUMMARIES,
    SUMMARY_CLAIMS,
    SUSPENSIONS,
    UPDATES,
    VOTES,
)

DAY = date(2026, 8, 10)
NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
PAPER = Paper(
    PaperId("2309.12307"), "LongLoRA: ÉTUDE", "Text.", 2, authors=("Ann",), published_at=NOON
)
OLD = Paper(PaperId("hep-th/9901001"), "Anti de Sitter", "Text.")
KEY = SummaryKey(PAPER.id, 2, "zh", "p1", "m")
SUMMARY = Summary(
    paper_id=PAPER.id,
    language="zh",
    main_work="本文提出高效微调方法。",
    highlights=("显存更少",),
    keywords=(),
    scores=None,
    provenance=Provenance(Origin.MODEL, "m", "p1"),
)
CHANNEL, GROUP = Target("telegram", "-500", "9"), Target("discord", "77")
# Since the third version: what the operator's list said of a chat when it was last applied.
CHOSEN = {"settings": "{}", "paused": False, "listed": "f1"}
NEXT = "paper:2309.12307:zh"

Row = tuple[sa.Table, Mapping[str, Any]]
REVISIONS_BEFORE = [f"{n:04}" for n in range(1, int(migrate.HEAD))]


def _first() -> Sequence[Row]:
    """What the first version wrote."""
    key = {"paper_id": PAPER.id, "version": 2, "language": "zh", "prompt": "p1", "model": "m"}
    spent = {"input_tokens": 1000, "cached_tokens": 0, "output_tokens": 500, "outcome": "ok"}
    return [
        *((PAPERS, _of(PAPERS, paper)) for paper in (PAPER, OLD)),
        (LIST_CHECKS, {"source": "hf", "day": DAY, "checked_at": NOON}),
        *(
            (
                LISTINGS,
                {
                    "source": "hf",
                    "day": DAY,
                    "paper_id": paper.id,
                    "version": paper.version,
                    "position": place,
                    "first_seen": NOON,
                },
            )
            for place, paper in enumerate((PAPER, OLD))
        ),
        (SUMMARIES, {**key, "created_at": None, "document": encode(SUMMARY)}),
        (SUMMARY_CLAIMS, {**key, "model": "n", "owner": "me", "expires_at": NOON}),
        (MODEL_CALLS, {**key, "at": NOON, **spent, "cost_usd_e12": Decimal("0.012345678912")}),
        (
            HTTP_CACHE,
            {
                "url": "https://h/?q=%20",
                "etag": '"e"',
                "content_type": "text/plain",
                "body": b"\0\xff",
                "stored_at": NOON,
            },
        ),
    ]


def _second() -> Sequence[Row]:
    """What the second version wrote besides."""
    lanes = {CHANNEL: NOON, GROUP: NOON + timedelta(hours=1)}
    return [
        *(
            (
                CHATS,
                {
                    **_place(target),
                    "language": "zh",
                    "sources": ("hf", "arxiv:cs.CL"),
                    "zone": "Asia/Shanghai",
                    "on_unknown": "leave",
                    "since": NOON,
                    "heartbeat": time(12),
                    **CHOSEN,
                },
            )
            for target in (CHANNEL, GROUP)
        ),
        (SUSPENSIONS, {**_place(GROUP), "reason": "kicked"}),
        (CHAT_MOVES, {"platform": "telegram", "chat": "-4", "home": "-500"}),
        *(
            (
                LANES,
                {
                    "lane": lane_of(target),
                    "platform": target.platform,
                    "next_at": at,
                    "ready_at": at,
                },
            )
            for target, at in lanes.items()
        ),
        _delivery(CHANNEL, "paper:hep-th/9901001:zh", State.SENT, message_id="31", sent_at=NOON),
        _delivery(CHANNEL, NEXT, State.PENDING),
        _delivery(GROUP, NEXT, State.UNKNOWN, reason="no answer"),
        (RATES, {"key": "telegram", "next_at": 5}),
        (UPDATES, {"id": "telegram:1", "text": "/paper 🎉", "kept_at": NOON}),
        (LEASES, {"name": "poll", "owner": "me", "expires_at": NOON}),
    ]


def _third() -> Sequence[Row]:
    """What the third version wrote besides; its chats have made choices."""
    choices = json.dumps({"filters": {"include": ["LLM"]}, "style": "digest"})
    own = {"language": "en", "sources": ("hf",), "zone": "UTC", "on_unknown": "default"}
    more = {"since": NOON, "settings": choices, "paused": True, "listed": ""}
    vote = {"platform": "telegram", "chat": "-500", "thread": "9", "paper_id": PAPER.id}
    return [
        (CHATS, {**_place(Target("telegram", "7")), **own, **more}),
        _delivery(CHANNEL, "paper:2309.00001:zh", State.INCLUDED, reason="digest:x:zh"),
        (SAVED, {"user_id": "telegram:7", "paper_id": PAPER.id, "saved_at": NOON}),
        (VOTES, {**vote, "user_id": "telegram:7", "value": 1, "cast_at": NOON}),
    ]


def _of(table: sa.Table, paper: Paper) -> Mapping[str, Any]:
    return {column.name: getattr(paper, column.name) for column in table.columns}


def _place(target: Target) -> Mapping[str, str]:
    return {
        "platform": target.platform,
        "chat": target.chat,
        "thread": target.thread or "",
    }


def _delivery(target: Target, post_key: str, state: State, **more: Any) -> Row:
    one = Delivery(target, post_key, NOON, NOON)
    values = {
        "id": one.id,
        "lane": lane_of(target),
        **_place(target),
        "post_key": post_key,
        "part": 0,
        "created_at": NOON,
        "due_at": NOON,
        "state": state.value,
        "attempts": 0,
        "resent": False,
        "plain": False,
        "reason": "",
    }
    return DELIVERIES, {**values, **more}


def _written_by(place: str, revision: str) -> None:
    """A store as an older version left it."""
    with _engine(place).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        rows = [*_first()]
        if revision >= "0002":
            rows += _second()
            if revision >= "0003":
                rows += _third()
        there = set(sa.inspect(connection).get_table_names())
        columns = {name: _columns(connection, name) for name in there}
        for table, values in rows:
            known = {name: v for name, v in values.items() if name in columns[table.name]}
            connection.execute(sa.insert(table).values(known))
        _index(connection, revision)
        if revision >= "0004":
            said = {"id": "a1", "text": "We move.", "created_at": NOON}
            connection.execute(sa.insert(ANNOUNCEMENTS).values(said))


def _columns(connection: sa.Connection, table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(connection).get_columns(table)}


def _index(connection: sa.Connection, revision: str) -> None:
    """Titles from the second version on, words from the third on."""
    if revision < "0002":
        return
    for number, paper in enumerate((OLD, PAPER), start=1):
        entry = {
            "number": number,
            "paper_id": paper.id,
            "title": paper.title.casefold(),
            "newest": paper.published_at or datetime(1, 1, 1, tzinfo=UTC),
        }
        if revision >= "0003":
            text = searchable(paper.title, paper.abstract, [SUMMARY] if paper is PAPER else [])
            words = row(connection.dialect.name, text)
            connection.execute(WRITE[connection.dialect.name], {"number": number, **words})
        else:
            del entry["number"]
        connection.execute(sa.insert(PAPER_INDEX).values(entry).inline())
    if revision >= "0003" and connection.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence('paper_index', 'number')"
        connection.execute(sa.text(f"SELECT setval({sequence}, 2)"))


def _engine(place: str) -> sa.Engine:
    url = locate(place).url
    driver = url.drivername.replace("+aiosqlite", "")
    return sa.create_engine(url.set(drivername=driver), poolclass=sa.NullPool)


@pytest.mark.parametrize("revision", REVISIONS_BEFORE)
async def test_an_older_store_comes_forward_with_all_it_holds(nowhere: str, revision: str) -> None:
    _written_by(nowhere, revision)
    for _ in range(2):
        async with open_store(nowhere) as store:
            await _holds_the_first(store)
            if revision >= "0002":
                await _holds_the_second(store)
            if revision >= "0003":
                await _holds_the_third(store)
            if revision >= "0004":
                assert await store.announcements.get("a1") == "We move."
    async with open_store(nowhere) as store:
        await _goes_on(store)


async def _holds_the_first(store: SqlStore) -> None:
    assert await store.papers.get([PAPER.id, OLD.id]) == {PAPER.id: PAPER, OLD.id: OLD}
    listed = await store.listings.of_day("hf", DAY)
    assert [(one.paper_id, one.first_seen) for one in listed] == [(PAPER.id, NOON), (OLD.id, NOON)]
    assert await store.listings.checked_at("hf", DAY) == NOON
    assert await store.summaries.get(KEY) == SUMMARY
    spent = await store.ledger.spent(since=NOON)
    assert (spent.calls, spent.tokens) == (1, 1500)
    assert spent.cost_usd == Decimal("0.012345678912")
    kept = await store.http_cache.get("https://h/?q=%20")
    assert kept is not None
    assert (kept.body, kept.stored_at) == (b"\0\xff", NOON)
    for text in ("longlora", "etude", "微调", "text 显存"):
        assert (await store.index.search(text, limit=5)).papers == [PAPER.id], text
    assert (await store.index.search("text", limit=5)).total == 2
    suggested = await store.index.suggest("étude", limit=5)
    assert [one.paper_id for one in suggested] == [PAPER.id.value]


async def _holds_the_second(store: SqlStore) -> None:
    chat = await store.register.at(CHANNEL)
    assert chat is not None
    expected = Chat(CHANNEL, "zh", ("hf", "arxiv:cs.CL"), time(12), "Asia/Shanghai")
    assert chat.listed, "it came from the operator's list, which is applied once more"
    assert (chat.sources, chat.heartbeat, chat.zone) == (
        expected.sources,
        expected.heartbeat,
        expected.zone,
    )
    assert (chat.on_unknown, chat.since) == (OnUnknown.LEAVE, NOON)
    # The other one is suspended.
    assert GROUP not in [one.target for one in await store.chats.all() if not one.suspended]
    rows = await store.outbox.find(DeliveryQuery(target=CHANNEL, limit=9))
    states = {one.post_key: one.state for one in rows if one.state is not State.INCLUDED}
    assert states == {"paper:hep-th/9901001:zh": State.SENT, NEXT: State.PENDING}
    kept = await store.inbox.open("telegram:", limit=9)
    assert [(one.id, one.text) for one in kept] == [("telegram:1", "/paper 🎉")]


async def _holds_the_third(store: SqlStore) -> None:
    chat = await store.register.at(Target("telegram", "7"))
    assert chat is not None
    assert (chat.filters, chat.style) == (Filters(include=("LLM",)), Style.DIGEST)
    assert (chat.paused, chat.listed) == (True, "")
    assert await store.saved.of("telegram:7") == [PAPER.id]
    assert (await store.votes.of_paper(CHANNEL, PAPER.id)).up == 1


async def _goes_on(store: SqlStore) -> None:
    """It takes what today's version writes."""
    new = Paper(PaperId("2608.00001"), "One", "First.")
    await store.papers.save([new])
    assert (await store.index.search("first", limit=5)).papers == [new.id]
    row = Delivery(Target("telegram", "new"), "paper:2608.00001:zh", NOON, NOON)
    assert await store.outbox.add([row]) == 1
    claimed = await store.outbox.claim(9, now=NOON, lease=timedelta(seconds=9))
    assert row.id in [one.id for one in claimed]
    assert await store.inbox.keep({"telegram:2": "x"}, now=NOON) == ["telegram:2"]


async def test_a_store_that_came_forward_has_the_tables_of_a_fresh_one(
    new_nowhere: Callable[[], str],
) -> None:
    old, fresh = new_nowhere(), new_nowhere()
    _written_by(old, "0001")
    for place in (old, fresh):
        async with open_store(place):
            pass
    assert _schema(old) == _schema(fresh)


def _schema(place: str) -> Mapping[str, Any]:
    engine = _engine(place)
    with engine.connect() as connection:
        found = sa.inspect(connection)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
                sorted(
                    (i["name"], i["column_names"], i["unique"]) for i in found.get_indexes(name)
                ),
                found.get_pk_constraint(name)["constrained_columns"],
            )
            for name in found.get_table_names()
        }


def test_every_table_of_then_is_written_to() -> None:
    written = {table.name for table, _ in (*_first(), *_second(), *_third())}
    written |= {PAPER_INDEX.name, ANNOUNCEMENTS.name, REVISIONS.name}
    # Of these an older program left nothing, or nothing that is needed.
    assert set(METADATA.tables) - written <= {"clock", "standings", "allowances"}
