"""Ticks become jobs, jobs become work: on the fake engine, with virtual time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.errors import ModelBusy, StoreError
from bot.domain.listing import Listing
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.role import ALL_ROLES, Role
from bot.domain.summary import Language, Origin, Provenance, Summary
from bot.domain.target import Target
from bot.engine_testing import InProcessEngine, Shelf
from bot.ports import DeliveryQuery
from bot.services.audiences import Audiences
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.sender import LEASE
from bot.services.health import Health
from bot.services.rounds.collecting import Collecting, Upstreams
from bot.services.rounds.duties import Duties, Rhythm, Team
from bot.services.rounds.inheriting import Inheriting, take_back
from bot.services.rounds.membership import PLACES, Membership, PlaceLost, counted, living
from bot.services.rounds.writing import Writing
from bot.services.summarise import SummariseService, Writers
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

_A = Target("console", "a")
_MORNING = datetime(2026, 8, 20, 5, tzinfo=UTC)
_PAPERS = tuple(Paper(PaperId(f"2608.0000{n}"), f"P {n}", f"We give {n}.") for n in range(1, 4))
_TEN = timedelta(minutes=10)
_WRITES = frozenset({Role.SUMMARISE})


@dataclass
class Source:
    """Lists the same papers on every day it is asked for."""

    key: str = "hf"
    looks: int = 0

    async def list_day(self, day: date) -> Listing:
        self.looks += 1
        return Listing("hf", day, _PAPERS if day == _MORNING.date() else ())


@dataclass
class Writer:
    model: str = "a-model"
    prompt: str = "v1"
    busy: bool = False
    calls: list[PaperId] = field(default_factory=list[PaperId])

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        self.calls.append(paper.id)
        if self.busy:
            raise ModelBusy("503")
        origin = Origin.EXTRACTIVE if self.model == "extractive" else Origin.MODEL
        provenance = Provenance(origin, self.model, self.prompt, _MORNING)
        return Summary(paper.id, language, "It.", (), (), None, provenance)


@dataclass
class House:
    """Everything around the duties, for one process; a store and a shelf may be shared."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(_MORNING))
    shelf: Shelf = field(default_factory=Shelf)
    source: Source = field(default_factory=Source)
    writer: Writer = field(default_factory=Writer)
    owner: str = "one"
    roles: frozenset[Role] = ALL_ROLES
    planned: int = 0

    def __post_init__(self) -> None:
        self.engine = InProcessEngine(self.clock, self.shelf)
        health = Health()
        summaries = SummariseService(
            Writers(self.writer, Writer("extractive")),
            store=self.store,
            clock=self.clock,
            owner=self.owner,
        )
        self.membership = Membership(
            self.store.leases,
            self.clock,
            owner=self.owner,
            patience=timedelta(seconds=30),
            roles=self.roles,
        )
        upstreams = Upstreams(lambda _: self.source)
        self.duties = Duties(
            Team(
                Audiences(ChatRoll(self.store, self.clock), self.clock),
                Collecting(upstreams, store=self.store, clock=self.clock, health=health),
                Writing(summaries, store=self.store, clock=self.clock, health=health),
                summaries,
                self.membership,
                self._plan,
                self.roles,
            ),
            self.engine,
            store=self.store,
            clock=self.clock,
            rhythm=Rhythm(patience=2 * _TEN, again=_TEN),
        )
        self.duties.register()

    async def _plan(self) -> None:
        self.planned += 1

    async def open(self, *chats: Chat) -> None:
        await self.store.chats.save(chats, now=self.clock.now())
        await self.membership.join()
        await self.engine.start()

    async def rest(self) -> None:
        """Let every job end."""
        while await self.engine.unfinished():  # noqa: ASYNC110 - as a caller sees it
            await asyncio.sleep(0)


def _chat(**more: str) -> Chat:
    return Chat(Target("console", more.get("name", "a")), more.get("language", "zh"))


