"""Every way in which a call to Telegram may end without an answer (FACTS §1.6), over real sockets:
what the store says afterwards, what stands in the chat, and how often it was sent (F37, F38).

The server is our own, on loopback; nothing here ran against Telegram.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pytest
from doorway import Doorway

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from adapters.telegram.testing import (
    TOKEN,
    Answer,
    Fault,
    Spoilt,
    Step,
    TelegramServer,
)
from adapters.telegram.testing_bot import Refusal
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, OnUnknown, State
from bot.domain.target import Target
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.testing import ONE, START, TWO, Stage
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

GROUP, BUSY = Target("telegram", "-1001234567890"), Target("telegram", "-1009876543210")
# So many lines make a message of two parts.
LONG = 150

Door: TypeAlias = Literal["open", "shut", "crowded"]


@dataclass(frozen=True)
class Row:
    """A row of the table. ``unclear``: nobody can tell whether it arrived; ``arrives``: it did."""

    step: Callable[[], Step] = lambda: None
    door: Door = "open"
    unclear: bool = True
    arrives: bool = False
    requests: int = 1


def _failing(status: int) -> Callable[[], Step]:
    return lambda: Refusal(status, "Internal Server Error")


def _spoilt(fault: Fault, *, taken: bool) -> Callable[[], Step]:
    return lambda: Spoilt(fault, taken=taken)


TABLE: Mapping[str, Row] = {
    "refused": Row(door="shut", unclear=False),
    "connect time-out": Row(door="crowded", unclear=False),
    "429 without retry_after": Row(lambda: Answer(429, b"{}"), unclear=False, requests=2),
    "closed without a byte, taken": Row(_spoilt(Fault.CLOSE, taken=True), arrives=True),
    "closed without a byte, not taken": Row(_spoilt(Fault.CLOSE, taken=False)),
    "reset, taken": Row(_spoilt(Fault.RESET, taken=True), arrives=True),
    "reset, not taken": Row(_spoilt(Fault.RESET, taken=False)),
    "read time-out, taken": Row(_spoilt(Fault.SILENCE, taken=True), arrives=True),
    "read time-out, not taken": Row(_spoilt(Fault.SILENCE, taken=False)),
    "truncated 200": Row(_spoilt(Fault.TRUNCATED, taken=True), arrives=True),
    "500": Row(_failing(500)),
    "502": Row(_failing(502)),
    "503": Row(_failing(503)),
    "504": Row(_failing(504)),
}
UNCLEAR = {name: row for name, row in TABLE.items() if row.unclear}


class Evening:
    """A group with a long post and a short one behind it."""

    def __init__(self, server: TelegramServer, on_unknown: OnUnknown) -> None:
        self.server = server
        self.door = Doorway(server.url)
        self.clock = VirtualClock(START)
        self.stage = Stage(MemoryStore(), self.clock)
        self.stage.long[ONE] = LONG
        self._on_unknown = on_unknown

    def adapter(self, url: str, *, connections: int = 8) -> TelegramAdapter:
        hasty = TelegramOptions(
            TOKEN,
            api_url=url,
            connections=connections,
            connect_timeout_s=0.2,
            answer_timeout_s=0.2,
        )
        return TelegramAdapter(hasty)

    async def deliver(self, row: Row) -> None:
        """Whatever comes of it, and then what comes of the rest."""
        await self.stage.open([Chat(GROUP, on_unknown=self._on_unknown)])
        await self.stage.queue([GROUP], [ONE, TWO])
        self.server.script("sendMessage", row.step(), chat=GROUP.chat)
        if row.door == "open":
            async with self.adapter(self.server.url) as adapter:
                await self.until_quiet(self.stage.deliverer(adapter))
            return
        async with self.adapter(self.door.url) as adapter:
            deliverer = self.stage.deliverer(adapter)
            with ExitStack() as crowd:
                if row.door == "crowded":
                    crowd.enter_context(self.door.crowded())
                await deliverer.run_once()
            async with await self.door.open():
                await self.until_quiet(deliverer)

    async def until_quiet(self, deliverer: Deliverer) -> None:
        while not await self.stage.quiet():
            await deliverer.run_once()
            self.clock.advance(10)

    async def row(self, key: str, part: int = 0) -> Delivery:
        (found,) = [r for r in await self.stage.rows() if (r.post_key, r.part) == (key, part)]
        return found

    @property
    def requests(self) -> int:
        """How often the long post's first part was sent."""
        return sum("line 0 of" in call.params["text"] for call in self.server.called("sendMessage"))

    @property
    def copies(self) -> int:
        """How often it stands in the group."""
        return sum("line 0 of" in one.text for one in self.server.state.in_chat(GROUP.chat))

    async def assert_the_rest_went(self) -> None:
        """Later parts, and later posts, each once."""
        assert (await self.row(ONE, part=1)).state is State.SENT
        assert (await self.row(TWO)).state is State.SENT
        texts = [one.text for one in self.server.state.in_chat(GROUP.chat)]
        assert sum(f"line {LONG - 1} of" in text for text in texts) == 1
        assert sum(TWO in text for text in texts) == 1


