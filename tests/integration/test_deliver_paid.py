"""Messages above the free rate, for money: only those, only so many a day, and never too fast."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

import pytest

from adapters.base import Fare, Message, Pace
from adapters.telegram.sales import Sales, free_slot_needed
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.delivery_errors import ContentRejected, RateLimited
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.ports import Clock
from bot.services.deliver.prepared import Ready
from bot.services.deliver.slots import Slots, paid_key
from bot.services.deliver.testing import START, Stage
from bot.services.deliver.tools import Tools
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually

_FREE, _PAID = 29.2, 940.0
# What the platform enforces in any second: of free messages, and of all.
_MOST_FREE, _MOST = 30, 1000


@dataclass(frozen=True)
class Words:
    """One message."""

    text: str
    paid: bool = False


class Seller:
    """Implements ``Adapter`` and ``Payable``; refuses what is too fast, notes the rest. One that
    ``sells`` nothing says so of each message it is offered; ``offered`` counts those."""

    name = "telegram-team"

    def __init__(self, clock: Clock, most_a_day: int, *, latency: float = 0.15) -> None:
        self._clock = clock
        self._latency = latency
        self._sales = Sales(self.name, wanted=True)
        self.of_day: Fare | None = Fare(_PAID, Decimal("0.1"), "Stars", most_a_day)
        self.sells = True
        self.offered = 0
        self.arrived: list[tuple[float, str, bool]] = []
        self.refused = 0
        self.limit_next: float | None = None

    @property
    def fare(self) -> Fare | None:
        return self.of_day if self._sales.open else None

    def charged(self, message: Words) -> Words:
        return replace(message, paid=True)

    def pace(self, target: Target) -> Pace:
        return Pace(_FREE, 1.02)

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Message]:
        return (Words(post.title),)

    async def send(self, target: Target, message: Words, *, key: str) -> Receipt:
        if message.paid and not self._sales.open:
            raise free_slot_needed()
        if message.paid and not self.sells:
            self.offered += 1
            await self._clock.sleep(self._latency)
            self._sales.refused(key, ContentRejected("not enough Stars"))
            raise free_slot_needed()
        receipt = await self._take(target, message, key)
        if not message.paid:
            self._sales.arrived_free(key)
        return receipt

    async def _take(self, target: Target, message: Words, key: str) -> Receipt:
        now = self._clock.monotonic()
        if self.limit_next is not None:
            seconds, self.limit_next = self.limit_next, None
            raise RateLimited("Too Many Requests", retry_after=seconds, everywhere=True)
        lately = [paid for at, _, paid in self.arrived[-_MOST:] if at > now - 1]
        if len(lately) >= _MOST or (not message.paid and lately.count(False) >= _MOST_FREE):
            self.refused += 1
            raise RateLimited("Too Many Requests", retry_after=3)
        self.arrived.append((now, target.chat, message.paid))
        await self._clock.sleep(self._latency)
        return Receipt(key)

    @property
    def paid(self) -> int:
        return sum(paid for _, _, paid in self.arrived)


class QuickStage(Stage):
    async def compose(self, delivery: Delivery, chat: Chat) -> Post | None:
        return Post(chat.language, title=delivery.post_key, url="")


async def _broadcast(chats: int, most_a_day: int) -> tuple[QuickStage, Seller, float]:
    clock = LoopClock(START)
    stage, seller = QuickStage(MemoryStore(), clock), Seller(clock, most_a_day)
    targets = [Target(seller.name, str(n)) for n in range(chats)]
    await stage.open(map(Chat, targets))
    await stage.queue(targets, ["paper:2608.00001:zh"])
    begun = clock.monotonic()
    await stage.play(seller, most=86_400)
    return stage, seller, seller.arrived[-1][0] - begun


async def _spent(stage: Stage, name: str = "telegram-team") -> int:
    day = stage.clock.now().date()
    return await stage.store.allowances.used(paid_key(name), day=day)


async def _what_fits_costs_nothing() -> None:
    stage, seller, _ = await _broadcast(25, most_a_day=1000)
    assert (len(seller.arrived), seller.paid, await _spent(stage)) == (25, 0, 0)


async def _what_exceeds_is_bought() -> None:
    stage, seller, took = await _broadcast(3000, most_a_day=100_000)
    assert sorted(int(chat) for _, chat, _ in seller.arrived) == list(range(3000))
    assert seller.refused == 0
    # 3,000 at 969 a second are 3.1 s; at the free rate they would be 102.
    assert took < 6, took
    free = len(seller.arrived) - seller.paid
    assert 30 <= free <= 29.2 * (took + 1) + 2
    assert await _spent(stage) == seller.paid


async def _beyond_the_limit_the_free_rate_goes_on() -> None:
    stage, seller, took = await _broadcast(600, most_a_day=300)
    assert len(seller.arrived) == 600
    assert seller.refused == 0
    assert seller.paid == await _spent(stage) == 300
    assert took == pytest.approx(300 / _FREE, abs=1.5)


async def _two_processes_share_rate_and_limit() -> None:
    clock = LoopClock(START)
    stage, seller = QuickStage(MemoryStore(), clock), Seller(clock, 900)
    targets = [Target(seller.name, str(n)) for n in range(1500)]
    await stage.open(map(Chat, targets))
    await stage.queue(targets, ["paper:2608.00001:zh"])
    # Two lanes over one store, as two processes have them, and one platform that counts both.
    stopping = asyncio.Event()
    running = [asyncio.ensure_future(stage.deliverer(seller).run(stopping)) for _ in range(2)]
    while not await stage.quiet():
        await clock.sleep(0.5)
    stopping.set()
    await asyncio.gather(*running)
    assert len(seller.arrived) == 1500
    assert (seller.refused, seller.paid) == (0, 900)
    assert await _spent(stage) == 900


async def _a_limit_of_the_token_stops_paid_ones_too() -> None:
    clock = LoopClock(START)
    stage, seller = QuickStage(MemoryStore(), clock), Seller(clock, 1000)
    targets = [Target(seller.name, str(n)) for n in range(200)]
    await stage.open(map(Chat, targets))
    await stage.queue(targets, ["paper:2608.00001:zh"])
    seller.limit_next = 20.0
    begun = clock.monotonic()
    await stage.play(seller)
    in_flight = [at for at, _, _ in seller.arrived if at < begun + 1]
    later = [at for at, _, _ in seller.arrived if at >= begun + 1]
    assert len(in_flight) < 150
    assert min(later) >= begun + 20
    assert len(seller.arrived) == 200


async def _refused(processes: int, chats: int) -> tuple[QuickStage, Sequence[Seller]]:
    """So many lanes over one store, as processes have them, on a platform that sells nothing."""
    clock = LoopClock(START)
    stage = QuickStage(MemoryStore(), clock)
    sellers = [Seller(clock, 10_000) for _ in range(processes)]
    targets = [Target(sellers[0].name, str(n)) for n in range(chats)]
    await stage.open(map(Chat, targets))
    await stage.queue(targets, ["paper:2608.00001:zh", "paper:2608.00002:zh"])
    stopping = asyncio.Event()
    for seller in sellers:
        seller.sells = False
    running = [asyncio.ensure_future(stage.deliverer(one).run(stopping)) for one in sellers]
    while not await stage.quiet():
        await clock.sleep(0.5)
    stopping.set()
    await asyncio.gather(*running)
    return stage, sellers


async def _where_nothing_is_sold_nothing_exceeds_the_free_rate() -> None:
    stage, sellers = await _refused(2, chats=300)
    arrived = sorted(one for seller in sellers for one in seller.arrived)
    assert not any(paid for _, _, paid in arrived)
    assert Counter(chat for _, chat, _ in arrived) == {str(n): 2 for n in range(300)}
    times = [at for at, _, _ in arrived]
    assert max(sum(at - 1 < other <= at for other in times) for at in times) <= _MOST_FREE
    # A second is lost when it is learnt, by each process once.
    assert times[-1] - times[0] == pytest.approx(600 / _FREE, abs=4)
    assert all(0 < seller.offered <= 200 for seller in sellers)
    rows = await stage.rows()
    assert {(row.state, row.attempts) for row in rows} == {(State.SENT, 0)}
    for target in {row.target for row in rows}:
        of_chat = sorted(await stage.rows(target), key=lambda row: row.sent_at or START)
        assert [row.post_key[-4] for row in of_chat] == ["1", "2"]


async def _who_may_not_sell_is_at_the_free_rate() -> None:
    clock = LoopClock(START)
    stage, seller = QuickStage(MemoryStore(), clock), Seller(clock, 1000)
    seller.of_day = None
    targets = [Target(seller.name, str(n)) for n in range(100)]
    await stage.open(map(Chat, targets))
    await stage.queue(targets, ["paper:2608.00001:zh"])
    await stage.play(seller)
    assert (len(seller.arrived), seller.paid, seller.refused) == (100, 0, 0)
    assert await stage.states() == [State.SENT] * 100


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(_what_fits_costs_nothing, id="what fits the free rate costs nothing"),
        pytest.param(_what_exceeds_is_bought, id="only what exceeds it is bought, and fast"),
        pytest.param(_beyond_the_limit_the_free_rate_goes_on, id="beyond the limit it is free"),
        pytest.param(_two_processes_share_rate_and_limit, id="two processes are as one f29"),
        pytest.param(_a_limit_of_the_token_stops_paid_ones_too, id="a 429 stops all f30"),
        pytest.param(
            _where_nothing_is_sold_nothing_exceeds_the_free_rate,
            id="refused a sale, the free rate holds f30",
        ),
        pytest.param(_who_may_not_sell_is_at_the_free_rate, id="no fare, no paid slots"),
    ],
)
def test_paid_slots(scenario: Callable[[], Coroutine[None, None, None]]) -> None:
    run_virtually(scenario)


def _ready(number: int, *, replaces: str | None = None) -> Ready:
    target = Target("telegram-team", str(number))
    delivery = Delivery(target, "paper:2608.00001:zh", START, START)
    return Ready(delivery, Chat(target), Words(str(number)), Pace(_FREE), replaces)


async def _slots_of(ready: Sequence[Ready]) -> list[tuple[Ready, datetime]]:
    clock = LoopClock(START)
    return await Slots(Seller(clock, 1000), Tools(MemoryStore(), clock)).of(ready)


def test_an_edit_is_never_paid_and_goes_before_what_can_be() -> None:
    ready = [_ready(n) for n in range(40)] + [_ready(n, replaces="7") for n in range(40, 80)]
    slots = run_virtually(partial(_slots_of, ready))
    edits = [one for one, _ in slots if one.replaces]
    assert len(slots) == 80
    assert not any(one.paid for one in edits)
    assert all(one.paid for one, _ in slots if not one.replaces)
    assert [at for _, at in slots] == sorted(at for _, at in slots)


def test_what_is_free_keeps_its_message_as_it_was() -> None:
    slots = run_virtually(partial(_slots_of, [_ready(n) for n in range(3)]))
    assert [(one.message, one.paid) for one, _ in slots] == [
        (Words(str(n)), False) for n in range(3)
    ]
