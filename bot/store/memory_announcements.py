"""The in-memory fake of the operator's announcements."""

from datetime import datetime


class MemoryAnnouncements:
    """``bot.ports.Announcements``."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, datetime]] = {}

    async def put(self, announcement: str, text: str, *, now: datetime) -> bool:
        """See the port."""
        is_new = announcement not in self._texts
        known, put_at = self._texts.get(announcement, (text, now))
        self._texts[announcement] = known, max(put_at, now)
        return is_new

    async def get(self, announcement: str) -> str | None:
        """See the port."""
        text, _ = self._texts.get(announcement, (None, None))
        return text

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        stale = [i for i, (_, put_at) in self._texts.items() if put_at < before]
        for announcement in stale:
            del self._texts[announcement]
        return len(stale)
