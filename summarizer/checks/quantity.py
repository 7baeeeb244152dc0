"""What a figure is: where it stands, what it may mean, and the words around it."""

from dataclasses import dataclass
from fractions import Fraction

from summarizer.checks.numerals import Numeral

# The unit of a number that counts things of which we know none: 5,000 samples.
COUNT = "#"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a figure may mean. ``value`` has its scale, ``base`` also its unit's factor.

    ``unit`` is "" for none, ``COUNT`` for things whose unit we do not know.
    """

    value: Fraction
    base: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure where it stands: ``start`` and ``end`` count in the original text.

    ``name`` is the Latin word that the figure is part of (``gpt`` of GPT-4), ``before`` and
    ``after`` the words beside it; all lower case. ``parts`` are numbers inside it. ``inherited``
    are readings that a list gives it (the billion of ``7 and 13 billion``).
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    numeral: Numeral
    name: str = ""
    before: str = ""
    after: str = ""
    scaled: bool = False
    inherited: tuple[Reading, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of the first reading, "" for none."""
        return self.readings[0].unit if self.readings else self.numeral.unit

    @property
    def all_readings(self) -> tuple[Reading, ...]:
        """What it means alone and what it means in its list."""
        return self.readings + self.inherited
