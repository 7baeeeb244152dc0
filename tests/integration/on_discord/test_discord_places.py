"""Forums, announcement channels and webhooks of Discord's, over real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from discord_connected import connected

from adapters.base import Options
from adapters.discord import WebhookAdapter, create_webhook
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
from bot.domain.delivery_errors import (
    ChatGone,
    ContentRejected,
    DeliveryError,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Action, Link, Post, Section
from bot.domain.target import Receipt, Target
from bot.testing import VirtualClock

KEY = "0123456789abcdef01234567"


def message(title: str = "A paper", *, plain: bool = False, parts: int = 1) -> list[DiscordMessage]:
    lines = tuple("many words " * 300 for _ in range(2 * parts - 2))
    post = Post(
        "zh",
        title,
        "https://huggingface.co/papers/2309.12307",
        sections=(Section("Main work", ("One sentence.", *lines)),),
        links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
        actions=(Action("English", "entry:en:2309.12307"),),
    )
    return list(render(post, plain=plain))


def to(channel: Channel) -> Target:
    return Target("discord", channel.id)


def posts_of(server: DiscordServer, forum: Channel) -> list[Channel]:
    return [c for c in server.world.channels.values() if c.parent == forum.id]


BREAKS = {
    "closed without a byte": Break(How.CLOSE),
    "reset": Break(How.RESET),
    "truncated answer": Break(How.CUT),
    "500": Answer(500, taken=True),
    "504": Answer(504, taken=True),
}


async def test_a_paper_is_a_post_with_its_title_and_tags(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    options: dict[str, object] = {"forum": "paper", "tags": ["5", "6"], "archive_minutes": 1440}
    async with connected(server, clock, {forum.id: options}) as adapter:
        (shown,) = message("T" * 150)
        receipt = await adapter.send(to(forum), shown, key=KEY)
        (post,) = posts_of(server, forum)
        assert receipt == Receipt(f"{post.id}/{post.id}")
        assert post.name == "T" * 99 + "…"
        (request,) = server.requests("POST", "/threads")
        assert request.body["applied_tags"] == ["5", "6"]
        assert request.body["auto_archive_duration"] == 1440
        await adapter.edit(to(forum), receipt.message_id, message(plain=True)[0])
        assert post.messages[0]["content"].startswith("A paper")


@pytest.mark.parametrize(
    ("code", "said"), [(10003, "Unknown Channel"), (50083, "Thread is archived")]
)
async def test_a_post_that_takes_no_edit_any_more_says_nothing_about_its_forum_f46(
    server: DiscordServer, clock: VirtualClock, code: int, said: str
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock, {forum.id: {"forum": "paper"}}) as adapter:
        receipt = await adapter.send(to(forum), message()[0], key=KEY)
        server.script(refusal(400, code, said), method="PATCH")
        with pytest.raises(ContentRejected):
            await adapter.edit(to(forum), receipt.message_id, message(plain=True)[0])


@pytest.mark.parametrize("fault", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("plain", [False, True], ids=["embed", "plain"])
@pytest.mark.parametrize("style", ["paper", "day"])
async def test_a_forum_takes_no_nonce_and_yet_repeating_makes_no_second_post_f48(
    server: DiscordServer, clock: VirtualClock, fault: Fault, *, plain: bool, style: str
) -> None:
    forum = server.world.add(Kind.FORUM)
    (shown,) = message(plain=plain)
    server.script(fault, method="POST", path="/threads")
    async with connected(server, clock, {forum.id: {"forum": style}}) as adapter:
        with pytest.raises(OutcomeUnknown):
            await adapter.send(to(forum), shown, key=KEY)
    assert len(server.requests("POST", "/threads")) == 1
    async with connected(server, clock, {forum.id: {"forum": style}}) as restarted:
        receipt = await restarted.send(to(forum), shown, key=KEY)
    (post,) = posts_of(server, forum)
    assert receipt == Receipt(f"{post.id}/{post.id}")
    assert len(post.messages) == 1


async def test_two_papers_with_one_title_are_two_posts(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock, {forum.id: {"forum": "paper"}}) as adapter:
        for key in (KEY, KEY[::-1]):
            await adapter.send(to(forum), message()[0], key=key)
            assert await adapter.find(to(forum), key)
    assert len(posts_of(server, forum)) == 2


async def test_further_parts_go_into_their_papers_post(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock, {forum.id: {"forum": "paper"}}) as adapter:
        parts = message(parts=3)
        assert len(parts) > 1
        for number, part in enumerate(parts):
            await adapter.send(to(forum), part, key=f"{number:024}")
    (post,) = posts_of(server, forum)
    assert len(post.messages) == len(parts)


async def test_a_days_papers_share_a_post_and_the_next_day_has_its_own(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock, {forum.id: {"forum": "day"}}) as adapter:
        receipts = {
            key: await adapter.send(to(forum), message(f"Paper {key}")[0], key=key * 24)
            for key in "abc"
        }
        clock.advance(7200)
        receipts["d"] = await adapter.send(to(forum), message("Paper d")[0], key="d" * 24)
        first, second = posts_of(server, forum)
        assert (first.name, second.name) == ("2026-11-21", "2026-11-22")
        assert (len(first.messages), len(second.messages)) == (3, 1)
        for key, receipt in receipts.items():
            assert await adapter.find(to(forum), key * 24) == receipt
            await adapter.edit(to(forum), receipt.message_id, message("Changed")[0])
        assert await adapter.find(to(forum), "e" * 24) is None


async def test_a_forum_is_found_to_be_one_where_the_settings_do_not_say_so(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with connected(server, clock) as adapter:
        for key in "ab":
            receipt = await adapter.send(to(forum), message(f"Paper {key}")[0], key=key * 24)
            assert await adapter.find(to(forum), key * 24) == receipt
        assert [post.name for post in posts_of(server, forum)] == ["Paper a", "Paper b"]
        refused = [call for call in server.requests("POST", "/messages") if forum.id in call.path]
        assert len(refused) == 1, "it is asked once, not before every post"


async def test_a_channel_without_messages_that_is_no_forum_is_gone(
    server: DiscordServer, clock: VirtualClock
) -> None:
    channel = server.world.add(Kind.TEXT)
    async with connected(server, clock) as adapter:
        server.script(refusal(400, 50008), method="POST")
        with pytest.raises(ChatGone, match="takes no messages"):
            await adapter.send(to(channel), message()[0], key=KEY)


async def settled(condition: Callable[[], bool]) -> None:
    """Let background work go on until something holds."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never held")


