"""Calls to models and what they cost."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from bot.domain.model_call import ModelCall, Spending
from bot.store.database import Database
from bot.store.tables import MODEL_CALLS


class SqlLedger:
    """``bot.ports.Ledger``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, call: ModelCall) -> None:
        """See the port."""
        row = {
            "paper_id": call.key.paper_id,
            "version": call.key.version,
            "language": call.key.language,
            "prompt": call.key.prompt,
            "model": call.key.model,
            "at": call.at,
            "input_tokens": call.input_tokens,
            "cached_tokens": call.cached_tokens,
            "output_tokens": call.output_tokens,
            "cost_usd_e12": call.cost_usd,
            "outcome": call.outcome,
        }
        async with self._database.writing() as connection:
            await connection.execute(sa.insert(MODEL_CALLS), row)

    async def spent(self, *, since: datetime) -> Spending:
        """See the port. Input and output tokens count alike; cached ones are part of the input."""
        calls = MODEL_CALLS.c
        query = sa.select(
            sa.func.count(),
            sa.func.sum(calls.input_tokens + calls.output_tokens),
            sa.func.sum(calls.cost_usd_e12),
        ).where(calls.at >= since)
        async with self._database.reading() as connection:
            number, tokens, cost = (await connection.execute(query)).one()
        return Spending(number, int(tokens or 0), cost or Decimal(0))
