"""What is repeated on Discord after a while is found wherever it stands (F47, F48, F55)."""

from datetime import timedelta

import pytest
from discord_connected import connected

from adapters.deadline import Deadline, leaving_by
from adapters.discord.message import DiscordMessage
from adapters.discord.render import render
from adapters.discord.testing import Break, Channel, DiscordServer, How, Kind
from bot.domain.delivery_errors import NotDelivered, OutcomeUnknown
from bot.domain.post import Link, Post, Section
from bot.domain.target import Receipt, Target
from bot.testing import VirtualClock

KEY = "0123456789abcdef01234567"


def message(title: str = "A paper", *, gather: str = "", parts: int = 1) -> list[DiscordMessage]:
    lines = tuple("many words " * 300 for _ in range(2 * parts - 2))
    post = Post(
        "zh",
        title,
        "https://huggingface.co/papers/2309.12307",
        sections=(Section("Main work", ("One sentence.", *lines)),),
        links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
        gather=gather,
    )
    return list(render(post))


def to(channel: Channel) -> Target:
    return Target("discord", channel.id)


def standing(server: DiscordServer) -> int:
    return sum(len(channel.messages) for channel in server.world.channels.values())


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.FORUM])
async def test_f55_nothing_is_posted_once_somebody_else_may_do_it(
    server: DiscordServer, clock: VirtualClock, kind: Kind
) -> None:
    channel = server.world.add(kind)
    forums = {channel.id: {"forum": "paper"}} if kind is Kind.FORUM else {}
    async with connected(server, clock, forums) as adapter:
        await adapter.connection.logged_in()
        over = Deadline.after(60, clock)
        clock.advance(61)
        with leaving_by(over), pytest.raises(NotDelivered):
            await adapter.send(to(channel), message()[0], key=KEY)
        assert standing(server) == 0
        await adapter.send(to(channel), message()[0], key=KEY)
        assert standing(server) == 1


async def test_f48_a_post_of_a_day_that_is_repeated_after_midnight_stands_there_once(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    midnight = clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    clock.advance((midnight - clock.now()).total_seconds() - 2)
    async with connected(server, clock, {forum.id: {"forum": "day"}}) as adapter:
        server.script(Break(How.CLOSE, taken=True), method="POST", path="/threads")
        with pytest.raises(OutcomeUnknown):
            await adapter.send(to(forum), message()[0], key=KEY)
        clock.advance(5)
        receipt = await adapter.send(to(forum), message()[0], key=KEY)
        assert standing(server) == 1
        assert receipt == await adapter.find(to(forum), KEY)


async def test_f47_a_post_that_was_put_away_is_found(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock, {forum.id: {"forum": "paper"}}) as adapter:
        receipt = await adapter.send(to(forum), message()[0], key=KEY)
        server.world.channels[receipt.message_id.partition("/")[0]].archived = True
        assert await adapter.find(to(forum), KEY) == receipt


async def test_f47_a_further_part_is_found_in_an_older_post(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock, {forum.id: {"forum": "paper"}}) as adapter:
        first, second, *_ = message(parts=3)
        await adapter.send(to(forum), first, key=KEY[::-1])
        receipt = await adapter.send(to(forum), second, key=KEY)
        for number in range(5):
            await adapter.send(to(forum), message(f"Paper {number}")[0], key=f"{number:024}")
        assert await adapter.find(to(forum), KEY) == receipt


async def test_f47_what_stands_in_a_day_s_thread_that_was_put_away_is_found(
    server: DiscordServer, clock: VirtualClock
) -> None:
    channel = server.world.add(Kind.TEXT)
    async with connected(server, clock) as adapter:
        (shown,) = message(gather="2026-08-21")
        receipt: Receipt = await adapter.send(to(channel), shown, key=KEY)
        server.world.channels[receipt.message_id.partition("/")[0]].archived = True
        assert await adapter.find(to(channel), KEY) == receipt
