"""How a part of the program stands: a source, a platform, a token, the model, the store."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# For so long after it was last reported a standing is kept, and heeded where it counts when
# something was last done: planning makes up for no slot after two days (``delivery.MAX_AGE``).
REMEMBERED = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one part. Moments are UTC, ``None`` for never.

    ``failing_since`` is when the present row of failures began, ``None`` while it works; ``reason``
    is the newest failure's, kept after it passed. It holds neither a token nor a chat's text.
    ``told_at`` is when the operator was told of it, ``None`` once the end has been told too.
    """

    worked_at: datetime | None = None
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    reason: str = ""
    told_at: datetime | None = None

    @property
    def heard_at(self) -> datetime | None:
        """The newest of its moments."""
        return _later(self.worked_at, self.failed_at)


def merged(known: Standing, reported: Standing) -> Standing:
    """What two processes know of one part: who heard last is right.

    A row of failures that both have seen began when the first of them saw it, but not before the
    part last worked. Whether the operator was told stays as it was known.
    """
    worked_at = _later(known.worked_at, reported.worked_at)
    newest = reported if _is_later(reported.heard_at, known.heard_at) else known
    failing_since = newest.failing_since
    if failing_since is not None:
        starts = [one.failing_since for one in (known, reported) if one.failing_since is not None]
        valid = [start for start in starts if worked_at is None or start >= worked_at]
        failing_since = min(valid, default=newest.failed_at or failing_since)
    return replace(
        known,
        worked_at=worked_at,
        failing_since=failing_since,
        failed_at=_later(known.failed_at, reported.failed_at),
        reason=newest.reason or known.reason or reported.reason,
    )


def known_by(standing: Standing, latest: datetime) -> Standing:
    """A standing without what it has of later moments: those are of a clock that has been put back
    since, and would outdo everything that is heard until they come (F62)."""

    def passed(moment: datetime | None) -> datetime | None:
        return None if moment is None or moment > latest else moment

    return replace(
        standing,
        worked_at=passed(standing.worked_at),
        failing_since=passed(standing.failing_since),
        failed_at=passed(standing.failed_at),
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
