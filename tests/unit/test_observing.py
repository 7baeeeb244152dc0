"""What the readiness page goes by."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.standing import Standing
from bot.observing import Observed, Observer
from bot.services.health import Health
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.web.metrics import Metrics

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def observer(store: MemoryStore, clock: VirtualClock) -> Observer:
    parts = ("store", "source:hf")
    seen = Observed(store, clock, Health(), None, parts, dict, "me")
    return Observer(seen, Metrics())


async def test_an_upstream_that_nobody_has_asked_is_not_ready(observer: Observer) -> None:
    report = await observer.report()
    assert (report.ready, report.parts["source:hf"]) == (False, "not asked yet")


async def test_an_upstream_that_another_process_has_just_asked_is_ready(
    observer: Observer, store: MemoryStore, clock: VirtualClock
) -> None:
    asked = Standing(worked_at=NOON - timedelta(minutes=5))
    await store.standings.report({"source:hf": asked}, now=clock.now())
    report = await observer.report()
    assert (report.ready, report.parts["source:hf"]) == (True, "ok")


async def test_what_was_asked_long_ago_does_not_count(
    observer: Observer, store: MemoryStore, clock: VirtualClock
) -> None:
    asked = Standing(worked_at=NOON)
    await store.standings.report({"source:hf": asked}, now=clock.now())
    clock.advance(timedelta(hours=4).total_seconds())
    assert not (await observer.report()).ready


async def test_f1_a_part_that_nobody_reports_any_more_leaves_the_metrics(
    observer: Observer, store: MemoryStore, clock: VirtualClock
) -> None:
    gone = Standing(worked_at=NOON, failing_since=NOON, failed_at=NOON, reason="503")
    await store.standings.report({"source:gone": gone}, now=clock.now())
    assert '\nsulan_part_working{part="source:gone"} 0.0\n' in (await observer.text()).decode()
    clock.advance(timedelta(days=2).total_seconds())
    assert "source:gone" not in (await observer.text()).decode()