async def test_a_slot_is_collected_once_however_many_processes_tick() -> None:
    first = House()
    second = House(first.store, first.clock, first.shelf, first.source, owner="two")
    await first.open(_chat(), _chat(name="b"))
    await second.open()
    for house in (first, second, first):
        await house.duties.tick_collect(_MORNING)
        await house.rest()
    assert first.source.looks == 2  # today and yesterday
    assert [name for name in first.shelf.jobs if name.startswith("collect:")] == [
        "collect:hf:2026-08-20T05:00:00Z"
    ]


async def test_f62_slots_of_an_hour_that_comes_again_are_kept() -> None:
    house = House()
    await house.open(_chat())
    for _ in range(6):
        await house.duties.tick_upkeep(house.clock.now())
        await house.duties.tick_collect(house.clock.now())
        await house.rest()
        house.clock.advance(600)
    looks = house.source.looks
    house.clock.put(-timedelta(minutes=50, seconds=1))
    slot = _MORNING + _TEN
    await house.duties.tick_collect(slot)
    await house.rest()
    assert house.source.looks == looks, "it stands there as done"
    await house.duties.tick_upkeep(slot)
    await house.duties.tick_collect(slot)
    await house.rest()
    assert house.source.looks == looks, "it may be another machine's clock that is ahead"
    anew = House(house.store, house.clock, house.shelf, house.source)
    await anew.open()
    await anew.duties.tick_upkeep(slot)
    await anew.duties.tick_collect(slot)
    await anew.rest()
    assert house.source.looks > looks


async def test_no_chat_no_look() -> None:
    house = House()
    await house.open()
    await house.duties.tick_collect(_MORNING)
    await house.rest()
    assert house.source.looks == 0


async def test_from_a_list_to_summaries_each_paid_for_once_and_then_planned_f28() -> None:
    house = House()
    await house.open(_chat())
    await house.duties.tick_collect(_MORNING)
    await house.rest()
    assert house.planned == 1, "what is new is not left to the next look"
    assert len(house.writer.calls) == 3
    assert "sum:2608.00001v1:zh:v1:a-model" in house.shelf.jobs
    for _ in range(3):
        house.clock.advance(10)
        await house.duties.tick_plan(house.clock.now())
        await house.rest()
    assert len(house.writer.calls) == 3
    assert house.planned == 4


async def test_a_busy_model_is_asked_again_after_a_while_and_not_for_ever_f23() -> None:
    house = House(writer=Writer(busy=True))
    await house.open(_chat())
    await house.duties.tick_collect(_MORNING)
    await house.rest()
    asked: list[int] = []
    for _ in range(26):
        house.clock.advance(60)
        await house.duties.tick_plan(house.clock.now())
        await house.rest()
        asked.append(len(house.writer.calls))
    # At once, after ten minutes, and at twenty the abstract is quoted.
    assert asked[8] == 3
    assert asked[-1] == 6
    rows = await house.store.summaries.of_papers([p.id for p in _PAPERS], "zh")
    assert [summary.provenance.origin for _, summary in rows] == [Origin.EXTRACTIVE] * 3


async def test_a_failing_store_ends_a_job_and_not_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    await house.open(_chat())
    fail = StoreError("the disk is full")

    async def broken() -> list[Chat]:
        raise fail

    with monkeypatch.context() as patched:
        patched.setattr(house.store.chats, "all", broken)
        await house.duties.tick_plan(_MORNING)
        await house.rest()
    await house.duties.tick_plan(_MORNING)
    await house.rest()
    assert house.planned == 1


async def test_each_process_has_a_place_of_its_own_and_the_dead_leave_theirs() -> None:
    store, clock = MemoryStore(), VirtualClock(_MORNING)
    patience = timedelta(seconds=30)
    one, two = (
        Membership(store.leases, clock, owner=name, patience=patience) for name in ("one", "two")
    )
    await one.join()
    await two.join()
    assert (one.executor, two.executor) == ("sulan-0", "sulan-1")
    assert "sulan-0" not in await two.dead()
    clock.advance(15)
    await two.sign()
    clock.advance(16)
    assert "sulan-0" in await two.dead()
    assert "sulan-1" not in await two.dead()
    again = Membership(store.leases, clock, owner="again", patience=patience)
    await again.join()
    assert again.executor == "sulan-0"
    await again.leave()
    assert "sulan-0" in await two.dead()


