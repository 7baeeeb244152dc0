"""When a platform takes nothing: after limits that concern the token, and while out of reach."""

from collections import deque
from datetime import datetime, timedelta

from bot.domain.delivery import backoff
from bot.domain.target import Target

# So many chats limited within so long are a limit of the token: a platform does not tell (F30).
_CHATS = 3
_WITHIN = timedelta(seconds=10)
# So many calls in a row without a connection, and the platform is left alone for a while.
_UNREACHED = 5
_LONGEST_REST = timedelta(minutes=1)


class Holds:
    """Decides when to pause a whole platform. Knows no clock and does nothing itself."""

    def __init__(self) -> None:
        self.until: datetime | None = None
        self._limited: deque[tuple[datetime, Target]] = deque(maxlen=16)
        self._unreached = 0
        self._rests = 0

    def held(self, now: datetime) -> bool:
        """Whether nothing may be sent now."""
        return self.until is not None and now < self.until

    def hold(self, until: datetime) -> None:
        """Nothing before a moment. Never shortens a wait."""
        self.until = until if self.until is None else max(self.until, until)

    def limited(self, target: Target, now: datetime) -> bool:
        """Note a chat's rate limit; whether it looks like the token's."""
        self._limited.append((now, target))
        lately = {place for at, place in self._limited if now - at <= _WITHIN}
        return len(lately) >= _CHATS

    def unreached(self, now: datetime) -> None:
        """Note a call that found no connection. Those under way when a rest began count no more."""
        if self.held(now):
            return
        self._unreached += 1
        if self._unreached >= _UNREACHED:
            self._rests += 1
            self.hold(now + min(backoff(self._rests), _LONGEST_REST))

    def reached(self) -> None:
        """Note a call that the platform answered, however."""
        self._unreached = self._rests = 0
