"""A post for Telegram, where it may go, and an adapter that sends it to a test server."""

import pytest

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.message import TelegramMessage
from adapters.telegram.options import TelegramOptions
from adapters.telegram.testing import (
    TOKEN,
    TelegramServer,
)
from adapters.telegram.testing_bot import Refusal
from bot.domain.delivery_errors import (
    DeliveryError,
)
from bot.domain.post import Action, Link, Post, Section
from bot.domain.target import Receipt, Target

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


def refuse(status: int, description: str, **parameters: int) -> Refusal:
    return Refusal(status, description, parameters)
