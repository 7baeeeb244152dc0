"""Sending over real sockets: every call is what the Bot API takes, and every fault is understood.

The server is our own, on loopback; nothing here ran against Telegram.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from telegram.error import TelegramError

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.message import TelegramMessage
from adapters.telegram.options import TelegramOptions
from adapters.telegram.request import AiohttpRequest
from adapters.telegram.roles import Roles
from adapters.telegram.testing import (
    TOKEN,
    Answer,
    Fault,
    Spoilt,
    Step,
    TelegramServer,
    flood,
)
from adapters.telegram.testing_bot import Refusal
from adapters.telegram.testing_members import member_of
from adapters.telegram.testing_oracle import Oracle
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ChatMoved,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Action, Attachment, Link, Post, Section
from bot.domain.target import Receipt, Target
from bot.testing import HeldClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHANNEL = Target("telegram", "@papers")
GROUP = Target("telegram", "-1001234567890")
TOPIC = Target("telegram", "-1001234567890", "42")
PERSON = Target("telegram", "987654321")
POST = Post(
    "en",
    "A title & more",
    "https://huggingface.co/papers/2309.12307",
    sections=(Section("Main work", ("A sentence.",)), Section("Why", ("So.",), folded=True)),
    links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
    actions=(Action("中文", "entry:zh:2309.12307"),),
)


def options(server: TelegramServer) -> TelegramOptions:
    return TelegramOptions(
        TOKEN, api_url=server.url, connect_timeout_s=2.0, answer_timeout_s=2.0, connections=4
    )


@pytest.fixture
async def adapter(server: TelegramServer) -> AsyncGenerator[TelegramAdapter, None]:
    async with TelegramAdapter(options(server)) as entered:
        yield entered


def message(adapter: TelegramAdapter, *, plain: bool = False) -> TelegramMessage:
    return adapter.render(POST, plain=plain)[0]


async def send(adapter: TelegramAdapter, target: Target = GROUP) -> Receipt:
    return await adapter.send(target, message(adapter), key="0123456789abcdef01234567")


async def failure(adapter: TelegramAdapter, target: Target = GROUP) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        await send(adapter, target)
    assert TOKEN not in f"{raised.value} {raised.value.__cause__!r}"
    assert POST.title not in str(raised.value)
    return raised.value


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


def refuse(status: int, description: str, **parameters: int) -> Refusal:
    return Refusal(status, description, parameters)


# One row for each fault: what the server does, what is known of the message afterwards, and
# whether it arrived.
FAULTS: dict[str, tuple[Callable[[], Step], type[DeliveryError], bool]] = {
    "F30 429": (lambda: flood(7), RateLimited, False),
    "F31 429 for three hours": (lambda: flood(10072), RateLimited, False),
    "F32 blocked": (
        lambda: refuse(403, "Forbidden: bot was blocked by the user"),
        ChatGone,
        False,
    ),
    "F32 kicked": (
        lambda: refuse(403, "Forbidden: bot was kicked from the channel chat"),
        ChatGone,
        False,
    ),
    "F33 migrated": (
        lambda: refuse(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=-1009,
        ),
        ChatMoved,
        False,
    ),
    "F34 no chat": (lambda: refuse(400, "Bad Request: chat not found"), ChatGone, False),
    "F34 no topic": (lambda: refuse(400, "Bad Request: message thread not found"), ChatGone, False),
    "F34 topic closed": (lambda: refuse(400, "Bad Request: TOPIC_CLOSED"), ChatGone, False),
    "F34 no rights": (
        lambda: refuse(400, "Bad Request: not enough rights to send text messages to the chat"),
        ChatGone,
        False,
    ),
    "F35 markup": (
        lambda: refuse(400, "Bad Request: can't parse entities: at byte offset 3"),
        ContentRejected,
        False,
    ),
    "F36 too long": (
        lambda: refuse(400, "Bad Request: message is too long"),
        ContentRejected,
        False,
    ),
    "F37 closed without a byte": (lambda: Spoilt(Fault.CLOSE, taken=True), OutcomeUnknown, True),
    "F37 closed, not taken": (lambda: Spoilt(Fault.CLOSE), OutcomeUnknown, False),
    "F37 reset": (lambda: Spoilt(Fault.RESET, taken=True), OutcomeUnknown, True),
    "F37 truncated 200": (lambda: Spoilt(Fault.TRUNCATED, taken=True), OutcomeUnknown, True),
    "F37 a login page": (lambda: Spoilt(Fault.NO_JSON), OutcomeUnknown, False),
    "F37 500": (
        lambda: refuse(500, "Internal Server Error: sending failed"),
        OutcomeUnknown,
        False,
    ),
    "F37 502 of a proxy": (lambda: Answer(502, b"<html>Bad Gateway</html>"), OutcomeUnknown, False),
    "F37 an answer without a result": (lambda: Answer(200, b'{"ok": true}'), OutcomeUnknown, False),
    "F37 a result that is none": (
        lambda: Answer(200, b'{"ok": true, "result": {"a": 1}}'),
        OutcomeUnknown,
        False,
    ),
    "F16 an answer nested without end": (
        lambda: Answer(200, b"[" * 100_000),
        OutcomeUnknown,
        False,
    ),
    "F37 a list": (lambda: Answer(400, b"[]"), ContentRejected, False),
    "F39 token revoked": (lambda: refuse(401, "Unauthorized"), AccessRevoked, False),
    "F39 no such bot": (lambda: refuse(404, "Not Found"), AccessRevoked, False),
    "F40 conflict": (lambda: refuse(409, "Conflict: terminated"), NotDelivered, False),
    "a redirect": (
        lambda: Answer(307, headers={"Location": f"/bot{TOKEN}/sendMessage"}),
        NotDelivered,
        False,
    ),
    "too large": (lambda: Answer(413, b""), NotDelivered, False),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_told_for_what_it_is_and_nothing_is_repeated(
    name: str, server: TelegramServer, adapter: TelegramAdapter
) -> None:
    make, kind, arrived = FAULTS[name]
    server.script("sendMessage", make())
    assert type(await failure(adapter)) is kind
    assert len(server.calls) == 1, "the client sent it again by itself"
    assert len(server.state.messages) == int(arrived)
    await send(adapter)
    assert len(server.state.messages) == int(arrived) + 1


@pytest.mark.parametrize("body", [b'{"ok": true}', b"[]", b"null", b"{", b"", b"\xff"])
def test_f37_what_telegram_would_not_say_is_an_error_of_the_librarys(body: bytes) -> None:
    """And no ``KeyError``, which nobody who listens would expect."""
    with pytest.raises(TelegramError):
        AiohttpRequest.parse_json_payload(body)


async def test_f16_an_answer_is_read_up_to_its_bound(
    server: TelegramServer, adapter: TelegramAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.request.MAX_ANSWER", 50)
    assert type(await failure(adapter)) is OutcomeUnknown
    assert len(server.state.messages) == 1


async def test_f37_an_answer_that_does_not_come_leaves_the_outcome_open(
    server: TelegramServer,
) -> None:
    server.script("sendMessage", Spoilt(Fault.SILENCE, taken=True))
    hasty = replace(options(server), answer_timeout_s=0.1)
    async with TelegramAdapter(hasty) as adapter:
        assert isinstance(await failure(adapter), OutcomeUnknown)
    assert len(server.calls) == len(server.state.messages) == 1


async def test_f37_a_server_that_never_reads_leaves_the_outcome_open(
    server: TelegramServer,
) -> None:
    """The bytes have left, read or not: nobody can tell from here."""
    with deaf() as url:
        hasty = replace(options(server), api_url=url, answer_timeout_s=0.1)
        async with TelegramAdapter(hasty) as adapter:
            assert isinstance(await failure(adapter), OutcomeUnknown)


async def test_f38_a_refused_connection_sent_nothing(server: TelegramServer) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    async with TelegramAdapter(replace(options(server), api_url=url)) as adapter:
        assert type(await failure(adapter)) is NotDelivered


async def test_f38_a_connection_that_does_not_come_about_sent_nothing(
    server: TelegramServer,
) -> None:
    with crowded() as url:
        hasty = replace(options(server), api_url=url, connect_timeout_s=0.1)
        async with TelegramAdapter(hasty) as adapter:
            assert type(await failure(adapter)) is NotDelivered


async def test_f38_waiting_for_a_free_connection_sent_nothing(server: TelegramServer) -> None:
    server.script("sendMessage", Spoilt(Fault.SILENCE))
    narrow = replace(options(server), connections=1, connect_timeout_s=0.1)
    async with TelegramAdapter(narrow) as adapter:
        busy = asyncio.create_task(send(adapter, PERSON))
        await server.until_called("sendMessage")
        assert type(await failure(adapter)) is NotDelivered
        busy.cancel()
        await asyncio.gather(busy, return_exceptions=True)
    assert len(server.calls) == 1


async def test_f38_outside_its_context_nothing_is_sent(server: TelegramServer) -> None:
    assert type(await failure(TelegramAdapter(options(server)))) is NotDelivered


async def test_f30_the_wait_is_telegrams_own(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    server.script("sendMessage", flood(34))
    limited = await failure(adapter)
    assert isinstance(limited, RateLimited)
    assert (limited.retry_after, limited.everywhere) == (34.0, False)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, b"slow down", {"Retry-After": "12"}), 12.0),
        (Answer(429, b"slow down"), 30.0),
        (Answer(429, b'{"ok":false,"parameters":{"retry_after":"x"}}'), 30.0),
    ],
    ids=["header", "nothing", "nonsense"],
)
async def test_f30_a_429_without_a_number_waits_all_the_same(
    answer: Answer, seconds: float, server: TelegramServer, adapter: TelegramAdapter
) -> None:
    server.script("sendMessage", answer)
    limited = await failure(adapter)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == seconds


async def test_f30_a_limit_that_meets_a_second_chat_is_the_tokens(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    everywhere: list[bool] = []
    for target in (GROUP, GROUP, PERSON):
        server.script("sendMessage", flood(3))
        limited = await failure(adapter, target)
        assert isinstance(limited, RateLimited)
        everywhere.append(limited.everywhere)
    assert everywhere == [False, False, True]
    await send(adapter)
    server.script("sendMessage", flood(3))
    again = await failure(adapter)
    assert isinstance(again, RateLimited)
    assert not again.everywhere


async def test_f33_the_new_address_takes_the_message(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    server.script("sendMessage", FAULTS["F33 migrated"][0](), chat=GROUP.chat)
    moved = await failure(adapter)
    assert isinstance(moved, ChatMoved)
    await send(adapter, replace(GROUP, chat=moved.chat))
    assert [known.chat for known in server.state.messages] == ["-1009"]


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


@contextmanager
def deaf() -> Generator[str, None, None]:
    """A server whose connections come about, and that never reads from them."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def crowded() -> Generator[str, None, None]:
    """A port whose queue of connections is full: the next one is neither taken nor refused."""
    with ExitStack() as stack:
        listening = stack.enter_context(closing(socket.socket()))
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            queued = stack.enter_context(closing(socket.socket()))
            queued.setblocking(False)
            queued.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
