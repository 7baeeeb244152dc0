"""Menus and windows of Discord's: what they are made of, within its limits."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.components import BUTTONS
from adapters.discord.interactions import Asked, may_manage, read_key, read_submitted
from adapters.discord.message import DiscordMessage
from adapters.discord.modal import modal_of, read_answer
from adapters.discord.render import render
from adapters.discord.selects import picked_key, select_menus
from bot.domain.post import Action, Choice, Link, Post, Prompt, Section, Select

ASKED = Asked("1", "5", "", "7", "en-US", private=False)


def select(*chosen: str, several: bool = False, label: str = "Style", key: str = "k") -> Select:
    choices = tuple(Choice(f"The {v}", v, v in chosen) for v in ("each", "digest", "thread"))
    return Select(key, label, choices, several)


def menu(asked: Select) -> dict[str, Any]:
    (made,) = select_menus((asked,))
    return made.json()


def labels(asked: Select) -> list[str]:
    return [option["label"] for option in menu(asked)["options"]]


def test_a_closed_menu_still_says_what_it_is_about() -> None:
    assert labels(select("digest")) == ["The each", "Style · The digest", "The thread"]
    assert menu(select())["placeholder"] == "Style"
    assert labels(select("each", "digest", several=True))[:2] == ["Style · The each", "The digest"]


def test_of_one_choice_only_the_first_is_marked() -> None:
    """Discord refuses a message with more."""
    defaults = [option["default"] for option in menu(select("each", "thread"))["options"]]
    assert defaults == [True, False, False]


def test_t3_t4_a_menus_words_are_plain_and_short() -> None:
    long = "\u202e*Style*\n" + "x" * 300
    made = menu(Select("k", long, (Choice(long, "a", chosen=True, hint=long), Choice("", "b"))))
    first, second = made["options"]
    assert len(made["placeholder"]) == 150
    assert len(first["label"]) == len(first["description"]) == 100
    assert "\u202e" not in first["label"] + made["placeholder"]
    assert second["label"] == "b"


@pytest.mark.parametrize(
    ("values", "key"),
    [(("a",), "set:x=a"), (("a", "b"), "set:x=a,b"), ((), "set:x=")],
)
def test_what_is_chosen_is_the_selects_own_key(values: tuple[str, ...], key: str) -> None:
    asked = Select("set:x", "X", (Choice("A", "a"), Choice("B", "b")), several=True)
    (made,) = select_menus((asked,))
    assert picked_key(made.json()["custom_id"], values) == asked.picked(values) == key
    data = {"component_type": 3, "custom_id": made.json()["custom_id"], "values": list(values)}
    assert read_key(data) == key


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"custom_id": 5},
        {"component_type": 3, "custom_id": "sulan:entry:en:1", "values": ["1"]},
        {"component_type": 3, "custom_id": "sulan-select:k"},
        {"component_type": 3, "custom_id": "sulan-select:k", "values": "abc"},
        {"component_type": 2, "custom_id": "sulan-select:k"},
    ],
    ids=str,
)
def test_what_is_no_menu_or_button_of_ours_is_nothing(data: dict[str, Any]) -> None:
    assert read_key(data) is None


def rows(message: DiscordMessage) -> list[list[int]]:
    components: list[dict[str, Any]] = message.payload()["components"]
    return [[component["type"] for component in row["components"]] for row in components]


def crowded(selects: int, actions: int, links: int = 0) -> list[DiscordMessage]:
    post = Post(
        "en",
        "Title",
        "",
        sections=(Section("", ("Words.",)),),
        selects=tuple(select(key=f"k{n}") for n in range(selects)),
        actions=tuple(Action(f"A{n}", f"a{n}") for n in range(actions)),
        links=tuple(Link(f"L{n}", f"https://arxiv.org/{n}") for n in range(links)),
    )
    return list(render(post))


def test_menus_stand_above_the_buttons() -> None:
    (message,) = crowded(2, 6)
    assert rows(message) == [[3], [3], [2, 2, 2, 2, 2], [2]]


@pytest.mark.parametrize(
    ("selects", "actions", "links"), [(0, 26, 0), (3, 11, 0), (5, 1, 0), (7, 0, 0), (6, 30, 9)]
)
def test_what_finds_no_place_under_one_message_stands_under_another(
    selects: int, actions: int, links: int
) -> None:
    messages = crowded(selects, actions, links)
    assert len(messages) > 1
    assert all(message.embed is not None for message in messages)
    assert all(
        len(rows(message)) <= 5 and max(map(len, rows(message))) <= 5 for message in messages
    )
    assert sum(len(message.menus) for message in messages) == selects
    pressed = [button for message in messages for button in message.buttons if button.action]
    assert [button.action for button in pressed] == [f"a{n}" for n in range(actions)]


def test_links_give_way_to_menus_and_actions_and_are_not_lost() -> None:
    (message,) = crowded(3, 8, 5)
    assert message.embed is not None
    linked = [button.url for button in message.buttons if button.url]
    assert len(linked) == BUTTONS - 3 * 5 - 8
    assert all(
        url in linked or url in message.embed.description
        for url in (f"https://arxiv.org/{n}" for n in range(5))
    )


def test_a_webhook_shows_no_menu_that_nobody_answers() -> None:
    (message,) = crowded(1, 1, 1)
    (row,) = message.new(actions=False)["components"]
    assert [component["style"] for component in row["components"]] == [5]


def test_without_previews_there_is_no_picture() -> None:
    shown = Post("en", "Title", "", image_url="https://huggingface.co/a.png")
    (with_picture,), (without,) = render(shown), render(replace(shown, previews=False))
    assert with_picture.embed is not None
    assert without.embed is not None
    assert with_picture.embed.thumbnail
    assert without.embed.thumbnail is None


def test_a_window_holds_what_is_there_now() -> None:
    made = modal_of(Prompt("settings include", "T" * 60, "With commas.", "LLM"))
    assert made is not None
    assert made["title"] == "T" * 45
    (label,) = made["components"]
    assert (label["label"], label["description"]) == ("T" * 45, "With commas.")
    assert label["component"]["value"] == "LLM"
    assert label["component"]["style"] == 1


def test_a_long_text_gets_a_large_field_and_a_long_hint_a_place_of_its_own() -> None:
    made = modal_of(Prompt("settings include", "Words", "*Hint* " * 30, "word " * 2000))
    assert made is not None
    hint, label = made["components"]
    assert hint["content"].startswith("\\*Hint\\*")
    assert "description" not in label
    assert label["component"]["style"] == 2
    assert len(label["component"]["value"]) == 4000


def test_a_command_too_long_to_come_back_is_not_asked_for() -> None:
    assert modal_of(Prompt("settings " + "x" * 100, "Words")) is None


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 18, "component": {"type": 4, "custom_id": "answer", "value": "a, b"}}],
        [{"type": 1, "components": [{"type": 4, "custom_id": "answer", "value": "a, b"}]}],
        [{"type": 10}, {"type": 18, "component": {"type": 4, "value": " a, b "}}],
    ],
    ids=["label", "row", "under a hint"],
)
def test_an_answer_is_read_as_if_typed(components: list[Any]) -> None:
    data = {"custom_id": "sulan-ask:settings include", "components": components}
    command = read_submitted(data, ASKED)
    assert command is not None
    assert (command.name, command.argument) == ("settings", "include a, b")
    assert command.user == "7"


@pytest.mark.parametrize(
    "data",
    [{}, {"custom_id": "theirs"}, {"custom_id": 3}, {"custom_id": "sulan:settings"}],
    ids=str,
)
def test_a_window_that_is_not_ours_is_no_command(data: dict[str, Any]) -> None:
    assert read_answer(data) is None


@pytest.mark.parametrize("components", [None, [], [None, 5, "x"], [{"component": [1]}]], ids=str)
def test_a_window_without_a_text_is_an_empty_answer(components: Any) -> None:
    data = {"custom_id": "sulan-ask:settings include", "components": components}
    assert read_answer(data) == ("settings", "include")


@pytest.mark.parametrize(("bit", "may"), [(1 << n, n in (3, 5)) for n in range(51)])
def test_t10_two_permissions_let_somebody_change_a_chat(bit: int, *, may: bool) -> None:
    assert may_manage(bit) is may
