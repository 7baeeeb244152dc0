"""What Discord shows to who asked alone, also late, and in place of what: over real sockets."""

import asyncio

import pytest

from adapters.base import Responder
from adapters.discord.testing.faults import refusal
from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.playing import attended
from adapters.discord.testing.stage import Stage
from adapters.discord.testing.world import Channel, JsonObject
from bot.domain.command import Command
from bot.domain.post import Attachment, Post, Section

EPHEMERAL = 64


def private_post(title: str, *, long: bool = False) -> Post:
    lines = tuple("word " * 250 for _ in range(8 if long else 1))
    return Post("en", title, "", sections=(Section("Now", lines),), private=True)


def title(asked: Asked) -> str:
    return asked.shown["embeds"][0]["title"] if asked.shown and asked.shown["embeds"] else ""


@pytest.mark.parametrize("name", ["settings", "today"])
async def test_f49_a_slow_private_answer_is_seen_by_nobody_else(
    stage: Stage, channel: Channel, name: str
) -> None:
    """Also where nobody could know that it would be private: what announced it is taken back."""
    go = asyncio.Event()

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        await go.wait()
        await responder.show(private_post("Slow", long=True))
        await responder.show(private_post("Slower"))

    async with attended(stage, script) as playing:
        asked = await stage.gateway.ask(stage.interactions.command(channel, name))
        await stage.gateway.until(lambda: bool(playing.commands))
        await stage.settle(advance=1.0)
        await stage.gateway.until(lambda: asked.thinking)
        assert asked.hidden is (name == "settings")
        go.set()
        await stage.gateway.until(lambda: asked.titles == ["Slower"])
    # The long answer's further parts are gone again.
    (seen,) = [*([asked.shown] if asked.shown else []), *asked.told]
    assert seen["flags"] & EPHEMERAL
    assert channel.messages == []
    assert not asked.thinking


@pytest.mark.parametrize("slow", [False, True], ids=["at-once", "deferred"])
async def test_a_private_answer_to_a_press_leaves_what_others_see(
    stage: Stage, channel: Channel, *, slow: bool
) -> None:
    go = asyncio.Event()

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        await go.wait()
        await responder.show(private_post("Only you"))
        await responder.show(private_post("Still only you", long=True))

    body: JsonObject = {"embeds": [{"title": "Digest"}]}
    message = stage.server.world.post(channel, body, stage.server.world.bot)
    async with attended(stage, script) as playing:
        asked = stage.interactions.choose(channel, message, "sulan-select:read", ["2309.12307"])
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: bool(playing.keys))
        if slow:
            await stage.settle(advance=1.0)
            await stage.gateway.until(lambda: bool(asked.acknowledged))
        go.set()
        await stage.gateway.until(lambda: "Still only you" in asked.titles)
    assert playing.keys == ["read=2309.12307"]
    assert [m["embeds"][0]["title"] for m in channel.messages] == ["Digest"]
    told = [m for m in [asked.shown, *asked.told] if m and m is not message]
    assert len(told) >= 2
    assert all(m["flags"] & EPHEMERAL for m in told)


EXPORT = Post(
    "en",
    "Saved papers",
    "",
    sections=(Section("", ("@misc{one, title = {A paper}}",)),),
    attachment=Attachment("saved.bib", "@misc{one,\n  title = {A paper — 论文}}\n"),
    private=True,
)


@pytest.mark.parametrize("slow", [False, True], ids=["at-once", "deferred"])
async def test_a_file_stands_in_place_of_what_it_says(
    stage: Stage, channel: Channel, *, slow: bool
) -> None:
    go = asyncio.Event()

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        await go.wait()
        await responder.show(EXPORT)

    async with attended(stage, script) as playing:
        asked = await stage.gateway.ask(stage.interactions.command(channel, "settings"))
        await stage.gateway.until(lambda: bool(playing.commands))
        if slow:
            await stage.settle(advance=1.0)
            await stage.gateway.until(lambda: asked.thinking)
        go.set()
        await stage.gateway.until(lambda: title(asked) == "Saved papers")
    assert asked.shown is not None
    assert "description" not in asked.shown["embeds"][0]
    assert asked.shown["flags"] & EPHEMERAL
    (sent,) = [request for request in stage.server.recorded if request.files]
    assert EXPORT.attachment is not None
    assert sent.files == {"saved.bib": EXPORT.attachment.text}
    assert sent.content_type == "multipart/form-data"


async def test_where_a_file_is_not_taken_its_words_are_shown(
    stage: Stage, channel: Channel
) -> None:
    async def script(pressed: str, command: Command, responder: Responder) -> None:
        await responder.show(EXPORT)

    asked = stage.interactions.command(channel, "settings")
    stage.server.script(refusal(400, 40005), method="POST", path="/callback")
    async with attended(stage, script):
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: title(asked) == "Saved papers")
    assert asked.shown is not None
    assert "misc" in asked.shown["embeds"][0]["description"]
