"""The contract of adapters, over Telegram: its messages are read by Telegram's own parser, its
calls answered by a server of our own."""

import re
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.base import Adapter, Message
from adapters.telegram import create
from adapters.telegram.blocks import units
from adapters.telegram.defuse import WORD_JOINER
from adapters.telegram.message import TelegramMessage
from adapters.telegram.split import MAX_UNITS
from adapters.telegram.testing import TOKEN, TelegramServer, serving
from adapters.telegram.testing_bot import Refusal
from adapters.telegram.testing_oracle import Oracle, Parsed
from adapters.testing.contract import AdapterContract, entered
from bot.domain.target import Target

_URL = re.compile(r"https?://\S+")


class TestTelegram(AdapterContract):
    factory = staticmethod(create)
    target = Target("telegram", "-1001234567890", "7")
    limit = MAX_UNITS

    @pytest.fixture(autouse=True)
    def _oracle(self, shared: Path) -> None:
        self.oracle = Oracle(shared / "tools")
        self.api_url = "http://127.0.0.1:9"

    def values(self) -> Mapping[str, object]:
        return {"token": TOKEN, "api_url": self.api_url}

    def texts(self, message: Message) -> Sequence[str]:
        return (self._read(message).text, *self._labels(message))

    def sources(self, message: Message) -> Sequence[str]:
        assert isinstance(message, TelegramMessage)
        # Word joiners keep a text without markup from becoming links.
        shown = message.text if message.html else message.text.replace(WORD_JOINER, "")
        return (shown, *self._labels(message))

    def links(self, message: Message) -> Collection[str]:
        assert isinstance(message, TelegramMessage)
        read = self._read(message)
        found = [entity.text for entity in self.oracle.tappable(read) if entity.kind == "Url"]
        behind = [entity.url for entity in read.entities if entity.url]
        buttons = [button.url for row in message.buttons for button in row if button.url]
        return {*found, *behind, *buttons}

    def size(self, message: Message) -> int:
        return units(self._read(message).text)

    @asynccontextmanager
    async def _served(self, server: TelegramServer) -> AsyncGenerator[Adapter, None]:
        async with serving(server):
            self.api_url = server.url
            async with entered(self.adapter()) as adapter:
                yield adapter
        for call in server.calls:
            assert self.oracle.faults(call) == []

    def working(self) -> AbstractAsyncContextManager[Adapter]:
        return self._served(TelegramServer())

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        server = TelegramServer()
        said = 'Bad Request: can\'t parse entities: Unsupported start tag "LongLoRA" at byte 3'
        server.script("sendMessage", Refusal(400, said))
        return self._served(server)

    def test_no_text_becomes_a_link_of_its_own_t2(self) -> None:
        """Nor does a bare address: Telegram's own search finds none but the paper's."""
        for name, post in self.posts().items():
            own = {post.url, *(link.url for link in post.links)}
            own |= {url for section in post.sections for url in section.urls}
            bare = replace(post, keywords=())
            for plain in (False, True):
                for part in self.rendered(bare, plain=plain):
                    assert set(self.links(part)) <= own, name
                    tapped = self.oracle.tappable(self._read(part))
                    assert {entity.text for entity in tapped} <= own, name

    def _read(self, message: Message) -> Parsed:
        assert isinstance(message, TelegramMessage)
        return self.oracle.parse(message.text) if message.html else Parsed(message.text, ())

    def _labels(self, message: TelegramMessage) -> Sequence[str]:
        return [button.label for row in message.buttons for button in row]
