"""Sending to Discord over real sockets: what arrives, once; faults by their rows."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from discord.http import Route

from adapters.base import Options
from adapters.discord import DiscordAdapter, create
from adapters.discord.render import render
from adapters.discord.testing import (
    TOKEN,
    Answer,
    Break,
    Buckets,
    Channel,
    DiscordServer,
    Fault,
    How,
    Kind,
    Limit,
    Spec,
    cloudflare,
    faults,
    limited,
    refusal,
)
from bot.clock import SystemClock
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.errors import SettingsError
from bot.domain.post import Action, Link, Post, Section
from bot.domain.target import Receipt, Target

KEY = "0123456789abcdef01234567"
POST = Post(
    "zh",
    "A paper",
    "https://huggingface.co/papers/2309.12307",
    sections=(Section("主要工作", ("一句话。",)),),
    links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
    actions=(Action("English", "entry:en:2309.12307"),),
    footer=("Imported",),
)
(MESSAGE,) = render(POST)
(PLAIN,) = render(POST, plain=True)


@pytest.fixture
async def server(spec: Spec) -> AsyncGenerator[DiscordServer]:
    """A server without limits; whatever it was asked must agree with the specification."""
    clock = SystemClock()
    discord = DiscordServer(buckets=Buckets(clock, bucket=None, everywhere=None))
    async with discord:
        yield discord
    assert faults(spec, discord.recorded) == []


@pytest.fixture
def channel(server: DiscordServer) -> Channel:
    return server.world.add(Kind.TEXT)


@asynccontextmanager
async def connected(server: DiscordServer, **values: object) -> AsyncGenerator[DiscordAdapter]:
    given = {"token": TOKEN, "api_url": server.rest, "timeout_s": 5, **values}
    async with create(Options("discord", given)) as adapter:
        yield adapter


@pytest.fixture
async def adapter(server: DiscordServer) -> AsyncGenerator[DiscordAdapter]:
    async with connected(server) as discord:
        yield discord


def to(channel: Channel) -> Target:
    return Target("discord", channel.id)


async def send(adapter: DiscordAdapter, channel: Channel, key: str = KEY) -> Receipt:
    return await adapter.send(to(channel), MESSAGE, key=key)


async def test_a_message_arrives_with_its_buttons_and_nobody_is_pinged_t3(
    server: DiscordServer, adapter: DiscordAdapter, channel: Channel
) -> None:
    receipt = await send(adapter, channel)
    (message,) = channel.messages
    assert receipt == Receipt(message["id"])
    assert message["embeds"][0]["title"] == "A paper"
    (request,) = server.requests("POST", "/messages")
    assert request.body["allowed_mentions"] == {"parse": []}
    assert (request.body["nonce"], request.body["enforce_nonce"]) == (KEY, True)


async def test_a_thread_is_written_to_as_a_channel(
    server: DiscordServer, adapter: DiscordAdapter, channel: Channel
) -> None:
    thread = server.world.add(Kind.PUBLIC_THREAD, parent=channel.id)
    await adapter.send(Target("discord", channel.id, thread.id), MESSAGE, key=KEY)
    assert len(thread.messages) == 1
    assert not channel.messages


async def test_nothing_is_asked_of_discord_before_the_first_message(server: DiscordServer) -> None:
    async with connected(server):
        assert not server.recorded


async def test_an_edit_replaces_all_of_a_message_and_may_be_repeated(
    adapter: DiscordAdapter, channel: Channel
) -> None:
    receipt = await send(adapter, channel)
    for _ in range(2):
        await adapter.edit(to(channel), receipt.message_id, PLAIN)
    (message,) = channel.messages
    assert message["content"] == PLAIN.content
    assert message["embeds"] == message["components"] == []


async def test_an_edit_of_a_deleted_message_is_rejected(
    adapter: DiscordAdapter, channel: Channel
) -> None:
    receipt = await send(adapter, channel)
    channel.messages.clear()
    for message_id in (receipt.message_id, ""):
        with pytest.raises(ContentRejected):
            await adapter.edit(to(channel), message_id, MESSAGE)


BREAKS = {
    "closed without a byte": Break(How.CLOSE),
    "reset": Break(How.RESET),
    "truncated answer": Break(How.CUT),
    "500": Answer(500, taken=True),
    "502 page": Answer(502, b"<html>bad gateway", taken=True),
    "503": Answer(503, {"message": "x", "code": 0}, taken=True),
    "504": Answer(504, taken=True),
    "F16 an error nested without end": Answer(500, b"[" * 100_000, taken=True),
}


@pytest.mark.parametrize("fault", BREAKS.values(), ids=BREAKS)
async def test_an_unknown_outcome_is_one_request_and_its_repetition_no_second_message_f47(
    server: DiscordServer, adapter: DiscordAdapter, channel: Channel, fault: Fault
) -> None:
    server.script(fault, method="POST")
    with pytest.raises(OutcomeUnknown):
        await send(adapter, channel)
    assert len(server.requests("POST", "/messages")) == 1
    assert adapter.repeat_window(to(channel)) == 120
    receipt = await send(adapter, channel)
    (message,) = channel.messages
    assert receipt == Receipt(message["id"])


async def test_f16_an_answer_is_read_up_to_its_bound(
    adapter: DiscordAdapter, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await adapter.connection.logged_in()
    monkeypatch.setattr("adapters.discord.exchange.MAX_ANSWER", 50)
    with pytest.raises(OutcomeUnknown):
        await send(adapter, channel)
    assert len(channel.messages) == 1


async def test_a_silent_server_is_an_unknown_outcome_f47(
    server: DiscordServer, channel: Channel
) -> None:
    async with connected(server, timeout_s=0.3) as adapter:
        await adapter.connection.logged_in()
        server.script(Break(How.HANG), method="POST")
        with pytest.raises(OutcomeUnknown):
            await send(adapter, channel)
        await send(adapter, channel)
    assert len(channel.messages) == 1


@pytest.mark.parametrize("fault", BREAKS.values(), ids=BREAKS)
async def test_after_the_window_the_message_is_found_in_the_history_f47(
    server: DiscordServer, channel: Channel, fault: Fault
) -> None:
    """By another process, which knows nothing but the key; Discord keeps no nonce."""
    async with connected(server) as adapter:
        server.script(fault, method="POST")
        with pytest.raises(OutcomeUnknown):
            await send(adapter, channel)
    server.world.forget_nonces()
    async with connected(server) as adapter:
        for n in range(130):
            server.world.post(channel, {"content": f"talk {n}"}, server.world.bot)
        assert await adapter.find(to(channel), KEY) == Receipt(channel.messages[0]["id"])
        assert await adapter.find(to(channel), KEY[::-1]) is None


async def test_a_history_that_may_not_be_read_is_no_proof_of_absence(
    server: DiscordServer, adapter: DiscordAdapter, channel: Channel
) -> None:
    assert await adapter.find(to(channel), KEY) is None
    await send(adapter, channel)
    server.script(Answer(200, []), method="GET", path="/messages")
    with pytest.raises(OutcomeUnknown, match="Read Message History"):
        await adapter.find(to(channel), KEY)


async def test_a_message_deleted_since_counts_as_sent(
    adapter: DiscordAdapter, channel: Channel
) -> None:
    await send(adapter, channel)
    channel.messages.clear()
    assert await send(adapter, channel) == Receipt("")
    assert not channel.messages


CODES = {
    "10003": (refusal(404, 10003), ChatGone),
    "50001": (refusal(403, 50001), ChatGone),
    "50013": (refusal(403, 50013), ChatGone),
    "160005": (refusal(403, 160005), ChatGone),
    "220001": (refusal(400, 220001), ChatGone),
    "50035": (refusal(400, 50035), ContentRejected),
    "automod": (refusal(400, 200000), ContentRejected),
    "harmful link": (refusal(400, 240000), ContentRejected),
    "401": (refusal(401, 0), AccessRevoked),
    "429": (limited(0.7), RateLimited),
    "429 for all": (limited(0.7, scope="global"), RateLimited),
    "429 of a bucket shared": (limited(0.7, scope="shared"), RateLimited),
    "429 that names no time": (Answer(429, {"message": "x"}, {"Via": "1"}), RateLimited),
    "Cloudflare 429": (cloudflare(429), RateLimited),
    "Cloudflare 403": (cloudflare(403), RateLimited),
}


@pytest.mark.parametrize(("fault", "kind"), CODES.values(), ids=CODES)
async def test_an_answer_is_told_at_once_and_asked_for_once_f44_f45_f46_f52(
    server: DiscordServer, channel: Channel, fault: Fault, kind: type[DeliveryError]
) -> None:
    async with connected(server) as adapter:
        server.script(fault, method="POST")
        began = asyncio.get_running_loop().time()
        with pytest.raises(kind) as raised:
            await send(adapter, channel)
        assert asyncio.get_running_loop().time() - began < 0.6
        assert type(raised.value) is kind
        assert len(server.requests("POST")) == 1
        await send(adapter, channel)
    assert len(channel.messages) == 1


async def test_only_a_global_limit_concerns_everybody_f44_f45(
    server: DiscordServer, adapter: DiscordAdapter, channel: Channel
) -> None:
    for fault, everywhere in ((limited(0.7), False), (limited(0.7, scope="global"), True),
                              (cloudflare(429, retry_after=600), True)):  # fmt: skip
        server.script(fault, method="POST")
        with pytest.raises(RateLimited) as raised:
            await send(adapter, channel)
        assert raised.value.everywhere is everywhere


async def test_after_a_harmful_link_the_plain_message_is_taken_f52(
    server: DiscordServer, adapter: DiscordAdapter, channel: Channel
) -> None:
    server.script(refusal(400, 240000), method="POST")
    with pytest.raises(ContentRejected):
        await send(adapter, channel)
    await adapter.send(to(channel), PLAIN, key=KEY)
    (message,) = channel.messages
    assert not re.search("https?://", message["content"])
    assert message["embeds"] == message["components"] == []


async def test_nobody_listening_means_not_sent_f38(
    server: DiscordServer, unused_tcp_port: int, channel: Channel
) -> None:
    async with connected(server, api_url=f"http://127.0.0.1:{unused_tcp_port}/api/v10") as adapter:
        for _ in range(2):
            with pytest.raises(NotDelivered):
                await send(adapter, channel)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusal(401, 0), AccessRevoked),
        (Answer(500), NotDelivered),
        (limited(3.0), RateLimited),
        (cloudflare(429), RateLimited),
        (Break(How.CUT), NotDelivered),
    ],
    ids=["401", "500", "429", "Cloudflare", "truncated"],
)
async def test_a_login_that_fails_says_why_and_is_tried_again_with_the_next_message(
    server: DiscordServer,
    adapter: DiscordAdapter,
    channel: Channel,
    fault: Fault,
    kind: type[DeliveryError],
) -> None:
    server.script(fault, method="GET", path="/users/@me")
    with pytest.raises(kind):
        await send(adapter, channel)
    assert not channel.messages
    await send(adapter, channel)
    assert len(channel.messages) == 1


async def test_a_wrong_token_is_told_as_such_and_never_shown_f39_t5(
    server: DiscordServer, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with connected(server, token="wrong-and-secret") as adapter:
        with pytest.raises(AccessRevoked) as raised:
            await send(adapter, channel)
    assert "secret" not in str(raised.value)
    assert "wrong-and-secret" not in caplog.text


async def test_discords_own_buckets_are_obeyed_f44(spec: Spec) -> None:
    clock = SystemClock()
    buckets = Buckets(clock, bucket=Limit(3, 0.3), everywhere=None)
    async with DiscordServer(buckets=buckets) as server, connected(server) as adapter:
        channels = [server.world.add(Kind.TEXT) for _ in range(3)]

        async def fill(channel: Channel) -> None:
            for n in range(8):
                await send(adapter, channel, f"{n}:{channel.id}")

        await asyncio.gather(*map(fill, channels))
        assert [len(channel.messages) for channel in channels] == [8, 8, 8]
        assert buckets.exceeded == 0
    assert faults(spec, server.recorded) == []


async def test_what_was_taken_is_not_lost_while_discord_py_waits_for_the_next_turn_f44(
    spec: Spec,
) -> None:
    """It holds the last answer of a bucket back until the bucket is full again."""
    buckets = Buckets(SystemClock(), bucket=Limit(1, 30.0), everywhere=None)
    async with DiscordServer(buckets=buckets) as server:
        channel = server.world.add(Kind.TEXT)
        async with connected(server, timeout_s=0.5) as adapter:
            await adapter.connection.logged_in()
            receipt = await send(adapter, channel)
            assert receipt == Receipt(channel.messages[0]["id"])
            with pytest.raises(RateLimited):
                await send(adapter, channel, KEY[::-1])
        assert len(channel.messages) == 1
    assert faults(spec, server.recorded) == []


async def test_the_last_of_a_bucket_is_answered_at_once_and_the_next_waits_f44() -> None:
    """Though discord.py holds that answer back until the bucket is full again."""
    buckets = Buckets(SystemClock(), bucket=Limit(2, 1.0), everywhere=None)
    async with DiscordServer(buckets=buckets) as server, connected(server) as adapter:
        await adapter.connection.logged_in()
        channel, begun = server.world.add(Kind.TEXT), asyncio.get_running_loop().time()
        for n in range(2):
            await send(adapter, channel, f"{n}")
        assert asyncio.get_running_loop().time() - begun < 0.8
        await send(adapter, channel, "2")
        assert asyncio.get_running_loop().time() - begun >= 0.99
        assert (len(channel.messages), buckets.exceeded) == (3, 0)


async def test_a_forum_s_posts_come_evenly_and_a_channel_s_as_its_bucket_lets_them_f44(
    server: DiscordServer,
) -> None:
    async with connected(server, channels={"7": {"forum": "paper"}}) as adapter:
        assert adapter.pace(Target("discord", "7")).burst == 1
        assert adapter.pace(Target("discord", "7", "8")).burst == 5
        assert adapter.pace(Target("discord", "9")).burst == 5


async def test_calls_of_a_listener_keep_discord_pys_own_patience(
    server: DiscordServer, adapter: DiscordAdapter
) -> None:
    client = await adapter.connection.logged_in()
    server.script(limited(0.05), method="GET", path="/gateway/bot")
    assert (await client.http.get_bot_gateway())[0] == 1
    assert len(server.requests("GET", "/gateway/bot")) == 2


async def test_the_addresses_hold_while_connected_and_are_put_back(server: DiscordServer) -> None:
    before = Route.BASE
    async with connected(server):
        assert server.rest == Route.BASE
        with pytest.raises(SettingsError, match="api_url"):
            async with connected(server, api_url="http://127.0.0.1:1/api/v10"):
                pass
        async with connected(server):
            assert server.rest == Route.BASE
        assert server.rest == Route.BASE
    assert before == Route.BASE
