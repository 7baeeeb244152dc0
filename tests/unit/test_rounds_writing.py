"""What is to be summarised, for whom, and when the wait is over."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.errors import (
    BudgetSpent,
    ModelBusy,
    ModelUnusable,
    SummaryError,
    SummaryMalformed,
    SummaryRefused,
)
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Finding, FindingKind, Language, Origin, Provenance, Summary
from bot.domain.target import Target
from bot.domain.timetable import Timetable
from bot.services.audiences import Groups, grouped
from bot.services.health import Health
from bot.services.rounds.writing import Writing
from bot.services.summarise import SummariseService, Writers
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

_NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
_TODAY = date(2026, 8, 20)
_PAPER = Paper(PaperId("2608.00001"), "One", "We present one.")
_OTHER = Paper(PaperId("2608.00002"), "Two", "We present two.")


@dataclass
class Scripted:
    """Writes at once, or raises."""

    model: str = "a-model"
    prompt: str = "v1"
    error: SummaryError | None = None
    calls: int = 0

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        self.calls += 1
        if self.error is not None:
            raise self.error
        origin = Origin.EXTRACTIVE if self.model == "extractive" else Origin.MODEL
        provenance = Provenance(origin, self.model, self.prompt, _NOON)
        return Summary(paper.id, language, f"By {self.model}.", (), (), None, provenance)


@dataclass
class Desk:
    """A writing desk with a day's list before it."""

    model: Scripted = field(default_factory=Scripted)
    quoting: Scripted = field(default_factory=lambda: Scripted(model="extractive"))
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(_NOON))
    store: MemoryStore = field(default_factory=MemoryStore)
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        writers = Writers(self.model, self.quoting)
        self.summaries = SummariseService(writers, store=self.store, clock=self.clock, owner="me")
        self.writing = Writing(
            self.summaries, store=self.store, clock=self.clock, health=self.health
        )

    async def put_on_list(self, *papers: Paper) -> None:
        await self.store.papers.save(papers)
        await self.store.listings.record("hf", _TODAY, papers, seen_at=self.clock.now())

    async def lacking(self, *chats: Chat) -> list[tuple[str, Language]]:
        found = await self.writing.lacking(await self.groups(*chats))
        return sorted((str(one.paper_id), one.language) for one in found)

    async def groups(self, *chats: Chat) -> Groups:
        return await grouped(chats, self.clock.now(), before=Groups())

    async def stored(self, language: Language = "zh") -> list[Summary]:
        rows = await self.store.summaries.of_papers([_PAPER.id], language)
        return [summary for _, summary in rows]


def _chat(name: str, language: Language = "zh", **more: object) -> Chat:
    chat = Chat(Target("console", name), language, since=_NOON - timedelta(days=1))
    return Chat(**{**{f: getattr(chat, f) for f in Chat.__slots__}, **more})  # pyright: ignore[reportArgumentType] - a field's own type


async def test_each_language_that_a_chat_wants_is_written_once() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER, _OTHER)
    chats = _chat("a"), _chat("b"), _chat("c", "en")
    assert await desk.lacking(*chats) == [
        ("2608.00001", "en"),
        ("2608.00001", "zh"),
        ("2608.00002", "en"),
        ("2608.00002", "zh"),
    ]
    assert await desk.writing.write(_PAPER.id, "zh")
    assert await desk.writing.write(_PAPER.id, "en")
    assert await desk.lacking(*chats) == [("2608.00002", "en"), ("2608.00002", "zh")]


_UNWANTED = {
    "a suspended chat": _chat("a", suspended="kicked"),
    "another source": _chat("a", sources=("arxiv:cs.CL",)),
    "a chat that came later": _chat("a", since=_NOON + timedelta(hours=1)),
}


@pytest.mark.parametrize("chat", list(_UNWANTED.values()), ids=list(_UNWANTED))
async def test_nothing_is_paid_for_that_nobody_is_to_get_f69(chat: Chat) -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    assert await desk.lacking(chat) == []


async def test_a_suspended_chats_language_is_not_written_for_the_others_sake_f32() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    closed = _chat("a", "en", suspended="kicked")
    assert await desk.lacking(closed, _chat("b")) == [("2608.00001", "zh")]


async def test_what_is_no_news_any_more_is_not_written_f58() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    desk.clock.advance(49 * 3600)
    assert await desk.lacking(_chat("a")) == []


@pytest.mark.parametrize(
    "error", [ModelUnusable("no key"), BudgetSpent("spent")], ids=["unusable", "budget"]
)
async def test_where_the_model_will_not_write_today_the_quotation_stands_at_once_f24_f29(
    error: SummaryError,
) -> None:
    desk = Desk(Scripted(error=error))
    await desk.put_on_list(_PAPER)
    assert await desk.writing.write(_PAPER.id, "zh")
    (quoted,) = await desk.stored()
    assert quoted.findings == (Finding(FindingKind.FALLBACK, error.reason),)
    assert await desk.lacking(_chat("a")) == []
    assert desk.health.of("model").reason == error.reason


