"""What the store knows of the clock."""

from datetime import datetime, timedelta
from typing import Protocol

# By so much clocks may differ between processes, or be put right, without anybody noticing: what
# waits then waits so much longer at most.
CLOCK_TOLERANCE = timedelta(minutes=1)


class Timekeeping(Protocol):
    """Tells when the clock of the machine was put back, also while nobody ran (F62)."""

    async def note(self, now: datetime, *, move: bool = True) -> timedelta:
        """Note what the clock says; returns by how much it has gone back since somebody noted a
        later moment, zero where that is not more than ``CLOCK_TOLERANCE``.

        Everything that was about to end soon by the old clock (rates and the holds that a platform
        asked for, spacings of chats, leases, claims, what was due when it was planned, waits before
        another try) is moved back with it, so that it takes no longer than it was meant to. What is
        due at an hour of the day stays there. Of several processes one does that.

        Without ``move`` nothing is changed where the clock is behind: for whoever knows that their
        own was not put back, so that another machine's is ahead.
        """
        ...
