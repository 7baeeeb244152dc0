"""What is forgotten, and when (T12)."""

from datetime import UTC, datetime, timedelta

from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.services.rounds.retention import forget_old
from bot.store.memory import MemoryStore

NOW = datetime(2026, 8, 20, 5, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = SummaryKey(PaperId("2608.00001"), 1, "zh", "v1", "a-model")


async def test_t12_texts_that_no_row_can_name_any_more_are_forgotten() -> None:
    store = MemoryStore()
    await store.announcements.put("old", "We moved.", now=NOW - 91 * DAY)
    await store.announcements.put("new", "We move.", now=NOW - 61 * DAY)
    await forget_old(store, NOW)
    assert await store.announcements.get("old") is None
    assert await store.announcements.get("new") == "We move."


async def test_what_a_dead_process_had_claimed_leaves_no_trace_for_ever() -> None:
    store = MemoryStore()
    await store.summaries.claim(KEY, "dead", now=NOW - 2 * DAY, until=NOW - 2 * DAY)
    await forget_old(store, NOW)
    assert await store.summaries.prune_claims(before=NOW) == 0


async def test_t12_what_a_bot_was_asked_that_nobody_serves_is_forgotten() -> None:
    store = MemoryStore()
    await store.inbox.keep({"gone:1": "/paper 1"}, now=NOW - 15 * DAY)
    await store.inbox.keep({"away:1": "/paper 2"}, now=NOW - 13 * DAY)
    await forget_old(store, NOW)
    assert [kept.id for kept in await store.inbox.open("", limit=9)] == ["away:1"]
