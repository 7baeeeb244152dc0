"""A database that may be emptied: what a measurement starts from."""

import sqlalchemy as sa

from bot.store.sql_store import SqlStore
from bot.store.tables import METADATA


async def empty(store: SqlStore) -> None:
    """Delete every row."""
    async with store.database.writing() as connection:
        if connection.dialect.name == "postgresql":
            names = ", ".join(table.name for table in METADATA.sorted_tables)
            await connection.execute(sa.text(f"TRUNCATE {names}"))
            return
        for table in reversed(METADATA.sorted_tables):
            await connection.execute(sa.delete(table))
