"""The adapter contract over the terminal: a pipe, a narrow window, and one with colours."""

import io
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

import pytest
from rich.console import Console

from adapters.base import Adapter, Message, Options
from adapters.console import ConsoleAdapter, create
from adapters.testing.contract import AdapterContract, entered
from adapters.testing.posts import PLAIN
from bot.domain.post import Post
from bot.domain.target import Target

_STYLES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
_BEHIND = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")
_URL = re.compile(r"https?://\S+")


class TestPipe(AdapterContract):
    target = Target("console", "terminal")
    factory = staticmethod(create)
    terminal: ClassVar[bool] = False
    width: ClassVar[int] = 100

    def texts(self, message: Message) -> Sequence[str]:
        return [_STYLES.sub("", self.printed(message))]

    def links(self, message: Message) -> Collection[str]:
        printed = self.printed(message)
        return {*_BEHIND.findall(printed), *_URL.findall(_STYLES.sub("", printed))} - {""}

    def printed(self, message: Message) -> str:
        """What the terminal gets."""
        out = io.StringIO()
        console = Console(file=out, width=self.width, force_terminal=self.terminal)
        ConsoleAdapter(console).show(message.post, plain=message.plain)
        return out.getvalue()

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        out = io.StringIO()
        out.close()
        return entered(ConsoleAdapter(Console(file=out)))


class TestTerminal(TestPipe):
    terminal = True


class TestNarrowWindow(TestPipe):
    terminal = True
    width = 24

    def posts(self) -> Mapping[str, Post]:
        return {name: post for name, post in super().posts().items() if "endless" not in name}


async def test_it_prints_into_the_terminal_that_the_program_runs_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    adapter = create(Options("console", {}))
    await adapter.send(TestPipe.target, adapter.render(PLAIN)[0], key="0")
    assert PLAIN.title in capsys.readouterr().out
