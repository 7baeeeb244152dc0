"""The adapter contract over a folder of Markdown; how its files read is the format's own suite."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path

import pytest

from adapters.base import Adapter, ArchivedDay, Options
from adapters.markdown import MarkdownAdapter, create
from adapters.testing.contract import OptionsContract, SendingContract, entered
from adapters.testing.posts import contract_posts
from bot.domain.errors import StoreError
from bot.domain.post import Post
from bot.domain.target import Target


class OneDay:
    """An archive that has one file for whatever is asked; ``broken`` ones cannot be read."""

    def __init__(self, *, broken: bool = False) -> None:
        self._broken = broken

    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        if self._broken:
            raise StoreError("the store is locked")
        return (ArchivedDay("hf", date(2026, 8, 21), post.language, f"# {post.title}\n"),)


class TestMarkdown(SendingContract, OptionsContract):
    factory = staticmethod(create)

    @pytest.fixture(autouse=True)
    def _target(self, tmp_path: Path) -> None:
        self.target = Target("markdown", str(tmp_path / "archive"))

    def options(self) -> Options:
        return Options("markdown", {}, OneDay())

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        return entered(MarkdownAdapter(OneDay(broken=True)))


def test_rendering_is_pure() -> None:
    adapter = MarkdownAdapter(OneDay())
    for post in contract_posts().values():
        assert adapter.render(post) == adapter.render(post, plain=True) == (post,)
