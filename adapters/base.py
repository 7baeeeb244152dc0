"""The port of a platform: one post to one target."""

from typing import Protocol

from bot.domain.post import Post
from bot.domain.target import Receipt, Target


class Adapter(Protocol):
    """Publishes posts on one platform."""

    @property
    def name(self) -> str:
        """The platform, as ``Target.platform`` names it."""
        ...

    async def send(self, target: Target, post: Post) -> Receipt:
        """Render and publish one post."""
        ...
