"""Every benchmark, one after the other, into one page: docs/figures.md (`make bench`).

    .venv/bin/python benchmarks/bench.py [--short] [--only planning,drain] [--out FILE]

Each is a process of its own that tells its figures as JSON. What has a store runs on SQLite, and on
PostgreSQL where ``SULAN_TEST_POSTGRES_URL`` names a cluster on which databases may be made. The
whole takes some 40 minutes on an idle machine with two cores; a busy one spoils it. The short form
takes a few, and prints the page.
"""

import argparse
import json
import os
import pstats
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import sqlalchemy as sa

from benchmarks.figure import Figure, at_least, at_most, told
from benchmarks.figures_page import Section, page
from benchmarks.machine import described

_HERE = Path(__file__).resolve().parent
_PAGE = _HERE.parent / "docs" / "figures.md"
_DATA = _HERE.parents[1] / "shared" / "data"
_CLUSTER = "SULAN_TEST_POSTGRES_URL"
_DATABASE = f"sulan_bench_{os.getpid()}"
_LONGEST_S = 1800


def drained(text: str) -> list[Figure]:
    """What ``drain.py`` tells, with the goals: ten times what Telegram permits, and more with more
    processes."""
    found: list[Figure] = []
    for one in json.loads(text):
        database, processes = one["database"], one["processes"]
        many = f"{processes} {'process' if processes == 1 else 'processes'}"
        many += ", each with chats of its own" if one.get("apart") else ""
        found.append(
            Figure(
                *("drain", f"{many}: rate over Telegram's 30/s", one["over_permitted"]),
                goal=at_least(10),
                basis=f"{one['per_second']:,.0f}/s, {one['cpu_ms']:.2f} ms of processor a message",
                database=database,
            )
        )
    return found


_SLOPE = "memory a month, after the first quarter"


def grown(text: str) -> list[Figure]:
    """What ``growth.py`` tells: the slope of the process's memory, and the file's size."""
    months = json.loads(text)
    later = months[3:] if len(months) > 4 else months  # until then SQLite's caches fill
    slope = (later[-1]["process_mb"] - later[0]["process_mb"]) / max(1, len(later) - 1)
    basis = f"{len(months)} months of virtual time; {later[-1]['process_mb']:.0f} MB at the end"
    return [
        Figure("growth", _SLOPE, slope, "MB", at_most(0.5), basis),
        Figure("growth", "the store's file at the end", months[-1]["file_mb"], "MB", None, basis),
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """A benchmark: its file's name, its arguments, and those of the short form. ``profiled`` are
    arguments with which one process does what its goals are about."""

    name: str
    title: str
    long: Sequence[str] = ()
    short: Sequence[str] = ()
    on_both: bool = True
    read: Callable[[str], list[Figure]] = told
    profiled: Sequence[str] = ()

    def command(self, *, short: bool, database: str | None) -> list[str]:
        """What to run, from the repository's root."""
        own = [*(self.short if short else self.long), "--json"]
        return [f"benchmarks/{self.name}.py", *own, *(["--database", database] if database else [])]


RUNS = (
    Run("ready", "Start and rest", (), ("--rounds", "1", "--rest", "4")),
    Run(
        *("drain", "Draining the outbox, the platform answering at once"),
        short=("--messages", "600", "--processes", "1,2"),
        read=drained,
    ),
    Run(
        *("paid", "Paid broadcast at its real rates, the platform answering at once"),
        short=("--messages", "400", "--processes", "2"),
    ),
    Run(
        *("planning", "Planning one paper for all chats"),
        *((), ("--chats", "200,1000")),
        profiled=("--one", "mixed", "100000"),
    ),
    Run(
        *("known_paper", "A known /paper"),
        ("--seconds", "8"),
        ("--papers", "200", "--chats", "500", "--seconds", "2", "--rounds", "1"),
    ),
    Run("outbox", "The outbox's statements", ("--backlogs", "100000"), ("--backlogs", "10000")),
    Run("search", "Searching", (), ("--papers", "1500")),
    # In virtual time, which no other work disturbs, and last: it takes the longest.
    Run("broadcast", "Broadcasts", (), ("--quick",)),
    Run(
        *("growth", "Growth"),
        *((str(_DATA), "6"), (str(_DATA), "1")),
        on_both=False,
        read=grown,
    ),
)

# What is known of goals that are not reached, by the beginning of what was measured.
_KNOWN = {
    "`sulan run` to ready": "beside the libraries there are our own modules, the store and the"
    " engine's tables to open, and the first look at an upstream",
}


def main() -> int:
    """Run what is wanted, write the page; 1 where a benchmark could not be run."""
    parser = argparse.ArgumentParser(description="Run every benchmark.")
    parser.add_argument(
        "--short", action="store_true", help="show that all of it runs, and print the page"
    )
    parser.add_argument("--only", help="names of benchmarks, parted by commas")
    parser.add_argument("--out", type=Path, help="instead of docs/figures.md")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else [run.name for run in RUNS]
    runs = [run for run in RUNS if run.name in names]
    cluster = os.environ.get(_CLUSTER)
    # Stopped by a signal it leaves no database behind.
    signal.signal(signal.SIGTERM, _stop)
    sections: list[Section] = []
    text = ""
    for run in runs:
        sections.append(section(run, cluster, short=options.short))
        text = page(sections, described(cluster), short=options.short)
        # After each, so that what was measured is not lost with what comes after it.
        if not options.short or options.out is not None:
            (options.out or _PAGE).write_text(text, "utf-8")
    if options.short and options.out is None:
        print(text)
    return int(any(one.failed for one in sections))


def _stop(_number: int, _frame: object) -> None:
    sys.exit(1)


def section(run: Run, cluster: str | None, *, short: bool) -> Section:
    """One benchmark, on every database it has something to do with."""
    figures: list[Figure] = []
    failed = ""
    with _databases(cluster if run.on_both else None) as addresses:
        for address in addresses:
            where = "PostgreSQL" if address else "SQLite" if run.on_both else ""
            print(f"{run.title} {where}", flush=True)
            try:
                figures += _measured(run, short=short, database=address)
            except (subprocess.SubprocessError, ValueError, LookupError) as error:
                failed = f"{where}: {_reason(error)}"
                print(f"  {failed}", flush=True)
    commands = [" ".join([".venv/bin/python", *_shown(run, short=short)])]
    return Section(run.title, commands, figures, failed)


def _measured(run: Run, *, short: bool, database: str | None) -> list[Figure]:
    text = _run(run.command(short=short, database=database))
    figures = run.read(text)
    missed = [figure for figure in figures if figure.reached is False]
    if missed and not short:
        why = _profile(run, database) if run.profiled else ""
        figures = [_explained(f, why) if f.reached is False else f for f in figures]
    for figure in figures:
        print(f"  {figure.what}: {figure.value:.4g} {figure.unit} {figure.reached}", flush=True)
    return figures


def _explained(figure: Figure, why: str) -> Figure:
    known = (reason for start, reason in _KNOWN.items() if figure.what.startswith(start))
    return replace(figure, profile=next(known, why))


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=_HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_LONGEST_S,
    )
    return done.stdout


