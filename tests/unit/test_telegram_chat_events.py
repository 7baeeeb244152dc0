"""Who takes us in or puts us out, what is thought of a message, and whose word counts (T10)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.chat_events import read_departure, read_reaction, read_return
from adapters.telegram.origin import Origin, Rights
from adapters.telegram.updates import ALLOWED_UPDATES, Pressed, Spoken, read_update
from bot.domain.command import Reaction
from bot.domain.target import Target

PERSON = {"id": 7, "is_bot": False, "first_name": "A"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100123, "type": "supergroup", "title": "G"}
SMALL = {"id": -123, "type": "group", "title": "G"}
CHANNEL = {"id": -100456, "type": "channel", "title": "C", "username": "papers"}
AS_CHANNEL = {"id": 136817688, "is_bot": True, "username": "Channel_Bot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "username": "GroupAnonymousBot"}


@pytest.mark.parametrize(
    ("member", "inside"),
    [
        pytest.param({"status": "member"}, True, id="member"),
        pytest.param({"status": "administrator"}, True, id="administrator"),
        pytest.param({"status": "restricted", "is_member": True}, True, id="restricted inside"),
        pytest.param({"status": "restricted", "is_member": False}, False, id="restricted outside"),
        pytest.param({"status": "left"}, False, id="left"),
        pytest.param({"status": "kicked"}, False, id="kicked or blocked"),
        pytest.param({"status": "something new"}, None, id="unknown"),
    ],
)
def test_f32_a_chat_says_whether_we_are_in_it(member: dict[str, Any], inside: bool | None) -> None:
    update = {"update_id": 9, "my_chat_member": {"chat": CHANNEL, "new_chat_member": member}}
    came, went = read_return(update), read_departure(update)
    assert (came is not None, went is not None) == (inside is True, inside is False)
    for command in (came, went):
        assert command is None or command.places == (
            Target("telegram", "-100456"),
            Target("telegram", "@papers"),
        )
    assert came is None or came.name == "start"
    assert went is None or went.name == ""


def thumbs(*signs: str) -> list[dict[str, str]]:
    return [{"type": "emoji", "emoji": sign} for sign in signs]


def reacted(
    old: list[dict[str, str]], new: list[dict[str, str]] | None, **more: Any
) -> dict[str, dict[str, Any] | int]:
    change = {"chat": GROUP, "message_id": 5, "date": 1, "user": PERSON, **more}
    change |= {"old_reaction": old, "new_reaction": new}
    return {"update_id": 9, "message_reaction": {k: v for k, v in change.items() if v is not None}}


@pytest.mark.parametrize(
    ("old", "new", "thought"),
    [
        pytest.param(thumbs(), thumbs("👍"), (1, 0), id="up"),
        pytest.param(thumbs("👍"), thumbs("👎"), (0, 1), id="changed"),
        pytest.param(thumbs("👎"), thumbs(), (0, 0), id="taken back"),
        pytest.param(thumbs("👎"), None, (0, 0), id="taken back, the empty list left out"),
        pytest.param(thumbs("👍"), thumbs("🔥"), (0, 0), id="replaced by another sign"),
        pytest.param(thumbs(), thumbs("🔥", "👍"), (1, 0), id="among others"),
        pytest.param(thumbs("🔥"), thumbs("❤"), None, id="other signs"),
        pytest.param(thumbs("👍"), thumbs("👍", "🔥"), None, id="another one more"),
        pytest.param(
            thumbs(), [{"type": "custom_emoji", "custom_emoji_id": "1"}], None, id="custom"
        ),
    ],
)
def test_thumbs_are_understood_and_other_signs_say_nothing(
    old: list[dict[str, str]], new: list[dict[str, str]] | None, thought: tuple[int, int] | None
) -> None:
    wanted = thought and Reaction(Target("telegram", "-100123"), "5", "7", *thought)
    assert read_reaction(reacted(old, new)) == wanted


def test_an_anonymous_administrator_reacts_as_the_chat() -> None:
    reaction = read_reaction(reacted([], thumbs("👍"), user=None, actor_chat=GROUP))
    assert reaction is not None
    assert reaction.user == "-100123"


def test_a_channel_tells_totals_and_no_names() -> None:
    counts = [
        {"type": {"type": "emoji", "emoji": sign}, "total_count": count}
        for sign, count in (("👍", 12), ("👎", 3), ("🔥", 40))
    ]
    counts.append({"type": {"type": "paid"}, "total_count": 2})
    change = {"chat": CHANNEL, "message_id": 5, "date": 1, "reactions": counts}
    wanted = Reaction(Target("telegram", "-100456"), "5", "", 12, 3, alias="@papers")
    assert read_reaction({"update_id": 9, "message_reaction_count": change}) == wanted
    none_left = {"update_id": 9, "message_reaction_count": {**change, "reactions": []}}
    reaction = read_reaction(none_left)
    assert reaction is not None
    assert (reaction.up, reaction.down) == (0, 0)


def test_what_is_read_is_asked_for() -> None:
    assert {"message_reaction", "message_reaction_count", "my_chat_member"} <= set(ALLOWED_UPDATES)


def spoken(kind: str, chat: dict[str, Any], **author: Any) -> dict[str, Any]:
    said = {"message_id": 5, "date": 1, "chat": chat, "text": "/settings", **author}
    return {"update_id": 9, kind: said}


@pytest.mark.parametrize(
    ("update", "origin"),
    [
        pytest.param(
            spoken("message", PRIVATE, **{"from": PERSON}),
            Origin(Rights.MANAGES, prompts=True),
            id="in private",
        ),
        pytest.param(
            spoken("message", GROUP, **{"from": PERSON}),
            Origin(Rights.NOT_SAID, "5", prompts=True),
            id="in a supergroup",
        ),
        pytest.param(
            spoken("message", SMALL, **{"from": PERSON}),
            Origin(Rights.NOT_SAID, "5", prompts=True),
            id="in a small group",
        ),
        pytest.param(
            spoken("message", GROUP, **{"from": ANONYMOUS, "sender_chat": GROUP}),
            Origin(Rights.MANAGES, "5", prompts=True),
            id="an anonymous administrator",
        ),
        pytest.param(
            spoken("message", GROUP, **{"from": AS_CHANNEL, "sender_chat": {"id": -100999}}),
            Origin(Rights.NONE, "5", prompts=True),
            id="somebody as their own channel",
        ),
        pytest.param(
            spoken("message", GROUP, **{"from": {"id": 777000}, "sender_chat": CHANNEL}),
            Origin(Rights.NONE, "5", prompts=True),
            id="what the linked channel posted",
        ),
        pytest.param(spoken("message", GROUP), Origin(Rights.NONE, "5", prompts=True), id="nobody"),
        pytest.param(
            spoken("channel_post", CHANNEL, sender_chat=CHANNEL),
            Origin(Rights.MANAGES),
            id="a channel's post",
        ),
        pytest.param(
            spoken("message", CHANNEL, **{"from": PERSON}),
            Origin(Rights.NONE),
            id="no channel's post",
        ),
    ],
)
def test_t10_what_an_update_says_of_rights(update: dict[str, Any], origin: Origin) -> None:
    heard = read_update(update, username="b")
    assert isinstance(heard, Spoken)
    assert heard.origin == origin


def pressed(chat: dict[str, Any], asked: dict[str, Any] | None = None) -> Origin:
    message = {"message_id": 6, "date": 1, "chat": chat, "text": "x"}
    if asked is not None:
        message["reply_to_message"] = asked
    query = {"id": "1", "from": PERSON, "data": "set:x", "message": message}
    heard = read_update({"update_id": 9, "callback_query": query}, username="b")
    assert isinstance(heard, Pressed)
    return heard.origin


def test_t10_a_press_says_who_but_not_what_they_may() -> None:
    assert pressed(PRIVATE) == Origin(Rights.MANAGES, prompts=True)
    assert pressed(GROUP) == Origin(Rights.NOT_SAID, prompts=True)
    assert pressed(CHANNEL) == Origin(Rights.NOT_SAID)


def test_an_answer_goes_to_who_pressed_where_the_menu_answers_them() -> None:
    mine = {"message_id": 4, "date": 1, "chat": GROUP, "from": PERSON}
    assert pressed(GROUP, mine).replies_to == "4"
    assert pressed(GROUP, {**mine, "from": {"id": 8}}).replies_to == ""
    assert pressed(GROUP, {**mine, "sender_chat": GROUP}).replies_to == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
_REAL = reacted([], thumbs("👍"))["message_reaction"]


@given(st.sampled_from(["my_chat_member", "message_reaction", "message_reaction_count"]), JSON)
def test_no_shape_of_an_event_raises(kind: str, value: Any) -> None:
    update = {"update_id": 1, kind: value}
    read_return(update)
    read_departure(update)
    read_reaction(update)


@given(st.sampled_from(sorted(_REAL) if isinstance(_REAL, dict) else []), JSON)
def test_no_damage_to_a_reaction_raises(field: str, value: Any) -> None:
    assert isinstance(_REAL, dict)
    read_reaction({"update_id": 1, "message_reaction": {**_REAL, field: value}})