def crossposted(channel: Channel) -> int:
    return sum(bool(message["flags"] & 1) for message in channel.messages)


async def test_at_most_ten_an_hour_are_crossposted_and_posting_never_waits_f53(
    server: DiscordServer, clock: VirtualClock
) -> None:
    news = server.world.add(Kind.ANNOUNCEMENT)
    async with connected(server, clock, {news.id: {"crosspost": True}}) as adapter:
        for n in range(22):
            await adapter.send(to(news), message()[0], key=f"{n:024}")
        assert len(news.messages) == 22
        await settled(lambda: crossposted(news) == 22)
    assert sum(clock.sleeps) == pytest.approx(7200, abs=1)
    assert len(server.requests("POST", "/crosspost")) == 22


CROSSPOST_FAULTS = {
    "already crossposted": (refusal(400, 40033), 0),
    "no permission": (refusal(403, 50013), 0),
    "limited": (limited(1800), 1),
    "500": (Answer(500), 1),
    "reset": (Break(How.RESET), 1),
}


@pytest.mark.parametrize(("fault", "again"), CROSSPOST_FAULTS.values(), ids=CROSSPOST_FAULTS)
async def test_a_crosspost_that_fails_fails_no_delivery_f53(
    server: DiscordServer, clock: VirtualClock, fault: Fault, again: int
) -> None:
    news = server.world.add(Kind.ANNOUNCEMENT)
    async with connected(server, clock, {news.id: {"crosspost": True}}) as adapter:
        server.script(fault, method="POST", path="/crosspost")
        await adapter.send(to(news), message()[0], key=KEY)
        await adapter.send(to(news), message()[0], key=KEY[::-1])
        await settled(lambda: len(server.requests("POST", "/crosspost")) == 2 + again)
    assert len(news.messages) == 2


async def test_what_was_not_crossposted_before_a_kill_is_crossposted_after_it_f53_f55(
    server: DiscordServer, clock: VirtualClock
) -> None:
    news = server.world.add(Kind.ANNOUNCEMENT)
    for n in range(3):
        server.world.post(news, message()[0].payload() | {"nonce": str(n)}, server.world.bot)
    clock.advance(timedelta(hours=47).total_seconds())
    async with connected(server, clock, {news.id: {"crosspost": True}}) as adapter:
        await adapter.send(to(news), message()[0], key=KEY)
        await settled(lambda: crossposted(news) == 4)
    assert len(server.requests("POST", "/crosspost")) == 4


