"""What a day may cost, said before anything is bought."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.base import Fare
from adapters.testing import FakeAdapter
from bot.domain.chat import Chat, Style
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.domain.timetable import EVERY_DAY, Timetable
from bot.services.deliver.slots import paid_key
from bot.services.fares import Bill, bill_of, messages_a_day
from bot.store.memory import MemoryStore

_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
_FARE = Fare(940.0, Decimal("0.1"), "Stars", 1000)


class Seller(FakeAdapter):
    """A platform that sells."""

    fare: Fare | None = _FARE

    def charged(self, message: object) -> object:
        return message


def _chat(**more: Any) -> Chat:
    return replace(Chat(Target("telegram", "1"), sources=("hf",), since=_NOW), **more)


@pytest.mark.parametrize(
    ("chat", "messages"),
    [
        pytest.param(_chat(), 22, id="a message a paper"),
        pytest.param(_chat(second_language="en"), 44, id="in two languages"),
        pytest.param(_chat(filters=Filters(most_a_day=5)), 5, id="some a day at most"),
        pytest.param(_chat(sources=("hf", "arxiv:cs.CL")), 22 + 38, id="a list nobody has seen"),
        pytest.param(_chat(style=Style.DIGEST), 1, id="a digest"),
        pytest.param(
            _chat(style=Style.DIGEST, timetable=Timetable((time(8), time(20)), EVERY_DAY)),
            2,
            id="a digest twice a day",
        ),
    ],
)
def test_a_days_messages_are_counted_as_chats_get_them(chat: Chat, messages: int) -> None:
    assert messages_a_day([chat], {"hf": 22}) == messages


async def _filled(lengths: Sequence[int], chats: int) -> MemoryStore:
    store = MemoryStore()
    for back, length in enumerate(lengths):
        day: date = _NOW.date() - timedelta(days=back)
        ids = [PaperId(f"26{back + 1:02}.{n + 1:05}") for n in range(length)]
        papers = [Paper(id=one, title="T", abstract="A") for one in ids]
        await store.papers.save(papers)
        await store.listings.record("hf", day, papers, seen_at=_NOW)
    listed = [Chat(Target("fake", str(n)), sources=("hf",)) for n in range(chats)]
    await store.chats.save([*listed, Chat(Target("other", "1"), sources=("hf",))], now=_NOW)
    return store


async def test_the_bill_is_for_last_weeks_longest_list_and_the_chats_of_that_bot() -> None:
    store = await _filled([3, 17, 9], chats=10)
    await store.chats.suspend(Target("fake", "0"), "gone")
    await store.allowances.take(paid_key("fake"), 15, day=_NOW.date(), most=1000)
    bill = await bill_of(Seller(), store, _NOW)
    assert bill is not None
    assert bill == Bill("fake", _FARE, chats=9, messages=9 * 17, used=15)
    assert bill.at_most == Decimal("15.3")
    assert bill.words() == (
        "153 messages a day to 9 chats cost 15.3 Stars at most: 0.1 for each above the free rate,"
        " 100.0 on a day; the rest goes at the free rate. Today so far: 1.5 Stars."
    )


async def test_a_bill_ends_at_the_limit_and_says_what_it_would_be_without() -> None:
    bill = await bill_of(Seller(), await _filled([20], chats=100), _NOW)
    assert bill is not None
    assert bill.at_most == 100
    assert "cost 100.0 Stars at most (200.0 without the limit)" in bill.words()


async def test_where_nothing_is_bought_there_is_no_bill() -> None:
    store = await _filled([3], chats=1)
    assert await bill_of(FakeAdapter(), store, _NOW) is None
    seller = Seller()
    seller.fare = None
    assert await bill_of(seller, store, _NOW) is None
