"""How long a chat waits after a message, by its platform's pace. Pure."""

from datetime import datetime, timedelta

from adapters.base import Pace
from bot.domain.burst import Burst
from bot.domain.target import Target

# An answer takes about so long to be made and to come back; what a call takes besides passed before
# the message arrived: connecting, or waiting for one's turn as the platform's headers demand.
_ANSWER = timedelta(milliseconds=125)


def spaced_until(pace: Pace, began: datetime, ended: datetime) -> datetime:
    """Until when the chat gets nothing more, whatever other messages it got: for its gap from when
    the call began. A burst has no gaps."""
    gap = 0.0 if pace.burst > 1 else pace.chat_gap or 0.0
    # What ended before it began did so on a clock that was put back meanwhile.
    return min(began, ended) + timedelta(seconds=gap)


def burst_of(target: Target, pace: Pace, began: datetime, ended: datetime) -> Burst | None:
    """A message as it counts among those that may go at once; ``None`` where its gap is all."""
    if pace.burst == 1 or not pace.chat_gap:
        return None
    at = max(min(began, ended), ended - _ANSWER)
    return Burst(target, at, pace.burst, timedelta(seconds=pace.burst * pace.chat_gap))
