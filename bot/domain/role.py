"""What a process does of all that Sulan does: its roles."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A part of the work that a process may leave to others."""

    COLLECT = "collect"
    """Look at the lists."""
    SUMMARISE = "summarise"
    """Have papers summarised by the model."""
    PLAN = "plan"
    """Decide what each chat gets, and write it down."""
    DELIVER = "deliver"
    """Send what is written down."""
    COMMANDS = "commands"
    """Listen to people, and answer them."""
    WEB = "web"
    """Serve health, metrics and the calls of platforms."""


ALL_ROLES = frozenset(Role)
# Those whose work goes through the engine.
ENGINE_ROLES = frozenset({Role.COLLECT, Role.SUMMARISE, Role.PLAN})


def ordered(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Each once, in the order in which a paper meets them."""
    given = frozenset(roles)
    return tuple(role for role in Role if role in given)
