"""One plain connection to a store, without a loop: for work that has the program to itself."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from bot.store.faults import driver_of, translated
from bot.store.location import Location, prepare

# Seconds that SQLite waits for another program's lock.
_BUSY_TIMEOUT = 30.0


@contextmanager
def reading_all(location: Location) -> Generator[sa.Connection, None, None]:
    """One reading transaction: all that is read is as of its beginning, whoever writes meanwhile.

    Raises:
        StoreError: the database cannot be opened.
    """
    if location.path is not None:
        engine = _sqlite(_opening(location.path, "ro"), begin="BEGIN")
    else:
        engine = _server(location).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with _begun(engine, location.name) as connection:
        yield connection


@contextmanager
def writing_all(location: Location) -> Generator[sa.Connection, None, None]:
    """One transaction, committed on leaving; on an error the database is left as it was found.

    Raises:
        StoreError: the database cannot be opened, or what was written cannot be kept.
    """
    if location.path is None:
        with _begun(_server(location), location.name) as connection:
            yield connection
        return
    new = not location.path.exists()
    prepare(location.path)
    try:
        engine = _sqlite(_opening(location.path, "rw"), begin="BEGIN IMMEDIATE")
        with _begun(engine, location.name) as connection:
            yield connection
    except BaseException:
        if new:
            location.path.unlink(missing_ok=True)
        raise


@contextmanager
def _begun(engine: sa.Engine, name: str) -> Generator[sa.Connection, None, None]:
    with translated(name):
        connection = engine.connect()
    with closing(connection):
        with translated(name):
            transaction = connection.begin()
        try:
            yield connection
        except BaseException:
            transaction.rollback()
            raise
        with translated(name):
            transaction.commit()
    engine.dispose()


def _opening(path: Path, mode: str) -> Callable[[], sqlite3.Connection]:
    address = f"file:{quote(str(path))}?mode={mode}"
    return lambda: sqlite3.connect(
        address, uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )


def _sqlite(connect: Callable[[], sqlite3.Connection], *, begin: str) -> sa.Engine:
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)

    @event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _server(location: Location) -> sa.Engine:
    with driver_of(location.name):
        return sa.create_engine(location.url, poolclass=sa.NullPool)
