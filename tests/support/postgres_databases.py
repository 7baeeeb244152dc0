"""Databases for tests on the cluster that ``SULAN_TEST_POSTGRES_URL`` names, where a superuser may
make them: each is this process's alone, so that any number of test runs share one cluster.
"""

from uuid import uuid4

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Composed, Identifier

from bot.store.location import locate
from bot.store.migrate import bring_forward


class PostgresDatabases:
    """Makes databases, and removes those that are still there at the end.

    An empty store is made once and copied: making the tables takes ten times as long.
    """

    def __init__(self, cluster: str) -> None:
        self._cluster = locate(cluster).url
        self._server = psycopg.connect(_address(self._cluster), autocommit=True)
        self._template: str | None = None
        self._made: list[str] = []

    def empty(self) -> str:
        """The address of a new database without tables."""
        return self._new()

    def store(self) -> str:
        """The address of a new store with nothing in it."""
        if self._template is None:
            address = self._new()
            self._template = locate(address).url.database
            _make_tables(address)
        return self._new(self._template)

    def drop(self, address: str) -> None:
        """Remove a database, whoever still uses it."""
        name = str(locate(address).url.database)
        self._execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        self._made.remove(name)

    def close(self) -> None:
        """Remove what is left."""
        for name in list(self._made):
            self.drop(_address(self._cluster.set(database=name)))
        self._server.close()

    def _new(self, template: str | None = None) -> str:
        name = f"sulan_test_{uuid4().hex}"
        self._execute(
            SQL("CREATE DATABASE {} TEMPLATE {}").format(
                Identifier(name), Identifier(template or "template0")
            )
        )
        self._made.append(name)
        return _address(self._cluster.set(database=name))

    def _execute(self, statement: Composed) -> None:
        self._server.execute(statement)


def _address(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _make_tables(address: str) -> None:
    engine = sa.create_engine(locate(address).url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        bring_forward(connection, name="the template")
    engine.dispose()
