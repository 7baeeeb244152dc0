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
    the engine, ``free`` where the store is no file of this machine's, ``budget`` where no limit is
    set.

    ``needs`` counts by kind what needs a person, ``chats`` by platform and state; ``tallies`` are
    ``Health.tallies``, ``hooks`` count calls of platforms by door and status. ``budget`` is how
    much of the model's is used today, 1 for all.
    """

    queues: Sequence[Waiting]
    jobs: int | None
    spending: Spending
    standings: Mapping[str, Standing]
    roles: Mapping[Role, int] = field(default_factory=dict[Role, int])
    needs: Mapping[str, int] = field(default_factory=dict[str, int])
    chats: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    tallies: Mapping[tuple[str, ...], int] = field(default_factory=dict[tuple[str, ...], int])
    hooks: Mapping[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    free: int | None = None
    budget: float | None = None
