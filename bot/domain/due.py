"""Which papers are due for a chat now, by when they were first seen. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.delivery import MAX_AGE
from bot.domain.timetable import QuietHours, Timetable, latest_slot, quiet_until, slot_before


@dataclass(frozen=True, slots=True)
class Window:
    """Papers with ``after < first_seen <= upto`` are due. ``slot`` is the one whose turn it is,
    ``None`` where papers come as they appear. Moments are UTC."""

    after: datetime
    upto: datetime
    slot: datetime | None = None

    def holds(self, first_seen: datetime) -> bool:
        """Whether a paper first seen then is due."""
        return self.after < first_seen <= self.upto


def window(timetable: Timetable | None, zone: str, now: datetime) -> Window | None:
    """What is due at a moment, ``None`` for nothing.

    As they appear: what is news (``MAX_AGE``). By a timetable a paper's turn is the first slot at
    or after its ``first_seen``. What earlier slots missed is made up for at the latest one: back to
    the slot before it, so that a week without slots loses nothing, and at least as far as news go
    (F61). A slot that is itself no longer news is not made up for.
    """
    oldest = now - MAX_AGE
    if timetable is None:
        return Window(oldest, now)
    slot = latest_slot(timetable, zone, now)
    if slot <= oldest:
        return None
    return Window(min(oldest, slot_before(timetable, zone, slot)), slot, slot)


def send_at(quiet: QuietHours | None, zone: str, now: datetime) -> datetime:
    """When something planned now may be sent: at once, or when the quiet hours end."""
    return quiet_until(quiet, zone, now) or now
