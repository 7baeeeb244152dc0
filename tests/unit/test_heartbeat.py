"""A chat without papers is told why, once a day, at its own hour."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.services.health import Health
from bot.services.heartbeat import Heartbeats, QuietWords, expected_list, heartbeat_due, hour_on
from bot.services.post_keys import QuietPost
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from summarizer.languages import load_wording

A = Target("telegram", "A")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CHAT = Chat(A, language="en", heartbeat=time(18, 0), zone="Asia/Shanghai", since=LONG_AGO)
PAPER = Paper(id=PaperId("2608.00001"), title="A paper", abstract="We do.")


def _utc(day: int, hour: int, minute: int = 0, month: int = 8) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "changes", "day"),
    [
        pytest.param(_utc(20, 9, 59), {}, None, id="before its hour"),
        pytest.param(_utc(20, 10, 0), {}, date(2026, 8, 20), id="at its hour, 18:00 in Shanghai"),
        pytest.param(_utc(20, 15, 59), {}, date(2026, 8, 20), id="later on its day"),
        pytest.param(_utc(20, 16, 0), {}, None, id="after its midnight a new day has begun"),
        pytest.param(_utc(20, 12), {"heartbeat": None}, None, id="it wants none"),
        pytest.param(_utc(20, 12), {"suspended": "kicked"}, None, id="F32 nothing is sent to it"),
        pytest.param(_utc(20, 12), {"since": _utc(20, 11)}, None, id="F69 it came after its hour"),
        pytest.param(
            _utc(20, 12), {"since": _utc(20, 9)}, date(2026, 8, 20), id="it came before its hour"
        ),
        pytest.param(_utc(20, 12), {"sources": ()}, None, id="it expects no papers"),
    ],
)
def test_a_chat_is_due_from_its_hour_to_its_midnight_f32_f69(
    now: datetime, changes: dict[str, object], day: date | None
) -> None:
    assert heartbeat_due(replace(CHAT, **changes), now) == day


BERLIN = replace(CHAT, zone="Europe/Berlin", heartbeat=time(2, 30))


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        pytest.param(date(2026, 3, 28), _utc(28, 1, 30, month=3), id="winter"),
        pytest.param(
            date(2026, 3, 29), _utc(29, 1, 30, month=3), id="02:30 does not exist: it is 03:30"
        ),
        pytest.param(date(2026, 3, 30), _utc(30, 0, 30, month=3), id="summer"),
        pytest.param(
            date(2026, 10, 25), _utc(25, 0, 30, month=10), id="02:30 comes twice: the first"
        ),
        pytest.param(date(2026, 10, 26), _utc(26, 1, 30, month=10), id="winter again"),
    ],
)
def test_f62_an_hour_is_turned_into_utc_for_each_day(day: date, hour: datetime) -> None:
    assert hour_on(BERLIN, day) == hour


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC"])
@pytest.mark.parametrize("hour", [time(0, 0), time(0, 30), time(2, 0), time(2, 30), time(23, 59)])
def test_f62_every_day_of_two_years_has_its_hour_once(zone: str, hour: time) -> None:
    chat = replace(CHAT, zone=zone, heartbeat=hour)
    days = [date(2026, 1, 2) + timedelta(days=n) for n in range(730)]
    moments = [hour_on(chat, day) for day in days]
    for day, moment in zip(days, moments, strict=True):
        assert moment is not None
        assert heartbeat_due(chat, moment) == day
        before = heartbeat_due(chat, moment - timedelta(minutes=1))
        assert before in {None, day - timedelta(days=1)}


@pytest.mark.parametrize(
    ("zone", "hour", "listed"),
    [
        pytest.param("Asia/Shanghai", time(18), date(2026, 8, 20), id="10:00 UTC: today's"),
        pytest.param("Asia/Shanghai", time(8), date(2026, 8, 19), id="00:00 UTC: the day before"),
        pytest.param("America/New_York", time(21), date(2026, 8, 20), id="01:00 UTC on the next"),
        pytest.param("UTC", time(7), date(2026, 8, 19), id="before lists are usually up"),
        pytest.param("UTC", time(7, 15), date(2026, 8, 20), id="once they usually are"),
    ],
)
def test_what_is_explained_is_the_newest_list_that_should_have_been_up(
    zone: str, hour: time, listed: date
) -> None:
    chat = replace(CHAT, zone=zone, heartbeat=hour)
    assert expected_list(chat, date(2026, 8, 20)) == listed


class World:
    """A store with one chat."""

    def __init__(self, now: datetime, chat: Chat = CHAT) -> None:
        self.clock = VirtualClock(now)
        self.store = MemoryStore()
        self.health = Health()
        self.chat = chat
        self.heartbeats = Heartbeats(self.store, self.clock)
        self.words = QuietWords(self.store, self.clock, health=self.health, wording=load_wording)

    async def plan(self) -> list[str]:
        """The keys of all heartbeats so far, after another round."""
        await self.store.chats.save([self.chat], now=LONG_AGO)
        await self.heartbeats.plan()
        rows = await self.store.outbox.find(DeliveryQuery(target=A, limit=100))
        return sorted(row.post_key for row in rows if row.post_key.startswith("quiet:"))

    async def said(self, day: date) -> list[str]:
        """What a heartbeat for a day would say now."""
        post = await self.words.post(self.chat, QuietPost(self.chat.sources[0], day))
        if post is None:
            return []
        return [post.title, *(line for section in post.sections for line in section.lines)]


async def test_a_chat_without_papers_is_told_once_a_day() -> None:
    world = World(_utc(20, 10))
    assert await world.plan() == ["quiet:hf:2026-08-20"]
    world.clock.advance(3600)
    assert await world.plan() == ["quiet:hf:2026-08-20"]
    world.heartbeats = Heartbeats(world.store, world.clock)  # after a restart
    assert await world.plan() == ["quiet:hf:2026-08-20"]
    world.clock.advance(24 * 3600)
    assert await world.plan() == ["quiet:hf:2026-08-20", "quiet:hf:2026-08-21"]


async def test_chats_that_are_gone_are_not_remembered_for_ever() -> None:
    world = World(_utc(20, 10))
    for number in range(3):
        target = Target("telegram", str(number))
        await world.store.register.put(replace(CHAT, target=target))
        await world.plan()
        await world.store.register.forget(target)
        world.clock.advance(24 * 3600)
    await world.plan()
    assert world.heartbeats.remembered == 1 + 1, "today's, and yesterday's last"


@pytest.mark.parametrize(
    ("state", "created_at", "told"),
    [
        pytest.param(State.SENT, _utc(20, 6), False, id="papers came this morning"),
        pytest.param(State.PENDING, _utc(20, 9), False, id="papers are on their way"),
        pytest.param(State.UNKNOWN, _utc(20, 6), False, id="papers most likely came"),
        pytest.param(State.SENT, _utc(19, 9), True, id="papers came more than a day before"),
        pytest.param(State.FAILED, _utc(20, 6), True, id="F13 a paper had nothing to say"),
        pytest.param(State.EXPIRED, _utc(20, 6), True, id="papers expired"),
    ],
)
async def test_a_chat_that_got_papers_is_not_told_f13(
    state: State, created_at: datetime, told: bool
) -> None:
    world = World(_utc(20, 10))
    row = Delivery(A, "paper:2608.00001:en", created_at, created_at, state=state)
    await world.store.outbox.add([row])
    assert bool(await world.plan()) is told


async def test_a_heartbeat_of_yesterday_counts_for_no_papers_today() -> None:
    world = World(_utc(20, 10))
    row = Delivery(A, "quiet:hf:2026-08-19", _utc(20, 9), _utc(20, 9), state=State.SENT)
    await world.store.outbox.add([row])
    assert len(await world.plan()) == 2


@pytest.mark.parametrize(
    ("day", "now", "words"),
    [
        pytest.param(date(2026, 8, 22), _utc(22, 10), "weekend", id="Saturday"),
        pytest.param(date(2026, 8, 20), _utc(20, 10), "not up yet", id="F4 late"),
        pytest.param(date(2026, 8, 20), _utc(20, 13), "arXiv holiday", id="F4 a holiday"),
        pytest.param(date(2026, 8, 19), _utc(20, 13), "is empty", id="a day that is over"),
    ],
)
async def test_the_reason_is_said_in_the_chat_s_words_f4(
    day: date, now: datetime, words: str
) -> None:
    (line,) = await World(now).said(day)
    assert words in line
    assert "Hugging Face" in line


async def test_f1_a_source_that_fails_is_named_with_since_when() -> None:
    world = World(_utc(20, 10))
    world.health.failed("source:hf", "503", at=_utc(20, 4, 30))
    (line,) = await world.said(date(2026, 8, 20))
    assert "since 08-20 04:30 UTC" in line


async def test_a_weekend_is_a_weekend_also_where_the_source_fails() -> None:
    world = World(_utc(22, 10))
    world.health.failed("source:hf", "503", at=_utc(22, 4, 30))
    (line,) = await world.said(date(2026, 8, 22))
    assert "weekend" in line


async def test_each_source_of_a_chat_has_its_own_reason() -> None:
    world = World(_utc(20, 10), replace(CHAT, sources=("hf", "arxiv:cs.CL")))
    world.health.failed("source:arxiv:cs.CL", "429", at=_utc(20, 1))
    first, second = await world.said(date(2026, 8, 20))
    assert "not up yet" in first
    assert "cs.CL" in second
    assert "since" in second


async def test_nothing_is_said_where_the_list_came_meanwhile() -> None:
    world = World(_utc(20, 10))
    await world.store.papers.save([PAPER])
    await world.store.listings.record("hf", date(2026, 8, 20), [PAPER], seen_at=_utc(20, 10))
    assert await world.said(date(2026, 8, 20)) == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_there_are_words_in_every_language(language: str) -> None:
    world = World(_utc(20, 10), replace(CHAT, language=language))
    world.health.failed("source:hf", "503", at=_utc(20, 4, 30))
    assert all("{" not in line for line in await world.said(date(2026, 8, 20)))


async def test_a_paused_chat_is_told_nothing() -> None:
    world = World(_utc(20, 10), replace(CHAT, since=LONG_AGO, paused=True))
    await world.store.register.put(world.chat)
    assert await world.plan() == []


async def test_a_zone_that_this_machine_does_not_know_stops_nobody_s_heartbeat() -> None:
    world = World(_utc(20, 10))
    odd = replace(CHAT, target=Target("telegram", "odd"), since=LONG_AGO, zone="Mars/Olympus")
    await world.store.register.put(odd)
    assert await world.plan() == ["quiet:hf:2026-08-20"]


@pytest.mark.parametrize("state", [State.INCLUDED, State.PASSED])
async def test_papers_of_a_digest_and_beyond_a_limit_count_as_papers(state: State) -> None:
    world = World(_utc(20, 10))
    row = Delivery(A, "paper:2608.00001:en", _utc(20, 6), _utc(20, 6), state=state)
    await world.store.outbox.add([row])
    assert await world.plan() == []


async def test_f65_others_have_a_turn_while_many_chats_are_looked_at() -> None:
    store, turns = MemoryStore(), 0
    for number in range(2000):
        target = Target("telegram", str(number))
        await store.register.put(replace(CHAT, target=target, since=_utc(20, 11)))

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    heartbeats = Heartbeats(store, VirtualClock(_utc(20, 12)))
    waiting = asyncio.ensure_future(others())
    assert await heartbeats.plan() == 0
    waiting.cancel()
    assert turns >= 2000 / 500
