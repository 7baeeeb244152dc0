"""The suite that every adapter can run: what Sulan relies on, as tests.

Derive from ``AdapterContract`` in a test module, in a class whose name begins with ``Test``, and
fill the places it names; pytest collects the tests. Nothing else is needed: no plugin, and no
event loop of the caller's. An adapter that renders nothing by itself takes ``SendingContract`` and
``OptionsContract`` alone.
"""
# ruff: noqa: S101 - these are tests, for anyone to run

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, cast

import pytest

from adapters.base import Adapter, Editor, Message, Options, Repeatable
from adapters.testing.losses import is_shown, letters, terms_of, texts_of, visible
from adapters.testing.posts import PLAIN, contract_posts
from bot.domain.delivery_errors import DeliveryError
from bot.domain.errors import SettingsError
from bot.domain.post import Post
from bot.domain.target import Receipt, Target

_URL = re.compile(r"https?://[^\s<>\"'\])]+")
_MARKUP = re.compile(r"</?\w|\*\*|__|~~|\|\||\]\(|`|&(?:\w+|#\d+);|\\[^\w\s]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_KEY = "0123456789abcdef01234567"


class _Filled:
    """The places that an adapter's own suite fills."""

    # Makes the adapter, as its entry point does. Write it as ``factory = staticmethod(create)``.
    factory: Callable[[Options], Adapter]
    # A target that the adapter can send to.
    target: Target
    # A new, empty folder for each test.
    folder: Path

    def values(self) -> Mapping[str, object]:
        """The options that make a working adapter."""
        return {}

    def options(self) -> Options:
        """All that the factory gets."""
        return Options(self.target.platform, self.values())

    def adapter(self) -> Adapter:
        """A new adapter, not yet entered."""
        return type(self).factory(self.options())

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path


class RenderingContract(_Filled):
    """What is shown: all of a post, to the letter, in pieces that the platform takes."""

    # The most that a message may measure by ``size``; ``None`` where the platform has no limit.
    limit: ClassVar[int | None] = None

    def texts(self, message: Message) -> Sequence[str]:
        """What a reader sees of a message, markup applied and gone: one text for each run (a field,
        a quotation), buttons' labels among them."""
        raise NotImplementedError

    def sources(self, message: Message) -> Sequence[str]:
        """The same as it is sent, with its markup. Without markup the two are equal."""
        return self.texts(message)

    def links(self, message: Message) -> Collection[str]:
        """Addresses that a reader can follow: in texts, behind texts, behind buttons."""
        return {url for text in self.texts(message) for url in _URL.findall(text)}

    def size(self, message: Message) -> int:
        """A message's length as the platform counts."""
        return sum(len(text) for text in self.sources(message))

    def posts(self) -> Mapping[str, Post]:
        """The posts that are rendered; more may be added."""
        return contract_posts()

    def rendered(self, post: Post, *, plain: bool = False) -> Sequence[Message]:
        """A post as the adapter renders it."""
        return self.adapter().render(post, plain=plain)

    @pytest.mark.parametrize("plain", [False, True], ids=["marked up", "plain"])
    def test_nothing_of_a_post_is_lost(self, plain: bool) -> None:
        for name, post in self.posts().items():
            runs = self._runs(self.rendered(post, plain=plain), plain=plain)
            for text in texts_of(post):
                assert is_shown(text, runs), f"{name}: {text[:200]!r} is lost"
            words = [letters(run) for run in runs]
            for term in terms_of(post.keywords):
                assert is_shown(letters(term), words), f"{name}: keyword {term[:200]!r} is lost"

    @pytest.mark.parametrize("plain", [False, True], ids=["marked up", "plain"])
    def test_every_link_of_a_post_can_be_followed(self, plain: bool) -> None:
        for name, post in self.posts().items():
            own = {post.url, *(link.url for link in post.links)} - {""}
            reachable = {
                url for part in self.rendered(post, plain=plain) for url in self.links(part)
            }
            assert own <= reachable, f"{name}: {own - reachable} cannot be followed"

    def test_no_text_becomes_a_link_t2(self) -> None:
        """A masked link in a text leads nowhere; a bare address a platform may link by itself."""
        for name, post in self.posts().items():
            own = {post.url, post.image_url, *(link.url for link in post.links)}
            own |= {url for section in post.sections for url in section.urls}
            for part in self.rendered(post):
                shown = "".join(map(visible, self.texts(part)))
                strange = {url for url in self.links(part) if visible(url) not in shown} - own
                assert not strange, f"{name}: {strange}"

    def test_plain_is_without_markup(self) -> None:
        for part in self.rendered(PLAIN, plain=True):
            for source in self.sources(part):
                assert not _MARKUP.search(source), source

    def test_rendering_is_pure_and_always_the_same(self) -> None:
        adapter = self.adapter()
        for name, post in self.posts().items():
            for plain in (False, True):
                once = [self.sources(part) for part in adapter.render(post, plain=plain)]
                again = [self.sources(part) for part in adapter.render(post, plain=plain)]
                assert once == again, name

    @pytest.mark.parametrize("plain", [False, True], ids=["marked up", "plain"])
    def test_every_part_says_something_and_fits(self, plain: bool) -> None:
        for name, post in self.posts().items():
            parts = self.rendered(post, plain=plain)
            assert parts, f"{name}: no message at all"
            for part in parts:
                assert any(text.strip() for text in self.texts(part)), f"{name}: an empty message"
                if self.limit is not None:
                    assert self.size(part) <= self.limit, name

    @pytest.mark.parametrize("plain", [False, True], ids=["marked up", "plain"])
    def test_no_control_character_and_no_half_character_is_sent_t4(self, plain: bool) -> None:
        damaged = replace(PLAIN, title="half \ud83d \x1b[2J \x00", footer=("\x9b31m \udc4d",))
        for name, post in {**self.posts(), "damaged": damaged}.items():
            for part in self.rendered(post, plain=plain):
                for source in self.sources(part):
                    assert not _CONTROL.search(source), f"{name}: {source[:200]!r}"

    def _runs(self, parts: Sequence[Message], *, plain: bool) -> Sequence[str]:
        read = self.sources if plain else self.texts
        return [visible(text) for part in parts for text in read(part)]


class SendingContract(_Filled):
    """What happens at a call: a receipt, or a ``DeliveryError`` and nothing else."""

    # Posts that are sent, by name in ``contract_posts``.
    sent: ClassVar[Sequence[str]] = ("usual", "zh", "title only", "hostile html", "endless words")

    def working(self) -> AbstractAsyncContextManager[Adapter]:
        """An adapter that is ready to send; whatever it talks to answers as it should."""
        return entered(self.adapter())

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        """An adapter that is ready to send, and whose platform takes nothing."""
        raise NotImplementedError

    def test_every_message_is_taken_and_has_a_name_of_its_own(self) -> None:
        posts = contract_posts()
        for name in self.sent:
            receipts = self._send(posts[name])
            ids = [receipt.message_id for receipt in receipts]
            assert all(ids), name
            assert len(set(ids)) == len(ids), f"{name}: {ids}"

    def test_a_plain_message_is_taken_too(self) -> None:
        assert self._send(PLAIN, plain=True)

    def test_what_fails_fails_as_a_delivery_error_that_quotes_no_text(self) -> None:
        async def fail() -> DeliveryError:
            async with self.broken() as adapter:
                with pytest.raises(DeliveryError) as raised:
                    await adapter.send(self.target, adapter.render(PLAIN)[0], key=_KEY)
                return raised.value

        error = str(asyncio.run(fail()))
        assert error, "the error says nothing"
        assert PLAIN.title not in error

    def test_a_pace_is_a_rate(self) -> None:
        pace = self.adapter().pace(self.target)
        assert pace.per_second is None or pace.per_second > 0
        assert pace.chat_gap is None or pace.chat_gap >= 0
        assert pace.burst == 1 or (pace.burst > 1 and 0 < pace.burst * (pace.chat_gap or 0) < 60)

    def test_an_edit_can_be_repeated_if_the_adapter_edits(self) -> None:
        async def edit() -> None:
            async with self.working() as adapter:
                if not isinstance(adapter, Editor):
                    return
                receipt = await adapter.send(self.target, adapter.render(PLAIN)[0], key=_KEY)
                other = adapter.render(contract_posts()["unrated"])[0]
                for _ in range(2):
                    await adapter.edit(self.target, receipt.message_id, other)

        asyncio.run(edit())

    def test_a_key_doubles_nothing_if_the_adapter_takes_keys(self) -> None:
        async def repeat() -> None:
            async with self.working() as adapter:
                if not isinstance(adapter, Repeatable) or not adapter.repeat_window(self.target):
                    return
                assert await adapter.find(self.target, _KEY) is None
                message = adapter.render(PLAIN)[0]
                receipts = [await adapter.send(self.target, message, key=_KEY) for _ in range(2)]
                assert receipts[0] == receipts[1] == await adapter.find(self.target, _KEY)

        asyncio.run(repeat())

    def _send(self, post: Post, *, plain: bool = False) -> Sequence[Receipt]:
        async def send() -> Sequence[Receipt]:
            async with self.working() as adapter:
                return [
                    await adapter.send(self.target, message, key=f"{_KEY[:-3]}{n:03}")
                    for n, message in enumerate(adapter.render(post, plain=plain))
                ]

        return asyncio.run(send())


class OptionsContract(_Filled):
    """How it is made: from its options, which it checks itself."""

    def test_it_is_called_as_its_targets_say(self) -> None:
        assert self.adapter().name == self.target.platform

    def test_it_takes_the_name_that_the_settings_give_it(self) -> None:
        """Several bots of one platform are told apart by it."""
        assert type(self).factory(replace(self.options(), name="of-the-team")).name == "of-the-team"

    def test_an_option_that_does_not_exist_is_named(self) -> None:
        options = self.options()
        wrong = replace(options, values={**options.values, "no_such_option": "s3cret-value"})
        with pytest.raises(SettingsError, match="no_such_option") as raised:
            type(self).factory(wrong)
        assert "s3cret-value" not in str(raised.value)


class AdapterContract(RenderingContract, SendingContract, OptionsContract):
    """All of it."""


@asynccontextmanager
async def entered(adapter: Adapter) -> AsyncGenerator[Adapter, None]:
    """An adapter ready for use, whether it is a context manager or not."""
    async with AsyncExitStack() as stack:
        if isinstance(adapter, AbstractAsyncContextManager):
            await stack.enter_async_context(cast("AbstractAsyncContextManager[object]", adapter))
        yield adapter