async def test_where_the_model_is_busy_the_paper_waits_and_is_tried_again_f23() -> None:
    desk = Desk(Scripted(error=ModelBusy("503")))
    await desk.put_on_list(_PAPER)
    assert not await desk.writing.write(_PAPER.id, "zh")
    assert await desk.stored() == []
    assert await desk.lacking(_chat("a")) == [("2608.00001", "zh")]
    assert desk.health.of("model").reason == "busy"
    desk.model.error = None
    assert await desk.writing.write(_PAPER.id, "zh")
    assert desk.health.of("model").failing_since is None


async def test_when_the_wait_is_over_a_paper_is_quoted_and_the_model_may_still_write_f23() -> None:
    desk = Desk(Scripted(error=ModelBusy("503")))
    await desk.put_on_list(_PAPER)
    await desk.writing.quote(await desk.writing.lacking(await desk.groups(_chat("a"))))
    (quoted,) = await desk.stored()
    assert quoted.provenance.origin is Origin.EXTRACTIVE
    desk.model.error = None
    summary = await desk.summaries.summarise(_PAPER, "zh")
    assert summary.provenance.origin is Origin.MODEL


@pytest.mark.parametrize(
    "error", [SummaryRefused("no"), SummaryMalformed("{")], ids=["refused", "malformed"]
)
async def test_a_refusal_is_no_fault_of_the_models_health_f19_f22(error: SummaryError) -> None:
    desk = Desk(Scripted(error=error))
    await desk.put_on_list(_PAPER)
    assert await desk.writing.write(_PAPER.id, "zh")
    assert desk.health.of("model").failing_since is None


async def test_a_paper_with_nothing_to_say_about_is_not_tried_for_ever_f13() -> None:
    desk = Desk(Scripted(error=ModelBusy("503")), Scripted("extractive", error=SummaryError("no")))
    await desk.put_on_list(_PAPER)
    assert await desk.writing.write(_PAPER.id, "zh")
    await desk.writing.quote(await desk.writing.lacking(await desk.groups(_chat("a"))))
    assert await desk.lacking(_chat("a")) == []


async def test_a_look_at_what_is_written_reads_nothing_that_it_knows() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    await desk.writing.write(_PAPER.id, "zh")
    assert await desk.lacking(_chat("a")) == []
    asked: list[object] = []
    before = desk.store.summaries.of_papers

    async def counted(ids: object, language: Language) -> object:
        asked.append(ids)
        return await before(ids, language)  # pyright: ignore[reportArgumentType] - handed through

    desk.store.summaries.of_papers = counted  # pyright: ignore[reportAttributeAccessIssue] - counts
    assert await desk.lacking(_chat("a")) == []
    assert asked == []


async def test_when_a_paper_came_up_first_is_remembered_for_the_metrics() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    await desk.lacking(_chat("a"))
    assert desk.writing.first_seen == {_PAPER.id: _NOON}


async def test_a_paper_that_every_chat_filters_out_is_never_paid_for() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER, _OTHER)
    poets = _chat("a", filters=Filters(include=("poetry",)))
    twos = _chat("b", "en", filters=Filters(exclude=("one",), least_recommendation=4))
    assert await desk.lacking(poets) == []
    assert await desk.lacking(poets, twos) == [("2608.00002", "en")]


async def test_for_a_chat_that_waits_for_a_slot_the_summary_is_written_ahead() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    weekly = _chat("a", timetable=Timetable((time(8),), (0,)))
    assert await desk.lacking(weekly) == [("2608.00001", "zh")]


async def test_a_paused_chat_wants_nothing_and_a_second_language_is_written_too() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    assert await desk.lacking(_chat("a", paused=True)) == []
    both = _chat("b", second_language="en")
    assert await desk.lacking(both) == [("2608.00001", "en"), ("2608.00001", "zh")]


async def test_f23_the_wait_for_a_paper_that_pleases_late_begins_then() -> None:
    desk = Desk()
    await desk.put_on_list(_PAPER)
    groups = await desk.groups(_chat("a", filters=Filters(least_upvotes=5)))
    assert await desk.writing.lacking(groups) == []
    desk.clock.advance(3600)
    await desk.store.papers.save([replace(_PAPER, upvotes=7)])
    (one,) = await desk.writing.lacking(groups)
    assert one.since == _NOON + timedelta(hours=1)
    desk.clock.advance(600)
    assert [later.since for later in await desk.writing.lacking(groups)] == [one.since]
    everyone = await desk.groups(_chat("a", filters=Filters(least_upvotes=5)), _chat("b"))
    assert len(await desk.writing.lacking(everyone)) == 1
