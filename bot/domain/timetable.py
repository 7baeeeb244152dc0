"""When a chat gets what it gets: local hours and days, turned into UTC per day. Pure.

An hour that does not exist on a day (spring) moves forward by the gap, one that exists twice
(autumn) is the first. Nothing here keeps a clock: what is due follows from a moment in UTC.
"""

from dataclasses import dataclass
from datetime import time

# datetime.weekday(): Monday is 0.
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Local times of day, on weekdays (``datetime.weekday``); each sorted and there once."""

    times: tuple[time, ...]
    days: tuple[int, ...] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.times or list(self.times) != sorted(set(self.times)):
            raise ValueError("a timetable has sorted times, each once, and at least one")
        if any(moment.tzinfo is not None for moment in self.times):
            raise ValueError("a timetable's times are local to its chat")
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise ValueError("a timetable has sorted weekdays, each once, and at least one")
        if not set(self.days) <= set(EVERY_DAY):
            raise ValueError("weekdays are 0 (Monday) to 6")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times between which nothing arrives; ``end`` before ``start`` is the next morning."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours have a beginning and another end")