async def test_whoever_was_silent_itself_calls_nobody_dead_before_they_could_speak() -> None:
    store, clock = MemoryStore(), VirtualClock(_MORNING)
    patience = timedelta(seconds=30)
    one, two = (
        Membership(store.leases, clock, owner=name, patience=patience) for name in ("one", "two")
    )
    await one.join()
    await two.join()
    clock.advance(3600)  # the machine slept, or the database was away
    assert await two.dead() == ()
    assert not await two.alone_with(Role.PLAN)
    await two.sign()
    assert await two.dead() == ()
    await one.sign()
    clock.advance(16)
    assert "sulan-0" not in await two.dead()


async def test_everybody_can_tell_which_roles_live() -> None:
    store, clock = MemoryStore(), VirtualClock(_MORNING)
    patience, leases = timedelta(seconds=30), store.leases
    web = Membership(leases, clock, owner="a", patience=patience, roles=[Role.WEB])
    work = Membership(leases, clock, owner="b", patience=patience, roles=[Role.PLAN, Role.WEB])
    await web.join()
    await work.join()
    counts = counted(await living(leases, now=clock.now()))
    assert (counts[Role.WEB], counts[Role.PLAN], counts[Role.DELIVER]) == (2, 1, 0)
    assert await web.held(Role.PLAN)
    assert await work.alone_with(Role.PLAN)
    assert not await work.alone_with(Role.WEB)
    await work.leave()
    assert not await web.held(Role.PLAN)


async def test_nothing_is_enqueued_for_a_role_that_nobody_has() -> None:
    house = House(roles=frozenset({Role.COLLECT, Role.PLAN}))
    await house.open(_chat())
    await house.duties.tick_collect(_MORNING)
    await house.rest()
    await house.duties.tick_plan(_MORNING)
    await house.rest()
    assert not [job for job in house.shelf.jobs if job.startswith("sum:")]
    writer = House(house.store, house.clock, house.shelf, owner="two", roles=_WRITES)
    await writer.open()
    await house.duties.tick_plan(_MORNING + _TEN)
    while await house.engine.unfinished():  # noqa: ASYNC110 - as a caller sees it
        await asyncio.sleep(0)
    assert (len(house.writer.calls), len(writer.writer.calls)) == (0, 3)


async def test_who_gave_no_sign_of_life_for_too_long_must_not_go_on() -> None:
    store, clock = MemoryStore(), VirtualClock(_MORNING)
    one = Membership(store.leases, clock, owner="one", patience=timedelta(seconds=30))
    await one.join()
    clock.advance(31)
    other = Membership(store.leases, clock, owner="two", patience=timedelta(hours=1))
    await other.join()
    with pytest.raises(PlaceLost, match="another one does its work"):
        await one.keep()


async def test_there_are_only_so_many_places() -> None:
    store, clock = MemoryStore(), VirtualClock(_MORNING)
    hour = timedelta(hours=1)
    crowd = [Membership(store.leases, clock, owner=f"p{n}", patience=hour) for n in range(PLACES)]
    for one in crowd:
        await one.join()
    late = Membership(store.leases, clock, owner="late", patience=hour)
    with pytest.raises(StoreError, match="processes work on this store already"):
        await late.join()


def _rows(states: Callable[[int], State], now: datetime) -> list[Delivery]:
    return [
        Delivery(Target("console", f"c{n}"), "paper:x:zh", now, now, state=states(n))
        for n in range(2)
    ]


