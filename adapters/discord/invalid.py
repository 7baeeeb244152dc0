"""Keeping clear of the ban for invalid requests (F44, T14)."""

from collections import deque

from bot.domain.delivery_errors import RateLimited
from bot.ports import Clock

# Discord API v10, "Invalid Request Limit": 10,000 in ten minutes, then the address is banned.
# Half of it leaves room for whatever else runs behind the same address.
LIMIT = 5000
WINDOW = 600.0


class InvalidRequests:
    """Counts answers that Discord holds against us, and stops before it does."""

    def __init__(self, clock: Clock, *, limit: int = LIMIT, window: float = WINDOW) -> None:
        self._clock = clock
        self._limit = limit
        self._window = window
        self._at: deque[float] = deque()

    def count(self) -> None:
        """One more, now."""
        self._at.append(self._clock.monotonic())

    def check(self) -> None:
        """Raises RateLimited, everywhere, until enough of the window has passed."""
        now = self._clock.monotonic()
        while self._at and now - self._at[0] >= self._window:
            self._at.popleft()
        if len(self._at) >= self._limit:
            raise RateLimited(
                f"{len(self._at)} requests were invalid lately; more would get us banned",
                retry_after=self._window - (now - self._at[-self._limit]),
                everywhere=True,
            )
