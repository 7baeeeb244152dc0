"""Whatever a domain value holds, the database gives it back equal."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.chat import Chat, Looks, Style
from bot.domain.delivery import OnUnknown
from bot.domain.errors import StoreError
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Finding,
    FindingKind,
    Keyword,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
    SummaryKey,
)
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from bot.store import chat_documents
from bot.store.documents import decode, encode
from bot.store.sql_store import SqlStore
from bot.store.tables import LISTINGS, PAPERS

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)

# One store serves all examples; each works on rows of its own or clears them first.
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# No database stores lone surrogates, nor PostgreSQL NUL.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
SAID = TEXT.filter(lambda text: bool(text.strip()))
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
COUNT = st.integers(0, 2**31 - 1)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9.5))])
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001 -- hypothesis wants them bare
IDS = st.one_of(
    st.integers(1, 99_999).map(lambda n: PaperId(f"2608.{n:05}")),
    st.integers(1, 999).map(lambda n: PaperId(f"hep-th/9901{n:03}")),
)
PAPERS_ = st.builds(
    Paper,
    id=IDS,
    title=TEXT.filter(bool),
    abstract=TEXT,
    version=st.integers(1, 9999),
    authors=TEXTS,
    categories=TEXTS,
    published_at=st.none() | MOMENTS,
    updated_at=st.none() | MOMENTS,
    withdrawn=st.booleans(),
    upvotes=st.none() | COUNT,
    comments=st.none() | COUNT,
    thumbnail_url=st.none() | TEXT,
    media_urls=TEXTS,
    code_url=st.none() | TEXT,
    code_stars=st.none() | COUNT,
    project_url=st.none() | TEXT,
    organization=st.none() | TEXT,
    keywords=TEXTS,
    upstream_summary=st.none() | TEXT,
    submitted_by=st.none() | TEXT,
)
SCORES = st.builds(Score, st.floats(0, 5) | st.integers(0, 5), TEXT)
FINDINGS = st.builds(Finding, st.sampled_from(FindingKind), TEXT)
SUMMARIES = st.builds(
    Summary,
    paper_id=IDS,
    language=st.sampled_from(["zh", "en"]),
    main_work=SAID,
    highlights=st.lists(SAID, max_size=5).map(tuple),
    keywords=st.lists(st.builds(Keyword, SAID, st.none() | TEXT), max_size=7).map(tuple),
    scores=st.none() | st.builds(Scores, SCORES, SCORES, SCORES),
    provenance=st.builds(Provenance, st.sampled_from(Origin), TEXT, TEXT, st.none() | MOMENTS),
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
)
TIMES = st.times()
FILTERS = st.builds(
    Filters,
    include=TEXTS,
    exclude=TEXTS,
    categories=TEXTS,
    authors=TEXTS,
    organizations=TEXTS,
    least_upvotes=COUNT,
    least_recommendation=st.floats(0, 5),
    most_a_day=st.none() | st.integers(1, 10_000),
    code=st.booleans(),
)
TIMETABLES = st.builds(
    Timetable,
    st.sets(TIMES, min_size=1, max_size=4).map(lambda times: tuple(sorted(times))),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
)
QUIET = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1])
CHATS = st.builds(
    Chat,
    target=st.builds(Target, SAID, SAID, st.none() | SAID),
    language=TEXT,
    sources=TEXTS,
    heartbeat=st.none() | TIMES,
    zone=TEXT,
    on_unknown=st.sampled_from(OnUnknown),
    since=MOMENTS,
    second_language=st.none() | TEXT,
    filters=FILTERS,
    style=st.sampled_from(Style),
    timetable=st.none() | TIMETABLES,
    quiet_hours=st.none() | QUIET.map(lambda pair: QuietHours(*pair)),
    looks=st.builds(Looks, st.booleans(), st.booleans(), st.booleans()),
    paused=st.booleans(),
    listed=TEXT,
)


def test_papers_have_a_column_for_each_field() -> None:
    assert [column.name for column in PAPERS.columns if column.name != "id"] == [
        field.name for field in fields(Paper) if field.name != "id"
    ]


@QUICK
@given(papers=st.lists(PAPERS_, max_size=5, unique_by=lambda paper: paper.id))
async def test_papers_round_trip(sql_store: SqlStore, papers: list[Paper]) -> None:
    async with sql_store.database.writing() as connection:
        await connection.execute(sa.delete(LISTINGS))
        await connection.execute(sa.delete(PAPERS))
    await sql_store.papers.save(papers)
    assert await sql_store.papers.get([p.id for p in papers]) == {p.id: p for p in papers}


@QUICK
@given(papers=st.lists(PAPERS_, min_size=1, max_size=3, unique_by=lambda paper: paper.id))
async def test_saving_the_same_again_changes_nothing(
    sql_store: SqlStore, papers: list[Paper]
) -> None:
    await sql_store.papers.save(papers)
    before = await sql_store.papers.get([p.id for p in papers])
    await sql_store.papers.save(list(before.values()))
    assert await sql_store.papers.get([p.id for p in papers]) == before


@QUICK
@given(summary=SUMMARIES, version=st.integers(1, 9999), prompt=TEXT, model=TEXT)
async def test_summaries_round_trip(
    sql_store: SqlStore, summary: Summary, version: int, prompt: str, model: str
) -> None:
    key = SummaryKey(summary.paper_id, version, summary.language, prompt, model)
    await sql_store.summaries.put(key, summary)
    assert await sql_store.summaries.get(key) == summary
    assert (key, summary) in await sql_store.summaries.of_papers([key.paper_id], key.language)


@given(summary=SUMMARIES)
def test_summary_documents_round_trip(summary: Summary) -> None:
    assert decode(encode(summary)) == summary


@QUICK
@given(chat=CHATS)
async def test_chats_round_trip(sql_store: SqlStore, chat: Chat) -> None:
    await sql_store.register.put(chat)
    assert await sql_store.register.at(chat.target) == chat
    assert chat in await sql_store.chats.all()
    before = await sql_store.register.revision()
    await sql_store.chats.save([chat], now=NOW)
    assert await sql_store.register.revision() == before


@given(chat=CHATS)
def test_what_a_newer_version_writes_of_a_chat_is_read_as_far_as_it_is_known(chat: Chat) -> None:
    document = json.loads(chat_documents.encode(chat))
    for part in [document, *(document[name] for name in ("filters", "looks") if name in document)]:
        part["mood"] = {"new": [1]}
    read = chat_documents.decode(json.dumps(document))
    assert read == chat_documents.decode(chat_documents.encode(chat))


@pytest.mark.parametrize("text", ["", "[]", '{"filters":{"include":1}}'])
def test_f59_damaged_settings_of_a_chat_are_an_error_that_says_what_to_do(text: str) -> None:
    with pytest.raises(StoreError, match="restore the store from a backup"):
        chat_documents.decode(text)


def test_a_chat_that_chose_nothing_takes_no_room() -> None:
    assert chat_documents.encode(Chat(Target("telegram", "1"))) == "{}"


def test_a_style_of_a_later_version_keeps_no_chat_from_being_read() -> None:
    assert chat_documents.decode('{"style": "carousel"}').style is Style.EACH
