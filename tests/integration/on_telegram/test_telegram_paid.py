"""Paid broadcast on the wire: what is marked so, and what follows where Telegram does not sell.

The server is our own, on loopback; nothing here ran against Telegram.
"""

import asyncio
from decimal import Decimal

import pytest

from adapters.base import Fare
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.message import TelegramMessage
from adapters.telegram.options import TelegramOptions, read_options
from adapters.telegram.testing import TOKEN, TelegramServer, flood
from adapters.telegram.testing_bot import Refusal
from bot.domain.delivery_errors import ContentRejected, RateLimited
from bot.domain.errors import SettingsError
from bot.domain.post import Attachment, Post
from bot.domain.target import Target

_PERSON = Target("telegram", "987654321")
_POST = Post("en", "A title", "https://huggingface.co/papers/2309.12307")
_NO_STARS = Refusal(400, "Bad Request: not enough Stars")
_PAYING = {"token": TOKEN, "paid_broadcast": "true", "most_stars_a_day": "250"}


def _options(server: TelegramServer) -> TelegramOptions:
    return read_options({**_PAYING, "api_url": server.url})


def _paid(server: TelegramServer) -> list[str]:
    sent = [call for call in server.calls if call.method.lower().startswith("send")]
    return [call.params.get("allow_paid_broadcast", "") for call in sent]


async def test_only_a_charged_message_may_cost_stars(server: TelegramServer) -> None:
    async with TelegramAdapter(_options(server)) as adapter:
        (message,) = adapter.render(_POST)
        await adapter.send(_PERSON, message, key="1")
        await adapter.send(_PERSON, adapter.charged(message), key="2")
    assert _paid(server) == ["", "true"]


async def test_a_file_may_be_charged_too(server: TelegramServer) -> None:
    post = Post("en", "Papers", "", attachment=Attachment("papers.bib", "@misc{}"))
    async with TelegramAdapter(_options(server)) as adapter:
        message = next(m for m in adapter.render(post) if m.document)
        await adapter.send(_PERSON, adapter.charged(message), key="1")
    assert _paid(server) == ["true"]


async def _sent_back(adapter: TelegramAdapter, message: TelegramMessage, key: str) -> None:
    with pytest.raises(RateLimited) as raised:
        await adapter.send(_PERSON, adapter.charged(message), key=key)
    assert (raised.value.retry_after, raised.value.everywhere) == (1.0, False)


async def test_what_telegram_does_not_sell_comes_back_for_a_free_slot_and_no_more_is_bought(
    server: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.script("sendMessage", _NO_STARS)
    async with TelegramAdapter(_options(server)) as adapter:
        (message,) = adapter.render(_POST)
        await _sent_back(adapter, message, "1")
        assert adapter.fare is None
        assert not server.state.messages
        await adapter.send(_PERSON, message, key="2")  # another one says nothing of the first
        assert "sells this bot no messages" not in caplog.text
        receipt = await adapter.send(_PERSON, message, key="1")
        assert adapter.fare is None
    assert receipt.message_id
    assert _paid(server) == ["true", "", ""]
    assert "sells this bot no messages" in caplog.text


async def test_messages_that_were_to_be_bought_when_telegram_refused_are_not_sent_for_nothing(
    server: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.script("sendMessage", *[_NO_STARS] * 8)
    async with TelegramAdapter(_options(server)) as adapter:
        (message,) = adapter.render(_POST)
        await asyncio.gather(*(_sent_back(adapter, message, str(n)) for n in range(8)))
        await _sent_back(adapter, message, "not offered any more")
        assert _paid(server) == ["true"] * 8
        for n in range(8):
            await adapter.send(_PERSON, message, key=str(n))
    assert len(server.state.messages) == 8
    assert caplog.text.count("refuses a paid message") == 1
    assert caplog.text.count("sells this bot no messages") == 1


async def test_content_that_telegram_never_takes_says_nothing_about_its_stars(
    server: TelegramServer,
) -> None:
    refusal = Refusal(400, "Bad Request: can't parse entities: byte offset 3")
    server.script("sendMessage", refusal, flood(5), refusal)
    async with TelegramAdapter(_options(server)) as adapter:
        (message,) = adapter.render(_POST)
        await _sent_back(adapter, message, "1")
        with pytest.raises(RateLimited):
            await adapter.send(_PERSON, message, key="1")
        assert adapter.fare is None  # nothing is known yet
        with pytest.raises(ContentRejected):
            await adapter.send(_PERSON, message, key="1")
        assert adapter.fare is not None
        await adapter.send(_PERSON, adapter.charged(message), key="2")
    assert _paid(server) == ["true", "", "", "true"]


async def test_a_limit_is_no_refusal_to_sell_f30(server: TelegramServer) -> None:
    server.script(
        "sendMessage", Refusal(429, "Too Many Requests: retry after 5", {"retry_after": 5})
    )
    async with TelegramAdapter(_options(server)) as adapter:
        (message,) = adapter.render(_POST)
        with pytest.raises(RateLimited):
            await adapter.send(_PERSON, adapter.charged(message), key="1")
        assert adapter.fare is not None
    assert _paid(server) == ["true"]


def test_the_fare_is_as_the_options_limit_it() -> None:
    fare = TelegramAdapter(read_options(_PAYING)).fare
    assert fare == Fare(940.0, Decimal("0.1"), "Stars", 2500)
    assert TelegramAdapter(read_options({"token": TOKEN})).fare is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        pytest.param(
            {"paid_broadcast": True}, "set most_stars_a_day", id="no limit, no paid broadcast"
        ),
        pytest.param(
            {"paid_broadcast": True, "most_stars_a_day": 0}, "no number from 1", id="a limit of 0"
        ),
        pytest.param({"paid_broadcast": "perhaps"}, "neither true nor false", id="a doubt"),
    ],
)
def test_nothing_can_cost_stars_without_a_limit_f29(values: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_options({"token": TOKEN, **values})
