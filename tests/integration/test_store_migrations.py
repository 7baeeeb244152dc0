"""F59: the schema comes forward whole or not at all, and a stranger's file is left alone."""

import asyncio
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.domain.chat import Style
from bot.domain.errors import StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Origin, Provenance, Summary
from bot.domain.target import Target
from bot.store import migrate
from bot.store.documents import encode
from bot.store.location import locate
from bot.store.paper_words import NAME as PAPER_WORDS
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


async def _refusal(place: str) -> str:
    with pytest.raises(StoreError) as caught:
        async with open_store(place):
            pass
    return str(caught.value)


def _engine(place: str | Path) -> sa.Engine:
    url = locate(place).url
    driver = url.drivername.replace("+aiosqlite", "")
    return sa.create_engine(url.set(drivername=driver), poolclass=sa.NullPool)


def _run(place: str | Path, *statements: str) -> list[Any]:
    """Run statements as another program would; returns the rows of the last."""
    with _engine(place).begin() as connection:
        results = [connection.execute(sa.text(statement)) for statement in statements]
        return list(results[-1].all()) if results[-1].returns_rows else []


def _tables(place: str) -> set[str]:
    return set(sa.inspect(_engine(place)).get_table_names())


async def _made(place: str) -> str:
    async with open_store(place) as store:
        await store.papers.save([PAPER])
    return place


def test_head_is_the_newest_revision_and_revisions_stand_in_one_line() -> None:
    script = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert script.get_heads() == [migrate.HEAD]
    assert len(list(script.walk_revisions())) == int(migrate.HEAD)


async def test_migrations_make_exactly_the_tables_of_the_code(nowhere: str) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not (name or "").startswith(PAPER_WORDS)

    def differences(connection: sa.Connection) -> Sequence[Any]:
        # The table of words is each database's own: none of METADATA's.
        opts = {"compare_type": True, "include_name": ours}
        context = MigrationContext.configure(connection, opts=opts)
        return compare_metadata(context, METADATA)

    async with (
        open_store(nowhere) as store,
        store.database.writing() as connection,
    ):
        assert await connection.run_sync(differences) == []


async def test_opening_again_keeps_what_is_there(nowhere: str) -> None:
    await _made(nowhere)
    async with open_store(nowhere) as store:
        assert await store.papers.get([PAPER.id]) == {PAPER.id: PAPER}


async def test_an_empty_file_is_a_fresh_store(tmp_path: Path) -> None:
    (tmp_path / "sulan.db").touch()
    await _made(str(tmp_path / "sulan.db"))


async def test_f59_a_store_of_a_newer_version_is_refused(nowhere: str) -> None:
    await _made(nowhere)
    _run(nowhere, "UPDATE alembic_version SET version_num = '0999'")
    message = await _refusal(nowhere)
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
    nowhere: str, damage: str, said: str
) -> None:
    await _made(nowhere)
    _run(nowhere, damage)
    message = await _refusal(nowhere)
    assert locate(nowhere).name in message
    assert said in message


async def test_f59_another_programs_database_is_refused_and_left_alone(nowhere: str) -> None:
    _run(nowhere, "CREATE TABLE moz_places (id INTEGER)")
    assert "tables that Sulan did not make (moz_places)" in await _refusal(nowhere)
    assert _tables(nowhere) == {"moz_places"}


async def test_f59_a_migration_that_is_killed_leaves_nothing_half_done(
    new_nowhere: Callable[[], str],
) -> None:
    async def die(statements: int) -> str:
        place = new_nowhere()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DIE_AFTER, place, str(statements), stdout=-3
        )
        assert await process.wait() == -9
        return place

    # On PostgreSQL the driver asks a few things first.
    for place in await asyncio.gather(die(12), die(17), die(25)):
        assert _tables(place) == set()
        await _made(place)


def _made_by(place: str | Path, revision: str) -> None:
    """A store as an older version left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with _engine(place).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


# What the first version wrote, as it stands in its file.
_PAPER_ROWS = """
INSERT INTO papers (id, title, abstract, version, authors, categories, published_at, withdrawn,
                    upvotes, media_urls, keywords)
VALUES ('2309.12307', 'LongLoRA: ÉTUDE', 'Text.', 2, '["Ann"]', '[]',
        '2023-09-21 17:59:11.000000', FALSE, 88, '[]', '[]'),
       ('hep-th/9901001', 'Anti de Sitter', 'Text.', 1, '[]', '[]', NULL, FALSE, NULL, '[]', '[]')
