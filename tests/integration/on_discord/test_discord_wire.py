"""Listening to Discord over real sockets: the gateway and its faults."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord
import pytest
from discord_wired import Scripted, answered, connected, pushed

from adapters.base import Options
from adapters.discord import DiscordBot, create
from adapters.discord.client import Connection
from adapters.discord.options import read_options
from adapters.discord.testing.faults import Answer, limited, refusal
from adapters.discord.testing.gateway import (
    HEARTBEAT,
    IDENTIFY,
    INVALID_SESSION,
    RECONNECT,
    RESUME,
    GatewayServer,
)
from adapters.discord.testing.server import TOKEN
from adapters.discord.testing.stage import Stage, listening
from adapters.discord.testing.world import Channel
from bot.domain.delivery_errors import AccessRevoked
from bot.domain.post import Post
from bot.domain.target import Target


async def test_from_hello_to_ready_to_an_answer(stage: Stage, channel: Channel) -> None:
    async with listening(stage, commands := Scripted()):
        await connected(stage)
        await answered(stage, channel, "2309.12307")
    (identify,) = stage.gateway.said(IDENTIFY)
    # "Gateway Intents": guilds, and the reactions of servers and direct messages.
    assert identify["d"]["intents"] == 1 << 0 | 1 << 10 | 1 << 13
    assert stage.gateway.said(HEARTBEAT)
    (command,) = commands.heard
    assert (command.name, command.argument) == ("paper", "2309.12307")
    assert command.target == Target("discord", channel.id)
    assert (command.user, command.language, command.private) == (
        stage.interactions.person["id"],
        "en-US",
        False,
    )


async def _drop(gateway: GatewayServer) -> None:
    gateway.drop()


ENDS: dict[str, Callable[[GatewayServer], Awaitable[None]]] = {
    "op-7": lambda gateway: gateway.tell(RECONNECT),
    "op-9-resumable": lambda gateway: gateway.tell(INVALID_SESSION, data=True),
    "closed-1000": lambda gateway: gateway.close(1000),
    "closed-4000": lambda gateway: gateway.close(4000),
    "closed-4009": lambda gateway: gateway.close(4009),
    "dropped": _drop,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_f50_a_session_is_resumed_and_loses_nothing(
    stage: Stage, channel: Channel, end: Callable[[GatewayServer], Awaitable[None]]
) -> None:
    async with listening(stage, Scripted()):
        await connected(stage)
        await answered(stage, channel, "1")
        await end(stage.gateway)
        await stage.gateway.until(lambda: stage.gateway.present == 0 or _resumed(stage))
        await answered(stage, channel, "2")  # pushed while nobody was connected, perhaps
    assert len(stage.gateway.identified) == 1
    (resume,) = stage.gateway.said(RESUME)
    assert resume["d"]["session_id"] == "session-1"
    assert resume["d"]["seq"] >= 2


def _resumed(stage: Stage) -> bool:
    return bool(stage.gateway.said(RESUME))


async def test_f50_a_zombie_is_left_and_the_session_resumed(stage: Stage, channel: Channel) -> None:
    options = read_options(stage.options)
    client = discord.Client(intents=discord.Intents(guilds=True), heartbeat_timeout=0.2)
    stage.gateway.heartbeat_ms = 50
    bot = DiscordBot(options, stage.clock, connection=Connection(options, client=client))
    async with listening(stage, Scripted(), bot=bot):
        await connected(stage)
        stage.gateway.fall_silent()
        await stage.gateway.until(lambda: _resumed(stage))
        await answered(stage, channel, "1")
    assert stage.gateway.closed[0] == 4000


async def test_f50_an_invalid_session_is_begun_anew_after_five_seconds(
    stage: Stage, channel: Channel
) -> None:
    async with listening(stage, Scripted()):
        await connected(stage)
        await stage.gateway.tell(INVALID_SESSION, data=False)
        await pushed(stage, until=lambda: len(stage.gateway.identified) == 2, by=1.0)
        await connected(stage)
        await answered(stage, channel, "1")
    first, second = stage.gateway.identified
    assert second - first >= 5.0


async def test_f50_a_forgotten_session_is_begun_anew(stage: Stage, channel: Channel) -> None:
    async with listening(stage, Scripted()):
        await connected(stage)
        await answered(stage, channel, "1")
        stage.gateway.forget()
        stage.gateway.drop()
        await pushed(stage, until=lambda: len(stage.gateway.identified) == 2)
        await connected(stage)
        await answered(stage, channel, "2")
    assert _resumed(stage)


@pytest.mark.parametrize("down", ["503", "refused", "greeted-with-op-7"])
async def test_f50_a_gateway_that_is_down_at_the_start_keeps_nothing_from_being_sent(
    stage: Stage, channel: Channel, down: str
) -> None:
    address = stage.server.gateway
    stage.gateway.unavailable = down == "503"
    if down == "greeted-with-op-7":
        stage.gateway.greeting = {"op": RECONNECT, "d": None}
    if down == "refused":
        stage.server.gateway = "ws://127.0.0.1:1/"
    async with listening(stage, Scripted()) as (bot, task):
        for number in range(3):
            await stage.settle(advance=10.0)
            (message,) = bot.render(Post("en", f"Paper {number}", ""))
            await bot.send(Target("discord", channel.id), message, key=f"key-{number}")
        assert not task.done()
        if down != "refused":
            stage.gateway.unavailable = False
            await pushed(stage, until=lambda: stage.gateway.present == 1)
            await answered(stage, channel, "1")
    assert len(channel.messages) == (3 if down == "refused" else 4)
    stage.server.gateway = address


async def test_f50_rest_that_is_down_at_the_start_is_waited_for(
    stage: Stage, channel: Channel
) -> None:
    down = Answer(503, b"<html>upstream</html>")
    stage.server.script(down, down, limited(120.0), path="/users/@me")
    async with listening(stage, Scripted()):
        await pushed(stage, until=lambda: stage.gateway.present == 1)
        await answered(stage, channel, "1")
    assert 120.0 in stage.clock.sleeps


@pytest.mark.parametrize("where", ["rest", "gateway"])
async def test_f39_t5_a_refused_token_ends_listening_and_is_told_nowhere(
    stage: Stage, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    if where == "rest":
        stage.server.script(refusal(401, 0, "401: Unauthorized"), path="/users/@me")
    else:
        stage.gateway.refuse = [4004]
    with pytest.raises(AccessRevoked) as caught:
        async with listening(stage, Scripted()) as (_, task), asyncio.timeout(10):
            await task
    chain: list[BaseException | None] = [caught.value, caught.value.__cause__]
    told = "".join(map(repr, chain)) + caplog.text
    assert TOKEN not in told
    assert all(TOKEN not in str(vars(record)) for record in caplog.records)
    assert not stage.clock.sleeps or max(stage.clock.sleeps) <= 10.0  # no loop of attempts


async def test_f50_a_token_refused_at_the_gateway_alone_leaves_sending_to_rest(
    stage: Stage, channel: Channel
) -> None:
    stage.gateway.refuse = [4004]
    async with create(stage.options) as bot:
        with pytest.raises(AccessRevoked):
            async with asyncio.timeout(10):
                await bot.listen(Scripted(), stage.desk())
        (message,) = bot.render(Post("en", "Paper", ""))
        assert (await bot.send(Target("discord", channel.id), message, key="key")).message_id


async def test_f50_refused_intents_are_told_and_asked_again_much_later(
    stage: Stage, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    stage.gateway.refuse = [4014]
    async with listening(stage, Scripted()) as (bot, _):
        await stage.gateway.until(lambda: 300.0 in stage.clock.sleeps)
        (message,) = bot.render(Post("en", "Paper", ""))
        await bot.send(Target("discord", channel.id), message, key="key")
        await pushed(stage, until=lambda: stage.gateway.present == 1, by=100.0)
    assert "Discord refuses the gateway" in caplog.text


async def test_f51_a_storm_of_new_sessions_ends_at_twenty_an_hour(stage: Stage) -> None:
    gateway = stage.gateway
    async with listening(stage, Scripted()):
        for number in range(1, 21):
            await pushed(stage, until=lambda: gateway.present == 1, by=5.0)
            assert len(gateway.identified) == number
            await stage.settle(advance=6.0)
            await gateway.tell(INVALID_SESSION, data=False)
            await gateway.until(lambda: gateway.present == 0)
        began = gateway.identified[0]
        await pushed(stage, until=lambda: stage.clock.monotonic() > began + 3500, by=100.0)
        assert len(gateway.identified) == 20
        await pushed(stage, until=lambda: len(gateway.identified) == 21, by=50.0)
    pairs = zip(gateway.identified, gateway.identified[1:], strict=False)
    assert min(later - earlier for earlier, later in pairs) >= 5.0


async def test_f51_an_earlier_runs_introductions_count_as_well(stage: Stage) -> None:
    left = {"total": 1000, "remaining": 7, "reset_after": 7_200_000, "max_concurrency": 1}
    stage.server.routes.add(
        "GET",
        "/gateway/bot",
        lambda _: {"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": left},
    )
    async with listening(stage, Scripted()):
        await stage.gateway.until(lambda: 7200.0 in stage.clock.sleeps)
        assert not stage.gateway.identified
        await pushed(stage, until=lambda: stage.gateway.present == 1, by=1000.0)


async def test_an_event_that_cannot_be_read_costs_only_itself(
    stage: Stage, channel: Channel
) -> None:
    async with listening(stage, Scripted()):
        await connected(stage)
        await stage.gateway.push("INTERACTION_CREATE", {"id": "1", "type": 2})
        await stage.gateway.until(lambda: _resumed(stage))
        await answered(stage, channel, "1")


def test_the_options_take_loopback_addresses() -> None:
    addresses = {"api_url": "http://127.0.0.1:9/api/v10", "gateway_url": "ws://127.0.0.1:9/g/"}
    assert create(Options("discord", {"token": TOKEN, **addresses}))
