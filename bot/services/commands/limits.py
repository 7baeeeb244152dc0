"""How much one person and one chat may ask for: token buckets of bounded number (F68, T8)."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias, TypeVar

from bot.domain.command import Command
from bot.ports import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Seconds between two notices to the same person, or in the same chat (F68).
NOTICE_GAP = 60.0
# Buckets kept; some 200 bytes each. Whose bucket was forgotten starts with a full one.
MOST_BUCKETS = 20_000


class Effort(StrEnum):
    """What a request costs us. Nearly every one is a command; some need an upstream or a model too.
    An opinion changes one row and no message."""

    COMMAND = "command"
    FETCH = "fetch"
    OPINION = "opinion"


class Verdict(StrEnum):
    """What to do with a request: as asked, say once that it was too much, or nothing."""

    GO = "go"
    NOTICE = "notice"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and ``per_minute`` in the long run."""

    burst: int
    per_minute: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Per person and per chat. What is stored costs a millisecond; what is not costs others' time
    and our money, so that a person gets a paper every half minute in the long run. A channel's
    thousands may all vote on the newest paper at once."""

    user: Mapping[Effort, Allowance] = field(
        default_factory=lambda: {
            Effort.COMMAND: Allowance(20, 20),
            Effort.FETCH: Allowance(5, 2),
            Effort.OPINION: Allowance(20, 20),
        }
    )
    chat: Mapping[Effort, Allowance] = field(
        default_factory=lambda: {
            Effort.COMMAND: Allowance(60, 60),
            Effort.FETCH: Allowance(20, 10),
            Effort.OPINION: Allowance(1200, 1200),
        }
    )


@dataclass(frozen=True, slots=True)
class Bucket:
    """``tokens`` that were left at ``at`` (monotonic seconds)."""

    tokens: float
    at: float


def refilled(bucket: Bucket, allowance: Allowance, now: float) -> Bucket:
    """The bucket with what time has added, never more than a burst."""
    added = max(0.0, now - bucket.at) * allowance.per_minute / 60
    return Bucket(min(float(allowance.burst), bucket.tokens + added), now)


# Who: a person or a chat, by platform and id.
_Who: TypeAlias = tuple[str, str, str]


class Limiter:
    """Judges requests. Nothing is taken from anyone for a request that is refused."""

    def __init__(self, clock: Clock, limits: Limits, *, most_buckets: int = MOST_BUCKETS) -> None:
        self._clock = clock
        self._limits = limits
        self._most = most_buckets
        self._buckets: OrderedDict[tuple[_Who, Effort], Bucket] = OrderedDict()
        self._noticed: OrderedDict[_Who, float] = OrderedDict()

    def judge(self, command: Command, effort: Effort) -> Verdict:
        """Take one token of the chat and one of the person, if each has one."""
        platform = command.target.platform
        shares: list[tuple[_Who, Allowance]] = [
            (("chat", platform, command.target.chat), self._limits.chat[effort])
        ]
        if command.user:
            shares.append((("user", platform, command.user), self._limits.user[effort]))
        now = self._clock.monotonic()
        buckets = [
            refilled(self._buckets.get((who, effort), Bucket(allowance.burst, now)), allowance, now)
            for who, allowance in shares
        ]
        for (who, _), bucket in zip(shares, buckets, strict=True):
            if bucket.tokens < 1:
                return self._refused(who, now)
        for (who, _), bucket in zip(shares, buckets, strict=True):
            _keep(self._buckets, (who, effort), Bucket(bucket.tokens - 1, now), self._most)
        return Verdict.GO

    @property
    def size(self) -> int:
        """How many buckets and notices are remembered."""
        return len(self._buckets) + len(self._noticed)

    def _refused(self, who: _Who, now: float) -> Verdict:
        last = self._noticed.get(who)
        if last is not None and now - last < NOTICE_GAP:
            return Verdict.SILENCE
        _keep(self._noticed, who, now, self._most)
        return Verdict.NOTICE


def _keep(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Note a value as the newest; the oldest goes where there are too many."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
