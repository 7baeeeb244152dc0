"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the application sees it; tests bring their own."""

    def now(self) -> datetime:
        """The present moment, UTC, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never jumps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait. Zero or less yields once."""
        ...
