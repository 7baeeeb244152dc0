"""A parent that has imported everything and forks a program for each order, in milliseconds.

Importing takes a ``sulan run`` some seconds; a thousand starts would be most of an hour. What is
forked here has had no thread, no loop and no connection before, and runs the command line's own
entry point: it is a process like any other, also to ``kill -9``.

    python -m tests.kill.forks       orders on standard input, answers on standard output
"""

import ctypes
import gc
import json
import os
import select
import signal
import sys
import threading
from importlib import import_module
from typing import Any, NoReturn

from bot.__main__ import main as run_program
from summarizer.checks.quantities import quantities

# What ``sulan run`` imports on its way, some of it late.
_LATE = (
    "bot.cli.run",
    "bot.model",
    "alembic.command",
    "adapters.console",
    "adapters.telegram",
    "adapters.discord",
    "psycopg",
    "dbos",
)
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Obey until standard input ends; then whatever was begun ends too."""
    for name in _LATE:
        import_module(name)
    # Its patterns take a second to compile, once in a process.
    quantities("Five papers, 五篇论文, 5 papers.")
    if len(threading.enumerate()) > 1:
        raise SystemExit("an import has begun a thread; what is forked would lack it")
    die_with_parent()
    gc.collect()
    gc.freeze()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, _wake)
    _say({"ready": True})
    while True:
        ready, _, _ = select.select([0, reading], [], [])
        if reading in ready:
            os.read(reading, 4096)
            _bury()
        if 0 in ready and not _obey():
            return


def _wake(_number: int, _frame: object) -> None:
    """The signal has written to the pipe, which is all."""


def die_with_parent() -> None:
    """Ask the kernel for a SIGKILL when the parent dies (prctl(2), Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _obey() -> bool:
    """One order, a line that comes as a whole: lines are shorter than a pipe's atomic 4096."""
    line = os.read(0, 4096)
    for part in line.splitlines():
        order = json.loads(part)
        pid = os.fork()
        if pid == 0:
            _become(order)
        _say({"order": order["order"], "pid": pid})
    return bool(line)


def _become(order: dict[str, Any]) -> NoReturn:
    """From here on this is ``sulan run``."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    die_with_parent()
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, name in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["sulan", "run"]
    gc.unfreeze()
    run_program()
    raise AssertionError("the command line ends by SystemExit")


def _bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(said: dict[str, Any]) -> None:
    os.write(1, (json.dumps(said) + "\n").encode())


if __name__ == "__main__":
    main()
