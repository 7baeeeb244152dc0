"""Where the store is: a file's path, or a database's address."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import StoreError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
_ALIASES = {"postgres": "postgresql"}
# libpq's parameters, in seconds and (the last) milliseconds: without them a server that vanished
# without a word, as a dead machine does, is waited for a quarter of an hour.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_ALLOWED = "a file's path, sqlite:///<path>, or postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True)
class Location:
    """``name`` is what messages call it, without a password. A server has no ``path``."""

    url: URL
    name: str
    path: Path | None


def locate(place: str | Path) -> Location:
    """Read a path or an SQLAlchemy URL; ``~`` is the home folder.

    Raises:
        StoreError: neither, or a database that Sulan does not run on.
    """
    if isinstance(place, Path) or "://" not in place:
        return _file(Path(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        # The text is not repeated: it may hold a password. Nor is the cause, which repeats it.
        raise StoreError(f"the store's address cannot be read; give {_ALLOWED}") from None
    backend = url.get_backend_name()
    backend = _ALIASES.get(backend, backend)
    if backend not in _DRIVERS:
        raise StoreError(f"Sulan does not run on {backend}; for the store give {_ALLOWED}")
    if backend == "sqlite":
        return _file(_sqlite_path(url))
    # Parameters are not repeated: libpq takes a password among them.
    name = url.set(query={}).render_as_string(hide_password=True)
    # What the address itself says of these comes first.
    url = url.set(drivername=_DRIVERS[backend], query={**_PATIENCE, **url.query})
    return Location(url, name, None)


def _sqlite_path(url: URL) -> Path:
    name = url.database or ""
    if name in {"", ":memory:"} or name.startswith("file:") or url.query:
        raise StoreError(
            f"sqlite:///{name} names no plain file; for the store give a file's path or "
            "sqlite:///<path>"
        )
    return Path(name)


def _file(path: Path) -> Location:
    if not path.name or "\0" in str(path):
        raise StoreError(f"{str(path)!r} is no file; for the store give {_ALLOWED}")
    path = path.expanduser().absolute()
    return Location(URL.create(_DRIVERS["sqlite"], database=str(path)), str(path), path)


def engine_beside(path: Path) -> Path:
    """The file with the engine's jobs, which belongs to a store's file."""
    return path.with_name(f"{path.stem}.engine.sqlite3")


def room(location: Location) -> int | None:
    """Bytes that are free where a store's file is; ``None`` for a server's, or where nobody can
    tell."""
    if location.path is None:
        return None
    try:
        return shutil.disk_usage(location.path.parent).free
    except OSError:
        return None


def prepare(path: Path) -> None:
    """Make sure that a file is there: its folders for the owner alone, and so the file (T12).

    SQLite gives its companion files (``-wal``, ``-shm``) the mode of the file itself. An existing
    file keeps the mode that its owner gave it.

    Raises:
        StoreError: there is a folder of that name, or no file can be made.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder; for the store give a file in it, {path}/sulan.db")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"{path} cannot be opened for writing ({reason}); make the file and its folder "
            "writable, or set another place for the store"
        ) from error
