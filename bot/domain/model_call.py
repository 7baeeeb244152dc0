"""What a call to a model used and cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.summary import SummaryKey


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a model, whatever came of it.

    ``at`` is UTC. Tokens are as the endpoint reported them (0 where it reported none);
    ``cached_tokens`` are part of ``input_tokens``. ``cost_usd`` is ``None`` where the price of the
    model is not known. ``outcome`` is ``ok``, a SummaryError's reason or
    ``cancelled``.
    """

    key: SummaryKey
    at: datetime
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: Decimal | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Spending:
    """Model calls added up. ``cost_usd`` counts only calls whose price is known."""

    calls: int = 0
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)
