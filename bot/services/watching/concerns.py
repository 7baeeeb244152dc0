"""Which failures need a person. Decisions only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import BudgetSpent, ModelUnusable
from bot.domain.standing import Standing


class Kind(StrEnum):
    """What is wrong, in one word for metrics and programs."""

    TOKEN = "token"  # noqa: S105 - the word, not one
    MODEL = "model"
    BUDGET = "budget"
    SOURCE = "source"
    PLATFORM = "platform"
    QUEUE = "queue"
    STORE = "store"
    DISK = "disk"
    ROLE = "role"
    CHAT = "chat"
    CHATS = "chats"


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a person should see to. ``part`` is its name on the board, ``subject`` what
    follows the colon there (``hf``, ``telegram``); ``since`` is UTC, ``reason`` from outside."""

    kind: Kind
    part: str
    subject: str
    since: datetime
    reason: str = ""


# A source or a platform that fails for so long is an outage that a person should know of (F1).
OUTAGE = timedelta(hours=3)
# What is due for so long is late (F30, F31): a limit, an outage, or nobody who delivers.
LATE = timedelta(hours=1)
# A store that is locked or away for a moment is waited for.
_LOCKED = timedelta(minutes=1)
# A part that nobody has spoken of for so long is no longer there: a list that nobody reads.
FORGOTTEN = timedelta(days=1)
# What has been well for so long is over. Before, it may only be between two failures.
OVER = timedelta(minutes=30)

_AT_ONCE = timedelta()
_KINDS: Mapping[str, tuple[Kind, timedelta]] = {
    "token": (Kind.TOKEN, _AT_ONCE),
    "source": (Kind.SOURCE, OUTAGE),
    "adapter": (Kind.PLATFORM, OUTAGE),
    "queue": (Kind.QUEUE, _AT_ONCE),
    "store": (Kind.STORE, _LOCKED),
    "disk": (Kind.DISK, _AT_ONCE),
    "role": (Kind.ROLE, timedelta(minutes=5)),
    "chat": (Kind.CHAT, _AT_ONCE),
    "chats": (Kind.CHATS, _AT_ONCE),
}
_MODEL = "model"
# Calls that no patience will mend (F24, F25, F29); anything else may pass (F23).
_HOPELESS = frozenset({ModelUnusable.reason, BudgetSpent.reason})


def concerns(standings: Mapping[str, Standing], now: datetime) -> list[Concern]:
    """What needs a person, in the order of the parts' names."""
    each = (_concern(part, standing, now) for part, standing in sorted(standings.items()))
    found = [one for one in each if one is not None]
    revoked = {one.subject for one in found if one.kind is Kind.TOKEN}
    # A platform that refuses the token takes nothing for that very reason.
    caused = (Kind.PLATFORM, Kind.QUEUE)
    return [one for one in found if one.kind not in caused or one.subject not in revoked]


def untold(found: Iterable[Concern], standings: Mapping[str, Standing]) -> list[Concern]:
    """Those of which the operator has not heard."""
    return [one for one in found if standings.get(one.part, Standing()).told_at is None]


def over(standings: Mapping[str, Standing], now: datetime) -> list[Concern]:
    """What the operator heard of, and has been well for long enough since."""
    return [
        Concern(kind_of(part, standing), part, _subject(part), standing.failed_at, standing.reason)
        for part, standing in sorted(standings.items())
        if standing.told_at is not None
        and standing.failing_since is None
        and standing.failed_at is not None
        and now - standing.failed_at >= OVER
    ]


def kind_of(part: str, standing: Standing) -> Kind:
    """What a failure of this part is called.

    Raises:
        KeyError: nobody is told of such a part.
    """
    if part == _MODEL:
        return Kind.BUDGET if standing.reason == BudgetSpent.reason else Kind.MODEL
    return _KINDS[part.partition(":")[0]][0]


def _concern(part: str, standing: Standing, now: datetime) -> Concern | None:
    since = standing.failing_since
    patience = _patience(part, standing)
    if since is None or patience is None or now - since < patience:
        return None
    return Concern(kind_of(part, standing), part, _subject(part), since, standing.reason)


def _patience(part: str, standing: Standing) -> timedelta | None:
    """How long a failure may last before a person is told; ``None`` for ever."""
    if part == _MODEL:
        return _AT_ONCE if standing.reason in _HOPELESS else OUTAGE
    _, patience = _KINDS.get(part.partition(":")[0], (None, None))
    return patience


def _subject(part: str) -> str:
    return part.partition(":")[2]
