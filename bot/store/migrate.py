"""Bringing the schema forward, or refusing a file that is not ours to change (F59).

All of it happens in the caller's one transaction, on both databases: whoever is killed half-way
leaves the old schema, and a second process that opens the store waits and finds the new one.
"""

from pathlib import Path

import sqlalchemy as sa

from bot.domain.errors import StoreError
from bot.store.paper_words import NAME as PAPER_WORDS
from bot.store.tables import METADATA

# The newest file in migrations/versions; a test holds the two together. Known here, so that a
# store that is up to date opens without alembic.
HEAD = "0008"

_VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text))

# Any number, the same in every process: PostgreSQL's lock on who may migrate.
_POSTGRES_LOCK = 5_853_926


def bring_forward(connection: sa.Connection, *, name: str) -> None:
    """Create or update the schema inside the connection's transaction; prove it can be written.

    One at a time in a process: alembic's operations go to the connection that was named last.

    Raises:
        StoreError: the database is from a newer Sulan, half-made, or not Sulan's at all.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))
    tables = set(sa.inspect(connection).get_table_names())
    version = _version(connection, tables, name)
    if version == HEAD:
        _require({*METADATA.tables, PAPER_WORDS} - tables, name)
        # Changes nothing, and fails where nothing can be changed: a read-only file otherwise shows
        # itself at the first write only.
        connection.execute(sa.update(_VERSION).values(version_num=HEAD).where(sa.false()))
    else:
        _upgrade(connection, version, name)


def require_newest(connection: sa.Connection, *, name: str) -> None:
    """Make sure, without writing, that a database is a whole store of this very version.

    Raises:
        StoreError: it is of another version, half-made, or not Sulan's at all.
    """
    tables = set(sa.inspect(connection).get_table_names())
    version = _version(connection, tables, name)
    if version is None:
        raise StoreError(f"{name} is empty: there is no store")
    if version > HEAD:
        raise _newer(name, version)
    if version < HEAD:
        raise StoreError(
            f"{name} was written by an older version of Sulan (its tables are at {version}, this "
            f"one's at {HEAD}); set it as the store and run `sulan check`, which brings it forward"
        )
    _require({*METADATA.tables, PAPER_WORDS} - tables, name)


def _newer(name: str, version: str) -> StoreError:
    return StoreError(
        f"{name} was written by a newer version of Sulan (its tables are at {version}, this "
        f"one knows {HEAD}); upgrade Sulan, or set another place for the store"
    )


def _version(connection: sa.Connection, tables: set[str], name: str) -> str | None:
    """The revision that a database says it has, ``None`` for an empty one."""
    if not tables:
        return None
    if _VERSION.name not in tables:
        raise StoreError(
            f"{name} holds tables that Sulan did not make ({', '.join(sorted(tables)[:3])}); set "
            "another place for the store"
        )
    found = connection.execute(sa.select(_VERSION.c.version_num)).scalars().all()
    if len(found) != 1:
        raise StoreError(
            f"{name} does not tell its version: a change of its tables was not finished; restore "
            "it from a backup, or move it away to start afresh"
        )
    return str(found[0])


def _require(missing: set[str], name: str) -> None:
    if missing:
        raise StoreError(
            f"{name} lacks tables ({', '.join(sorted(missing))}): a change of its tables was not "
            "finished; restore it from a backup, or move it away to start afresh"
        )


def _upgrade(connection: sa.Connection, version: str | None, name: str) -> None:
    # Imported here: alembic costs as much as the rest of the store, and is rarely needed.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise _newer(name, version)
    command.upgrade(config, "head")
