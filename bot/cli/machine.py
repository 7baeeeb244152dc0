"""What ``sulan doctor`` looks at on this machine: files, their modes, and a running process."""

import asyncio
import json
import stat
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from bot.services.watching.finding import Finding, Severity
from bot.store.location import Location, engine_beside

# /readyz tries the store, which may wait for another process's transaction.
_PATIENCE_S = 5.0


def modes(location: Location, secrets: Iterable[Path]) -> Iterable[Finding]:
    """Files that others on this machine may read, and should not (T12)."""
    kept: list[Path] = []
    if location.path is not None:
        path = location.path
        companions = [path, engine_beside(path)]
        kept = [*companions, *(Path(f"{one}-wal") for one in companions)]
    for file in (*kept, *secrets):
        if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            mode = stat.S_IMODE(file.stat().st_mode)
            yield Finding(
                str(file),
                Severity.WRONG,
                f"others on this machine may read it (mode {mode:04o}).",
                f"chmod 600 {file}",
            )


def secret_files(folder: Path) -> Iterable[Path]:
    """What holds tokens in a working directory."""
    yield folder / ".env"
    if (folder / "secrets").is_dir():
        yield from sorted((folder / "secrets").iterdir())


def last_job(location: Location) -> datetime | None:
    """When the jobs' file beside the store was last written."""
    if location.path is None:
        return None
    path = engine_beside(location.path)
    files = [file for file in (path, Path(f"{path}-wal")) if file.is_file()]
    newest = max((file.stat().st_mtime for file in files), default=None)
    return None if newest is None else datetime.fromtimestamp(newest, UTC)


async def asked(host: str, port: int, *, expected: bool) -> Sequence[Finding]:
    """What a running process says of itself at ``/readyz``. ``expected``: one should answer."""
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    place = f"http://{here}:{port}/readyz"
    answer = await asyncio.to_thread(_ask, here, port)
    if answer is None:
        if not expected:
            return ()
        said = f"{place} does not answer, and the settings want a web server."
        return (Finding("web", Severity.NOTE, said, "It may run on another machine."),)
    failing = [f"{part} {words}" for part, words in answer.items() if words != "ok"]
    if not failing:
        return (Finding("web", Severity.OK, f"{place} says that everything works."),)
    do = "Some of it may pass by itself; sulan check tries everything now."
    return (Finding("web", Severity.NOTE, f"{place} says: {'; '.join(failing)}", do),)


def _ask(host: str, port: int) -> dict[str, str] | None:
    connection = HTTPConnection(host, port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/readyz")
        said: Any = json.loads(connection.getresponse().read(1_000_000))
        return {str(part): str(words) for part, words in said["parts"].items()}
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return None
    finally:
        connection.close()
