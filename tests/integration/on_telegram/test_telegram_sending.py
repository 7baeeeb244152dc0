"""Sending over real sockets: every call is what the Bot API takes.

The server is our own, on loopback; nothing here ran against Telegram.
"""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from telegram_sending import (
    CHANNEL,
    GROUP,
    PERSON,
    POST,
    TOPIC,
    failure,
    message,
    options,
    refuse,
    send,
)

from adapters.deadline import Deadline, leaving_by
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.message import TelegramMessage
from adapters.telegram.roles import Roles
from adapters.telegram.testing import (
    TOKEN,
    Fault,
    Spoilt,
    TelegramServer,
    flood,
)
from adapters.telegram.testing_members import member_of
from adapters.telegram.testing_oracle import Oracle
from bot.domain.delivery_errors import (
    ChatGone,
    ContentRejected,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Attachment, Section
from bot.domain.target import Receipt, Target
from bot.testing import HeldClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("target", [CHANNEL, GROUP, TOPIC, PERSON], ids=lambda t: t.chat)
async def test_every_kind_of_chat_gets_the_message(
    target: Target, server: TelegramServer, adapter: TelegramAdapter
) -> None:
    receipt = await send(adapter, target)
    params = server.calls[0].params
    assert receipt == Receipt("1")
    assert params["chat_id"] == target.chat
    assert params.get("message_thread_id") == target.thread
    assert params["parse_mode"] == "HTML"
    assert params["text"] == message(adapter).text
    assert json.loads(params["link_preview_options"]) == {
        "url": POST.url,
        "prefer_small_media": True,
    }
    assert "disable_notification" not in params
    rows = server.state.messages[0].buttons()
    assert rows[0] == [{"text": "arXiv", "url": "https://arxiv.org/abs/2309.12307"}]
    assert rows[1] == [{"text": "中文", "callback_data": "entry:zh:2309.12307"}]


async def test_a_post_may_come_quietly_and_without_a_preview(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    quiet = replace(POST, silent=True, previews=False, gather="2026-08-21", private=True)
    (rendered,) = adapter.render(quiet)
    await adapter.send(GROUP, rendered, key="")
    params = server.calls[0].params
    assert params["disable_notification"] == "true"
    assert json.loads(params["link_preview_options"]) == {"is_disabled": True}
    await adapter.edit(GROUP, "1", replace(rendered, text="edited"))
    assert json.loads(server.calls[1].params["link_preview_options"]) == {"is_disabled": True}
    assert "disable_notification" not in server.calls[1].params


async def test_f55_nothing_is_sent_once_somebody_else_may_do_it(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    clock = HeldClock(NOON)
    over = Deadline.after(60, clock)
    clock.put(timedelta(seconds=61))
    with leaving_by(over):
        assert isinstance(await failure(adapter, GROUP), NotDelivered)
    assert not server.state.messages
    await send(adapter, GROUP)
    assert len(server.state.messages) == 1


async def test_a_file_is_refused_like_any_message(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    file = TelegramMessage("", document=Attachment("saved.bib", "@misc{ü \ud83d}"))
    await adapter.send(TOPIC, file, key="")
    (call,) = server.calls
    assert call.params["message_thread_id"] == "42"
    assert call.files == {"document": ("saved.bib", "@misc{ü ?}".encode())}
    server.script("sendDocument", flood(7))
    with pytest.raises(RateLimited) as limited:
        await adapter.send(TOPIC, file, key="")
    assert limited.value.retry_after == 7
    server.script("sendDocument", Spoilt(Fault.TRUNCATED, taken=True))
    with pytest.raises(OutcomeUnknown):
        await adapter.send(TOPIC, file, key="")


async def test_who_administers_is_remembered_for_few_at_a_time(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    roles = Roles(adapter.client.bot, HeldClock(NOON), most=2)
    server.state.members["-5", "1"] = "creator"
    asked = [await roles.manages("-5", user) for user in ("1", "1", "2", "3", "3", "1")]
    assert asked == [True, True, False, False, False, True]
    assert [call.params["user_id"] for call in server.calls] == ["1", "2", "3", "1"]
    assert not await roles.manages("-5", "")
    assert not await roles.manages("-5", "-100123")
    assert len(server.calls) == 4


async def test_the_servers_answers_are_of_the_bot_apis_shape(
    server: TelegramServer, adapter: TelegramAdapter, oracle: Oracle
) -> None:
    for status in ("creator", "administrator", "member", "restricted", "left", "kicked"):
        assert oracle.faults_of("ChatMember", member_of(7, status)) == []
    file = server.state.call("sendDocument", {"chat_id": "7"})
    assert oracle.faults_of("Message", file) == []
    for target in (CHANNEL, GROUP, TOPIC, PERSON):
        await send(adapter, target)
        result = server.state.call("sendMessage", server.calls[-1].params)
        assert oracle.faults_of("Message", result) == []
    assert oracle.faults_of("User", server.state.call("getMe", {})) == []


async def test_a_forums_general_topic_is_named_by_nothing(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    await send(adapter, replace(TOPIC, thread="1"))
    assert "message_thread_id" not in server.calls[0].params


async def test_a_topic_that_is_no_number_asks_nobody(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    assert isinstance(await failure(adapter, replace(TOPIC, thread="news")), ChatGone)
    assert server.calls == []


async def test_sound_and_preview_can_be_off(server: TelegramServer) -> None:
    quiet = replace(options(server), sound=False, preview=False)
    async with TelegramAdapter(quiet) as adapter:
        await send(adapter)
    params = server.calls[0].params
    assert params["disable_notification"] == "true"
    assert json.loads(params["link_preview_options"]) == {"is_disabled": True}


async def test_f36_later_parts_are_silent_and_have_no_preview(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    long = replace(POST, sections=(Section("Main work", ("A sentence. " * 600,)),))
    for number, part in enumerate(adapter.render(long)):
        await adapter.send(GROUP, part, key=f"{number:024}")
    first, second = server.calls
    assert "disable_notification" not in first.params
    assert second.params["disable_notification"] == "true"
    assert json.loads(second.params["link_preview_options"]) == {"is_disabled": True}
    assert "reply_markup" not in first.params
    assert "reply_markup" in second.params


async def test_f35_plain_is_sent_without_a_parse_mode(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    server.script("sendMessage", refuse(400, "Bad Request: can't parse entities: byte offset 3"))
    assert isinstance(await failure(adapter), ContentRejected)
    await adapter.send(GROUP, message(adapter, plain=True), key="0" * 24)
    assert "parse_mode" not in server.calls[1].params
    assert server.state.messages[0].text.startswith(POST.title)


async def test_an_edit_replaces_the_message_and_its_repetition_is_no_error(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    receipt = await send(adapter, TOPIC)
    other = adapter.render(replace(POST, title="Another"))[0]
    for _ in range(2):
        await adapter.edit(TOPIC, receipt.message_id, other)
    standing = server.state.in_chat(TOPIC.chat)
    assert [(known.text, known.edits) for known in standing] == [(other.text, 1)]


async def test_an_edit_of_what_is_not_there_fails(adapter: TelegramAdapter) -> None:
    with pytest.raises(ContentRejected):
        await adapter.edit(GROUP, "77", message(adapter))


async def test_thirty_messages_at_once_share_the_pool(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    receipts = await asyncio.gather(*(send(adapter, PERSON) for _ in range(30)))
    assert len({receipt.message_id for receipt in receipts}) == 30


async def test_a_long_poll_takes_no_messages_connection(server: TelegramServer) -> None:
    narrow = replace(options(server), connections=1)
    async with TelegramAdapter(narrow) as adapter:
        poll = asyncio.create_task(adapter.client.bot.get_updates(timeout=20))
        await server.until_called("getUpdates")
        await send(adapter)
        assert not poll.done()
        server.push({"message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}}})
        assert [update.update_id for update in await poll] == [1000]


async def test_t5_nothing_of_a_message_or_the_token_is_logged(
    server: TelegramServer, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await send(adapter)
        server.script("sendMessage", Spoilt(Fault.NO_JSON), flood(1), Spoilt(Fault.TRUNCATED))
        for _ in range(3):
            await failure(adapter)
    assert TOKEN not in caplog.text
    assert "title" not in caplog.text
    assert "login" not in caplog.text
    assert "log in" not in caplog.text
