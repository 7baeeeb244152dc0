"""Days gathered in threads, in text channels and forums of Discord's, over real sockets."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from discord_connected import connected

from adapters.discord.message import DiscordMessage
from adapters.discord.render import render
from adapters.discord.testing import (
    Answer,
    Break,
    Channel,
    DiscordServer,
    Fault,
    How,
    Kind,
    limited,
    refusal,
)
from bot.domain.delivery_errors import ChatGone, NotDelivered, OutcomeUnknown, RateLimited
from bot.domain.post import Link, Post, Section
from bot.domain.target import Target
from bot.testing import VirtualClock

KEY = "0123456789abcdef01234567"
DAY = "HF Daily 2026-11-21"
EMPTY_THREAD = 11


def message(title: str = "A paper", *, gather: str = DAY, parts: int = 1) -> list[DiscordMessage]:
    lines = tuple("many words " * 300 for _ in range(2 * parts - 2))
    post = Post(
        "en",
        title,
        "https://huggingface.co/papers/2309.12307",
        sections=(Section("Main work", ("One sentence.", *lines)),),
        links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
        gather=gather,
    )
    return list(render(post))


@pytest.fixture
def channel(server: DiscordServer) -> Channel:
    return server.world.add(Kind.TEXT)


def to(channel: Channel) -> Target:
    return Target("discord", channel.id)


def threads_of(server: DiscordServer, channel: Channel) -> list[Channel]:
    return [c for c in server.world.channels.values() if c.parent == channel.id]


async def test_a_days_papers_stand_in_one_thread_and_the_next_days_in_another(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    async with connected(server, clock, timeout_s=0.5) as adapter:
        receipts = {
            key: await adapter.send(to(channel), message(f"Paper {key}")[0], key=key * 24)
            for key in "abc"
        }
        calls = len(server.recorded)
        other = message("Paper d", gather="HF Daily 2026-11-22")[0]
        receipts["d"] = await adapter.send(to(channel), other, key="d" * 24)
        first, second = threads_of(server, channel)
        assert (first.name, second.name) == (DAY, "HF Daily 2026-11-22")
        assert (len(first.messages), len(second.messages)) == (3, 1)
        assert receipts["a"].message_id == f"{first.id}/{first.messages[0]['id']}"
        assert channel.messages == []
        for key, receipt in receipts.items():
            assert await adapter.find(to(channel), key * 24) == receipt
            await adapter.edit(to(channel), receipt.message_id, message("Changed")[0])
        assert await adapter.find(to(channel), "e" * 24) is None
    assert [m["embeds"][0]["title"] for m in first.messages] == ["Changed"] * 3
    (started, _) = server.requests("POST", "/threads")
    assert started.body["type"] == EMPTY_THREAD
    assert "message" not in started.body
    # Of the later papers, each cost one call.
    assert calls - len(server.requests("GET", "/users/@me")) <= 4 + 1 + 2 + 1


async def test_all_parts_of_a_post_stand_in_its_days_thread(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    async with connected(server, clock, timeout_s=0.5) as adapter:
        parts = message(parts=3)
        for number, part in enumerate(parts):
            await adapter.send(to(channel), part, key=f"{number:024}")
    (thread,) = threads_of(server, channel)
    assert len(thread.messages) == len(parts) > 1


FAULTS: dict[str, Fault] = {
    "closed without a byte": Break(How.CLOSE),
    "closed before": Break(How.CLOSE, taken=False),
    "reset": Break(How.RESET),
    "truncated answer": Break(How.CUT),
    "silent": Break(How.HANG),
    "500": Answer(500, taken=True),
    "200 with a page": Answer(200, b"<html>", taken=True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_f48_a_thread_whose_start_is_unclear_is_not_started_twice(
    server: DiscordServer, clock: VirtualClock, channel: Channel, fault: Fault
) -> None:
    """Nothing was sent then, so that the delivery may be tried again whatever came of it."""
    server.script(fault, method="POST", path="/threads")
    async with connected(server, clock, timeout_s=0.5) as adapter:
        with pytest.raises(NotDelivered):
            await adapter.send(to(channel), message()[0], key=KEY)
    async with connected(server, clock, timeout_s=0.5) as restarted:
        await restarted.send(to(channel), message()[0], key=KEY)
    (thread,) = threads_of(server, channel)
    assert len(thread.messages) == 1


@pytest.mark.parametrize("fault", ["closed without a byte", "500", "truncated answer"])
async def test_f55_a_kill_after_the_thread_was_started_makes_no_second_thread_or_message(
    server: DiscordServer, clock: VirtualClock, channel: Channel, fault: str
) -> None:
    server.script(FAULTS[fault], method="POST", path="/messages")
    async with connected(server, clock, timeout_s=0.5) as adapter:
        with pytest.raises(OutcomeUnknown):
            await adapter.send(to(channel), message()[0], key=KEY)
    async with connected(server, clock, timeout_s=0.5) as restarted:
        receipt = await restarted.send(to(channel), message()[0], key=KEY)
        server.world.forget_nonces()
        assert await restarted.find(to(channel), KEY) == receipt
    (thread,) = threads_of(server, channel)
    assert len(thread.messages) == 1


async def test_a_thread_that_was_put_away_is_written_into_again(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(channel), message()[0], key=KEY)
    (thread,) = threads_of(server, channel)
    thread.archived = True
    async with connected(server, clock, timeout_s=0.5) as restarted:
        await restarted.send(to(channel), message()[0], key=KEY[::-1])
    assert threads_of(server, channel) == [thread]
    assert len(thread.messages) == 2


async def test_somebody_elses_thread_of_that_name_is_left_alone(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    theirs = server.world.add(Kind.PUBLIC_THREAD, name=DAY, parent=channel.id)
    theirs.owner = "610000000000000001"
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(channel), message()[0], key=KEY)
    assert theirs.messages == []
    assert len(threads_of(server, channel)) == 2


async def test_a_deleted_thread_is_followed_by_another(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(channel), message()[0], key=KEY)
        (thread,) = threads_of(server, channel)
        del server.world.channels[thread.id]
        await adapter.send(to(channel), message()[0], key=KEY[::-1])
    (other,) = threads_of(server, channel)
    assert len(other.messages) == 1


CLOSED = {
    "locked": refusal(403, 160005),
    "archived": refusal(400, 50083),
    "no": refusal(403, 50013),
}


@pytest.mark.parametrize("fault", CLOSED.values(), ids=CLOSED)
async def test_what_a_closed_thread_does_not_take_stands_in_the_channel(
    server: DiscordServer, clock: VirtualClock, channel: Channel, fault: Answer
) -> None:
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(channel), message()[0], key=KEY)
        (thread,) = threads_of(server, channel)
        server.script(fault, method="POST", path=f"/channels/{thread.id}/messages")
        for key in ("b" * 24, "c" * 24):
            await adapter.send(to(channel), message()[0], key=key)
    assert (len(thread.messages), len(channel.messages)) == (1, 2)


REFUSED = {"no permission": refusal(403, 50013), "too many": refusal(400, 160006)}


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
async def test_where_no_thread_may_be_started_papers_stand_in_the_channel(
    server: DiscordServer, clock: VirtualClock, channel: Channel, fault: Answer
) -> None:
    server.script(fault, method="POST", path="/threads")
    async with connected(server, clock, timeout_s=0.5) as adapter:
        for key in ("b" * 24, "c" * 24):
            await adapter.send(to(channel), message()[0], key=key)
    assert len(channel.messages) == 2
    assert len(server.requests("POST", "/threads")) == 1


async def test_where_the_history_may_not_be_read_a_thread_is_started_all_the_same(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    server.script(refusal(403, 50013), method="GET", path="/archived/public")
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(channel), message()[0], key=KEY)
    assert len(threads_of(server, channel)) == 1


async def test_f42_a_limit_on_the_way_to_the_thread_is_told_as_one(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    server.script(limited(7.0), method="POST", path="/threads")
    async with connected(server, clock, timeout_s=0.5) as adapter:
        with pytest.raises(RateLimited) as caught:
            await adapter.send(to(channel), message()[0], key=KEY)
    assert caught.value.retry_after == 7.0


async def test_a_channel_that_is_gone_is_gone(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    del server.world.channels[channel.id]
    async with connected(server, clock, timeout_s=0.5) as adapter:
        with pytest.raises(ChatGone):
            await adapter.send(to(channel), message()[0], key=KEY)


@pytest.mark.parametrize(
    "kind", [Kind.DIRECT, Kind.PUBLIC_THREAD], ids=["direct message", "thread"]
)
async def test_where_no_threads_are_papers_come_one_by_one(
    server: DiscordServer, clock: VirtualClock, channel: Channel, kind: Kind
) -> None:
    parent = channel.id if kind is Kind.PUBLIC_THREAD else None
    place = server.world.add(kind, parent=parent)
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(place), message()[0], key=KEY)
        if kind is Kind.PUBLIC_THREAD:
            target = Target("discord", channel.id, place.id)
            await adapter.send(target, message()[0], key=KEY[::-1])
    assert len(place.messages) == (2 if kind is Kind.PUBLIC_THREAD else 1)
    assert server.requests("POST", "/threads") == []


async def test_an_announcement_channel_has_threads_of_its_own_kind(
    server: DiscordServer, clock: VirtualClock
) -> None:
    news = server.world.add(Kind.ANNOUNCEMENT)
    async with connected(server, clock, timeout_s=0.5) as adapter:
        await adapter.send(to(news), message()[0], key=KEY)
    (thread,) = threads_of(server, news)
    assert thread.kind is Kind.ANNOUNCEMENT_THREAD


@pytest.mark.parametrize("options", [{}, {"forum": "paper"}, {"forum": "day"}], ids=str)
async def test_a_forum_has_one_post_a_day_of_that_name(
    server: DiscordServer, clock: VirtualClock, options: Mapping[str, object]
) -> None:
    forum = server.world.add(Kind.FORUM)
    given = {forum.id: options} if options else {}
    async with connected(server, clock, given, timeout_s=0.5) as adapter:
        for key in ("b" * 24, "c" * 24):
            receipt = await adapter.send(to(forum), message()[0], key=key)
            assert await adapter.find(to(forum), key) == receipt
    (post,) = threads_of(server, forum)
    assert post.name == DAY
    assert len(post.messages) == 2


async def test_a_quiet_post_makes_no_sound_and_is_edited_without_flags(
    server: DiscordServer, clock: VirtualClock, channel: Channel
) -> None:
    forum = server.world.add(Kind.FORUM)
    (shown,) = [replace(part, silent=True) for part in message(gather="")]
    async with connected(server, clock, {forum.id: {"forum": "paper"}}, timeout_s=0.5) as adapter:
        receipt = await adapter.send(to(channel), shown, key=KEY)
        await adapter.send(to(forum), shown, key=KEY[::-1])
        await adapter.edit(to(channel), receipt.message_id, shown)
    assert channel.messages[0]["flags"] == 1 << 12
    (request,) = server.requests("POST", "/threads")
    assert request.body["message"]["flags"] == 1 << 12
    (edited,) = server.requests("PATCH")
    assert "flags" not in edited.body
