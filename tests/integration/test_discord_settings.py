"""Menus, windows and private answers on Discord, over real sockets: what is asked for, shown to
whom, and by whom it may be changed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.base import Prompter, Responder, Steward, Whisperer
from adapters.discord.testing.faults import refusal
from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.oracle import Spec, faults, load_spec
from adapters.discord.testing.stage import Stage, listening, staged
from adapters.discord.testing.world import Channel, JsonObject, Kind
from bot.domain.command import Command, MenuEntry, Suggestion
from bot.domain.post import Action, Attachment, Choice, Post, Prompt, Section, Select

Script = Callable[[str, Command, Responder], Awaitable[None]]
EPHEMERAL = 64
STYLE = Select(
    "set:style", "Style", (Choice("each", "each", chosen=True), Choice("digest", "digest"))
)
SOURCES = Select(
    "set:sources",
    "Sources",
    (Choice("HF daily", "hf", chosen=True), Choice("arXiv cs.CL", "arxiv:cs.CL")),
    several=True,
)
INCLUDE = Action("Words …", "set:ask:include")


def menu_post(title: str = "Settings", *, private: bool = True, long: bool = False) -> Post:
    lines = tuple("word " * 250 for _ in range(8 if long else 1))
    return Post(
        "en",
        title,
        "",
        sections=(Section("Now", lines),),
        selects=(SOURCES, STYLE),
        actions=(INCLUDE,),
        private=private,
    )


@dataclass
class Playing:
    """Does what a script says; keeps what it was asked for."""

    script: Script
    keys: list[str] = field(default_factory=list[str])
    commands: list[Command] = field(default_factory=list[Command])

    async def handle(self, command: Command, responder: Responder) -> None:
        self.commands.append(command)
        await self.script("", command, responder)

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.keys.append(key)
        await self.script(key, command, responder)

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return ()

    def menu(self) -> Sequence[MenuEntry]:
        entry = MenuEntry("settings", {"en": "Settings"}, "change", {"en": "A change"})
        return (
            MenuEntry(entry.name, entry.descriptions, entry.argument, private=True),
            MenuEntry("today", {"en": "Today"}),
        )


@pytest.fixture(scope="module")
def spec(shared: Path) -> Spec:
    return load_spec(shared / "tools" / "discord_spec.py")


@pytest.fixture
async def stage(spec: Spec) -> AsyncGenerator[Stage]:
    """Servers whose every request is held against Discord's specification in the end."""
    async with staged() as made:
        yield made
        assert faults(spec, made.server.recorded) == []


@pytest.fixture
def channel(stage: Stage) -> Channel:
    return stage.server.world.add(Kind.TEXT)


@asynccontextmanager
async def attended(stage: Stage, script: Script) -> AsyncGenerator[Playing]:
    playing = Playing(script)
    async with listening(stage, playing):
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        yield playing


async def shows(_: str, command: Command, responder: Responder) -> None:
    await responder.show(menu_post(private=not command.private))


def title(asked: Asked) -> str:
    return asked.shown["embeds"][0]["title"] if asked.shown and asked.shown["embeds"] else ""


def component(message: JsonObject | None, kind: int, number: int = 0) -> JsonObject:
    rows: list[JsonObject] = message["components"] if message else []
    return [c for row in rows for c in row["components"] if c["type"] == kind][number]


async def opened(stage: Stage, channel: Channel) -> Asked:
    """The settings, opened by a command and shown."""
    asked = await stage.gateway.ask(stage.interactions.command(channel, "settings"))
    await stage.gateway.until(lambda: bool(asked.shown))
    return asked


async def test_settings_are_shown_to_who_asked_alone(stage: Stage, channel: Channel) -> None:
    async with attended(stage, shows):
        asked = await opened(stage, channel)
    assert asked.shown is not None
    assert asked.shown["flags"] & EPHEMERAL
    assert channel.messages == []
    sources, style = component(asked.shown, 3), component(asked.shown, 3, 1)
    assert (sources["min_values"], sources["max_values"]) == (0, 2)
    assert (style["min_values"], style["max_values"]) == (1, 1)
    assert [option["default"] for option in style["options"]] == [True, False]
    assert style["options"][0]["label"] == "Style: each"


