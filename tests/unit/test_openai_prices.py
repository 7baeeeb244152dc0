"""What calls cost, as exact decimals."""

from decimal import Decimal

import pytest

from summarizer.chat import Usage
from summarizer.prices import Price, listed_price


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        ("gpt-6-luna", Usage(900, 0, 300), "0.00024"),
        ("gpt-6-luna", Usage(900, 900, 0), "0.000009"),
        ("gpt-5.6-luna", Usage(900, 0, 300), "0.00054"),
        ("gpt-5.4-mini", Usage(900, 0, 300), "0.002025"),
        ("gpt-5.4-mini-2026-03-17", Usage(1000, 400, 0), "0.00048"),
        ("gpt-5-nano", Usage(900, 0, 300), "0.000165"),
    ],
)
def test_a_listed_models_call_costs_its_price(model: str, usage: Usage, usd: str) -> None:
    price = listed_price(model)
    assert price is not None
    assert price.of(usage) == Decimal(usd)


@pytest.mark.parametrize("model", ["llama-3", "gpt-6-luna-mini", ""])
def test_an_unknown_model_costs_an_unknown_amount(model: str) -> None:
    assert listed_price(model) is None


def test_prices_are_decimals_from_the_file_on() -> None:
    price = listed_price("gpt-6-luna")
    assert price == Price(Decimal("0.10"), Decimal("0.01"), Decimal("0.50"))
    assert price is not None
    assert str(price.cached) == "0.01"  # not 0.01000000000000000020816681711721685…
