"""Moving a store to another database: every table, in one transaction there, and proven.

Both sides run with plain, waiting connections: it is one piece of work with nothing beside it.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from bot.domain.errors import StoreError
from bot.store.faults import translated
from bot.store.location import Location, engine_beside, locate
from bot.store.migrate import bring_forward, require_newest
from bot.store.one_connection import reading_all, writing_all
from bot.store.paper_words import NAME as PAPER_WORDS
from bot.store.rewording import write_all_words
from bot.store.tables import LEASES, METADATA, PAPER_INDEX

_BATCH = 1_000

# The schema in which DBOS keeps the engine's jobs on PostgreSQL.
_JOBS = "dbos"


@dataclass(frozen=True, slots=True)
class Copied:
    """A table that is the same on both sides: how many rows, and the sum of their digests, which
    does not depend on their order."""

    table: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Side:
    connection: sa.Connection
    name: str


def copy_store(
    source: str, target: str, *, now: datetime, despite_leases: bool = False
) -> Sequence[Copied]:
    """Copy all that a store holds, as of one moment, into a database without tables.

    The source is only read. Unless ``despite_leases``, no process may be at work on it. If anything
    fails, the target is as it was.

    Raises:
        StoreError: either cannot be used, they are one, the source is of another version or in
            use, the target is not empty, or what arrived there is not what was read.
    """
    here, there = locate(source), locate(target)
    if here.url == there.url:
        raise StoreError(f"{here.name} is both the source and the target; give two places")
    if here.path is not None and not here.path.is_file():
        raise StoreError(
            f"there is no store at {here.name}; name the file or address that `sulan check` shows"
        )
    _require_no_jobs(there)
    with _both(here, there) as (reading, writing):
        with translated(here.name):
            require_newest(reading.connection, name=here.name)
            if not despite_leases:
                _require_idle(reading, now)
        with translated(there.name):
            _require_empty(writing)
            bring_forward(writing.connection, name=there.name)
            _empty(writing)
        return _copy_all(reading, writing)


@contextmanager
def _both(here: Location, there: Location) -> Generator[tuple[_Side, _Side], None, None]:
    with reading_all(here) as source, writing_all(there) as target:
        yield _Side(source, here.name), _Side(target, there.name)


def _require_no_jobs(there: Location) -> None:
    file = engine_beside(there.path) if there.path is not None else None
    if file is not None and file.exists():
        raise StoreError(f"{file} holds the jobs of another store; move it away first")


def _require_idle(side: _Side, now: datetime) -> None:
    held = sa.select(LEASES.c.owner).where(LEASES.c.expires_at > now).distinct()
    owners = sorted(side.connection.execute(held).scalars())
    if owners:
        raise StoreError(
            f"{side.name} is in use by {', '.join(owners[:3])}; stop Sulan (after a kill, wait a "
            "minute), or copy what is there at this moment with --force: what is sent from then on "
            "would be sent again from the copy"
        )


def _require_empty(side: _Side) -> None:
    found = sa.inspect(side.connection)
    if tables := found.get_table_names():
        raise StoreError(
            f"{side.name} is not empty ({', '.join(sorted(tables)[:3])}, …); give a database "
            "without tables"
        )
    if side.connection.dialect.name == "postgresql" and _JOBS in found.get_schema_names():
        raise StoreError(
            f"{side.name} holds the jobs of another store; remove them first: "
            f"DROP SCHEMA {_JOBS} CASCADE"
        )


def _empty(side: _Side) -> None:
    """Remove the rows that migrations make."""
    for table in reversed(METADATA.sorted_tables):
        side.connection.execute(sa.delete(table))


def _copy_all(source: _Side, target: _Side) -> Sequence[Copied]:
    copied = [_copy(table, source, target) for table in METADATA.sorted_tables]
    with translated(target.name):
        if target.connection.dialect.name == "postgresql":
            _let_numbers_go_on(target.connection)
        write_all_words(target.connection)
    words = _count(source, PAPER_WORDS), _count(target, PAPER_WORDS)
    if words[0] != words[1] or words[1] != _count(target, PAPER_INDEX.name):
        raise _unlike(PAPER_WORDS, target)
    return copied


def _copy(table: sa.Table, source: _Side, target: _Side) -> Copied:
    names = table.columns.keys()

    def write(rows: Sequence[sa.Row[Any]]) -> None:
        values = [dict(zip(names, row, strict=True)) for row in rows]
        with translated(target.name):
            target.connection.execute(sa.insert(table), values)

    read = _summed(table, source, write)
    if _summed(table, target) != read:
        raise _unlike(table.name, target)
    return read


def _summed(
    table: sa.Table, side: _Side, each: Callable[[Sequence[sa.Row[Any]]], None] | None = None
) -> Copied:
    """Read a table from end to end, handing on some rows at a time."""
    count = total = 0
    for rows in _partitions(table, side):
        count += len(rows)
        total += sum(map(_digest, rows))
        if each is not None:
            each(rows)
    return Copied(table.name, count, f"{total % 2**128:032x}")


def _partitions(table: sa.Table, side: _Side) -> Iterator[Sequence[sa.Row[Any]]]:
    with translated(side.name):
        some = {"yield_per": _BATCH}
        rows = side.connection.execute(sa.select(table), execution_options=some).partitions()
    while batch := _next(rows, side.name):
        yield batch


def _next(rows: Iterator[Sequence[sa.Row[Any]]], name: str) -> Sequence[sa.Row[Any]]:
    with translated(name):
        return next(rows, ())


def _digest(row: sa.Row[Any]) -> int:
    """Of its values as the domain has them, which are the same from every database."""
    text = repr(tuple(row)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=16).digest())


def _let_numbers_go_on(connection: sa.Connection) -> None:
    """PostgreSQL counts apart from the rows; SQLite goes on from the last of them."""
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            last = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(sa.select(sa.func.setval(sequence, last, False)))


def _count(side: _Side, table: str) -> int:
    with translated(side.name):
        query = sa.select(sa.func.count()).select_from(sa.table(table))
        return int(side.connection.execute(query).scalar_one())


def _unlike(table: str, target: _Side) -> StoreError:
    return StoreError(
        f"{table} in {target.name} is not what was read; nothing was kept there. Try again, and "
        "report it if it happens again"
    )
