"""A measured figure: as a benchmark tells it with ``--json``, and `make bench` collects it."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: at least, or at most, so much."""

    value: float
    at_least: bool = False

    def reached_by(self, figure: float) -> bool:
        """Whether a figure is good enough."""
        return figure >= self.value if self.at_least else figure <= self.value


def at_least(value: float) -> Goal:
    """No less than this."""
    return Goal(value, at_least=True)


def at_most(value: float) -> Goal:
    """No more than this."""
    return Goal(value)


@dataclass(frozen=True, slots=True)
class Figure:
    """``what`` was measured, of which ``value`` is in ``unit`` ("" for a ratio).

    ``subject`` is what it belongs to in a table. ``basis`` is what it is measured against: a floor,
    a permitted rate, a library. ``database`` is "SQLite", "PostgreSQL", or "" where there is none.
    ``profile`` says what the time went into, where that was looked at.
    """

    subject: str
    what: str
    value: float
    unit: str = ""
    goal: Goal | None = None
    basis: str = ""
    database: str = ""
    profile: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; ``None`` without one."""
        return None if self.goal is None else self.goal.reached_by(self.value)


def tell(figures: Iterable[Figure]) -> None:
    """Print figures for a program to read."""
    json.dump([asdict(figure) for figure in figures], sys.stdout)
    print()


def told(text: str) -> list[Figure]:
    """The figures that a benchmark told.

    Raises:
        ValueError: the text holds something else.
    """
    found: list[Figure] = []
    for each in json.loads(text):
        goal = each.pop("goal")
        found.append(Figure(**each, goal=None if goal is None else Goal(**goal)))
    return found


def database_of(address: str | None) -> str:
    """What a table calls the database at an address; without one, a SQLite file."""
    return "PostgreSQL" if address and address.startswith("postgres") else "SQLite"
