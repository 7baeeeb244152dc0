"""The machine's own time: the one file that reads it."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Implements ``bot.ports.Clock``."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
