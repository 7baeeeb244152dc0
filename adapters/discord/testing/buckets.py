"""Discord's rate limits, with the headers that tell of them."""

import math
from dataclasses import dataclass
from typing import Any

from bot.ports import Clock


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds."""

    count: int
    seconds: float


# Per channel and route as observed by many; over all routes as documented.
USUAL = Limit(5, 5.0)
GLOBAL = Limit(50, 1.0)


class Buckets:
    """Counts requests in fixed windows; answers 429 to what is too much, and counts those.

    ``None`` is no limit; routes without a channel or webhook have none of their own.
    """

    def __init__(
        self, clock: Clock, *, bucket: Limit | None = USUAL, everywhere: Limit | None = GLOBAL
    ) -> None:
        self._clock = clock
        self._bucket = bucket
        self._everywhere = everywhere
        self._windows: dict[str, tuple[float, int]] = {}
        self.exceeded = 0

    def take(self, route: str, place: str) -> tuple[dict[str, str], dict[str, Any] | None]:
        """Headers of the answer, and the body of a 429 where the request is too much."""
        if self._everywhere and (wait := self._count("", self._everywhere)[1]):
            self.exceeded += 1
            headers = {"Retry-After": f"{wait:.3f}", "X-RateLimit-Global": "true"}
            return {**headers, "X-RateLimit-Scope": "global"}, _body(wait, everywhere=True)
        if not self._bucket or not place:
            return {}, None
        left, wait = self._count(f"{route} {place}", self._bucket)
        started = self._windows[f"{route} {place}"][0]
        reset = started + self._bucket.seconds - self._clock.monotonic()
        headers = {
            "X-RateLimit-Limit": str(self._bucket.count),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{self._clock.now().timestamp() + reset:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil(reset * 1000) / 1000:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash(route)):x}",
        }
        if not wait:
            return headers, None
        self.exceeded += 1
        headers |= {"Retry-After": f"{wait:.3f}", "X-RateLimit-Scope": "user"}
        return headers, _body(wait, everywhere=False)

    def _count(self, key: str, limit: Limit) -> tuple[int, float]:
        """What is left, and how long to wait where nothing was."""
        now = self._clock.monotonic()
        start, used = self._windows.get(key, (now, 0))
        if now - start >= limit.seconds:
            start, used = now, 0
        if used >= limit.count:
            return 0, max(0.001, start + limit.seconds - now)
        self._windows[key] = (start, used + 1)
        return limit.count - used - 1, 0.0


def _body(wait: float, *, everywhere: bool) -> dict[str, Any]:
    return {
        "message": "You are being rate limited.",
        "retry_after": round(wait, 3),
        "global": everywhere,
    }
