"""What all lanes work with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.domain.delivery import Delivery
from bot.ports import Clock, Store
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery after something happened to it, for metrics and for who wants to be told.

    ``answer`` is what happened, the name of an outcome (``Sent``, ``Limited`` …), ``Moved``,
    ``Revoked``, or "" where nothing was called (too old, nothing to say, broken). ``seconds`` is
    how long the call took.
    """

    delivery: Delivery
    answer: str
    seconds: float = 0.0


Watch: TypeAlias = Callable[[Settled], None]


def _unwatched(_: Settled) -> None:
    """Nobody wants to know."""


def _certainly() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Tools:
    """``watch`` is told of every settled delivery; it must be quick and not raise. ``roll`` is the
    process's; each adapter's own where there is none. ``lives`` is whether nobody can take this
    process for dead: what a dead one had in hand is sent by others."""

    store: Store
    clock: Clock
    health: Health = field(default_factory=Health)
    watch: Watch = _unwatched
    roll: ChatRoll | None = None
    lives: Callable[[], bool] = _certainly
