"""Who does what only one may do."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import LEASES


class SqlLeases:
    """``bot.ports.Leases``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """See the port. A lease has run out once ``now`` reaches its end."""
        held = LEASES.c
        # One statement decides, in whatever process: a row comes back to the one who holds it.
        statement = (
            self._database.insert(LEASES)
            .values(name=name, owner=owner, expires_at=until)
            .on_conflict_do_update(
                index_elements=[held.name],
                set_={"owner": owner, "expires_at": until},
                where=sa.or_(held.owner == owner, held.expires_at <= now),
            )
            .returning(held.owner)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).scalar_one_or_none() is not None

    async def release(self, name: str, owner: str) -> None:
        """See the port."""
        statement = sa.delete(LEASES).where(LEASES.c.name == name, LEASES.c.owner == owner)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def held(self, prefix: str, *, now: datetime) -> Mapping[str, str]:
        """See the port."""
        held = LEASES.c
        statement = sa.select(held.name, held.owner).where(
            held.name.startswith(prefix, autoescape=True), held.expires_at > now
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return {str(name): str(owner) for name, owner in rows}

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        async with self._database.writing() as connection:
            result = await connection.execute(sa.delete(LEASES).where(LEASES.c.expires_at < before))
        return result.rowcount
