"""Sending over real sockets: every fault is understood, and nothing is repeated.

The server is our own, on loopback; nothing here ran against Telegram.
"""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import pytest
from telegram.error import TelegramError
from telegram_sending import (
    GROUP,
    PERSON,
    failure,
    options,
    refuse,
    send,
)

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.request import AiohttpRequest
from adapters.telegram.testing import (
    TOKEN,
    Answer,
    Fault,
    Spoilt,
    Step,
    TelegramServer,
    flood,
)
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
