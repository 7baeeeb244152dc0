"""What stands on a list that nobody got before is no news to who chooses it (F69)."""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import SourceUnavailable
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench
from bot.services.plan import Planner
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
_SPEECHES = {language: load_speech(language) for language in _WORDINGS}
_HERE = Target("fake", "1")
_PAPERS = [Paper(PaperId(f"2611.0000{n}"), f"Paper {n}", "We plan. It works.") for n in (1, 2, 3)]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(_NOON)


@pytest.fixture
def one(clock: VirtualClock) -> Bench:
    options = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
    return bench(MemoryStore(), clock, _WORDINGS, options=options, speeches=_SPEECHES)


def _standing(
    one: Bench, clock: VirtualClock, source: str, papers: list[Paper]
) -> Callable[[date], Coroutine[None, None, None]]:
    """A look at a list takes a moment, and finds these papers."""

    async def look(day: date) -> None:
        clock.advance(1)
        store = one.means.store
        await store.papers.save(papers)
        await store.listings.record(source, day, papers, seen_at=clock.now())
        clock.advance(1)

    return look


async def _planned(one: Bench, clock: VirtualClock) -> list[str]:
    """What the chat is given once nothing waits for a summary any more, beside its sample."""
    before = {row.id for row in await one.means.store.outbox.find(DeliveryQuery(_HERE))}
    clock.advance(1300)
    await Planner(one.means.store, clock).plan()
    rows = await one.means.store.outbox.find(DeliveryQuery(_HERE))
    return sorted(row.post_key.split(":")[1] for row in rows if row.id not in before)


async def test_f69_a_list_that_nobody_read_is_read_when_somebody_subscribes(
    one: Bench, clock: VirtualClock
) -> None:
    one.collect.steps["hf"] = _standing(one, clock, "hf", _PAPERS[:2])
    await one.ask("subscribe")
    assert one.collect.asked == [("hf", _NOON.date())]
    await _standing(one, clock, "hf", _PAPERS)(_NOON.date())
    assert await _planned(one, clock) == ["2611.00003"]


async def test_f69_neither_do_the_papers_of_a_list_come_that_is_chosen_later(
    one: Bench, clock: VirtualClock
) -> None:
    await one.ask("subscribe")
    clock.advance(7200)
    one.collect.steps["arxiv:cs.RO"] = _standing(one, clock, "arxiv:cs.RO", _PAPERS[:2])
    await one.ask("settings", "sources +cs.RO")
    assert ("arxiv:cs.RO", _NOON.date()) in one.collect.asked
    await _standing(one, clock, "arxiv:cs.RO", _PAPERS)(_NOON.date())
    assert await _planned(one, clock) == ["2611.00003"]


async def test_a_list_that_others_get_is_not_asked_for_again(
    one: Bench, clock: VirtualClock
) -> None:
    await _standing(one, clock, "hf", _PAPERS)(_NOON.date())
    await one.ask("subscribe")
    assert one.collect.asked == []


@pytest.mark.parametrize("name", ["settings", "pause", "resume", "preview", "why"])
async def test_only_a_choice_has_a_list_read(one: Bench, clock: VirtualClock, name: str) -> None:
    await _standing(one, clock, "hf", _PAPERS)(_NOON.date())
    await one.ask("subscribe")
    clock.advance(timedelta(days=1).total_seconds())
    await one.ask(name, "2611.00001" if name == "why" else "")
    assert one.collect.asked == []


async def test_f1_an_upstream_that_does_not_answer_is_no_hindrance(one: Bench) -> None:
    one.collect.steps["hf"] = SourceUnavailable("Hugging Face does not answer.")
    assert (await one.ask("subscribe")).last.title == "Subscribed"


async def test_what_gathered_for_the_next_slot_is_not_lost_to_a_first_look(
    one: Bench, clock: VirtualClock
) -> None:
    await _standing(one, clock, "hf", [])(_NOON.date())
    await one.ask("subscribe", "hf; hours 18:00")
    before = clock.now()
    await _standing(one, clock, "hf", _PAPERS[:1])(_NOON.date())
    one.collect.steps["arxiv:cs.RO"] = _standing(one, clock, "arxiv:cs.RO", _PAPERS[1:])
    await one.ask("settings", "sources +cs.RO")
    chat = await one.means.store.register.at(_HERE)
    assert chat is not None
    assert chat.since is not None
    assert chat.since <= before
