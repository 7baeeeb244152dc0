"""Until when what is sent may leave.

Past it somebody else may be sending the same: the lease on its row has run out, or we are taken for
dead. Whoever makes the calls looks once more at the very last moment, when the first byte is to be
written: a process may be held up for minutes anywhere before it. A context variable carries the
deadline there, through whatever library is in between.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.delivery_errors import NotDelivered
from bot.ports import Clock


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment by both clocks, of which the stricter counts: the one on the wall may be put back,
    the other stands still while the machine sleeps. ``holds`` says whether it is worth anything
    still, whatever the time."""

    clock: Clock
    at: datetime
    monotonic: float
    holds: Callable[[], bool] = _always

    @classmethod
    def after(
        cls, seconds: float, clock: Clock, *, holds: Callable[[], bool] = _always
    ) -> "Deadline":
        """So many seconds from now on."""
        at = clock.now() + timedelta(seconds=seconds)
        return cls(clock, at, clock.monotonic() + seconds, holds)

    def left_s(self) -> float:
        """Seconds until then; 0 once it is over."""
        if not self.holds():
            return 0.0
        by_the_wall = (self.at - self.clock.now()).total_seconds()
        return max(0.0, min(by_the_wall, self.monotonic - self.clock.monotonic()))

    def sooner(self, seconds: float | None) -> "Deadline":
        """This one, or so many seconds from now on, whichever comes first."""
        if seconds is None:
            return self
        other = Deadline.after(seconds, self.clock)
        at, monotonic = min(self.at, other.at), min(self.monotonic, other.monotonic)
        return replace(self, at=at, monotonic=monotonic)


_DEADLINE: ContextVar[Deadline | None] = ContextVar("_DEADLINE", default=None)


@contextmanager
def leaving_by(deadline: Deadline) -> Generator[None]:
    """What is called inside may leave until then."""
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def may_leave() -> bool:
    """Whether what is about to be written may go; always where nobody has set a deadline."""
    deadline = _DEADLINE.get()
    return deadline is None or deadline.left_s() > 0


def let_leave() -> None:
    """Raises NotDelivered where it is too late: nothing has left then."""
    if not may_leave():
        raise NotDelivered("held up for too long; nothing was sent")
