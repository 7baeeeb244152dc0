"""Fixtures that every test may use."""

import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from postgres_cluster import VARIABLE, NoPostgresError, PostgresCluster, own_cluster
from postgres_databases import PostgresDatabases

from bot.store.migrate import bring_forward

# Read here: no test sees it (below).
_CLUSTER = os.environ.get(VARIABLE)

_SHARED = Path(__file__).resolve().parents[2] / "shared"

DATABASES = ("sqlite", "postgres")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach loopback only (pytest-socket); a proxy on loopback would reach further."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def no_setting_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that a test runs would take it for a setting of its own, and a wrong one."""
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real upstream answers, which stands beside the project and not in it.

    Where it is absent the test skips; with ``REQUIRE_SHARED`` set (as ``.ci/run`` does) it
    fails instead.
    """
    if not (_SHARED / "data").is_dir():
        _lacking("the folder of real upstream answers (../shared)", "REQUIRE_SHARED")
    return _SHARED


@pytest.fixture(scope="session")
def postgres_databases() -> Generator[PostgresDatabases, None, None]:
    """Databases on the cluster that ``SULAN_TEST_POSTGRES_URL`` names, which ``make test`` starts.

    Where it names none the test skips; with ``REQUIRE_POSTGRES`` set (as ``.ci/run`` does) it fails
    instead.
    """
    if not _CLUSTER:
        _lacking(f"a PostgreSQL cluster ({VARIABLE})", "REQUIRE_POSTGRES")
        return
    databases = PostgresDatabases(_CLUSTER)
    yield databases
    databases.close()


@pytest.fixture
def new_postgres(postgres_databases: PostgresDatabases) -> Generator[Callable[[], str], None, None]:
    """Makes addresses of new databases without tables, which are gone after the test."""
    yield from _gone_afterwards(postgres_databases, postgres_databases.empty)


@pytest.fixture
def new_postgres_store(
    postgres_databases: PostgresDatabases,
) -> Generator[Callable[[], str], None, None]:
    """Makes addresses of new stores with nothing in them, which are gone after the test."""
    yield from _gone_afterwards(postgres_databases, postgres_databases.store)


@pytest.fixture
def fragile_postgres() -> Generator[PostgresCluster, None, None]:
    """A running cluster of the test's own, which it may stop and start."""
    try:
        with own_cluster() as cluster:
            yield cluster
    except NoPostgresError as missing:
        _lacking(f"a PostgreSQL to start ({missing})", "REQUIRE_POSTGRES")


@pytest.fixture
def new_sqlite_store(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes paths of new stores with nothing in them, in the test's folder."""
    # Made once and copied: making the tables takes longer than most tests.
    made = tmp_path_factory.getbasetemp() / "empty.db"
    if not made.exists():
        engine = sa.create_engine(f"sqlite:///{made}")
        with engine.begin() as connection:
            bring_forward(connection, name="the template")
        engine.dispose()

    def new() -> str:
        count = len(list(tmp_path.glob("store-*.db")))
        return str(shutil.copy(made, tmp_path / f"store-{count}.db"))

    return new


@pytest.fixture(params=DATABASES)
def new_store(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes addresses of new stores with nothing in them: files, and then databases of a server."""
    fixture: Callable[[], str] = request.getfixturevalue(f"new_{request.param}_store")
    return fixture


@pytest.fixture(params=DATABASES)
def new_nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes addresses where nothing is yet: files that are to be, and then a server's databases."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{uuid4().hex}.db")
    new: Callable[[], str] = request.getfixturevalue("new_postgres")
    return new


@pytest.fixture
def nowhere(new_nowhere: Callable[[], str]) -> str:
    """An address where nothing is yet: a file's, and then a database's of a server."""
    return new_nowhere()


@pytest.fixture
def place(new_store: Callable[[], str]) -> str:
    """The address of a store with nothing in it: a file's, and then a database's of a server."""
    return new_store()


def _gone_afterwards(
    databases: PostgresDatabases, make: Callable[[], str]
) -> Generator[Callable[[], str], None, None]:
    made: list[str] = []

    def new() -> str:
        made.append(make())
        return made[-1]

    yield new
    for address in made:
        databases.drop(address)


def _lacking(what: str, variable: str) -> None:
    message = f"{what} is not here"
    if os.environ.get(variable):
        pytest.fail(message)
    pytest.skip(message)
