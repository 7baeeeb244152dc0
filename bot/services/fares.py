"""What a day may cost where a platform sells messages, before any is bought."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from adapters.base import Adapter, Fare
from bot.domain.chat import Chat, Style
from bot.ports import Store
from bot.services.deliver.slots import fare_of, paid_key

# The longest list that was seen on Hugging Face (FACTS §3), for a source of which nothing is known.
_LONG_LIST = 38
# A week has every kind of day.
_LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Bill:
    """What a day's messages of one adapter may cost at most; ``used`` is today's part so far, in
    messages."""

    name: str
    fare: Fare
    chats: int
    messages: int
    used: int

    @property
    def at_most(self) -> Decimal:
        """Were every message a paid one, up to the limit."""
        return min(self.messages, self.fare.most_a_day) * self.fare.price

    def words(self) -> str:
        """The bill in two sentences."""
        limit = self.fare.most_a_day * self.fare.price
        unlimited = self.messages * self.fare.price
        chats = "1 chat" if self.chats == 1 else f"{self.chats:,} chats"
        what = f"{self.messages:,} messages a day to {chats}"
        money = self.fare.currency
        beyond = "" if unlimited <= limit else f" ({unlimited:,.1f} without the limit)"
        return (
            f"{what} cost {self.at_most:,.1f} {money} at most{beyond}: {self.fare.price} for each"
            f" above the free rate, {limit:,.1f} on a day; the rest goes at the free rate. Today so"
            f" far: {self.used * self.fare.price:,.1f} {money}."
        )


async def bill_of(adapter: Adapter, store: Store, now: datetime) -> Bill | None:
    """What a day may cost with the chats there are and lists as long as last week's longest;
    ``None`` where nothing is bought.

    Raises:
        StoreError: the store cannot be read.
    """
    fare = fare_of(adapter)
    if fare is None:
        return None
    chats = [c for c in await store.chats.all() if c.target.platform == adapter.name and c.open]
    sources = {source for chat in chats for source in chat.sources}
    longest = {source: await _longest(store, source, now.date()) for source in sorted(sources)}
    used = await store.allowances.used(paid_key(adapter.name), day=now.date())
    return Bill(adapter.name, fare, len(chats), messages_a_day(chats, longest), used)


def messages_a_day(chats: Iterable[Chat], papers: Mapping[str, int]) -> int:
    """The messages that chats get on a day with so many papers of each source, if no filter held
    any back. A digest is one message at each of its times; edits cost nothing."""
    return sum(_messages(chat, papers) for chat in chats)


def _messages(chat: Chat, papers: Mapping[str, int]) -> int:
    if chat.style is Style.DIGEST:
        posts = len(chat.timetable.times) if chat.timetable else 1
    else:
        posts = sum(papers.get(source, _LONG_LIST) for source in chat.sources)
        if chat.filters.most_a_day is not None:
            posts = min(posts, chat.filters.most_a_day)
    return posts * len(chat.languages)


async def _longest(store: Store, source: str, today: date) -> int:
    days = (today - timedelta(days=n) for n in range(ceil(_LOOKED_BACK / timedelta(days=1)) + 1))
    lengths = [len(await store.listings.of_day(source, day)) for day in days]
    return max(lengths) or _LONG_LIST