def _profile(run: Run, database: str | None) -> str:
    """What the time of one process goes into, waiting left out."""
    with tempfile.TemporaryDirectory() as folder:
        into = str(Path(folder) / "profile")
        place = database or str(Path(folder) / "sulan.db")
        program = [f"benchmarks/{run.name}.py", *run.profiled, "--database", place]
        _run(["-m", "cProfile", "-o", into, *program])
        found = pstats.Stats(into).get_stats_profile().func_profiles
    busy = {name: one for name, one in found.items() if "poll" not in name}
    most = sorted(busy, key=lambda name: -busy[name].tottime)[:5]
    total = sum(one.tottime for one in busy.values())
    said = (
        f"{_place(busy[name].file_name)}{name} {busy[name].tottime / total:.0%}" for name in most
    )
    return "of the loop's own time: " + ", ".join(said)


def _place(file_name: str) -> str:
    """The file of a function of Python's; what is built in has none."""
    return "" if file_name == "~" else f"{Path(file_name).name}:"


def _shown(run: Run, *, short: bool) -> list[str]:
    command = run.command(short=short, database=None)
    shown = ["../shared/data" if part == str(_DATA) else part for part in command[:-1]]
    return [*shown, "[--database URL]"] if run.on_both else shown


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"ended with {error.returncode}"
    return str(error) or type(error).__name__


@contextmanager
def _databases(cluster: str | None) -> Generator[list[str | None], None, None]:
    """``None`` for SQLite, and the address of a database of our own, where there is a cluster."""
    if cluster is None:
        yield [None]
        return
    address = sa.make_url(cluster).set(drivername="postgresql")
    server = address.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{_DATABASE}"'.encode())
    try:
        own = address.set(drivername="postgresql+psycopg", database=_DATABASE)
        yield [None, own.render_as_string(hide_password=False)]
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{_DATABASE}" WITH (FORCE)'.encode())


if __name__ == "__main__":
    sys.exit(main())
