"""The machine that figures come from."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import sqlalchemy as sa


def described(cluster: str | None) -> list[str]:
    """What it is measured on; nothing that names a place or a person."""
    now = datetime.now(UTC)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    return [
        f"{now:%Y-%m-%d}, load {load:.1f} at the end",
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB",
        f"Python {python}, SQLite {sqlite}, {_postgres(cluster)}",
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _postgres(cluster: str | None) -> str:
    if cluster is None:
        return "no PostgreSQL"
    address = sa.make_url(cluster).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), current_setting('fsync')"
        )
        version, fsync = row.fetchone() or ("", "")
    flushed = "" if fsync == "on" else " (writes not flushed: fsync off)"
    return f"PostgreSQL {version.split()[0]}{flushed}"
