"""CPU per message of our Discord adapter, against bare discord.py sending the same.

The server is in another process on loopback and limits nothing. Ours is measured with and without
rendering; bare is ``channel.send`` with an embed and a view made for each message. Prints
milliseconds of this process's CPU time per message, the least of some rounds in which each way has
its turn (a busy machine can only add to it), and the ratio. The adapter keeps what it has rendered,
so that a post for many chats costs its rendering once; here every message is rendered anew.

    python benchmarks/discord_send.py [--messages 2000]
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import discord

from adapters.base import Options
from adapters.discord import DiscordAdapter, create
from adapters.discord.client import pointed_at
from adapters.discord.message import DiscordMessage
from adapters.discord.options import Addresses
from adapters.discord.render import render
from adapters.discord.testing import TOKEN, Buckets, DiscordServer, Kind
from bot.clock import SystemClock
from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.summary import Keyword
from bot.domain.target import Target

CHANNELS = 100
ROUNDS = 5
Send = Callable[[int], Awaitable[object]]

POST = Post(
    "en",
    "CodePlan: Repository-level Coding using LLMs and Planning",
    "https://huggingface.co/papers/2309.12499",
    ratings=(Rating("Practical", 4.5), Rating("Novel", 5), Rating("Recommended", 4.5)),
    signals=("👍 73", "💻 code"),
    sections=(
        Section("Main work", ("Frames repository-level coding as a planning problem. " * 6,)),
        Section("Highlights", ("A sentence about a highlight of the paper. " * 2,) * 3, True),
        Section("Why these scores", ("Practicality 4.5/5: it saves work. " * 2,) * 3, True, True),
    ),
    keywords=tuple(Keyword(f"Keyword number {n}", "关键词") for n in range(5)),
    links=(
        Link("arXiv", "https://arxiv.org/abs/2309.12499"),
        Link("PDF", "https://arxiv.org/pdf/2309.12499"),
        Link("Code", "https://github.com/microsoft/repo"),
    ),
    actions=(Action("中文", "entry:zh:2309.12499"),),
    image_url="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2309.12499.png",
    footer=("Written by a model from the abstract",),
)


async def serve() -> None:
    """Run the server until this process is ended; prints its address and its channels."""
    clock = SystemClock()
    async with DiscordServer(buckets=Buckets(clock, bucket=None, everywhere=None)) as server:
        channels = [server.world.add(Kind.TEXT).id for _ in range(CHANNELS)]
        print(server.rest, *channels, flush=True)
        while True:
            await asyncio.sleep(1)
            server.recorded.clear()
            for channel in server.world.channels.values():
                channel.messages.clear()
            server.world.forget_nonces()


async def cpu(send: Send, messages: int, concurrency: int) -> float:
    """Milliseconds of CPU per message, so many at once."""
    numbers = iter(range(messages))

    async def worker() -> None:
        for number in numbers:
            await send(number)

    await asyncio.gather(*(send(-n - 1) for n in range(CHANNELS)))  # learn the buckets
    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(concurrency)))
    return (time.process_time() - began) * 1000 / messages


@asynccontextmanager
async def ours(rest: str) -> AsyncGenerator[DiscordAdapter]:
    """Our adapter, connected."""
    async with create(Options("discord", {"token": TOKEN, "api_url": rest})) as adapter:
        yield adapter


@asynccontextmanager
async def bare(rest: str) -> AsyncGenerator[discord.Client]:
    """discord.py's client, logged in, with nothing of ours."""
    with pointed_at(Addresses(rest)):
        async with discord.Client(
            intents=discord.Intents(guilds=True), max_messages=None
        ) as client:
            await client.login(TOKEN)
            yield client


async def send_bare(client: discord.Client, channel: str, message: DiscordMessage) -> object:
    """The same embed and buttons, by the library's own means."""
    assert message.embed
    view = discord.ui.View(timeout=None)
    for button in message.buttons:
        custom_id = f"sulan:{button.action}" if button.action else None
        url = button.url or None
        view.add_item(discord.ui.Button(label=button.label, custom_id=custom_id, url=url))
    view.stop()  # or the client would keep every view that was ever sent
    embed = discord.Embed.from_dict(message.embed.json())
    return await client.get_partial_messageable(int(channel)).send(embed=embed, view=view)


async def measure(rest: str, channels: list[str], messages: int, concurrency: int) -> list[float]:
    """CPU per message of our sending, of our rendering and sending, and of the bare library."""
    run = time.monotonic_ns()
    async with ours(rest) as adapter:
        (message,) = adapter.render(POST)

        def send(number: int, shown: DiscordMessage, kind: str) -> Awaitable[object]:
            target = Target("discord", channels[number % CHANNELS])
            return adapter.send(target, shown, key=f"{kind}{run}{number}"[-25:])

        sending = await cpu(lambda n: send(n, message, "s"), messages, concurrency)
        both = await cpu(lambda n: send(n, render(POST)[0], "r"), messages, concurrency)
    async with bare(rest) as client:
        library = await cpu(
            lambda n: send_bare(client, channels[n % CHANNELS], message), messages, concurrency
        )
    return [sending, both, library]


def main() -> None:
    """Start the server, measure in turns, print the least of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--serve", action="store_true")
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve())
    with subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        rest, *channels = server.stdout.readline().split()
        try:
            for concurrency in (1, 30):
                rounds = [
                    asyncio.run(measure(rest, channels, chosen.messages, concurrency))
                    for _ in range(ROUNDS)
                ]
                sending, both, library = map(min, zip(*rounds, strict=True))
                print(
                    f"{concurrency} at once: ours {sending:.2f} ms, with rendering {both:.2f} ms, "
                    f"bare discord.py {library:.2f} ms; ratio {sending / library:.2f}, "
                    f"with rendering {both / library:.2f}"
                )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
