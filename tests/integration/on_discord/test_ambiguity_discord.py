"""Every way in which a call to Discord may end without an answer (FACTS §1.6), over real sockets:
what the store says afterwards, what stands in the channel, and how often it was sent.

A bot's messages carry a nonce, so that repeating one doubles nothing (F47); a forum's post is
looked for before it is started, and a webhook takes no nonce (F48). The server is our own, on
loopback; nothing here ran against Discord.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from doorway import Doorway

from adapters.base import Adapter, Options
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import read_options, read_webhook_options
from adapters.discord.testing import (
    TOKEN,
    Answer,
    Break,
    Channel,
    DiscordServer,
    Fault,
    How,
    Kind,
)
from adapters.discord.webhook import WebhookAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, OnUnknown, State
from bot.domain.post import Post
from bot.domain.target import Target
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.testing import ONE, START, TWO, Stage
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

# So many lines make a message of two parts or more.
LONG = 250


@dataclass(frozen=True)
class Row:
    """A row of the table. ``unclear``: nobody can tell whether it arrived; ``arrives``: it did."""

    fault: Fault
    unclear: bool = True
    arrives: bool = False


def _broken(how: How, *, taken: bool) -> Row:
    return Row(Break(how, taken=taken), arrives=taken)


TABLE: Mapping[str, Row] = {
    "429 without retry_after": Row(Answer(429, {"message": "slow down"}), unclear=False),
    "closed without a byte, taken": _broken(How.CLOSE, taken=True),
    "closed without a byte, not taken": _broken(How.CLOSE, taken=False),
    "reset, taken": _broken(How.RESET, taken=True),
    "reset, not taken": _broken(How.RESET, taken=False),
    "read time-out, taken": _broken(How.HANG, taken=True),
    "read time-out, not taken": _broken(How.HANG, taken=False),
    "truncated 200": _broken(How.CUT, taken=True),
    **{
        f"{status}, {'taken' if taken else 'not taken'}": Row(
            Answer(status, {"message": "failed"}, taken=taken), arrives=taken
        )
        for status in (500, 502, 503, 504)
        for taken in (True, False)
    },
}
UNCLEAR = {name: row for name, row in TABLE.items() if row.unclear}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


class Papers(Stage):
    """Its posts are about pages, as those of papers are: their messages can be told apart."""

    async def compose(self, delivery: Delivery, chat: Chat) -> Post | Sequence[Post] | None:
        post = await super().compose(delivery, chat)
        assert isinstance(post, Post)
        return replace(post, url="https://huggingface.co/papers/2608.00001")


class Evening:
    """A place with a long post and a short one behind it."""

    def __init__(
        self,
        server: DiscordServer,
        clock: VirtualClock,
        *,
        kind: Kind = Kind.TEXT,
        platform: str = "discord",
        on_unknown: OnUnknown = OnUnknown.DEFAULT,
        stage: type[Stage] = Papers,
    ) -> None:
        self.server = server
        self.clock = clock
        self.place: Channel = server.world.add(kind)
        chat = self.place.id if platform == "discord" else "lab"
        self.target = Target(platform, chat)
        self.stage = stage(MemoryStore(), clock)
        self.stage.long[ONE] = LONG
        self._on_unknown = on_unknown

    def adapter(self, url: str = "") -> DiscordAdapter:
        url = url or self.server.rest
        options: dict[str, Any] = {"token": TOKEN, "api_url": url, "timeout_s": 0.3}
        return DiscordAdapter(read_options(Options("discord", options)), self.clock)

    def webhook(self) -> WebhookAdapter:
        end = self.server.routes.add_webhook(self.place.id)
        options = {"hooks": {"lab": {"url": self.server.rest + end}}, "timeout_s": 0.3}
        return WebhookAdapter(read_webhook_options(Options("discord-webhook", options)), self.clock)

    async def deliver(self, adapter: Adapter, fault: Fault | None = None) -> None:
        """Whatever comes of the first message, and then what comes of the rest."""
        await self.begin()
        if fault is not None:
            self.server.script(fault, method="POST")
        await self.until_quiet(self.stage.deliverer(adapter))

    async def begin(self) -> None:
        await self.stage.open([Chat(self.target, on_unknown=self._on_unknown)])
        await self.stage.queue([self.target], [ONE, TWO])

    async def until_quiet(self, deliverer: Deliverer) -> None:
        while not await self.stage.quiet():
            await deliverer.run_once()
            self.clock.advance(3)

    async def row(self, key: str, part: int = 0) -> Delivery:
        (found,) = [r for r in await self.stage.rows() if (r.post_key, r.part) == (key, part)]
        return found

    @property
    def nonces(self) -> list[str]:
        """Of each request for the long post's first part."""
        sent = [
            call.body for call in self.server.requests("POST") if _holds(call.body, "line 0 of")
        ]
        return [body.get("nonce", "") for body in sent]

    @property
    def copies(self) -> int:
        """How often that stands in the place."""
        return sum(_holds(message, "line 0 of") for message in self._messages)

    @property
    def _messages(self) -> list[Mapping[str, Any]]:
        threads = (c for c in self.server.world.channels.values() if c.parent == self.place.id)
        return [m for channel in (self.place, *threads) for m in channel.messages]

    async def assert_the_rest_went(self) -> None:
        """Later parts, and later posts, each once."""
        assert (await self.row(ONE, part=1)).state is State.SENT
        assert (await self.row(TWO)).state is State.SENT
        assert sum(_holds(m, f"line {LONG - 1} of") for m in self._messages) == 1
        assert sum(_holds(m, TWO) for m in self._messages) == 1


