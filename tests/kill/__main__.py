"""``python -m tests.kill``: kill Sulan so many times, and compare (``make kill``)."""

import argparse
import asyncio
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from tests.kill.campaign import Plan, campaign

# The address of a cluster on which the tests may make databases (tests/support).
_CLUSTER = "SULAN_TEST_POSTGRES_URL"
_MOST_SHOWN = 40
_FILE, _SERVER = "sqlite", "postgres"
_WHICH = "sqlite, postgres (a new one on the cluster), or an address, which is emptied; else both"
# In the short form a paper is quoted where its model's call was killed, rather than waited for.
_SHORT = 50


def main() -> None:
    """The command; exits with 1 where something is not as it must be."""
    options = _options().parse_args()
    # Whoever is killed hangs up in mid-answer; that is no news.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    cluster = os.environ.get(_CLUSTER, "")
    if options.database == _SERVER and not cluster:
        sys.exit(f"There is no cluster: {_CLUSTER} is not set. Is PostgreSQL installed?")
    if options.database not in ("", _SERVER) or not cluster:
        sys.exit(_run(options, options.database.replace(_FILE, "")))
    database = _made(cluster)
    try:
        # Side by side: for the most part both wait.
        places = [database.render_as_string(hide_password=False)]
        if not options.database:
            places.append(_FILE)
        sys.exit(max(run.wait() for run in [_begun(place) for place in places]))
    finally:
        _drop(cluster, database)


def _begun(database: str) -> "subprocess.Popen[bytes]":
    """This command, for one database."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kill", *sys.argv[1:], "--database", database]
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", default="", help=_WHICH)
    parser.add_argument("--programs", default="mixed", choices=("1", "3", "apart", "mixed"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cold-every", type=int, default=20, help="0: every start is forked")
    parser.add_argument("--folder", default="", help="where logs and the file go, empty or new")
    parser.add_argument("--minutes", type=float, default=0.0, help="at most, without the end")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds for the end")
    return parser


def _run(options: argparse.Namespace, database: str) -> int:
    """One run; its exit code. What it wrote is kept where something is wrong."""
    name = "PostgreSQL" if database else "SQLite"
    base = Path(options.folder or tempfile.mkdtemp(prefix="sulan-kill-")).resolve()
    folder = base / name.lower()
    folder.mkdir(parents=True)
    plan = Plan(
        options.kills,
        options.seed or SystemRandom().randrange(1, 1 << 32),
        folder,
        database,
        options.programs,
        options.cold_every,
        model_deadline_s=5.0 if options.kills <= _SHORT else 1200.0,
        patience_s=options.patience,
        minutes=options.minutes,
    )

    def tell(line: str) -> None:
        sys.stdout.write(f"{name}: {line}\n")
        sys.stdout.flush()

    tell(f"{plan.kills} kills, SEED={plan.seed}, logged in {folder}")
    said = asyncio.run(campaign(plan, tell))
    (folder / "faults.txt").write_text("\n".join(said.faults), "utf-8")
    for line in (*said.lines, *(f"FAULT {fault}" for fault in said.faults[:_MOST_SHOWN])):
        tell(line)
    tell(said.row)
    if said.faults:
        tell(f"{len(said.faults)} faults; again with SEED={plan.seed}, see {folder}")
        return 1
    tell("nothing lost, nothing twice but where it is declared")
    if not options.folder:
        shutil.rmtree(base)
    return 0


def _made(cluster: str) -> sa.URL:
    """A new database on a cluster."""
    url = sa.make_url(cluster).set(
        drivername="postgresql+psycopg", database=f"sulan_kill_{uuid4().hex[:12]}"
    )
    _administer(cluster, f'CREATE DATABASE "{url.database}"')
    return url


def _drop(cluster: str, url: sa.URL) -> None:
    _administer(cluster, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _administer(cluster: str, statement: str) -> None:
    address = cluster.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


if __name__ == "__main__":
    main()
