"""Killing inside a transaction, which is seen from outside: by the database's own locks.

SQLite keeps the right to write as a lock on byte 120 of the file ``-shm`` (its documentation, "WAL
mode File Format"), and the kernel tells who holds it (proc_locks(5)). PostgreSQL tells by
``pg_stat_activity`` who is in a transaction that is adding deliveries, and by ``pg_locks`` who
holds the lock under which its schema is brought forward.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from tests.kill.sockets import owner_of

_LOOK_S = 0.001
_WRITE_LOCK = "120"
# bot.store.migrate's lock on who may migrate.
_MIGRATING = 5_853_926
_FANNING_OUT = """
    SELECT client_port FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND state IN ('active', 'idle in transaction') AND query ILIKE 'INSERT INTO deliveries%'
"""
_HOLDING = """
    SELECT client_port FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
    WHERE l.locktype = 'advisory' AND l.objid = %s AND l.granted
      AND a.datname = current_database()
"""


class Watcher(Protocol):
    """Tells which process is in a transaction now."""

    async def holder(self) -> int | None: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class SqliteWatcher:
    """Who may write a file now."""

    file: Path
    pids: Callable[[], Iterable[int]]

    async def holder(self) -> int | None:
        return self._holder()

    def _holder(self) -> int | None:
        memory = self.file.with_name(f"{self.file.name}-shm")
        if not memory.exists():
            return None
        inode = str(memory.stat().st_ino)
        for line in Path("/proc/locks").read_text("ascii").splitlines():
            fields = line.split()
            if fields[1] != "POSIX" or fields[3] != "WRITE":
                continue
            if fields[5].rpartition(":")[2] == inode and fields[6] == _WRITE_LOCK:
                pid = int(fields[4])
                return pid if pid in set(self.pids()) else None
        return None

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class PostgresWatcher:
    """Who is adding deliveries, or, with ``migrating``, bringing the schema forward."""

    connection: psycopg.AsyncConnection
    pids: Callable[[], Iterable[int]]
    migrating: bool = False

    async def holder(self) -> int | None:
        cursor = await (
            self.connection.execute(_HOLDING, (_MIGRATING,))
            if self.migrating
            else self.connection.execute(_FANNING_OUT)
        )
        row = await cursor.fetchone()
        return owner_of(row[0], self.pids()) if row else None

    async def close(self) -> None:
        await self.connection.close()


async def watcher(
    url: str, pids: Callable[[], Iterable[int]], *, migrating: bool = False
) -> Watcher:
    """The watcher for a store, by its address in the settings."""
    if "://" not in url:
        return SqliteWatcher(Path(url), pids)
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    connection = await psycopg.AsyncConnection.connect(plain, autocommit=True)
    return PostgresWatcher(connection, pids, migrating)


async def strike_within(
    watching: Watcher, strike: Callable[[int], None], *, held_s: float, patience_s: float
) -> int | None:
    """Kill whoever has been in a transaction for ``held_s``; ``None`` where nobody was, in time."""
    until = time.monotonic() + patience_s
    holder: int | None = None
    since = 0.0
    while (now := time.monotonic()) < until:
        pid = await watching.holder()
        if pid != holder:
            holder, since = pid, now
        if pid is not None and now - since >= held_s:
            strike(pid)
            return pid
        await asyncio.sleep(_LOOK_S)
    return None
