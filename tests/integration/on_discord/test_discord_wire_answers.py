"""Answers to interactions over real sockets: deadlines, faults on the way, what is seen."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from adapters.base import Responder, Whisperer
from adapters.discord.testing.faults import Answer, Break, Fault, How, limited
from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.stage import Stage, listening
from adapters.discord.testing.world import Channel, JsonObject, Kind
from bot.domain.command import Command, Suggestion
from bot.domain.post import Action, Post, Section
from bot.domain.target import Target

Script = Callable[[Responder], Awaitable[None]]
EPHEMERAL = 64
BUTTONS = (Action("中文", "entry:zh:1"),)


@dataclass
class Playing:
    """Does to every responder what a script says."""

    script: Script
    heard: list[Command] = field(default_factory=list[Command])

    async def handle(self, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        await self.script(responder)

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        await self.script(responder)

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        if text == "broken":
            raise LookupError(text)
        return [Suggestion("2309.12307", "L" * 300)] * 40


def post(title: str, *, long: bool = False, actions: Sequence[Action] = ()) -> Post:
    """One message, or, where it is long, several."""
    lines = tuple(f"Sentence {number}. " + "word " * 90 for number in range(30 if long else 1))
    return Post("en", title, "", sections=(Section("Main", lines),), actions=tuple(actions))


async def whisper(responder: Responder, text: str) -> None:
    assert isinstance(responder, Whisperer)
    await responder.whisper(text)


def seen(asked: Asked) -> tuple[str, int]:
    """The title of what is shown, and how many messages follow it."""
    if asked.shown is None:
        return "", len(asked.told)
    return asked.shown["embeds"][0]["title"], len(asked.told)


@asynccontextmanager
async def attended(stage: Stage, script: Script) -> AsyncGenerator[Playing]:
    """A bot that listens; in the end it has served everything it was asked."""
    playing = Playing(script)
    async with listening(stage, playing):
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        yield playing


def press(stage: Stage, channel: Channel) -> Asked:
    body: JsonObject = {"embeds": [{"title": "Old"}]}
    message = stage.server.world.post(channel, body, stage.server.world.bot)
    return stage.interactions.press(channel, message, "sulan:entry:zh:1")


async def test_f49_a_slow_answer_is_deferred_within_a_second_then_edited_in(
    stage: Stage, channel: Channel
) -> None:
    go = asyncio.Event()

    async def script(responder: Responder) -> None:
        await go.wait()
        await responder.show(post("Answer"))

    async with attended(stage, script) as playing:
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: bool(playing.heard))
        await stage.settle(advance=0.5)
        assert not asked.acknowledged
        await stage.settle(advance=0.5)
        await stage.gateway.until(lambda: asked.thinking)
        stage.clock.advance(600.0)
        go.set()
        await stage.gateway.until(lambda: seen(asked) == ("Answer", 0))
    assert asked.repeated == asked.late == 0


async def test_f49_an_interaction_that_came_too_late_is_logged_and_costs_nobody_else(
    stage: Stage, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    go = asyncio.Event()

    async def script(responder: Responder) -> None:
        await go.wait()
        await responder.show(post("Answer"))

    async with attended(stage, script) as playing:
        late = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: bool(playing.heard))
        await stage.settle(advance=3.5)
        await stage.gateway.until(lambda: late.late > 0)
        go.set()
        other = await stage.gateway.ask(stage.interactions.command(channel, "paper", "2"))
        await stage.gateway.until(lambda: seen(other) == ("Answer", 0))
    assert late.shown is None
    assert late.late == 1
    assert "an interaction was not deferred" in caplog.text
    assert any("10062" in str(vars(record)) for record in caplog.records)
    assert all(late.token not in str(vars(record)) for record in _ours(caplog))


def _ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the client's side has logged; the test's server logs every request."""
    return [record for record in caplog.records if record.name != "aiohttp.access"]


FAULTS: dict[str, Fault] = {
    "reset-after-it-was-taken": Break(How.RESET),
    "reset-before": Break(How.RESET, taken=False),
    "cut": Break(How.CUT),
    "500": Answer(500, {"message": "500", "code": 0}),
    "500-taken": Answer(500, {"message": "500", "code": 0}, taken=True),
    "limited": limited(2.0),
    "limited-everywhere": limited(2.0, scope="global"),
}