@asynccontextmanager
async def hooked(
    server: DiscordServer, clock: VirtualClock, channel: Channel, *, forum: bool = False
) -> AsyncGenerator[WebhookAdapter]:
    address = server.rest + server.routes.add_webhook(channel.id)
    values: dict[str, object] = {
        "hooks": {"lab": {"url": address, "forum": forum}},
        "timeout_s": 0.5,
    }
    async with create_webhook(Options("discord-webhook", values)) as adapter:
        yield adapter


LAB = Target("discord-webhook", "lab")


async def test_a_webhook_posts_with_links_and_without_buttons_that_nobody_answers(
    server: DiscordServer, clock: VirtualClock
) -> None:
    channel = server.world.add(Kind.TEXT)
    async with hooked(server, clock, channel) as adapter:
        receipt = await adapter.send(LAB, message()[0], key=KEY)
        (posted,) = channel.messages
        assert receipt == Receipt(posted["id"])
        (row,) = posted["components"]
        assert [button["style"] for button in row["components"]] == [5]
        (request,) = server.requests("POST")
        assert request.query == {"wait": "true", "with_components": "true"}
        assert "nonce" not in request.body
        await adapter.edit(LAB, receipt.message_id, message(plain=True)[0])
        assert channel.messages[0]["embeds"] == []


async def test_a_webhook_writes_into_a_thread(server: DiscordServer, clock: VirtualClock) -> None:
    channel = server.world.add(Kind.TEXT)
    thread = server.world.add(Kind.PUBLIC_THREAD, parent=channel.id)
    target = Target("discord-webhook", "lab", thread.id)
    async with hooked(server, clock, channel) as adapter:
        receipt = await adapter.send(target, message()[0], key=KEY)
        await adapter.edit(target, receipt.message_id, message()[0])
    assert len(thread.messages) == 1


async def test_a_forums_webhook_makes_a_post_for_each_paper_with_all_its_parts(
    server: DiscordServer, clock: VirtualClock
) -> None:
    forum = server.world.add(Kind.FORUM)
    async with hooked(server, clock, forum, forum=True) as adapter:
        parts = message(parts=3)
        receipts = [await adapter.send(LAB, part, key=KEY) for part in parts]
        (post,) = posts_of(server, forum)
        assert len(post.messages) == len(parts) > 1
        await adapter.edit(LAB, receipts[0].message_id, message()[0])
        await adapter.send(LAB, message("Another")[0], key=KEY)
    assert len(posts_of(server, forum)) == 2


WEBHOOK_FAULTS: dict[str, tuple[Fault, type[DeliveryError]]] = {
    "closed without a byte": (Break(How.CLOSE), OutcomeUnknown),
    "reset": (Break(How.RESET), OutcomeUnknown),
    "truncated": (Break(How.CUT), OutcomeUnknown),
    "silent": (Break(How.HANG), OutcomeUnknown),
    "500": (Answer(500, taken=True), OutcomeUnknown),
    "429": (limited(2.0), RateLimited),
    "deleted": (refusal(404, 10015), ChatGone),
    "401": (refusal(401, 0), ChatGone),
    "wrong token": (refusal(401, 50027), ChatGone),
    "automod": (refusal(400, 200000), ContentRejected),
    "a redirect (T7)": (Answer(307, b"", {"Location": "/api/v10/users/@me"}), OutcomeUnknown),
    "a page": (Answer(200, b"<html>"), OutcomeUnknown),
    "nothing": (Answer(200, {}), OutcomeUnknown),
}


@pytest.mark.parametrize(("fault", "kind"), WEBHOOK_FAULTS.values(), ids=WEBHOOK_FAULTS)
async def test_a_webhooks_call_is_made_once_whatever_comes_of_it_f48_t5(
    server: DiscordServer, clock: VirtualClock, fault: Fault, kind: type[DeliveryError]
) -> None:
    channel = server.world.add(Kind.TEXT)
    async with hooked(server, clock, channel) as adapter:
        server.script(fault, method="POST")
        with pytest.raises(kind) as raised:
            await adapter.send(LAB, message()[0], key=KEY)
        assert type(raised.value) is kind
        assert "ttt" not in str(raised.value)
        assert raised.value.__cause__ is None
        assert len(server.recorded) == 1


async def test_an_unknown_webhook_lists_the_known_names(
    server: DiscordServer, clock: VirtualClock
) -> None:
    async with hooked(server, clock, server.world.add(Kind.TEXT)) as adapter:
        with pytest.raises(ChatGone, match="lab"):
            await adapter.send(Target("discord-webhook", "lob"), message()[0], key=KEY)