@pytest.mark.parametrize(
    ("number", "values", "key"),
    [
        (1, ["digest"], "set:style=digest"),
        (0, ["hf", "arxiv:cs.CL"], "set:sources=hf,arxiv:cs.CL"),
        (0, [], "set:sources="),
    ],
)
async def test_what_is_chosen_comes_back_and_the_menu_is_replaced(
    stage: Stage, channel: Channel, number: int, values: Sequence[str], key: str
) -> None:
    async def script(pressed: str, command: Command, responder: Responder) -> None:
        await responder.show(menu_post(f"After {pressed}"))

    async with attended(stage, script) as playing:
        asked = await opened(stage, channel)
        assert asked.shown is not None
        custom_id = component(asked.shown, 3, number)["custom_id"]
        chosen = stage.interactions.choose(channel, asked.shown, custom_id, values)
        await stage.gateway.ask(chosen)
        await stage.gateway.until(lambda: title(chosen) == f"After {key}")
    assert playing.keys == [key]
    assert chosen.shown is asked.shown  # replaced, not followed by another
    assert chosen.told == []
    assert channel.messages == []


async def test_a_window_asks_for_a_text_and_the_answer_is_a_command(
    stage: Stage, channel: Channel
) -> None:
    asked_for: list[bool] = []

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        if pressed:
            assert isinstance(responder, Prompter)
            prompt = Prompt("settings include", "Words to look for", "With commas.", "LLM, 视频")
            asked_for.append(await responder.prompt(prompt))
            return
        await responder.show(menu_post(f"Now: {command.argument}"))

    async with attended(stage, script) as playing:
        asked = await opened(stage, channel)
        assert asked.shown is not None
        pressed = stage.interactions.press(channel, asked.shown, "sulan:set:ask:include")
        await stage.gateway.ask(pressed)
        await stage.gateway.until(lambda: pressed.modal is not None)
        assert pressed.modal is not None
        text_input = pressed.modal["components"][0]["component"]
        assert text_input["value"] == "LLM, 视频"
        sent = stage.interactions.submit(channel, pressed, "LLM, agents")
        await stage.gateway.ask(sent)
        await stage.gateway.until(lambda: title(sent) == "Now: include LLM, agents")
    assert asked_for == [True]
    command = playing.commands[-1]
    assert (command.name, command.argument) == ("settings", "include LLM, agents")
    assert sent.shown is asked.shown
    assert channel.messages == []


async def test_a_window_can_be_asked_for_only_as_the_first_answer(
    stage: Stage, channel: Channel
) -> None:
    could: list[bool] = []

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        assert isinstance(responder, Prompter)
        assert isinstance(responder, Whisperer)
        await responder.whisper("One moment.")
        could.append(await responder.prompt(Prompt("settings include", "Words")))

    async with attended(stage, script):
        asked = stage.interactions.command(channel, "settings")
        await stage.gateway.ask(asked)
        await stage.gateway.until(lambda: could == [False])
    assert asked.modal is None


async def test_from_a_window_no_other_one_is_opened(stage: Stage, channel: Channel) -> None:
    could: list[bool] = []

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        assert isinstance(responder, Prompter)
        could.append(await responder.prompt(Prompt("settings include", "Words")))
        if not could[-1]:
            await responder.show(menu_post("Type it"))

    async with attended(stage, script):
        asked = await stage.gateway.ask(stage.interactions.command(channel, "settings"))
        await stage.gateway.until(lambda: asked.modal is not None)
        sent = await stage.gateway.ask(stage.interactions.submit(channel, asked, "x"))
        await stage.gateway.until(lambda: title(sent) == "Type it")
    assert could == [True, False]


@pytest.mark.parametrize("name", ["settings", "today"])
async def test_f49_a_slow_private_answer_is_seen_by_nobody_else(
    stage: Stage, channel: Channel, name: str
) -> None:
    """Also where nobody could know that it would be private: what announced it is taken back."""
    go = asyncio.Event()

    async def script(pressed: str, command: Command, responder: Responder) -> None:
        await go.wait()
        await responder.show(menu_post("Slow", long=True))
        await responder.show(menu_post("Slower"))

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
        await responder.show(menu_post("Only you"))
        await responder.show(menu_post("Still only you", long=True))

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


