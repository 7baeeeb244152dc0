"""What the metrics read from elsewhere when somebody asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.model_call import Spending
from bot.ports import Waiting
from bot.services.health import Standing


@dataclass(frozen=True, slots=True)
class Gathered:
    """One look at everything that is counted elsewhere."""

    queues: Sequence[Waiting]
    jobs: int
    spending: Spending
    standings: Mapping[str, Standing]