def _holds(message: Mapping[str, Any], words: str) -> bool:
    return words in str(message)


@pytest.mark.parametrize("name", TABLE)
async def test_f47_no_lost_answer_loses_or_doubles_a_message(
    name: str, server: DiscordServer, clock: VirtualClock
) -> None:
    evening = Evening(server, clock, on_unknown=OnUnknown.LEAVE)
    async with evening.adapter() as adapter:
        await adapter.connection.logged_in()
        await evening.deliver(adapter, TABLE[name].fault)
    assert (await evening.row(ONE)).state is State.SENT
    assert evening.copies == 1
    assert len(evening.nonces) == 2, "repeated once"
    assert len(set(evening.nonces)) == 1
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("name", UNCLEAR)
async def test_f47_after_the_window_the_history_decides_what_is_sent(
    name: str, server: DiscordServer, clock: VirtualClock
) -> None:
    row, evening = UNCLEAR[name], Evening(server, clock)
    await evening.begin()
    server.script(row.fault, method="POST")
    async with evening.adapter() as adapter:
        await adapter.connection.logged_in()
        await evening.stage.deliverer(adapter).run_once()
    clock.advance(300)
    server.world.forget_nonces()
    async with evening.adapter() as adapter:  # another process
        await evening.until_quiet(evening.stage.deliverer(adapter))
    assert (await evening.row(ONE)).state is State.SENT
    assert evening.copies == 1
    assert len(evening.nonces) == 1 + (not row.arrives)
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("on_unknown", OnUnknown)
@pytest.mark.parametrize("name", ["truncated 200", "502, not taken"])
async def test_f47_after_the_window_what_cannot_be_looked_up_is_not_doubled_unasked(
    name: str, on_unknown: OnUnknown, server: DiscordServer, clock: VirtualClock
) -> None:
    """Without an address or a button, a message has no place for a mark: an announcement, say."""
    row = UNCLEAR[name]
    evening = Evening(server, clock, on_unknown=on_unknown, stage=Stage)
    await evening.begin()
    server.script(row.fault, method="POST")
    async with evening.adapter() as adapter:
        await adapter.connection.logged_in()
        await evening.stage.deliverer(adapter).run_once()
        clock.advance(300)
        server.world.forget_nonces()
        await evening.until_quiet(evening.stage.deliverer(adapter))
    again = on_unknown is OnUnknown.RESEND
    assert (await evening.row(ONE)).state is (State.SENT if again else State.UNKNOWN)
    assert evening.copies == row.arrives + again
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("stage", [Stage, Papers])
@pytest.mark.parametrize("name", TABLE)
async def test_f48_a_forum_gets_one_post_whatever_becomes_of_the_answer(
    name: str, stage: type[Stage], server: DiscordServer, clock: VirtualClock
) -> None:
    evening = Evening(server, clock, kind=Kind.FORUM, stage=stage)
    async with evening.adapter() as adapter:
        # Asked once, the channel is known for a forum.
        assert await adapter.find(evening.target, "0" * 24) is None
        await evening.deliver(adapter, TABLE[name].fault)
    assert (await evening.row(ONE)).state is State.SENT
    assert evening.copies == 1
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("on_unknown", OnUnknown)
@pytest.mark.parametrize("name", TABLE)
async def test_f48_a_webhooks_message_is_repeated_only_where_the_chat_wants_it(
    name: str, on_unknown: OnUnknown, server: DiscordServer, clock: VirtualClock
) -> None:
    row = TABLE[name]
    evening = Evening(server, clock, platform="discord-webhook", on_unknown=on_unknown)
    async with evening.webhook() as adapter:
        await evening.deliver(adapter, row.fault)
    again = not row.unclear or on_unknown is OnUnknown.RESEND
    assert (await evening.row(ONE)).state is (State.SENT if again else State.UNKNOWN)
    assert len(evening.nonces) == 1 + again
    assert evening.copies == int(again) + row.arrives
    await evening.assert_the_rest_went()


@pytest.mark.parametrize("shut", ["refused", "connect time-out"])
async def test_f38_without_a_connection_nothing_was_sent_and_it_is_sent_once(
    shut: str, server: DiscordServer, clock: VirtualClock
) -> None:
    evening, door = Evening(server, clock), Doorway(server.rest)
    await evening.begin()
    async with evening.adapter(door.url) as adapter:
        async with await door.open():
            await adapter.connection.logged_in()
        deliverer = evening.stage.deliverer(adapter)
        if shut == "refused":
            await deliverer.run_once()
        else:
            with door.crowded():
                await deliverer.run_once()
        assert (await evening.row(ONE)).called_at is None, "it is known not to have arrived"
        async with await door.open():
            await evening.until_quiet(deliverer)
    assert (await evening.row(ONE)).state is State.SENT
    assert (len(evening.nonces), evening.copies) == (1, 1)
    await evening.assert_the_rest_went()
