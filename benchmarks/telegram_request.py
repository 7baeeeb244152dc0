"""What a Telegram message costs in CPU: python-telegram-bot over our HTTP, and over its default.

    python benchmarks/telegram_request.py [--messages 600] [--rounds 5]

One process plays the Bot API on loopback, this one sends real-sized messages with buttons and a
preview, one at a time and thirty at once. Counted is this process's CPU time, the least of some
rounds, in each of which every way has its turn: a busy machine can only add to it. The rate is
messages a second in that round. The last row is the floor: the same form posted by bare aiohttp,
its answer read as JSON and no more.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from urllib.parse import urlencode

import aiohttp
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.request import HTTPXRequest

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.markup import keyboard
from adapters.telegram.options import TelegramOptions
from adapters.telegram.render import render
from adapters.telegram.testing import TOKEN, serving
from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.summary import Keyword
from bot.domain.target import Target

_CONCURRENCY = (1, 30)
_TARGET = Target("telegram", "-1001234567890")
_SENTENCE = "We show that a model of this kind halves the cost of training at equal quality. "
_POST = Post(
    "en",
    "A Paper of the Usual Length with a Title of the Usual Length",
    "https://huggingface.co/papers/2309.12307",
    ratings=(Rating("Use", 4.5), Rating("Novelty", 4), Rating("Worth", 4.5)),
    signals=("👍 73", "💻 code ★12"),
    sections=(
        Section("Main work", (_SENTENCE * 5,)),
        Section("Highlights", (_SENTENCE, _SENTENCE, _SENTENCE), bulleted=True),
        Section("Scores", (_SENTENCE, _SENTENCE, _SENTENCE), bulleted=True, folded=True),
    ),
    keywords=tuple(Keyword(f"Some Keyword {letter}", "关键词") for letter in "ABCDE"),
    links=(Link("arXiv", "https://arxiv.org/abs/1"), Link("PDF", "https://arxiv.org/pdf/1")),
    actions=(Action("中文", "entry:zh:2309.12307"),),
    footer=("Written by a model from the abstract",),
)
_MESSAGE = render(_POST)[0]

Send = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one message: milliseconds of CPU, and how many a second."""

    cpu_ms: float
    per_second: float


def main() -> None:
    arguments = argparse.ArgumentParser(description="CPU for each Telegram message")
    arguments.add_argument("--messages", type=int, default=600, help="messages in a round")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    logging.disable(logging.INFO)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        asyncio.run(_compare(ours.recv(), options.messages, options.rounds))
    finally:
        ours.send("end")
        server.join(timeout=10)


def _serve(pipe: Connection) -> None:
    async def serve() -> None:
        async with serving() as running:
            pipe.send(running.url)
            await asyncio.to_thread(pipe.recv)

    asyncio.run(serve())


async def _compare(url: str, messages: int, rounds: int) -> None:
    print(f"{messages} messages of {len(_MESSAGE.text)} characters, least of {rounds} rounds")
    print(f"{'at once':>8}  {'way':<34}{'CPU ms':>8}{'msg/s':>8}{'x aiohttp':>11}{'x default':>11}")
    for concurrency in _CONCURRENCY:
        costs: dict[str, Cost] = {}
        for _ in range(rounds):
            for way, opened in _WAYS.items():
                cost = await _measure(opened(url), messages, concurrency)
                costs[way] = min(cost, costs.get(way, cost), key=lambda cost: cost.cpu_ms)
        floor, default = costs[_FLOOR], costs[_DEFAULT]
        for way, cost in costs.items():
            print(
                f"{concurrency:>8}  {way:<34}{cost.cpu_ms:>8.2f}{cost.per_second:>8.0f}"
                f"{cost.cpu_ms / floor.cpu_ms:>11.2f}{cost.cpu_ms / default.cpu_ms:>11.2f}"
            )


async def _measure(
    opened: AbstractAsyncContextManager[Send], messages: int, concurrency: int
) -> Cost:
    async with opened as send:
        await _send_all(send, concurrency, concurrency)  # connections come about
        cpu, wall = time.process_time(), time.perf_counter()
        await _send_all(send, messages, concurrency)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(1000 * cpu / messages, messages / wall)


async def _send_all(send: Send, messages: int, concurrency: int) -> None:
    left = iter(range(messages))

    async def work() -> None:
        for _ in left:
            await send()

    await asyncio.gather(*(work() for _ in range(concurrency)))


@asynccontextmanager
async def _adapter(url: str) -> AsyncGenerator[Send, None]:
    async with TelegramAdapter(TelegramOptions(TOKEN, api_url=url)) as adapter:
        yield lambda: adapter.send(_TARGET, _MESSAGE, key="0" * 24)


@asynccontextmanager
async def _bot_over_ours(url: str) -> AsyncGenerator[Send, None]:
    async with TelegramAdapter(TelegramOptions(TOKEN, api_url=url)) as adapter:
        yield lambda: _send_by(adapter.client.bot)


@asynccontextmanager
async def _bot_over_default(url: str) -> AsyncGenerator[Send, None]:
    request = HTTPXRequest(connection_pool_size=32, read_timeout=30, pool_timeout=30)
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=request)
    await request.initialize()
    try:
        yield lambda: _send_by(bot)
    finally:
        await request.shutdown()


@asynccontextmanager
async def _bare(url: str) -> AsyncGenerator[Send, None]:
    form = {
        "chat_id": _TARGET.chat,
        "text": _MESSAGE.text,
        "parse_mode": "HTML",
        "link_preview_options": json.dumps({"url": _MESSAGE.preview, "prefer_small_media": True}),
        "reply_markup": json.dumps(_markup().to_dict()),
    }
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32)) as session:

        async def send() -> object:
            async with session.post(
                f"{url}/bot{TOKEN}/sendMessage",
                data=urlencode(form).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            ) as response:
                return json.loads(await response.read())

        yield send


async def _send_by(bot: Bot) -> object:
    return await bot.send_message(
        _TARGET.chat,
        _MESSAGE.text,
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(url=_MESSAGE.preview, prefer_small_media=True),
        reply_markup=_markup(),
    )


def _markup() -> InlineKeyboardMarkup:
    markup = keyboard(_MESSAGE.buttons)
    assert markup is not None
    return markup


_FLOOR, _DEFAULT = "aiohttp alone", "Bot over its default (httpx)"
_WAYS: dict[str, Callable[[str], AbstractAsyncContextManager[Send]]] = {
    "our adapter": _adapter,
    "Bot over our request class": _bot_over_ours,
    _DEFAULT: _bot_over_default,
    _FLOOR: _bare,
}

if __name__ == "__main__":
    main()