@pytest.mark.parametrize("at", ["/callback", "/messages/@original"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_f47_an_answer_gets_there_in_spite_of(
    stage: Stage, channel: Channel, *, fault: Fault, at: str
) -> None:
    async def script(responder: Responder) -> None:
        await responder.show(post("Fetching"))
        await responder.show(post("Answer"))

    stage.server.script(fault, path=at)
    async with attended(stage, script):
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        async with asyncio.timeout(10):
            while seen(asked) != ("Answer", 0):
                await stage.settle(advance=0.1)
    assert len(channel.messages) == 1
    assert asked.late == 0


async def test_f37_a_follow_up_whose_outcome_is_unknown_is_not_doubled(
    stage: Stage, channel: Channel
) -> None:
    async def script(responder: Responder) -> None:
        await responder.show(post("Answer", long=True))

    asked = stage.interactions.command(channel, "paper", "1")
    stage.server.script(Break(How.RESET), method="POST", path=asked.token)
    async with attended(stage, script):
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: len(asked.told) == 1)
        for _ in range(5):
            await stage.settle(advance=1.0)
    assert len(asked.told) == 1


async def test_a_longer_and_a_shorter_answer_leave_nothing_out_and_nothing_over(
    stage: Stage, channel: Channel
) -> None:
    steps: list[tuple[str, int]] = []
    asked = stage.interactions.command(channel, "paper", "1")
    whole = len(post("Long", long=True).sections[0].lines)

    async def script(responder: Responder) -> None:
        for title, long in (("Fetching", False), ("Long", True), ("Short", False)):
            await responder.show(post(title, long=long, actions=BUTTONS if long else ()))
            steps.append(seen(asked))
            if long:
                told = "".join(m["embeds"][0]["description"] for m in _messages(asked))
                assert told.count("Sentence") == whole

    async with attended(stage, script):
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: len(steps) == 3)
    (first, _), (second, more), last = steps
    assert (first, second, last) == ("Fetching", "Long", ("Short", 0))
    assert more >= 2
    assert asked.shown is not None
    assert asked.shown["components"] == []  # buttons of the long answer are gone with it
    assert len(channel.messages) == 1


def _messages(asked: Asked) -> Sequence[JsonObject]:
    return [*([asked.shown] if asked.shown else []), *asked.told]


async def test_a_button_replaces_its_message_and_a_whisper_before_does_not(
    stage: Stage, channel: Channel
) -> None:
    async def script(responder: Responder) -> None:
        await whisper(responder, "One moment.")
        await responder.show(post("New"))

    async with attended(stage, script):
        asked = await stage.gateway.ask(press(stage, channel))
        await stage.gateway.until(lambda: seen(asked) == ("New", 1))
    assert [m["embeds"][0]["title"] for m in channel.messages] == ["New"]
    assert asked.told[0]["content"] == "One moment."
    assert asked.told[0]["flags"] & EPHEMERAL


@pytest.mark.parametrize("pressed", [True, False], ids=["button", "command"])
@pytest.mark.parametrize("slow", [True, False], ids=["deferred", "at-once"])
async def test_a_whisper_is_for_who_asked_alone(
    stage: Stage, channel: Channel, *, pressed: bool, slow: bool
) -> None:
    go = asyncio.Event()

    async def script(responder: Responder) -> None:
        await go.wait()
        await whisper(responder, "Only you.")

    made = press(stage, channel) if pressed else stage.interactions.command(channel, "today")
    if not slow:
        go.set()
    async with attended(stage, script) as playing:
        asked = await stage.gateway.ask(made)
        await stage.gateway.until(lambda: bool(playing.heard))
        if slow:
            await stage.settle(advance=1.0)
            await stage.gateway.until(lambda: bool(asked.acknowledged))
        go.set()
        await stage.gateway.until(
            lambda: any(m["content"] == "Only you." for m in _messages(asked))
        )
    (whispered,) = [message for message in _messages(asked) if message["content"]]
    assert whispered["flags"] & EPHEMERAL
    assert [m["embeds"][0]["title"] for m in channel.messages] == (["Old"] if pressed else [])
    assert not asked.thinking


@pytest.mark.parametrize("pressed", [True, False], ids=["button", "command"])
async def test_silence_does_not_look_broken_and_changes_nothing(
    stage: Stage, channel: Channel, *, pressed: bool
) -> None:
    async def script(_: Responder) -> None:
        return

    made = press(stage, channel) if pressed else stage.interactions.command(channel, "today")
    async with attended(stage, script):
        asked = await stage.gateway.ask(made)
        await stage.gateway.until(lambda: bool(asked.acknowledged))
    assert len(channel.messages) == (1 if pressed else 0)


