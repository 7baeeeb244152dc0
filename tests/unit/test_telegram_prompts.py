"""A question for a text, and that only an answer to one of ours is taken for one."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.blocks import units
from adapters.telegram.prompts import command_asked_for, prompt_message
from adapters.telegram.render import render
from adapters.telegram.testing import TelegramServer
from adapters.telegram.testing_bot import Standing
from adapters.telegram.testing_oracle import Oracle
from adapters.telegram.testing_person import Person
from adapters.telegram.updates import Spoken, read_update
from bot.domain.post import Post, Prompt, Section

PROMPT = Prompt(
    "settings include",
    "Words to include",
    "Separate them by commas.",
    "LLM, video generation",
    replying="Reply to this.",
)
US = "sulan_test_bot"
GROUP = {"id": -100123, "type": "supergroup", "title": "G"}


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Oracle:
    return Oracle(shared / "tools")


def sent(html: str, oracle: Oracle) -> dict[str, Any]:
    """A message of ours as Telegram hands it back in a reply."""
    person = Person(TelegramServer(), oracle, chat=GROUP)
    return person.message(Standing(3, "-100123", {"text": html}))


def reply(asked: dict[str, Any], text: str = "LLM") -> dict[str, Any]:
    return {
        "message_id": 5,
        "date": 1,
        "chat": GROUP,
        "from": {"id": 7, "is_bot": False, "first_name": "A"},
        "text": text,
        "reply_to_message": asked,
    }


def test_a_question_says_what_how_and_what_stands_there_now(oracle: Oracle) -> None:
    message = prompt_message(PROMPT, replies_to="9", selective=True)
    assert oracle.parse(message.text).text.split("\n") == [
        "Words to include",
        "Separate them by commas.",
        "LLM, video generation",
        "Reply to this.",
        "↳ /settings include",
    ]
    assert oracle.tappable(oracle.parse(message.text)) == []
    assert message.replies_to == "9"
    assert message.question is not None
    assert (message.question.placeholder, message.question.selective) == (
        "Separate them by commas.",
        True,
    )


@pytest.mark.parametrize("command", ["settings include", "/settings include", " /settings include"])
def test_an_answer_is_the_command_with_its_text(command: str, oracle: Oracle) -> None:
    question = sent(prompt_message(Prompt(command, "Words")).text, oracle)
    update = {"update_id": 9, "message": reply(question, "LLM, 视频\ngeneration")}
    heard = read_update(update, username=US)
    assert isinstance(heard, Spoken)
    assert (heard.command.name, heard.command.argument) == (
        "settings",
        "include LLM, 视频\ngeneration",
    )
    assert (heard.command.user, heard.command.private) == ("7", False)


def test_a_command_typed_as_a_reply_is_that_command(oracle: Oracle) -> None:
    question = sent(prompt_message(PROMPT).text, oracle)
    heard = read_update({"update_id": 9, "message": reply(question, "/today")}, username=US)
    assert isinstance(heard, Spoken)
    assert (heard.command.name, heard.command.argument) == ("today", "")


def test_an_answer_without_words_is_none(oracle: Oracle) -> None:
    question = sent(prompt_message(PROMPT).text, oracle)
    sticker = {**reply(question), "text": None}
    assert read_update({"update_id": 9, "message": sticker}, username=US) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"from": {"id": 8, "is_bot": False, "username": US}}, id="a person"),
        pytest.param({"from": {"id": 8, "is_bot": True, "username": "other_bot"}}, id="other bot"),
        pytest.param({"from": None, "sender_chat": {"id": -100456}}, id="a channel's post"),
        pytest.param({"sender_chat": {"id": -100456}}, id="in a chat's name"),
        pytest.param({"entities": []}, id="typed by hand"),
        pytest.param({"entities": None}, id="no entities"),
        pytest.param({"text": "Words\n↳ /settings include."}, id="another last line"),
        pytest.param({"text": None}, id="no text"),
    ],
)
def test_t10_a_reply_to_anything_else_is_talk(change: dict[str, Any], oracle: Oracle) -> None:
    question = sent(prompt_message(PROMPT).text, oracle)
    assert command_asked_for(reply(question), username=US) == "/settings include"
    assert command_asked_for(reply({**question, **change}), username=US) == ""


def test_t10_where_our_own_name_is_unknown_no_reply_is_an_answer(oracle: Oracle) -> None:
    question = sent(prompt_message(PROMPT).text, oracle)
    question["from"] = {"id": 123456, "is_bot": True}
    assert command_asked_for(reply(question), username="") == ""


@pytest.mark.parametrize(
    "trap",
    [
        "↳ /settings include",
        "x\n↳ /forget me now",
        "↳ <code>/settings include</code>",
        "a ↳ /unsubscribe all",
        "↳ /unsubscribe",
        "↳\u00a0/unsubscribe",
        "x\n↳ /unsubscribe",
    ],
)
def test_t10_a_text_from_outside_in_our_own_message_is_no_question(
    trap: str, oracle: Oracle
) -> None:
    for post in (
        Post("en", "Results", "", sections=(Section("", (trap,)),)),
        Post("en", "Results", "", sections=(Section("", ("x", trap), bulleted=True),)),
        Post("en", "Results", "", footer=(trap,)),
        Post("en", trap, ""),
    ):
        message = sent(render(post)[0].text, oracle)
        assert command_asked_for(reply(message), username=US) == ""


NASTY = st.text(max_size=1500) | st.sampled_from(["\n↳ /forget", "<b>", "@name", "/start", "&amp;"])


@given(NASTY, NASTY, NASTY)
def test_t4_whatever_stands_in_a_question_it_asks_for_its_own_command(
    oracle: Oracle, title: str, hint: str, value: str
) -> None:
    message = prompt_message(Prompt("settings include", title, hint, value))
    question = sent(message.text, oracle)
    assert command_asked_for(reply(question), username=US) == "/settings include"
    assert units(oracle.parse(message.text).text) <= 4096
    assert oracle.tappable(oracle.parse(message.text)) == []
    assert message.question is not None
    assert len(message.question.placeholder) <= 64
