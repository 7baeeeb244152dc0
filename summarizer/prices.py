"""What a call costs."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from summarizer.chat import Usage

_MILLION = Decimal(1_000_000)
# A dated snapshot costs what its model costs: gpt-5.4-mini-2026-03-17.
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens. ``cached`` are input tokens read from the prompt cache."""

    input: Decimal
    cached: Decimal
    output: Decimal

    def of(self, usage: Usage) -> Decimal:
        """The cost of one call in US dollars."""
        fresh = usage.input_tokens - usage.cached_tokens
        dollars = fresh * self.input + usage.cached_tokens * self.cached
        return (dollars + usage.output_tokens * self.output) / _MILLION


def listed_price(model: str) -> Price | None:
    """OpenAI's price of a model, ``None`` where the packaged list has none."""
    return _listed().get(_SNAPSHOT.sub("", model))


@cache
def _listed() -> dict[str, Price]:
    text = files("summarizer").joinpath("prices.toml").read_text("utf-8")
    table = tomllib.loads(text, parse_float=Decimal)
    return {name: Price(**row) for name, row in table["usd_per_million_tokens"].items()}