async def test_what_a_killed_process_had_in_hand_is_free_once_nobody_else_lives_f55() -> None:
    house = House()
    now = house.clock.now()
    await house.store.outbox.add(_rows(lambda _: State.PENDING, now))
    await house.store.outbox.claim(10, now=now, lease=LEASE)
    killed = Membership(
        house.store.leases, house.clock, owner="killed", patience=timedelta(seconds=30)
    )
    await killed.join()
    house.clock.advance(5)
    late = Membership(house.store.leases, house.clock, owner="late", patience=timedelta(seconds=30))
    await late.join()
    inheriting = Inheriting(house.store.outbox, house.clock, membership=late)
    assert not await inheriting.look(), "the other one may still live"
    house.clock.advance(26)
    assert await inheriting.look()
    claimed = await house.store.outbox.claim(10, now=house.clock.now(), lease=LEASE)
    assert len(claimed) == 2
    assert not await inheriting.look(), "once is enough"


async def test_what_was_being_sent_is_found_as_such_and_our_own_is_left_alone_f55() -> None:
    store, now = MemoryStore(), _MORNING
    await store.outbox.add(_rows(lambda _: State.PENDING, now))
    (first, second) = await store.outbox.claim(10, now=now, lease=LEASE)
    sending = Delivery(
        first.target, first.post_key, now, now, state=State.SENDING, lease_until=now + LEASE
    )
    await store.outbox.save([sending])
    started = now + timedelta(seconds=20)
    later = started + timedelta(seconds=30)
    assert await take_back(store.outbox, started_at=started, now=later) == 2
    taken = await store.outbox.claim(10, now=later, lease=LEASE)
    assert {row.target.chat: row.state for row in taken} == {
        first.target.chat: State.SENDING,
        second.target.chat: State.CLAIMED,
    }
    assert await take_back(store.outbox, started_at=started, now=later) == 0
    assert await store.outbox.find(DeliveryQuery(states=frozenset({State.PENDING}))) == []


async def test_t12_old_deliveries_are_forgotten_once_a_day_by_whichever_process() -> None:
    first = House()
    second = House(first.store, first.clock, first.shelf, owner="two")
    await first.open(_chat())
    await second.open()
    chat, day = _A, timedelta(days=1)
    ages = {f"paper:{age}:zh": _MORNING - age * day for age in (1, 59, 61, 99)}
    rows = [Delivery(chat, key, at, at, state=State.SENT) for key, at in ages.items()]
    await first.store.outbox.add(
        [*rows, Delivery(chat, "paper:x:zh", _MORNING - 99 * day, _MORNING)]
    )
    for house in (first, second, first):
        await house.duties.tick_upkeep(house.clock.now())
        await house.rest()
    left = await first.store.outbox.find(DeliveryQuery())
    assert {row.post_key for row in left} == {"paper:1:zh", "paper:59:zh", "paper:x:zh"}
    assert [job for job in first.shelf.jobs if job.startswith("forget:")] == ["forget:2026-08-20"]
    first.clock.advance(day.total_seconds())
    await first.duties.tick_upkeep(first.clock.now())
    await first.rest()
    assert "forget:2026-08-21" in first.shelf.jobs


@pytest.mark.parametrize(
    ("chat", "looks"),
    [
        pytest.param(
            Chat(Target("console", "a"), sources=("arxiv:cs.CL",)), 1, id="its own source"
        ),
        pytest.param(Chat(Target("console", "a"), paused=True), 0, id="a paused chat's"),
        pytest.param(Chat(Target("console", "a"), suspended="kicked"), 0, id="a closed chat's"),
    ],
)
async def test_sources_are_looked_at_that_open_chats_want_and_no_others(
    chat: Chat, looks: int
) -> None:
    house = House()
    await house.open()
    await house.store.register.put(replace(chat, since=_MORNING))
    if chat.suspended:
        await house.store.chats.suspend(chat.target, chat.suspended)
    await house.duties.tick_collect(_MORNING)
    await house.rest()
    jobs = [job for job in house.shelf.jobs if job.startswith("collect:")]
    assert jobs == [f"collect:{key}:2026-08-20T05:00:00Z" for key in chat.sources[:looks]]
