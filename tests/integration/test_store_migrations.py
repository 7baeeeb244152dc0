"""F59: the schema comes forward whole or not at all, and a stranger's file is left alone."""

import asyncio
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.domain.errors import StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.store import migrate
from bot.store.sql_store import open_store
from bot.store.tables import METADATA

PAPER = Paper(id=PaperId("2608.00001"), title="One", abstract="First.")

# Opens a store and dies, as by a power cut, after so many statements.
DIE_AFTER = """
import asyncio, os, signal, sys
import sqlalchemy as sa
from bot.store.sql_store import open_store

path, left = sys.argv[1], int(sys.argv[2])

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with open_store(path):
        print("opened")

asyncio.run(main())
"""


async def _refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        async with open_store(path):
            pass
    return str(caught.value)


def _run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


async def _made(path: Path) -> Path:
    async with open_store(path) as store:
        await store.papers.save([PAPER])
    return path


def test_head_is_the_newest_revision_and_revisions_stand_in_one_line() -> None:
    script = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert script.get_heads() == [migrate.HEAD]
    assert len(list(script.walk_revisions())) == int(migrate.HEAD)


async def test_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    def differences(connection: sa.Connection) -> Sequence[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, METADATA)

    async with (
        open_store(tmp_path / "sulan.db") as store,
        store.database.writing() as connection,
    ):
        assert await connection.run_sync(differences) == []


async def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    path = await _made(tmp_path / "sulan.db")
    async with open_store(path) as store:
        assert await store.papers.get([PAPER.id]) == {PAPER.id: PAPER}


async def test_an_empty_file_is_a_fresh_store(tmp_path: Path) -> None:
    (tmp_path / "sulan.db").touch()
    await _made(tmp_path / "sulan.db")


async def test_f59_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = await _made(tmp_path / "sulan.db")
    _run(path, "UPDATE alembic_version SET version_num = '0999'")
    message = await _refusal(path)
    assert "written by a newer version of Sulan" in message
    assert "0999" in message
    assert "upgrade Sulan" in message


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param("DELETE FROM alembic_version", "does not tell its version", id="no version"),
        pytest.param(
            "INSERT INTO alembic_version VALUES ('0001')", "does not tell its version", id="two"
        ),
        pytest.param("DROP TABLE summaries", "lacks tables (summaries)", id="table missing"),
        pytest.param(
            "DROP TABLE alembic_version", "holds tables that Sulan did not make", id="unmarked"
        ),
    ],
)
async def test_f59_a_half_done_migration_is_refused_with_a_message(
    tmp_path: Path, damage: str, said: str
) -> None:
    path = await _made(tmp_path / "sulan.db")
    _run(path, damage)
    message = await _refusal(path)
    assert str(path) in message
    assert said in message


async def test_f59_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "firefox.sqlite"
    _run(path, "CREATE TABLE moz_places (id INTEGER)", "PRAGMA user_version = 7")
    assert "tables that Sulan did not make (moz_places)" in await _refusal(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("moz_places",)]


async def test_f59_a_migration_that_is_killed_leaves_nothing_half_done(tmp_path: Path) -> None:
    async def die(statements: int) -> Path:
        path = tmp_path / f"{statements}.db"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DIE_AFTER, str(path), str(statements), stdout=-3
        )
        assert await process.wait() == -9
        return path

    for path in await asyncio.gather(die(8), die(13), die(19)):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
        await _made(path)