"""


async def test_a_store_of_the_first_version_comes_forward_with_all_it_holds(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sulan.db"
    _made_by(path, "0001")
    _run(
        path,
        _PAPER_ROWS,
        "INSERT INTO listings VALUES "
        "('hf', '2023-09-22', '2309.12307', 2, 0, '2023-09-22 01:00:00.000000')",
    )
    with closing(sqlite3.connect(path)) as connection:
        tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
        assert connection.execute(tables).fetchone() == (8,)
    for _ in range(2):
        async with open_store(path) as store:
            ids = [PaperId("2309.12307"), PaperId("hep-th/9901001")]
            papers = await store.papers.get(ids)
            assert [paper.version for paper in papers.values()] == [2, 1]
            assert len(await store.listings.of_day("hf", date(2023, 9, 22))) == 1
            assert [s.paper_id for s in await store.index.suggest("étude", limit=5)] == [
                "2309.12307"
            ]
            found = await store.index.suggest("", limit=5)
            assert [s.paper_id for s in found] == ["2309.12307", "hep-th/9901001"]
            assert not await store.chats.all()
    async with open_store(tmp_path / "fresh.db"):
        pass
    assert _schema(path) == _schema(tmp_path / "fresh.db")


# What the second version wrote: a chat of the operator's list, what was sent to it, a summary.
_SUMMARY = Summary(
    paper_id=PaperId("2309.12307"),
    language="zh",
    main_work="本文提出高效微调方法。",
    highlights=("显存更少",),
    keywords=(),
    scores=None,
    provenance=Provenance(Origin.MODEL, "m", "p1"),
)
_CHAT_ROWS = """
INSERT INTO chats (platform, chat, thread, language, sources, zone, on_unknown, since)
VALUES ('telegram', '-500', '9', 'en', '["hf", "arxiv:cs.CL"]', 'Asia/Shanghai', 'leave',
        '2026-08-10 12:00:00.000000')
"""


async def test_a_store_of_the_second_version_comes_forward_with_its_chats_and_is_searched(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sulan.db"
    _made_by(path, "0002")
    _run(path, _PAPER_ROWS, _CHAT_ROWS)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO summaries VALUES ('2309.12307', 2, 'zh', 'p1', 'm', NULL, ?)",
            [encode(_SUMMARY)],
        )
    for _ in range(2):
        async with open_store(path) as store:
            [chat] = await store.chats.all()
            assert chat.target == Target("telegram", "-500", "9")
            assert (chat.sources, chat.style) == (("hf", "arxiv:cs.CL"), Style.EACH)
            assert chat.listed, "it came from the operator's list, which is applied once more"
            for text in ("longlora", "etude", "微调", "text 显存"):
                found = await store.index.search(text, limit=5)
                assert [paper_id.value for paper_id in found.papers] == ["2309.12307"]
            assert (await store.index.search("text", limit=5)).total == 2
    async with open_store(path) as store:
        await store.papers.save([PAPER])
        assert (await store.index.search("first", limit=5)).papers == [PAPER.id]


async def test_more_papers_than_are_read_at_once_come_forward_all(tmp_path: Path) -> None:
    path = tmp_path / "sulan.db"
    _made_by(path, "0002")
    ids = [f"2608.{number:05}" for number in range(1, 1_102)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO papers (id, title, abstract, version, authors, categories, withdrawn, "
            "media_urls, keywords) VALUES (?, 'Net ' || ?, 'A text.', 1, '[]', '[]', 0, '[]', "
            "'[]')",
            [(paper_id, str(number)) for number, paper_id in enumerate(ids)],
        )
    async with open_store(path) as store:
        for number in (0, 499, 500, 1_100):
            found = await store.index.search(f"net {number}", limit=5)
            assert [paper_id.value for paper_id in found.papers] == [ids[number]]


def _schema(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


async def test_f59_coming_forward_that_is_killed_leaves_the_first_version(
    new_nowhere: Callable[[], str],
) -> None:
    async def die(statements: int) -> None:
        place = new_nowhere()
        _made_by(place, "0001")
        _run(place, _PAPER_ROWS)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DIE_AFTER, place, str(statements), stdout=-3
        )
        assert await process.wait() == -9
        assert _run(place, "SELECT version_num FROM alembic_version") == [("0001",)]
        async with open_store(place) as store:
            assert len(await store.index.suggest("", limit=5)) == 2

    for statements in (12, 20, 26):  # one at a time: alembic's operations are the process's own
        await die(statements)
