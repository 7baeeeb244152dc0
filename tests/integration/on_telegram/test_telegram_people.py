"""People in chats, over real sockets: who may change what, questions and answers, thumbs, leaving.

Every call is checked against the Bot API's specification; nothing here ran against Telegram.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.base import Desk, Options, Prompter, Responder, Steward
from adapters.telegram import create
from adapters.telegram.defuse import WORD_JOINER
from adapters.telegram.testing import TOKEN, Fault, Refusal, Spoilt, TelegramServer, flood, serving
from adapters.telegram.testing_oracle import Oracle
from adapters.telegram.testing_person import Person
from bot.domain.command import Command, Reaction, Suggestion
from bot.domain.post import Action, Attachment, Choice, Post, Prompt, Section, Select
from bot.domain.target import Target
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRIVATE = {"id": 7, "type": "private", "first_name": "A"}
GROUP = {"id": -100123, "type": "supergroup", "title": "G"}
FORUM = {"id": -100124, "type": "supergroup", "title": "F", "is_forum": True}
CHANNEL = {"id": -100456, "type": "channel", "title": "C"}
ALSO = {"id": -100999, "type": "channel", "title": "Somebody's own"}
WORDS = Prompt("settings include", "Words to include", "Reply with words.", "LLM")


@dataclass
class Settings:
    """Commands that ask who may, and show a menu of one choice and one question."""

    asked: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    reactions: list[Reaction] = field(default_factory=list[Reaction])
    gone: list[tuple[Target, str]] = field(default_factory=list[tuple[Target, str]])
    prompted: list[bool] = field(default_factory=list[bool])
    style: str = "each"
    words: str = "LLM"

    async def handle(self, command: Command, responder: Responder) -> None:
        may = isinstance(responder, Steward) and await responder.may_manage()
        self.asked.append((command.name, command.argument, may))
        verb, _, text = command.argument.partition(" ")
        if verb == "include" and text and may:
            self.words = text
        elif verb == "include":
            assert isinstance(responder, Prompter)
            self.prompted.append(await responder.prompt(WORDS))
            return
        elif verb == "export":
            await responder.show(export())
            return
        if command.name != "start":
            await responder.show(self.page())

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        may = isinstance(responder, Steward) and await responder.may_manage()
        self.asked.append(("", key, may))
        if key == "set:words":
            assert isinstance(responder, Prompter)
            self.prompted.append(await responder.prompt(WORDS))
        elif may:
            self.style = key.rpartition("~")[2]
            await responder.show(self.page())

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return []

    async def react(self, reaction: Reaction) -> None:
        self.reactions.append(reaction)

    async def left(self, command: Command, reason: str) -> None:
        await asyncio.sleep(0)
        self.gone.append((command.target, reason))

    def page(self) -> Post:
        choices = [
            Choice(word, word.lower(), chosen=self.style == word.lower())
            for word in ("Each", "Digest")
        ]
        return Post(
            "en",
            f"Papers on {self.words}, {self.style}",
            "",
            selects=(Select("set:style", "Style", tuple(choices)),),
            actions=(Action("Words", "set:words"),),
            private=True,
        )


def export() -> Post:
    return Post(
        "en",
        "Saved: 1",
        "",
        sections=(Section("", ("@misc{a, title={Ü}}",)),),
        attachment=Attachment("saved.bib", "@misc{a, title={Ü}}\n"),
    )


@dataclass
class Stage:
    server: TelegramServer
    commands: Settings
    oracle: Oracle
    clock: VirtualClock

    def person(self, chat: dict[str, Any], user: int = 7, **more: Any) -> Person:
        return Person(self.server, self.oracle, chat=chat, user=user, **more)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that happens on a real socket."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - it happens in another library
                await asyncio.sleep(0.005)

    async def asked(self, times: int) -> tuple[str, str, bool]:
        """What the commands were asked as the n-th, and whether the asker may."""
        await self.until(lambda: len(self.commands.asked) >= times)
        return self.commands.asked[times - 1]

    async def settled(self, query: str) -> None:
        """Wait until a press was answered."""
        await self.until(lambda: query in self.server.state.answers)


@pytest.fixture
async def stage(oracle: Oracle) -> AsyncGenerator[Stage, None]:
    """A bot that listens; whatever it sends is what the specification takes."""
    store, clock, commands = MemoryStore(), VirtualClock(NOON), Settings()
    async with serving() as server:
        options = {"token": TOKEN, "api_url": server.url, "answer_timeout_s": 1}
        async with create(Options("telegram", options)) as bot:
            desk = Desk(store.inbox, store.leases, clock, "one")
            task = asyncio.ensure_future(bot.listen(commands, desk))
            yield Stage(server, commands, oracle, clock)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    for call in server.calls:
        assert oracle.faults(call) == [], call
    assert not await store.inbox.newest("telegram:")


ROLES = [
    pytest.param("creator", True, id="the owner"),
    pytest.param("administrator", True, id="an administrator"),
    pytest.param("member", False, id="a member"),
    pytest.param("restricted", False, id="a restricted member"),
    pytest.param("left", False, id="who left"),
    pytest.param("kicked", False, id="who was banned"),
]


@pytest.mark.parametrize(("status", "may"), ROLES)
@pytest.mark.parametrize("chat", [GROUP, CHANNEL], ids=["group", "channel"])
async def test_t10_who_presses_may_what_telegram_says(
    chat: dict[str, Any], status: str, may: bool, stage: Stage
) -> None:
    opener, presser = stage.person(chat, sender_chat=chat), stage.person(chat, 8)
    stage.server.state.members[str(chat["id"]), "8"] = status
    opener.types("/settings")
    await stage.until(opener.sees)
    await stage.settled(presser.touches("Digest"))
    assert await stage.asked(2) == ("", "set:style~digest", may)
    assert stage.commands.style == ("digest" if may else "each")


@pytest.mark.parametrize(("status", "may"), ROLES)
async def test_t10_who_types_in_a_group_may_what_telegram_says(
    status: str, may: bool, stage: Stage
) -> None:
    stage.server.state.members["-100123", "7"] = status
    stage.person(GROUP).types("/settings include agents")
    assert (await stage.asked(1))[2] is may


@pytest.mark.parametrize(
    ("chat", "sender", "may"),
    [
        pytest.param(PRIVATE, None, True, id="anyone in private"),
        pytest.param(GROUP, GROUP, True, id="an anonymous administrator"),
        pytest.param(GROUP, ALSO, False, id="a member as their own channel"),
        pytest.param(GROUP, CHANNEL, False, id="the linked channel"),
        pytest.param(CHANNEL, None, True, id="a channel's post"),
    ],
)
async def test_t10_where_the_update_says_it_nobody_is_asked(
    chat: dict[str, Any], sender: dict[str, Any] | None, may: bool, stage: Stage
) -> None:
    stage.person(chat, sender_chat=sender).types("/settings include agents")
    assert (await stage.asked(1))[2] is may
    assert stage.server.called("getChatMember") == []


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Refusal(400, "Bad Request: member list is inaccessible"), id="refused"),
        pytest.param(Refusal(403, "Forbidden: bot was kicked"), id="forbidden"),
        pytest.param(flood(30), id="429"),
        pytest.param(Spoilt(Fault.CLOSE), id="no answer"),
        pytest.param(Spoilt(Fault.NO_JSON), id="a login page"),
    ],
)
async def test_t10_where_telegram_does_not_say_nobody_may(step: Any, stage: Stage) -> None:
    stage.server.script("getChatMember", step)
    stage.server.state.members["-100123", "7"] = "administrator"
    person = stage.person(GROUP)
    person.types("/settings include a")
    assert (await stage.asked(1))[2] is False
    person.types("/settings include b")
    assert (await stage.asked(2))[2] is True


async def test_t10_an_answer_is_believed_for_a_minute_and_no_longer(stage: Stage) -> None:
    person, other = stage.person(GROUP), stage.person(GROUP, 8)
    stage.server.state.members["-100123", "7"] = "administrator"
    for number in range(3):
        person.types("/settings include a")
        assert (await stage.asked(number + 1))[2] is True
    assert len(stage.server.called("getChatMember")) == 1
    other.types("/settings include a")
    assert (await stage.asked(4))[2] is False
    stage.server.state.members["-100123", "7"] = "member"
    await stage.clock.sleep(61)
    person.types("/settings include a")
    assert (await stage.asked(5))[2] is False


@pytest.mark.parametrize("chat", [PRIVATE, GROUP], ids=["private", "group"])
async def test_a_setting_is_chosen_asked_for_answered_and_shown_back(
    chat: dict[str, Any], stage: Stage
) -> None:
    stage.server.state.members["-100123", "7"] = "administrator"
    person = stage.person(chat)
    person.types("/settings")
    await stage.until(person.sees)
    (menu,) = person.sees()
    assert person.labels(menu) == [["✓ Each", "Digest"], ["Words"]]
    assert menu.replies_to == ("" if chat is PRIVATE else "5000")
    await stage.settled(person.touches("Digest"))
    (menu,) = person.sees()
    assert person.reads(menu).startswith("Papers on LLM, digest")
    assert person.labels(menu)[0] == ["Each", "✓ Digest"]
    await stage.settled(person.touches("Words"))
    question = person.sees()[-1]
    markup = json.loads(question.params["reply_markup"])
    assert markup["force_reply"] is True
    assert markup.get("selective", False) is (chat is GROUP)
    assert markup["input_field_placeholder"] == "Reply with words."
    assert question.replies_to == menu.replies_to
    person.types("agents, 智能体", replying_to=question)
    assert await stage.asked(4) == ("settings", "include agents, 智能体", True)
    await stage.until(lambda: len(person.sees()) == 3)
    assert person.reads(person.sees()[-1]).startswith("Papers on agents, 智能体")


async def test_a_question_is_understood_after_a_restart(stage: Stage) -> None:
    """Nothing but the message itself holds it: here it is one of a bot that ended long ago."""
    person = stage.person(GROUP)
    person.types("/settings include")
    await stage.until(person.sees)
    question = person.sees()[-1]
    stage.commands.asked.clear()
    later = stage.person(GROUP, 9)
    later.types("agents", replying_to=question)
    assert await stage.asked(1) == ("settings", "include agents", False)
    assert stage.commands.words == "LLM"


async def test_a_question_in_a_topic_is_answered_for_the_topic(stage: Stage) -> None:
    stage.server.push(
        {
            "message": {
                "message_id": 5,
                "date": 1,
                "chat": FORUM,
                "from": {"id": 7, "is_bot": False, "first_name": "A"},
                "text": "/settings include",
                "message_thread_id": 44,
                "is_topic_message": True,
            }
        }
    )
    await stage.until(stage.person(FORUM).sees)
    assert stage.person(FORUM).sees()[0].params["message_thread_id"] == "44"


async def test_in_a_channel_nobody_can_be_asked_for_a_text(stage: Stage) -> None:
    stage.person(CHANNEL).types("/settings include")
    await stage.until(lambda: stage.commands.prompted)
    assert stage.commands.prompted == [False]
    assert stage.person(CHANNEL).sees() == []


async def test_thumbs_arrive_from_people_and_from_channels(stage: Stage) -> None:
    user = {"id": 7, "is_bot": False, "first_name": "A"}
    up = [{"type": "emoji", "emoji": "👍"}]
    one = {"chat": GROUP, "message_id": 3, "date": 1, "user": user}
    stage.server.push({"message_reaction": {**one, "old_reaction": [], "new_reaction": up}})
    counts = [{"type": up[0], "total_count": 12}]
    many = {"chat": CHANNEL, "message_id": 4, "date": 1, "reactions": counts}
    stage.server.push({"message_reaction_count": many})
    await stage.until(lambda: len(stage.commands.reactions) == 2)
    assert set(stage.commands.reactions) == {
        Reaction(Target("telegram", "-100123"), "3", "7", 1, 0),
        Reaction(Target("telegram", "-100456"), "4", "", 12, 0),
    }
    asked = json.loads(stage.server.called("getUpdates")[0].params["allowed_updates"])
    assert {"message_reaction", "message_reaction_count"} <= set(asked)


@pytest.mark.parametrize(
    ("chat", "answers"),
    [
        pytest.param(PRIVATE, 1, id="in private"),
        pytest.param(CHANNEL, 0, id="in a channel, where all would read it"),
    ],
)
async def test_a_button_under_a_message_too_old_to_be_changed_is_answered(
    chat: dict[str, Any], answers: int, stage: Stage
) -> None:
    stage.server.state.members["-100456", "7"] = "creator"
    too_old = Refusal(400, "Bad Request: MESSAGE_ID_INVALID")
    stage.server.script("editMessageText", too_old, too_old)
    message = {"chat": chat, "message_id": 3, "date": 0}
    user = {"id": 7, "is_bot": False, "first_name": "A"}
    query = {"id": "9", "from": user, "chat_instance": "1", "data": "set:style~digest"}
    stage.server.push({"callback_query": {**query, "message": message}})
    await stage.settled("9")
    assert stage.commands.style == "digest"
    assert len(stage.person(chat).sees()) == answers


async def test_a_button_under_what_inline_mode_sent_stops_spinning(stage: Stage) -> None:
    user = {"id": 7, "is_bot": False, "first_name": "A"}
    query = {"id": "9", "from": user, "chat_instance": "1", "data": "x", "inline_message_id": "A"}
    stage.server.push({"callback_query": query})
    await stage.settled("9")
    assert stage.commands.asked == []


async def test_what_somebody_does_last_is_what_counts(stage: Stage) -> None:
    """The first of two presses, and of two thumbs, takes longer than the second."""
    held, order = asyncio.Event(), list[str]()
    act, react = stage.commands.act, stage.commands.react

    async def act_slowly(key: str, command: Command, responder: Responder) -> None:
        if key.endswith("digest"):
            await held.wait()
        order.append(key)
        await act(key, command, responder)

    async def react_slowly(reaction: Reaction) -> None:
        if reaction.up:
            await held.wait()
        await react(reaction)

    stage.commands.act, stage.commands.react = act_slowly, react_slowly
    person = stage.person(PRIVATE)
    person.types("/settings")
    await stage.until(person.sees)
    person.touches("Digest")
    last = person.touches("Each")
    up, down = ([{"type": "emoji", "emoji": sign}] for sign in "👍👎")
    user = {"id": 7, "is_bot": False, "first_name": "A"}
    for old, new in (([], up), (up, down)):
        told = {"chat": GROUP, "message_id": 3, "date": 1, "user": user}
        stage.server.push({"message_reaction": {**told, "old_reaction": old, "new_reaction": new}})
    await stage.until(lambda: not stage.server.unconfirmed)
    for _ in range(50):
        await asyncio.sleep(0)  # whatever does not wait for its turn goes ahead
    held.set()
    await stage.settled(last)
    assert order == ["set:style~digest", "set:style~each"]
    await stage.until(lambda: len(stage.commands.reactions) == 2)
    assert [(each.up, each.down) for each in stage.commands.reactions] == [(1, 0), (0, 1)]


def membership(status: str) -> dict[str, object]:
    us = {"id": 123456, "is_bot": True, "first_name": "Sulan"}
    new = {"status": status, "user": us} | ({"until_date": 0} if status == "kicked" else {})
    old = {"status": "member", "user": us}
    change = {"chat": GROUP, "from": us, "date": 1, "old_chat_member": old, "new_chat_member": new}
    return {"my_chat_member": change}


async def test_f32_who_puts_us_out_is_told_apart_from_who_takes_us_back_and_in_order(
    stage: Stage,
) -> None:
    for status in ("kicked", "member", "left"):
        stage.server.push(membership(status))
    await stage.until(lambda: len(stage.commands.gone) == 2)
    assert [target for target, _ in stage.commands.gone] == [Target("telegram", "-100123")] * 2
    assert [name for name, _, _ in stage.commands.asked] == ["start"]
    assert stage.server.state.messages == []


async def test_a_file_is_sent_as_one_and_as_text_where_it_is_refused(stage: Stage) -> None:
    person = stage.person(PRIVATE)
    person.types("/settings export")
    await stage.until(lambda: stage.server.called("sendDocument"))
    files = stage.server.called("sendDocument")[0].files
    assert files == {"document": ("saved.bib", "@misc{a, title={Ü}}\n".encode())}
    stage.server.script("sendDocument", Refusal(400, "Bad Request: FILE_PARTS_INVALID"))
    person.types("/settings export")
    await stage.until(lambda: len(person.sees()) == 3 and person.sees()[-1].edits)
    assert "@misc{a, title={Ü}}" in person.sees()[-1].text.replace(WORD_JOINER, "")


@pytest.mark.parametrize("times", [1, 2], ids=["when it is sent", "when it is changed, too"])
async def test_f35_an_answer_whose_markup_is_refused_comes_without(
    times: int, stage: Stage
) -> None:
    refusal = Refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
    person = stage.person(PRIVATE)
    stage.server.script("sendMessage", refusal)
    person.types("/settings")
    await stage.until(person.sees)
    assert "parse_mode" not in person.sees()[0].params
    assert person.labels(person.sees()[0]) == [["✓ Each", "Digest"], ["Words"]]
    if times == 2:
        stage.server.script("editMessageText", refusal)
        await stage.settled(person.touches("Digest"))
        assert person.labels(person.sees()[0])[0] == ["Each", "✓ Digest"]
        assert "parse_mode" not in person.sees()[0].params
