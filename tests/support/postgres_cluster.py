"""A PostgreSQL cluster for tests and measurements: made at once, on a port of its own, then gone.

    python tests/support/postgres_cluster.py COMMAND…

runs a command with ``SULAN_TEST_POSTGRES_URL`` set to the cluster's address, and exits as it does;
without a command the address is printed, and the cluster stays until Ctrl-C. Where the variable is
set already, or there is no PostgreSQL, the command is just run. Nothing here is durable: what is
written is not flushed.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

VARIABLE = "SULAN_TEST_POSTGRES_URL"

# Debian keeps each version in a folder of its own, and only some of the programs in PATH.
_DEBIAN = Path("/usr/lib/postgresql")
_STARTS_WITHIN = 60.0

_INSTANT = ("fsync=off", "full_page_writes=off", "max_connections=300")
# ICU's order of texts, which is not that of bytes: as on most servers, and unlike SQLite's.
_LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


class NoPostgresError(Exception):
    """There is no PostgreSQL here, or it does not start."""


class PostgresCluster:
    """One server. ``url`` is its address, the same after each start."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._data = folder / "data"
        self._log = folder / "log"
        self._port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def make(self) -> None:
        """Make the files of an empty cluster.

        Raises:
            NoPostgresError: they cannot be made.
        """
        made = self._run("initdb", *("-U", "postgres", "-A", "trust", "--no-sync", *_LOCALE))
        said, _ = made.communicate()
        if made.returncode:
            raise NoPostgresError(f"no cluster can be made: {said.decode().strip()}")

    def start(self) -> None:
        """Start the server, and wait until it answers.

        Raises:
            NoPostgresError: it does not.
        """
        options = (f"port={self._port}", "listen_addresses=127.0.0.1", "unix_socket_directories=")
        words = (word for option in (*options, *_INSTANT) for word in ("-c", option))
        with self._log.open("ab") as log:
            self._server = self._run("postgres", *words, output=log.fileno())
        self._await_answer(self._server)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; ``at_once`` as a crash would, leaving the next start to recover."""
        if self._server is None:
            return
        self._server.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        self._server.wait(timeout=_STARTS_WITHIN)
        self._server = None

    def _run(
        self, program: str, *words: str, output: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        owner = _unprivileged()
        as_root = os.geteuid() == 0
        return subprocess.Popen(
            (self._binaries / program, "-D", self._data, *words),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            # Ctrl-C is for whoever uses it: the server stops when they are done.
            start_new_session=True,
            user=owner.pw_uid if as_root else None,
            group=owner.pw_gid if as_root else None,
            extra_groups=() if as_root else None,
        )

    def _await_answer(self, server: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < end and server.poll() is None:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            time.sleep(0.05)
        raise NoPostgresError(f"the server does not answer:\n{self._log.read_text()[-2000:]}")


@contextmanager
def own_cluster() -> Generator[PostgresCluster, None, None]:
    """A running cluster, which is stopped and removed on leaving.

    Raises:
        NoPostgresError: PostgreSQL is not installed, or does not start.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="sulan-postgres-"))
    try:
        owner = _unprivileged()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster = PostgresCluster(binaries, folder)
        cluster.make()
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    versions = _DEBIAN.glob("*/bin/postgres")
    found = [path.parent for path in versions if re.fullmatch(r"\d+", path.parts[-3])]
    if found:
        return max(found, key=lambda path: int(path.parts[-2]))
    server, maker = shutil.which("postgres"), shutil.which("initdb")
    if server is None or maker is None:
        raise NoPostgresError(
            "PostgreSQL is not installed (Debian, Ubuntu: apt install postgresql)"
        )
    return Path(server).resolve().parent


def _unprivileged() -> pwd.struct_passwd:
    """Whom to run it as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run it to its end, also when we are told to stop: it has the cluster in use."""
    child = subprocess.Popen(command, env=environment)
    try:
        return child.wait()
    except BaseException as stopped:
        # Ctrl-C has reached the child too; other signals reach us alone.
        if not isinstance(stopped, KeyboardInterrupt):
            child.terminate()
        child.wait()
        raise


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _main(command: Sequence[str]) -> int:
    if command and os.environ.get(VARIABLE):
        return _run(command, dict(os.environ))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with own_cluster() as cluster:
            if command:
                return _run(command, {**os.environ, VARIABLE: cluster.url})
            print(cluster.url, flush=True)  # noqa: T201
            signal.pause()
    except NoPostgresError as missing:
        print(f"tests run without PostgreSQL: {missing}", file=sys.stderr)  # noqa: T201
        return _run(command, dict(os.environ)) if command else 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
