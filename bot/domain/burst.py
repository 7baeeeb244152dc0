"""Several messages to one chat without a pause, where its platform lets so many go in a span."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.target import Target


@dataclass(frozen=True, slots=True)
class Burst:
    """A message that went to a chat of which no more than ``most`` may go within any ``span``.

    ``at`` is when it reached the platform, or later than that.
    """

    target: Target
    at: datetime
    most: int
    span: timedelta

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a single message, or no time."""
        if self.most < 2 or self.span <= timedelta():
            raise ValueError(f"{self.most} within {self.span} is no burst")


def with_another(
    lately: Sequence[datetime], burst: Burst
) -> tuple[tuple[datetime, ...], datetime | None]:
    """When a chat was last written to, the newest first, now that one more has gone; and until when
    it gets nothing more, ``None`` where another may go at once.

    A moment later than this one's is another clock's, or of before ours was put back: it counts as
    this one's, so that no wait is ever longer than the span.
    """
    now_lately = (burst.at, *lately)[: burst.most]
    if len(now_lately) < burst.most:
        return now_lately, None
    return now_lately, min(now_lately[-1], burst.at) + burst.span