@pytest.mark.parametrize("name", TABLE)
async def test_f37_f38_each_way_to_lose_an_answer_has_its_outcome(
    name: str, server: TelegramServer
) -> None:
    row, evening = TABLE[name], Evening(server, OnUnknown.DEFAULT)
    await evening.deliver(row)
    first = await evening.row(ONE)
    if row.unclear:
        assert (first.state, evening.copies) == (State.UNKNOWN, int(row.arrives))
        assert first.called_at is not None
        assert first.reason
    else:
        assert (first.state, evening.copies) == (State.SENT, 1)
    assert evening.requests == row.requests
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("name", UNCLEAR)
async def test_f37_a_chat_that_wants_it_again_gets_it_once_more(
    name: str, server: TelegramServer
) -> None:
    row, evening = UNCLEAR[name], Evening(server, OnUnknown.RESEND)
    await evening.deliver(row)
    assert (await evening.row(ONE)).state is State.SENT
    assert (evening.requests, evening.copies) == (2, 1 + row.arrives)
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("name", UNCLEAR)
async def test_f37_a_chat_that_leaves_it_gets_nothing_again(
    name: str, server: TelegramServer
) -> None:
    row, evening = UNCLEAR[name], Evening(server, OnUnknown.LEAVE)
    await evening.deliver(row)
    assert (await evening.row(ONE)).state is State.UNKNOWN
    assert (evening.requests, evening.copies) == (1, int(row.arrives))
    await evening.assert_the_rest_went()


async def test_f37_wanted_again_and_unclear_again_it_is_left(server: TelegramServer) -> None:
    evening, lost = Evening(server, OnUnknown.RESEND), _spoilt(Fault.CLOSE, taken=True)
    server.script("sendMessage", lost(), chat=GROUP.chat)
    await evening.deliver(Row(lost))
    assert (await evening.row(ONE)).state is State.UNKNOWN
    assert (evening.requests, evening.copies) == (2, 2)
    await evening.assert_the_rest_went()


async def test_f38_what_waited_for_a_connection_in_vain_is_sent_once(
    server: TelegramServer,
) -> None:
    """The pool's time-out: one connection, and another chat's call that hangs holds it."""
    evening = Evening(server, OnUnknown.DEFAULT)
    await evening.stage.open([Chat(GROUP), Chat(BUSY)])
    await evening.stage.queue([BUSY, GROUP], [TWO])
    server.script("sendMessage", Spoilt(Fault.SILENCE), chat=BUSY.chat)
    async with evening.adapter(server.url, connections=1) as adapter:
        await evening.until_quiet(evening.stage.deliverer(adapter))
    states = {row.target: row.state for row in await evening.stage.rows()}
    assert states == {BUSY: State.UNKNOWN, GROUP: State.SENT}
    assert len(server.called("sendMessage")) == 2
