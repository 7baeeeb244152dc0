"""What Telegram's updates say, and that nothing that comes in their place does harm."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.intake import read_body
from adapters.telegram.origin import Origin, Rights
from adapters.telegram.updates import Pressed, Searched, Spoken, Vain, read_update
from bot.domain.errors import InvalidInput
from bot.domain.target import Target

SOMEBODY = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "zh-hans"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100123, "type": "supergroup", "title": "G"}
CHANNEL = {"id": -100456, "type": "channel", "title": "C"}


def message(text: str, *, chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    said = {"message_id": 5, "date": 1, "chat": chat, "from": SOMEBODY, "text": text, **more}
    return {"update_id": 9, "message": {k: v for k, v in said.items() if v is not None}}


@pytest.mark.parametrize(
    ("update", "name", "argument"),
    [
        pytest.param(message("/paper 2309.12307"), "paper", "2309.12307", id="private"),
        pytest.param(message("/Paper@SulanBot  x y", chat=GROUP), "paper", "x y", id="named"),
        pytest.param(message("/today", chat=GROUP), "today", "", id="bare in a group"),
        pytest.param(message("/paper\n2309.12307"), "paper", "2309.12307", id="new line"),
        pytest.param(
            message("see https://arxiv.org/abs/2309.12307, nice"),
            "",
            "https://arxiv.org/abs/2309.12307,",
            id="a pasted link in private",
        ),
        pytest.param(
            {"update_id": 9, "channel_post": {**message("/today")["message"], "chat": CHANNEL}},
            "today",
            "",
            id="a channel's post",
        ),
    ],
)
def test_a_command_is_read(update: dict[str, Any], name: str, argument: str) -> None:
    heard = read_update(update, username="sulanbot")
    assert isinstance(heard, Spoken)
    assert (heard.command.name, heard.command.argument) == (name, argument)
    assert heard.command.id == "telegram:9"


@pytest.mark.parametrize(
    "update",
    [
        pytest.param(message("/paper@otherbot 1", chat=GROUP), id="for another bot"),
        pytest.param(message("hello"), id="talk"),
        pytest.param(message("https://arxiv.org/abs/2309.12307", chat=GROUP), id="link in a group"),
        pytest.param(message("/päper"), id="no command's letters"),
        pytest.param({"update_id": 9, "edited_message": {}}, id="not served"),
        pytest.param({"update_id": 9, "message": None}, id="broken"),
        pytest.param({}, id="empty"),
    ],
)
def test_what_is_not_for_us_is_left(update: dict[str, Any]) -> None:
    assert read_update(update, username="sulanbot") is None


@pytest.mark.parametrize(
    ("more", "thread"),
    [
        pytest.param({"message_thread_id": 44, "is_topic_message": True}, "44", id="a topic"),
        pytest.param({"message_thread_id": 44}, None, id="a mere reply"),
        pytest.param({}, None, id="neither"),
    ],
)
def test_the_answer_goes_to_the_topic_it_came_from(
    more: dict[str, Any], thread: str | None
) -> None:
    heard = read_update(message("/today", chat=GROUP, **more), username="b")
    assert isinstance(heard, Spoken)
    assert heard.command.target == Target("telegram", "-100123", thread)


@pytest.mark.parametrize(
    ("update", "user"),
    [
        pytest.param(message("/today"), "7", id="a person"),
        pytest.param(
            message(
                "/today",
                chat=GROUP,
                **{"from": {"id": 1087968824}, "sender_chat": {"id": -100123}},
            ),
            "-100123",
            id="T10: an anonymous administrator",
        ),
        pytest.param(
            message(
                "/today",
                chat=GROUP,
                **{"from": {"id": 136817688}, "sender_chat": {"id": -100999}},
            ),
            "-100999",
            id="T12: who writes as their channel",
        ),
        pytest.param(message("/today", chat=CHANNEL, **{"from": None}), "", id="a channel"),
    ],
)
def test_who_asks_t10_t12(update: dict[str, Any], user: str) -> None:
    heard = read_update(update, username="b")
    assert isinstance(heard, Spoken)
    assert heard.command.user == user


def test_a_button_brings_its_key_and_its_message() -> None:
    query = {"id": "77", "from": SOMEBODY, "data": "entry:en:2309.12307"}
    update = {"update_id": 9, "callback_query": {**query, "message": message("x")["message"]}}
    heard = read_update(update, username="b")
    assert isinstance(heard, Pressed)
    assert (heard.key, heard.query_id, heard.message_id) == ("entry:en:2309.12307", "77", "5")


def test_a_button_under_an_old_message_still_brings_its_key_t10() -> None:
    old = {"chat": GROUP, "message_id": 5, "date": 0}
    query = {"id": "77", "from": SOMEBODY, "data": "vote:up:2309.12307", "message": old}
    heard = read_update({"update_id": 9, "callback_query": query}, username="b")
    assert isinstance(heard, Pressed)
    assert (heard.key, heard.message_id) == ("vote:up:2309.12307", "5")
    assert heard.origin == Origin(Rights.NOT_SAID, prompts=True)
    query["message"] = {**old, "chat": {**GROUP, "is_forum": True}}
    heard = read_update({"update_id": 9, "callback_query": query}, username="b")
    assert isinstance(heard, Pressed)
    assert heard.origin == Origin(Rights.NONE), "T10: nobody knows whose settings it shows"


def test_a_button_under_a_message_of_somebody_elses_is_pressed_in_vain() -> None:
    query = {"id": "77", "from": SOMEBODY, "data": "x", "inline_message_id": "AAA"}
    heard = read_update({"update_id": 9, "callback_query": query}, username="b")
    assert heard == Vain("77")


def test_an_inline_query_is_a_search() -> None:
    query = {"id": "8", "from": SOMEBODY, "query": "2309", "offset": ""}
    heard = read_update({"update_id": 9, "inline_query": query}, username="b")
    assert isinstance(heard, Searched)
    assert (heard.command.argument, heard.query_id) == ("2309", "8")


def test_a_public_chat_is_known_by_its_name_too() -> None:
    heard = read_update(message("/today", chat={**CHANNEL, "username": "papers"}), username="b")
    assert isinstance(heard, Spoken)
    assert heard.command.places == (
        Target("telegram", "-100456"),
        Target("telegram", "@papers"),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
KINDS = st.sampled_from(["message", "channel_post", "callback_query", "inline_query"])


@given(KINDS, JSON)
def test_no_shape_of_an_update_raises(kind: str, value: Any) -> None:
    read_update({"update_id": 1, kind: value}, username="b")


@given(JSON)
def test_t6_a_body_is_an_update_or_refused(value: Any) -> None:
    with suppress(InvalidInput):
        assert isinstance(read_body(json.dumps(value).encode())["update_id"], int)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"[]", b'{"update_id": "1"}'])
def test_t6_what_is_no_update_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_body(body)
