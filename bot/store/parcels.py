"""Many rows as one parameter: the database unpacks them from JSON.

A driver that is handed rows one by one takes a turn of ours for each of them; and a statement with
a parameter for each value is written anew each time.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


def packed(rows: Iterable[Sequence[object]]) -> str:
    """Rows of numbers, texts, truths and ``None``, as a parameter that is called ``rows``."""
    return json.dumps(list(rows), separators=(",", ":"))


def unpacked(dialect: str, *columns: sa.Column[Any]) -> sa.Select[Any]:
    """The way back, in SQL: the values of these columns, in their order, row by row.

    Values stand there as the database keeps them (``Instant``: microseconds).
    """
    if dialect == "sqlite":
        rows = sa.func.json_each(sa.bindparam("rows", type_=sa.Text))
        value = rows.table_valued("value", name="parcel").c.value
    else:
        given = sa.cast(sa.bindparam("rows", type_=sa.Text), JSONB)
        value = sa.func.jsonb_array_elements(given).column_valued("parcel")
    found = [_at(dialect, value, place, column) for place, column in enumerate(columns)]
    # SQLite takes an ON that follows a plain FROM for that of a join.
    return sa.select(*found).where(sa.text("1 = 1"))


def _at(
    dialect: str, value: sa.ColumnElement[Any], place: int, column: sa.Column[Any]
) -> sa.Label[Any]:
    if dialect == "sqlite":  # which gives numbers back as numbers
        found = sa.func.json_extract(value, sa.literal_column(f"'$[{place}]'"), type_=column.type)
    else:
        found = value.op("->>")(sa.literal_column(str(place))).cast(column.type)
    return found.label(column.name)