# T10: Manage Server or Administrator, whatever else somebody may do.
ROLES = {
    "nobody": (0, False),
    "moderator": (1 << 13 | 1 << 4 | 1 << 28, False),  # messages, channels, roles
    "manager": (1 << 5, True),
    "administrator": (1 << 3, True),
    "owner": ((1 << 50) - 1, True),
}


@pytest.mark.parametrize("how", ["command", "button", "menu", "window"])
@pytest.mark.parametrize(("permissions", "may"), ROLES.values(), ids=ROLES)
async def test_t10_who_may_manage_a_servers_channel(
    stage: Stage, channel: Channel, how: str, permissions: int, *, may: bool
) -> None:
    stage.interactions.permissions = permissions
    assert await asked_whether(stage, channel, how) is may


@pytest.mark.parametrize("how", ["command", "button", "menu", "window"])
async def test_t10_in_private_anyone_may_manage_their_own(stage: Stage, how: str) -> None:
    direct = stage.server.world.add(Kind.DIRECT)
    assert await asked_whether(stage, direct, how) is True


ELSEWHERE: dict[str, JsonObject] = {
    # Installed by the person alone: the bot itself is not there and could not post.
    "without-the-bot": {"authorizing_integration_owners": {"1": "610000000000000001"}},
    "between-people": {"guild_id": None, "context": 2},
    "without-a-member": {"member": None, "user": {"id": "610000000000000001", "username": "a"}},
}


@pytest.mark.parametrize("more", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_t10_nobody_manages_where_the_bot_is_no_member(
    stage: Stage, channel: Channel, more: JsonObject
) -> None:
    stage.interactions.permissions = 1 << 5 | 1 << 3
    event = stage.interactions.command(channel, "settings", **more).event
    for key in [key for key, value in more.items() if value is None]:
        del event[key]
    if "guild_id" not in event:
        event["user"] = stage.interactions.person
        del event["member"]
    assert await heard_whether(stage, event) is False


async def asked_whether(stage: Stage, channel: Channel, how: str) -> bool:
    interactions, message = stage.interactions, {"embeds": [{"title": "Old"}]}
    posted = stage.server.world.post(channel, message, stage.server.world.bot)
    ways: dict[str, Callable[[], Asked]] = {
        "command": lambda: interactions.command(channel, "settings", "language en"),
        "button": lambda: interactions.press(channel, posted, "sulan:set:pause"),
        "menu": lambda: interactions.choose(channel, posted, "sulan-select:set:style", ["each"]),
        "window": lambda: submitted(stage, channel),
    }
    return await heard_whether(stage, ways[how]().event)


def submitted(stage: Stage, channel: Channel) -> Asked:
    before = stage.interactions.command(channel, "settings")
    label: JsonObject = {"type": 18, "component": {"custom_id": "answer"}}
    before.modal = {"custom_id": "sulan-ask:settings include", "components": [label]}
    return stage.interactions.submit(channel, before, "LLM")


async def heard_whether(stage: Stage, event: JsonObject) -> bool:
    said: list[bool] = []

    async def script(_: str, __: Command, responder: Responder) -> None:
        assert isinstance(responder, Steward)
        said.append(await responder.may_manage())

    async with attended(stage, script):
        await stage.gateway.push("INTERACTION_CREATE", event)
        await stage.gateway.until(lambda: bool(said))
    return said[0]


async def test_windows_and_menus_of_others_are_not_ours(stage: Stage, channel: Channel) -> None:
    message = stage.server.world.post(channel, {"embeds": []}, stage.server.world.bot)
    async with attended(stage, shows) as playing:
        for data in (
            {"custom_id": "theirs", "component_type": 3, "values": ["1"]},
            {"custom_id": "sulan-select:x", "component_type": 3},
            {"custom_id": "sulan-select:x", "component_type": 2},
        ):
            event = stage.interactions.press(channel, message, "", data=data).event
            await stage.gateway.push("INTERACTION_CREATE", event)
        last = await opened(stage, channel)
    assert last.shown is not None
    assert playing.keys == []


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
