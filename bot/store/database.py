"""Opening the store: one writer, some readers, the schema brought forward."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.connecting import Connecting
from bot.store.faults import driver_of, translated
from bot.store.location import Location, locate, prepare
from bot.store.migrate import bring_forward
from bot.store.sqlite_engines import reader_engine, writer_engine

Item = TypeVar("Item")

# Seconds that a writer waits for another process's transaction. With BEGIN IMMEDIATE and 30 s, none
# of 2,000 transactions of four processes failed.
BUSY_TIMEOUT = 30.0

# PostgreSQL's, of one process. All are kept: with SQLAlchemy's 5 and up to 10 more that are closed
# after use, each message of a broadcast took a new one, which cost as much as all the rest.
_CONNECTIONS = 10

# What PostgreSQL planned once for a few rows it goes by until it has counted them again, a minute
# later.
_PLANNED_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
# It does not count what it costs to unpack long values: it would read through all papers rather
# than an index.
_BY_BITMAPS = ("SET LOCAL enable_seqscan = off", "SET LOCAL enable_indexscan = off")

# Ids in one statement; SQLite's limit is 32,766 parameters since 3.32.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Database:
    """Connections to one database. ``name`` is what messages call it."""

    writer: AsyncEngine
    reader: AsyncEngine
    name: str
    _connecting: Connecting = field(default_factory=Connecting)

    async def close(self) -> None:
        """Close all connections; wait for those that are being opened."""
        await self._connecting.settle()
        # The writer goes last: closing it folds SQLite's write-ahead log into the file.
        await self.reader.dispose()
        await self.writer.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection, None]:
        """One transaction, which is committed on leaving and undone on an error.

        Raises:
            StoreError: the database cannot be written.
        """
        with translated(self.name):
            async with (
                self._connecting.connected(self.writer) as connection,
                connection.begin(),
            ):
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection that only reads; each statement sees what is committed.

        Raises:
            StoreError: the database cannot be read.
        """
        with translated(self.name):
            async with self._connecting.connected(self.reader) as connection:
                yield connection

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection that only reads, for questions about many rows at once.

        Raises:
            StoreError: the database cannot be read.
        """
        async with self._reading_with(_PLANNED_ANEW) as connection:
            yield connection

    @asynccontextmanager
    async def searching(self) -> AsyncGenerator[AsyncConnection, None]:
        """A connection that only reads, and finds rows by an index wherever there is one.

        Raises:
            StoreError: the database cannot be read.
        """
        async with self._reading_with(*_BY_BITMAPS) as connection:
            yield connection

    @asynccontextmanager
    async def _reading_with(self, *settings: str) -> AsyncGenerator[AsyncConnection, None]:
        """A connection that only reads; PostgreSQL is told to plan so, for this transaction."""
        if self.reader.dialect.name == "sqlite":
            async with self.reading() as connection:
                yield connection
            return
        async with self.writing() as connection:
            for setting in settings:
                await connection.execute(sa.text(setting))
            yield connection

    @asynccontextmanager
    async def streaming(
        self, query: sa.Select[Any], *, size: int
    ) -> AsyncGenerator[AsyncIterator[Sequence[sa.Row[Any]]], None]:
        """The rows of one long query, ``size`` at a time, all as of the moment it began.

        Raises:
            StoreError: the database cannot be read.
        """
        # PostgreSQL keeps a cursor in a transaction only, of which the reader has none.
        engine = self.reader if self.reader.dialect.name == "sqlite" else self.writer
        with translated(self.name):
            async with (
                self._connecting.connected(engine) as connection,
                connection.stream(query) as result,
            ):
                yield result.partitions(size)

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """The database's own INSERT, which knows ON CONFLICT."""
        if self.writer.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    def upsert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """INSERT, or on the same primary key replace every other column."""
        statement = self.insert(table)
        keys = list(table.primary_key.columns)
        rest = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
        return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@asynccontextmanager
async def open_database(
    place: str | Path, *, busy_timeout: float = BUSY_TIMEOUT
) -> AsyncGenerator[Database, None]:
    """Open a database and bring its schema forward; close it on leaving.

    Raises:
        StoreError: it cannot be opened, read and written, or is from a newer version.
    """
    location = locate(place)
    if location.path is not None:
        prepare(location.path)
    writer, reader = _engines(location, busy_timeout)
    database = Database(writer, reader, location.name)
    try:
        async with database.writing() as connection:
            await connection.run_sync(partial(bring_forward, name=location.name))
        yield database
    finally:
        await database.close()


async def plan_anew(connection: AsyncConnection) -> None:
    """Let PostgreSQL plan the statements of this transaction for the tables as they are now."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text(_PLANNED_ANEW))


def _engines(location: Location, busy_timeout: float) -> tuple[AsyncEngine, AsyncEngine]:
    if location.path is not None:
        return writer_engine(location.url, busy_timeout), reader_engine(location.url, busy_timeout)
    with driver_of(location.name):
        engine = create_async_engine(
            location.url, pool_pre_ping=True, pool_size=_CONNECTIONS, max_overflow=0
        )
    return engine, engine.execution_options(isolation_level="AUTOCOMMIT")


def batches(items: Collection[Item]) -> Iterator[list[Item]]:
    """The items in parts that fit one statement."""
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def columns(table: sa.Table, value: object) -> dict[str, Any]:
    """A row for a table whose columns bear the names of the value's fields."""
    return {column.name: getattr(value, column.name) for column in table.columns}


def fields(table: sa.Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    """The way back: what a value is made from, given a row of such a table."""
    return {column.name: row[column.name] for column in table.columns}
