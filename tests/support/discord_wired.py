"""Commands that answer over a played gateway, and ways to wait for them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adapters.base import Responder
from adapters.discord.testing.stage import Stage
from adapters.discord.testing.world import Channel
from bot.domain.command import Command, MenuEntry, Suggestion
from bot.domain.post import Post

PAPER = MenuEntry("paper", {"en": "One paper", "zh": "论文"}, "id", {"en": "Its id"}, True)


@dataclass
class Scripted:
    """Answers ``/paper X`` by "About X", once ``go`` is set where it is given."""

    heard: list[Command] = field(default_factory=list[Command])
    go: asyncio.Event | None = None
    entries: Sequence[MenuEntry] = (PAPER,)

    async def handle(self, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        if self.go is not None:
            await self.go.wait()
        await responder.show(Post("en", f"About {command.argument}", ""))

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.heard.append(command)

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return ()

    def menu(self) -> Sequence[MenuEntry]:
        return self.entries


async def answered(stage: Stage, channel: Channel, argument: str) -> None:
    """Give a command and wait for its answer."""
    asked = await stage.gateway.ask(stage.interactions.command(channel, "paper", argument))
    await stage.gateway.until(lambda: asked.titles == [f"About {argument}"])


async def connected(stage: Stage) -> None:
    await stage.gateway.until(lambda: stage.gateway.present == 1)


async def pushed(stage: Stage, *, until: Callable[[], bool], by: float = 5.0) -> None:
    """Let time pass, step by step, until something holds."""
    async with asyncio.timeout(10):
        while not until():
            await stage.settle(advance=by)
