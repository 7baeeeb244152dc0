"""How domain values stand in a column, the same on SQLite and PostgreSQL."""

# ruff: noqa: ARG002 -- the signatures are SQLAlchemy's

from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from bot.domain.paper_id import PaperId
from bot.store.instants import at_microseconds, microseconds

# 12 decimals of a dollar. The finest price seen per token is some 1e-8 dollars, and 64 bits then
# still hold nine million dollars a call.
_COST_DECIMALS = 12


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept in UTC to the microsecond.

    SQLite has no zones: there it is text in UTC, of one length, so that text order is time order.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; the store takes aware datetimes only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware datetime as whole microseconds since 1970: a third of the room that text takes.

    For rows that are many and short-lived; where people read the database, ``UtcDateTime``.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else at_microseconds(value)


class PaperIdText(sa.types.TypeDecorator[PaperId]):
    """A canonical arXiv id."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: PaperId | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> PaperId | None:
        return None if value is None else PaperId(value)


class TextTuple(sa.types.TypeDecorator[tuple[str, ...]]):
    """Texts in order, as a JSON array."""

    impl = sa.JSON
    cache_ok = True

    def process_bind_param(
        self, value: tuple[str, ...] | None, dialect: Dialect
    ) -> list[str] | None:
        return None if value is None else list(value)

    def process_result_value(
        self, value: list[str] | None, dialect: Dialect
    ) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)


class Dollars(sa.types.TypeDecorator[Decimal]):
    """An amount of dollars, kept as a whole number of 10**-12, so that SQL adds up exactly.

    What is finer than 12 decimals is rounded up: a budget must not be outrun by rounding.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int(value.scaleb(_COST_DECIMALS).to_integral_value(ROUND_CEILING))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        # PostgreSQL adds bigints up to a numeric, which arrives as a Decimal.
        return None if value is None else Decimal(int(value)).scaleb(-_COST_DECIMALS)