async def test_a_fault_of_ours_is_told_without_anybodys_words_and_ends_the_waiting(
    stage: Stage, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    go = asyncio.Event()

    async def script(_: Responder) -> None:
        await go.wait()
        raise LookupError("what somebody wrote")

    async with attended(stage, script) as playing:
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.until(lambda: bool(playing.heard))
        await stage.settle(advance=1.0)
        await stage.gateway.until(lambda: asked.thinking)
        go.set()
        await stage.gateway.until(lambda: not asked.thinking)
    assert "an interaction failed" in caplog.text
    assert all("somebody wrote" not in str(vars(record)) for record in caplog.records)


async def test_f41_a_repeated_interaction_is_served_once(stage: Stage, channel: Channel) -> None:
    go = asyncio.Event()

    async def script(responder: Responder) -> None:
        await go.wait()
        await responder.show(post("Answer"))

    async with attended(stage, script) as playing:
        asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", "1"))
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: bool(playing.heard))
        await stage.settle(advance=0.0)
        go.set()
        await stage.gateway.until(lambda: seen(asked) == ("Answer", 0))
    assert len(playing.heard) == 1
    assert asked.repeated == 0


async def test_completion_offers_what_is_stored_and_its_fault_costs_nothing_else(
    stage: Stage, channel: Channel
) -> None:
    async def script(_: Responder) -> None:
        return

    async with attended(stage, script):
        await stage.gateway.ask(stage.interactions.typing(channel, "paper", "broken"))
        asked = await stage.gateway.ask(stage.interactions.typing(channel, "paper", "2309"))
        await stage.gateway.until(lambda: bool(asked.choices))
    assert len(asked.choices) == 25
    assert {len(choice["name"]) for choice in asked.choices} == {100}


@pytest.mark.parametrize("known", [True, False], ids=["known-place", "place-seen-first"])
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.PUBLIC_THREAD, Kind.DIRECT], ids=lambda k: k.name)
async def test_a_command_says_where_it_comes_from(stage: Stage, kind: Kind, *, known: bool) -> None:
    """A channel, a thread or forum post with its parent, a direct message; also one that Discord
    has not told of before: with an installation by the person alone it never does."""
    forum = stage.server.world.add(Kind.FORUM)
    parent = forum.id if kind is Kind.PUBLIC_THREAD else None

    def add() -> Channel:
        added = stage.server.world.add(kind, parent=parent)
        added.owner = "610000000000000001"
        return added

    place = add() if known else None

    async def script(responder: Responder) -> None:
        await responder.show(post("Answer"))

    async with attended(stage, script) as playing:
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        place = place or add()
        asked = stage.interactions.command(place, "paper", "1", locale="zh-CN")
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: seen(asked) == ("Answer", 0))
    (command,) = playing.heard
    thread = (forum.id, place.id) if parent else (place.id,)
    assert command.target == Target("discord", *thread)
    assert command.private is (kind is Kind.DIRECT)
    assert command.language == "zh-CN"


@pytest.mark.parametrize("known", [True, False], ids=["known-place", "place-seen-first"])
async def test_what_is_asked_in_a_thread_of_ours_is_asked_in_its_channel(
    stage: Stage, channel: Channel, *, known: bool
) -> None:
    """There stands what the channel gets: a gathered day, or a forum's post."""
    day = stage.server.world.add(Kind.PUBLIC_THREAD, parent=channel.id) if known else None

    async def script(responder: Responder) -> None:
        await responder.show(post("Answer"))

    async with attended(stage, script) as playing:
        day = day or stage.server.world.add(Kind.PUBLIC_THREAD, parent=channel.id)
        asked = await stage.gateway.ask(stage.interactions.command(day, "paper", "1"))
        await stage.gateway.until(lambda: seen(asked) == ("Answer", 0))
    assert playing.heard[0].target == Target("discord", channel.id)
    assert len(day.messages) == 1  # it is answered where it was asked


async def test_a_place_that_discord_says_nothing_about_is_named_by_who_asked(
    stage: Stage, channel: Channel
) -> None:
    async def script(responder: Responder) -> None:
        await responder.show(post("Answer"))

    async with attended(stage, script) as playing:
        asked = stage.interactions.command(
            channel, "paper", "1", channel={}, guild_id="710000000000000009", locale="xx-YY"
        )
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: seen(asked) == ("Answer", 0))
    (command,) = playing.heard
    assert command.target == Target("discord", command.user)
    assert command.language == "xx-YY"
