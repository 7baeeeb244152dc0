"""A bot that listens at a test server, and commands that take note of what they are asked."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from adapters.base import Desk, Options, Responder
from adapters.telegram import TelegramBot, create
from adapters.telegram.testing import TOKEN, TelegramServer, serving
from bot.domain.command import Command, MenuEntry, Suggestion
from bot.domain.post import Action, Link, Post, Section
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHAT = {"id": 7, "type": "private", "first_name": "A"}
SOMEBODY = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "en"}


def asked(text: str, **more: object) -> dict[str, object]:
    said: dict[str, object] = {
        "message_id": 5,
        "date": 1_780_000_000,
        "chat": CHAT,
        "from": SOMEBODY,
        "text": text,
    }
    if text.startswith("/"):
        length = len(text.partition(" ")[0])
        said["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return {"message": {**said, **more}}


def answer(title: str) -> Post:
    return Post("en", title, "https://arxiv.org/abs/2309.12307", sections=(Section("S", ("x",)),))


@dataclass
class Scripted:
    """Commands that answer at once, or wait for ``go``; keeps what it was asked."""

    heard: list[Command] = field(default_factory=list[Command])
    pressed: list[str] = field(default_factory=list[str])
    go: asyncio.Event | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 1

    async def handle(self, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        await responder.show(answer("Fetching …"))
        if self.go is not None:
            await self.go.wait()
        await responder.show(answer(f"Answer to {command.argument}"))
        self._count()

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.pressed.append(key)
        if key == "ignored":
            return
        await responder.show(answer("In English"))
        self._count()

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return [Suggestion("2309.12307", "LongLoRA")]

    async def entry(self, paper_id: str, command: Command) -> Post | None:
        link = Link("arXiv", f"https://arxiv.org/abs/{paper_id}")
        press = Action("中文", f"entry:zh:{paper_id}")
        return replace(answer(f"Entry {paper_id}"), links=(link,), actions=(press,))

    def menu(self) -> Sequence[MenuEntry]:
        return [MenuEntry("paper", {"en": "One paper", "zh": "一篇论文"}, "id", {}, True)]

    def _count(self) -> None:
        self.wanted -= 1
        if self.wanted <= 0:
            self.done.set()


@dataclass
class Stage:
    server: TelegramServer
    bot: TelegramBot
    store: MemoryStore
    clock: VirtualClock
    task: "asyncio.Task[None] | None" = None

    def desk(self, owner: str = "one") -> Desk:
        return Desk(self.store.inbox, self.store.leases, self.clock, owner)

    def listen(self, commands: Scripted) -> "asyncio.Task[None]":
        self.task = asyncio.ensure_future(self.bot.listen(commands, self.desk()))
        return self.task


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens on a real socket; a test that never sees it fails."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it happens in another library
            await asyncio.sleep(0.005)


def kept(*numbers: int, bot: str = "telegram") -> dict[str, str]:
    return {f"{bot}:{n}": json.dumps({**asked(f"/paper {n}"), "update_id": n}) for n in numbers}


@dataclass
class Staging:
    """Puts bots on stage, each with a server of its own; ``servers`` are all there were."""

    servers: list[TelegramServer] = field(default_factory=list[TelegramServer])

    @asynccontextmanager
    async def __call__(
        self, store: MemoryStore | None = None, **values: object
    ) -> AsyncGenerator[Stage, None]:
        """A bot on some store, with more options than its token."""
        async with serving() as server:
            self.servers.append(server)
            bot = create(Options("telegram", {"token": TOKEN, "api_url": server.url, **values}))
            async with bot:
                stage = Stage(server, bot, store or MemoryStore(), VirtualClock(NOON))
                try:
                    yield stage
                finally:
                    if stage.task is not None:
                        stage.task.cancel()
                        with suppress(asyncio.CancelledError):
                            await stage.task
