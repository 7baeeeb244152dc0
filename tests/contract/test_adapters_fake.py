"""The adapter contract over the stand-ins, and over adapters that break it."""

import html
import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Adapter, Message, Options
from adapters.testing import EditableFake, FakeAdapter, FakeMessage, RepeatableFake
from adapters.testing.contract import AdapterContract, entered
from adapters.testing.posts import PLAIN
from bot.domain.delivery_errors import NotDelivered
from bot.domain.errors import SettingsError
from bot.domain.post import Post
from bot.domain.target import Receipt, Target

_BOLD = re.compile(r"\A<b>(.*?)</b>", re.DOTALL)


def checked(options: Options) -> str:
    if options.values:
        raise SettingsError(f"no such options: {', '.join(options.values)}")
    return options.name


class TestFake(AdapterContract):
    target = Target("fake", "somewhere")
    limit = 4096

    @staticmethod
    def factory(options: Options) -> Adapter:
        return FakeAdapter(checked(options))

    def texts(self, message: Message) -> Sequence[str]:
        fake: FakeMessage = message
        return [fake.text if fake.plain else html.unescape(_BOLD.sub(r"\1", fake.text))]

    def sources(self, message: Message) -> Sequence[str]:
        return [message.text]

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        adapter = FakeAdapter()
        adapter.script(NotDelivered("no connection"))
        return entered(adapter)


class TestEditableFake(TestFake):
    @staticmethod
    def factory(options: Options) -> Adapter:
        return EditableFake(checked(options))


class TestRepeatableFake(TestFake):
    @staticmethod
    def factory(options: Options) -> Adapter:
        return RepeatableFake(checked(options))


class TestFakeWithSmallMessages(TestFake):
    limit = 150

    @staticmethod
    def factory(options: Options) -> Adapter:
        return FakeAdapter(checked(options), limit=150)


class Faulty(FakeAdapter):
    """A fake with one fault; the contract must find it."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault
        self.rendered = 0

    def render(self, post: Post, *, plain: bool = False) -> Sequence[FakeMessage]:
        self.rendered += 1
        changed = {
            "drops the footer": replace(post, footer=()),
            "links the code nowhere": replace(post, links=post.links[:2]),
            "counts its renderings": replace(post, title=f"{self.rendered} {post.title}"),
        }.get(self.fault, post)
        markup = self.fault == "escapes where it is plain"
        messages = super().render(changed, plain=plain and not markup)
        if self.fault == "says nothing":
            return [*messages, FakeMessage(" ", plain)]
        return [replace(message, text=self._spoilt(message.text)) for message in messages]

    def _spoilt(self, text: str) -> str:
        if self.fault == "drops a character":
            return text.replace("d", "", 1)
        return html.unescape(text) if self.fault == "forgets to escape" else text

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        if self.fault == "raises what it likes":
            raise OSError("no connection")
        if self.fault == "quotes the text":
            raise NotDelivered(f"cannot send {message.text}")
        await super().send(target, message, key=key)
        return Receipt("the same")


@pytest.mark.parametrize(
    ("fault", "test"),
    [
        ("drops the footer", "test_nothing_of_a_post_is_lost"),
        ("drops a character", "test_nothing_of_a_post_is_lost"),
        ("forgets to escape", "test_nothing_of_a_post_is_lost"),
        ("links the code nowhere", "test_every_link_of_a_post_can_be_followed"),
        ("escapes where it is plain", "test_plain_is_without_markup"),
        ("counts its renderings", "test_rendering_is_pure_and_always_the_same"),
        ("says nothing", "test_every_part_says_something_and_fits"),
        ("raises what it likes", "test_what_fails_fails_as_a_delivery_error_that_quotes_no_text"),
        ("quotes the text", "test_what_fails_fails_as_a_delivery_error_that_quotes_no_text"),
        ("gives ids twice", "test_every_message_is_taken_and_has_a_name_of_its_own"),
    ],
)
def test_the_contract_finds_an_adapter_that(fault: str, test: str) -> None:
    class Suite(TestFake):
        @staticmethod
        def factory(options: Options) -> Adapter:
            return Faulty(fault)

        def broken(self) -> AbstractAsyncContextManager[Adapter]:
            return entered(Faulty(fault))

    arguments: dict[str, Any] = {"plain": False} if "lost" in test or "every_link" in test else {}
    if "every_part" in test:
        arguments = {"plain": True}
    with pytest.raises((AssertionError, OSError)):
        getattr(Suite(), test)(**arguments)
    getattr(TestFake(), test)(**arguments)


def test_the_usual_post_has_a_text_in_every_place() -> None:
    assert all((PLAIN.ratings, PLAIN.signals, PLAIN.sections, PLAIN.keywords, PLAIN.links))
