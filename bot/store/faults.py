"""The one place where a database's errors become ours, each with what to do about it (F57, F59)."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.domain.errors import StoreError

_FULL = (
    "the disk that holds {name} is full; free some space and try again (what was stored is safe)"
)
_READ_ONLY = (
    "{name} is read-only; make the file and its folder writable, or set another place for the store"
)
_BUSY = (
    "{name} is held by another program that writes to it; let it finish or close it, then try again"
)
_DAMAGED = (
    "{name} is damaged or no store of Sulan's; restore it from a backup, or move it away to start "
    "afresh"
)
_CANNOT_OPEN = (
    "{name} cannot be opened; check that you may read and write both the file and its folder"
)
_DISK = "the disk failed while {name} was read or written; check its free space and its health"
_UNSAVED = "a list in {name} may only hold papers that are stored; save the papers first"
_NO_RIGHTS = "the database user lacks rights in {name}; let it create and write tables there"
_UNFIT = (
    "{name} cannot store a lone surrogate, a NUL or a number so large; clean it where it comes in"
)
_NO_DRIVER = "{name} needs the package psycopg; install it: pip install 'psycopg[binary]'"

# https://www.sqlite.org/rescode.html: primary codes, and an extended one that says more.
_SQLITE = {
    # No room for the file that readers and writers share: seen on a full disk.
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: _CANNOT_OPEN,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CONSTRAINT: _UNSAVED,
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42501": _NO_RIGHTS,
    "3F000": _NO_RIGHTS,  # no schema in which the user may create
    "40P01": _BUSY,
    "55P03": _BUSY,
    "53300": "{name} takes no more connections; let other programs close theirs, then try again",
    "23503": _UNSAVED,
    "22003": _UNFIT,
    "22021": _UNFIT,
}


@contextmanager
def translated(name: str) -> Generator[None, None, None]:
    """Turn whatever the database library raises inside into a StoreError about ``name``.

    A value that no column takes (a datetime without a zone) is the caller's fault, not the store's:
    it stays the ValueError that it is.
    """
    try:
        yield
    except SQLAlchemyError as error:
        if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
            raise error.orig from error
        raise StoreError(_explain(error).format(name=name)) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise StoreError(_UNFIT.format(name=name)) from error


@contextmanager
def driver_of(name: str) -> Generator[None, None, None]:
    """Turn the lack of a database's driver into a StoreError, where its engine is made.

    SQLite's is always there; PostgreSQL's is an extra of ours.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError(_NO_DRIVER.format(name=name)) from error


def _explain(error: SQLAlchemyError) -> str:
    if isinstance(error, PoolTimeoutError):
        return _BUSY
    cause = error.orig if isinstance(error, DBAPIError) else None
    if cause is None:
        return _unknown(error)
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code) or _SQLITE.get(code & 0xFF) or _unknown(cause)
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRES.get(state) or _unknown(cause)
    return _UNFIT if isinstance(error, DataError) else _unknown(cause)


def _unknown(error: BaseException) -> str:
    """The library's own first line; braces would be taken for placeholders."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    escaped = line.replace("{", "{{").replace("}", "}}")
    return f"{{name}} cannot be used ({escaped}); check that it is there and try again"
