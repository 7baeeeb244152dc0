"""Each summary is paid for once, and quotation steps in where no model gave one."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import (
    BudgetSpent,
    ModelBusy,
    ModelUnusable,
    StoreError,
    SummaryCutOff,
    SummaryError,
    SummaryFiltered,
    SummaryMalformed,
    SummaryRefused,
)
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Finding,
    FindingKind,
    Language,
    Origin,
    Provenance,
    Summary,
    SummaryKey,
)
from bot.ports import Clock
from bot.services.summarise import SummariseService, Writers, best
from bot.store.memory import MemoryStore
from bot.store.memory_papers import MemorySummaries
from bot.testing import VirtualClock
from bot.virtual_time import LoopClock, run_virtually

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAPER = Paper(PaperId("2309.12307"), "LongLoRA", "We present LongLoRA.")


def written(paper: Paper, language: Language, origin: Origin, model: str) -> Summary:
    return Summary(
        paper.id, language, f"By {model}.", (), (), None, Provenance(origin, model, "v1", NOON)
    )


@dataclass
class Scripted:
    """Writes at once, or raises what it was told to; counts its calls."""

    model: str = "a-model"
    prompt: str = "v1"
    error: SummaryError | None = None
    calls: list[PaperId] = field(default_factory=list[PaperId])

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        self.calls.append(paper.id)
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        origin = Origin.EXTRACTIVE if self.model == "extractive" else Origin.MODEL
        return written(paper, language, origin, self.model)


def service(main: Scripted, store: MemoryStore, *, owner: str = "one") -> SummariseService:
    quoting = Scripted(model="extractive")
    return SummariseService(
        Writers(main, quoting), store=store, clock=VirtualClock(NOON), owner=owner
    )


async def test_f28_a_hundred_callers_pay_once() -> None:
    main, store = Scripted(), MemoryStore()
    one = service(main, store)
    results = await asyncio.gather(*(one.summarise(PAPER, "zh") for _ in range(100)))
    assert len(main.calls) == 1
    assert len(set(map(id, results))) == 1


async def test_f28_a_restart_pays_no_second_time() -> None:
    main, store = Scripted(), MemoryStore()
    first = await service(main, store).summarise(PAPER, "zh")
    again = await service(main, store, owner="two").summarise(PAPER, "zh")
    assert (first, len(main.calls)) == (again, 1)


async def test_f28_two_processes_on_one_store_pay_once() -> None:
    main, store = Scripted(), MemoryStore()
    both = (service(main, store), service(main, store, owner="two"))
    first, second = await asyncio.gather(*(one.summarise(PAPER, "zh") for one in both))
    assert (first, len(main.calls)) == (second, 1)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"version": 2}, id="F14: a new version"),
        pytest.param({"language": "en"}, id="another language"),
        pytest.param({"prompt": "v2"}, id="another prompt"),
        pytest.param({"model": "b-model"}, id="another model"),
    ],
)
async def test_what_differs_is_paid_for_again_f14(other: dict[str, str | int]) -> None:
    store, main = MemoryStore(), Scripted()
    await service(main, store).summarise(PAPER, "zh")
    second = Scripted(str(other.get("model", "a-model")), str(other.get("prompt", "v1")))
    paper = replace(PAPER, version=int(other.get("version", 1)))
    await service(second, store).summarise(paper, str(other.get("language", "zh")))
    assert len(second.calls) == 1


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(SummaryRefused("no"), id="F19: refused"),
        pytest.param(SummaryCutOff("cut"), id="F20: cut off"),
        pytest.param(SummaryFiltered("filter"), id="F21: filtered"),
        pytest.param(SummaryMalformed("shape"), id="F22: malformed"),
    ],
)
async def test_an_answer_that_would_come_again_is_not_paid_for_again_f19_f20_f21_f22(
    error: SummaryError,
) -> None:
    main, store = Scripted(error=error), MemoryStore()
    first = await service(main, store).summarise(PAPER, "zh")
    again = await service(main, store, owner="two").summarise(PAPER, "zh")
    assert first.provenance.origin is Origin.EXTRACTIVE
    assert first.findings == (Finding(FindingKind.FALLBACK, error.reason),)
    assert (again, len(main.calls)) == (first, 1)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ModelBusy("busy"), id="F23: busy"),
        pytest.param(ModelUnusable("key"), id="F24: unusable"),
        pytest.param(BudgetSpent("budget"), id="F29: budget"),
    ],
)
async def test_what_passes_is_quoted_now_and_asked_for_later_f24_f29_f23(
    error: SummaryError,
) -> None:
    main, store = Scripted(error=error), MemoryStore()
    quoted = await service(main, store).summarise(PAPER, "zh")
    main.error = None
    later = await service(main, store, owner="two").summarise(PAPER, "zh")
    assert quoted.findings == (Finding(FindingKind.FALLBACK, error.reason),)
    assert later.provenance.origin is Origin.MODEL


async def test_the_log_says_why_the_model_gave_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    refused = Scripted(error=SummaryError("The endpoint did not take the request (HTTP 400)."))
    await service(refused, MemoryStore()).summarise(PAPER, "zh")
    (record,) = caplog.records
    assert record.__dict__["why"] == "The endpoint did not take the request (HTTP 400)."


async def test_f28_a_slow_call_keeps_its_claim() -> None:
    store, clock, answered = MemoryStore(), VirtualClock(NOON), asyncio.Event()

    @dataclass
    class Slow(Scripted):
        async def summarize(self, paper: Paper, language: Language) -> Summary:
            await answered.wait()
            return await Scripted.summarize(self, paper, language)

    quoting = Scripted(model="extractive")
    first = SummariseService(Writers(Slow(), quoting), store=store, clock=clock, owner="one")
    waiting = asyncio.ensure_future(first.summarise(PAPER, "zh"))
    for _ in range(100):  # each prolonging moves the virtual time on
        await asyncio.sleep(0)
    assert clock.now() > NOON + timedelta(minutes=5)
    key = first.key_of(PAPER, "zh")
    later = clock.now() + timedelta(seconds=60)
    assert not await store.summaries.claim(key, "two", now=clock.now(), until=later)
    answered.set()
    assert (await waiting).main_work


async def test_f28_what_a_killed_process_had_begun_is_written_by_another_once_patience_ends() -> (
    None
):
    store, clock = MemoryStore(), VirtualClock(NOON)
    one = SummariseService(
        Writers(Scripted(), Scripted(model="extractive")),
        store=store,
        clock=clock,
        owner="two",
        patience=timedelta(seconds=30),
    )
    key = one.key_of(PAPER, "zh")
    assert await store.summaries.claim(key, "dead", now=NOON, until=NOON + timedelta(seconds=30))
    assert (await one.summarise(PAPER, "zh")).main_work
    assert timedelta(seconds=30) <= clock.now() - NOON <= timedelta(seconds=31)


class Away(MemorySummaries):
    """Is out of reach from one second to another."""

    def __init__(self, clock: Clock, seconds: tuple[float, float]) -> None:
        super().__init__()
        self._clock = clock
        self._begin, self._end = seconds

    def _reach(self) -> None:
        if self._begin <= self._clock.monotonic() < self._end:
            raise StoreError("the server is gone")

    async def put(self, key: SummaryKey, summary: Summary) -> None:
        self._reach()
        await super().put(key, summary)

    async def claim(self, key: SummaryKey, owner: str, *, now: datetime, until: datetime) -> bool:
        self._reach()
        return await super().claim(key, owner, now=now, until=until)


def paid_with_an_outage(*, answer_s: float, outage: tuple[float, float], other_s: float) -> int:
    """How often a paper is paid for: one process asks at once and has its answer after
    ``answer_s``, another one asks at ``other_s``; both find a claim free after 15 s."""

    async def scenario() -> int:
        store, clock, main = MemoryStore(), LoopClock(NOON), Scripted()

        class Slow(Scripted):
            async def summarize(self, paper: Paper, language: Language) -> Summary:
                await clock.sleep(answer_s)
                return await main.summarize(paper, language)

        store.summaries = Away(clock, outage)
        writers = Writers(Slow(), Scripted(model="extractive"))
        patience = timedelta(seconds=15)
        one, other = (
            SummariseService(writers, store=store, clock=clock, owner=name, patience=patience)
            for name in ("one", "other")
        )
        first = asyncio.ensure_future(one.summarise(PAPER, "zh"))
        await clock.sleep(other_s)
        assert await other.summarise(PAPER, "zh") == await first
        return len(main.calls)

    return run_virtually(scenario)


def test_f28_f57_an_answer_that_comes_while_the_store_is_away_is_stored_when_it_is_back() -> None:
    assert paid_with_an_outage(answer_s=20, outage=(10, 70), other_s=75) == 1


def test_f28_f57_a_claim_that_nobody_could_prolong_is_not_taken_from_one_that_lives() -> None:
    assert paid_with_an_outage(answer_s=100, outage=(10, 70.5), other_s=70.6) == 1


async def test_f28_a_claim_that_ran_out_before_the_call_is_claimed_anew() -> None:
    store, clock, main = MemoryStore(), VirtualClock(NOON), Scripted()

    class Slow(MemorySummaries):
        looks = 0

        async def get(self, key: SummaryKey) -> Summary | None:
            self.looks += 1
            if self.looks == 2:  # the look after the claim
                clock.advance(20)
                until = clock.now() + timedelta(seconds=25)
                assert await self.claim(key, "other", now=clock.now(), until=until)
            return await super().get(key)

    store.summaries = Slow()
    writers = Writers(main, Scripted(model="extractive"))
    patience = timedelta(seconds=15)
    one = SummariseService(writers, store=store, clock=clock, owner="one", patience=patience)
    assert (await one.summarise(PAPER, "zh")).main_work
    assert clock.now() >= NOON + timedelta(seconds=45)
    assert len(main.calls) == 1


async def test_f28_a_claim_is_prolonged_within_whatever_patience_there_is() -> None:
    store, clock, answered = MemoryStore(), VirtualClock(NOON), asyncio.Event()

    @dataclass
    class Slow(Scripted):
        async def summarize(self, paper: Paper, language: Language) -> Summary:
            await answered.wait()
            return await Scripted.summarize(self, paper, language)

    writers, patience = Writers(Slow(), Scripted(model="extractive")), timedelta(seconds=6)
    one = SummariseService(writers, store=store, clock=clock, owner="one", patience=patience)
    waiting = asyncio.ensure_future(one.summarise(PAPER, "zh"))
    for _ in range(30):
        await asyncio.sleep(0)
        key, now = one.key_of(PAPER, "zh"), clock.now()
        assert now == NOON or not await store.summaries.claim(key, "two", now=now, until=now)
    assert clock.now() > NOON + patience
    answered.set()
    assert (await waiting).main_work


async def test_f13_a_paper_that_cannot_even_be_quoted_is_an_error_of_its_own() -> None:
    quoting = Scripted(model="extractive", error=SummaryError("no abstract"))
    one = SummariseService(
        Writers(quoting, quoting), store=MemoryStore(), clock=VirtualClock(NOON), owner="one"
    )
    results = [result async for result in one.summarise_all([PAPER], "zh")]
    assert results == [(PAPER, quoting.error)]


async def test_one_bad_paper_costs_only_itself() -> None:
    @dataclass
    class Picky(Scripted):
        async def summarize(self, paper: Paper, language: Language) -> Summary:
            if paper.title == "bad":
                raise SummaryError("no abstract")
            return await Scripted.summarize(self, paper, language)

    picky = Picky(model="extractive")
    one = SummariseService(
        Writers(picky, picky), store=MemoryStore(), clock=VirtualClock(NOON), owner="one"
    )
    papers = [PAPER, Paper(PaperId("2309.00001"), "bad"), Paper(PaperId("2309.00002"), "good")]
    results = {p.title: r async for p, r in one.summarise_all(papers, "zh")}
    assert {title for title, r in results.items() if isinstance(r, Summary)} == {"LongLoRA", "good"}


async def test_without_a_model_what_a_model_once_wrote_is_shown() -> None:
    store = MemoryStore()
    await service(Scripted(), store).summarise(PAPER, "zh")
    quoting = Scripted(model="extractive")
    shown = await service(quoting, store).summarise(PAPER, "zh")
    assert (shown.provenance.origin, quoting.calls) == (Origin.MODEL, [])


async def test_f14_without_a_model_a_new_version_is_quoted_anew() -> None:
    store, quoting = MemoryStore(), Scripted(model="extractive")
    for version in (1, 2, 2):
        await service(quoting, store).summarise(replace(PAPER, version=version), "zh")
    assert len(quoting.calls) == 2


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ModelBusy("busy"), id="F23: busy"),
        pytest.param(ModelUnusable("key"), id="F24: unusable"),
        pytest.param(SummaryError("no abstract"), id="F13: nothing to summarise"),
    ],
)
async def test_what_was_written_before_goes_before_a_quotation_f24_f13_f23(
    error: SummaryError,
) -> None:
    store, quoting = MemoryStore(), Scripted(model="extractive")
    imported, summary = key(Origin.IMPORTED)
    await store.summaries.put(imported, summary)
    one = SummariseService(
        Writers(Scripted(error=error), quoting), store=store, clock=VirtualClock(NOON), owner="one"
    )
    assert await one.summarise(PAPER, "zh") == summary
    assert await store.summaries.claim(one.key_of(PAPER, "zh"), "two", now=NOON, until=NOON)


async def test_a_cancelled_writer_gives_its_claim_back() -> None:
    store, stuck = MemoryStore(), asyncio.Event()

    @dataclass
    class Stuck(Scripted):
        async def summarize(self, paper: Paper, language: Language) -> Summary:
            await stuck.wait()
            return await Scripted.summarize(self, paper, language)

    one = service(Stuck(), store)
    waiting = asyncio.ensure_future(one.summarise(PAPER, "zh"))
    for _ in range(10):
        await asyncio.sleep(0)
    await one.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await service(Scripted(), store, owner="two").summarise(PAPER, "zh")).main_work


def key(origin: Origin, *, version: int = 1) -> tuple[SummaryKey, Summary]:
    model = {Origin.MODEL: "a-model", Origin.IMPORTED: "GPT-4", Origin.EXTRACTIVE: "extractive"}
    named = SummaryKey(PAPER.id, version, "zh", "v1", model[origin])
    return named, written(PAPER, "zh", origin, model[origin])


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        pytest.param([Origin.EXTRACTIVE, Origin.IMPORTED], Origin.IMPORTED, id="imported first"),
        pytest.param([Origin.MODEL, Origin.IMPORTED], Origin.MODEL, id="model first"),
        pytest.param([Origin.EXTRACTIVE], Origin.EXTRACTIVE, id="quoted if alone"),
    ],
)
def test_the_best_of_several_is_shown(stored: list[Origin], shown: Origin) -> None:
    chosen = best([key(origin) for origin in stored])
    assert chosen is not None
    assert chosen.provenance.origin is shown


def test_of_two_versions_the_higher_is_shown() -> None:
    old, new = key(Origin.MODEL), key(Origin.MODEL, version=2)
    assert best([new, old]) is new[1]


def test_of_none_none_is_shown() -> None:
    assert best([]) is None


async def test_f25_another_model_writes_under_its_own_key_while_the_first_is_gone() -> None:
    store, clock = MemoryStore(), VirtualClock(NOON)
    gone, other = Scripted(error=ModelUnusable("retired")), Scripted(model="other")
    quoting = Scripted(model="extractive")
    instead = SummariseService(Writers(other, quoting), store=store, clock=clock, owner="one")
    both = SummariseService(
        Writers(gone, quoting), store=store, clock=clock, owner="one", instead=instead
    )
    summary = await both.summarise(PAPER, "zh")
    assert summary.provenance.model == "other"
    assert await store.summaries.get(instead.key_of(PAPER, "zh")) == summary
    assert await store.summaries.get(both.key_of(PAPER, "zh")) is None
    assert await both.summarise(PAPER, "zh") == summary
    assert len(other.calls) == 1
    assert not quoting.calls
    gone.error = None
    assert (await both.summarise(PAPER, "zh")).provenance.model == "a-model"


@pytest.mark.parametrize("error", [ModelBusy("busy"), BudgetSpent("spent")], ids=["busy", "spent"])
async def test_f25_another_model_does_not_write_for_one_that_will_again(
    error: SummaryError,
) -> None:
    store, clock = MemoryStore(), VirtualClock(NOON)
    other, quoting = Scripted(model="other"), Scripted(model="extractive")
    instead = SummariseService(Writers(other, quoting), store=store, clock=clock, owner="one")
    writers = Writers(Scripted(error=error), quoting)
    both = SummariseService(writers, store=store, clock=clock, owner="one", instead=instead)
    assert (await both.summarise(PAPER, "zh")).provenance.origin is Origin.EXTRACTIVE
    assert not other.calls


async def test_f25_quotation_steps_in_where_both_models_are_gone() -> None:
    store, clock = MemoryStore(), VirtualClock(NOON)
    gone, quoting = Scripted(error=ModelUnusable("retired")), Scripted(model="extractive")
    other = Scripted(model="other", error=ModelUnusable("retired too"))
    instead = SummariseService(Writers(other, quoting), store=store, clock=clock, owner="one")
    both = SummariseService(
        Writers(gone, quoting), store=store, clock=clock, owner="one", instead=instead
    )
    summary = await both.summarise(PAPER, "zh")
    assert summary.findings[-1] == Finding(FindingKind.FALLBACK, "unusable")
