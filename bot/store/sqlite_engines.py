"""SQLite as the store wants it: write-ahead log, immediate transactions, one writer, some readers.

With the driver's defaults (deferred transactions, a pool of writers) three of four transactions
failed with "database is locked" under four processes; with these settings none did.
"""

from contextlib import suppress

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

# 16 MB of pages (2 MB by default): a third more deliveries a second at a backlog of 300,000.
_WRITER = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -16000",
)
_READER = ("query_only = ON",)

# Each is a thread. Reads take well under a millisecond, so that more would only queue for the GIL.
_READERS = 4


def writer_engine(url: URL, busy_timeout: float) -> AsyncEngine:
    """The one connection that writes; every transaction takes the write lock at its start.

    ``busy_timeout`` is in seconds.
    """
    engine = _engine(url, busy_timeout, connections=1)
    _run_on_connect(engine, _WRITER)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    event.listen(engine.sync_engine, "invalidate", _let_go)
    return engine


def reader_engine(url: URL, busy_timeout: float) -> AsyncEngine:
    """Connections that cannot write and never wait for the writer."""
    engine = _engine(url, busy_timeout, connections=_READERS)
    _run_on_connect(engine, _READER)
    return engine


def _engine(url: URL, busy_timeout: float, *, connections: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        # Waiting for our own writer is no fault: it is as long as the queue before us.
        pool_timeout=max(busy_timeout, 1) * 10,
        # isolation_level=None keeps the driver from opening transactions of its own.
        connect_args={"timeout": busy_timeout, "isolation_level": None},
    )


def _run_on_connect(engine: AsyncEngine, pragmas: tuple[str, ...]) -> None:
    def run(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", run)


def _let_go(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, _error: BaseException | None
) -> None:
    """Give the write lock back before a connection is thrown away, as when its caller is cancelled:
    SQLite keeps a closed connection, and its lock, for as long as anything refers to a cursor."""
    with suppress(Exception):
        connection.rollback()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
