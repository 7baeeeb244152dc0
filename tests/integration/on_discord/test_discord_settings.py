"""Menus to choose from and windows to write into on Discord, over real sockets."""

from collections.abc import Sequence

import pytest

from adapters.base import Prompter, Responder, Whisperer
from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.playing import attended
from adapters.discord.testing.stage import Stage
from adapters.discord.testing.world import Channel, JsonObject
from bot.domain.command import Command
from bot.domain.post import Action, Choice, Post, Prompt, Section, Select

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
    assert style["options"][0]["label"] == "Style · each"


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
