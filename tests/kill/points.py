"""The places at which a program is killed, and how often each is chosen."""

from dataclasses import dataclass
from random import Random

from tests.kill.traps import Moment
from tests.kill.world import ANSWER, DISCORD, EDIT, MODEL, TELEGRAM, UPDATES

RANDOM, STARTING, FAN_OUT, MIGRATION = "random", "starting", "fan-out", "migration"

# Out of a hundred kills.
_SHARES = {
    RANDOM: 20,
    STARTING: 8,
    FAN_OUT: 12,
    MIGRATION: 4,
    TELEGRAM: 14,
    DISCORD: 16,
    MODEL: 12,
    EDIT: 8,
    ANSWER: 6,
    UPDATES: 4,
}
# After an answer has left: from before it is read until after its mark is written.
_AFTER_ANSWER_S = 0.04
# How long after its beginning, at most: a life, a start, a transaction, a migration. All others are
# calls, and have moments.
_WITHIN_S = {RANDOM: 1.5, STARTING: 1.2, FAN_OUT: 0.012, MIGRATION: 0.15}


@dataclass(frozen=True, slots=True)
class Point:
    """A kill to be: ``kind`` is where. ``moment`` says at which side of a call; ``after_s`` how
    long after the place was reached."""

    kind: str
    after_s: float
    moment: Moment | None = None

    def __str__(self) -> str:
        where = f"{self.kind}/{self.moment}" if self.moment else self.kind
        return f"{where}+{1000 * self.after_s:.1f}ms"


def choose(random: Random, *, without: frozenset[str] = frozenset()) -> Point:
    """The next point, the same for the same seed."""
    kinds = [kind for kind in _SHARES if kind not in without]
    (kind,) = random.choices(kinds, [_SHARES[kind] for kind in kinds])
    share = random.random()
    if kind == FAN_OUT:
        return Point(kind, _WITHIN_S[kind] * share**2)
    if kind in _WITHIN_S:
        return Point(kind, _WITHIN_S[kind] * share)
    moments = [Moment.ANSWERED] if kind == UPDATES else list(Moment)
    moment = random.choice(moments)
    after = _AFTER_ANSWER_S * share**2 if moment is Moment.ANSWERED else 0.0
    return Point(kind, after, moment)
