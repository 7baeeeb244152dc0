"""What the metrics read from elsewhere when somebody asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model_call import Spending
from bot.services.health import Standing


@dataclass(frozen=True, slots=True)
class Queue:
    """One platform's deliveries that are not yet sent; ``oldest_due`` is UTC."""

    platform: str
    waiting: int
    oldest_due: datetime | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """One look at everything that is counted elsewhere."""

    queues: Sequence[Queue]
    jobs: int
    spending: Spending
    standings: Mapping[str, Standing]
