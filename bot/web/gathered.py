"""What the metrics read from elsewhere when somebody asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.model_call import Spending
from bot.domain.role import Role
from bot.ports import Waiting
from bot.services.health import Standing


@dataclass(frozen=True, slots=True)
class Gathered:
    """One look at everything that is counted elsewhere. ``jobs`` is ``None`` in a process without
    the engine."""

    queues: Sequence[Waiting]
    jobs: int | None
    spending: Spending
    standings: Mapping[str, Standing]
    roles: Mapping[Role, int] = field(default_factory=dict[Role, int])
