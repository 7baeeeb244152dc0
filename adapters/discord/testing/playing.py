"""Commands that do what a test's script says."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from adapters.base import Responder
from adapters.discord.testing.stage import Stage, listening
from bot.domain.command import Command, MenuEntry, Suggestion

# What to do about a press (its key) or a command ("" for the key).
Script: TypeAlias = Callable[[str, Command, Responder], Awaitable[None]]


@dataclass
class Playing:
    """Implements ``Commands`` and ``Menu``: ``keys`` and ``commands`` are what it was asked for.

    ``/settings`` is answered privately, as its menu has it; ``/today`` is not.
    """

    script: Script
    keys: list[str] = field(default_factory=list[str])
    commands: list[Command] = field(default_factory=list[Command])

    async def handle(self, command: Command, responder: Responder) -> None:
        self.commands.append(command)
        await self.script("", command, responder)

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.keys.append(key)
        await self.script(key, command, responder)

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:  # noqa: ARG002 - the port's
        return ()

    def menu(self) -> Sequence[MenuEntry]:
        return (
            MenuEntry("settings", {"en": "Settings"}, private=True),
            MenuEntry("today", {"en": "Today"}),
        )


@asynccontextmanager
async def attended(stage: Stage, script: Script) -> AsyncGenerator[Playing]:
    """A bot that listens; in the end it has served everything it was asked."""
    playing = Playing(script)
    async with listening(stage, playing):
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        yield playing
