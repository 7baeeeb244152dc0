"""Answers of upstreams, kept to ask less of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A body with the validators for a conditional request. ``stored_at`` is UTC."""

    url: str
    etag: str | None
    last_modified: str | None
    content_type: str
    body: bytes
    stored_at: datetime


class HttpCache(Protocol):
    """Answers kept for conditional requests."""

    async def get(self, url: str) -> CachedResponse | None:
        """The kept answer to exactly this address."""
        ...

    async def put(self, response: CachedResponse) -> None:
        """Keep an answer, replacing an older one."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget answers stored before a moment; returns how many."""
        ...
