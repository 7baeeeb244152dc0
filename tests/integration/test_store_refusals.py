"""F57, F59 and T12: a store that cannot be used says so in one sentence, before harm is done."""

# ruff: noqa: ASYNC240 -- a test may block its own loop

import os
import sqlite3
import stat
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.store.examine import examine
from bot.store.location import locate
from bot.store.one_connection import reading_all
from bot.store.sql_store import SqlStore, open_store

PAPER = Paper(id=PaperId("2608.00001"), title="One", abstract="First.")
BIG = Paper(id=PaperId("2608.00002"), title="Big", abstract="long " * 100_000)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A store with one paper in it, closed."""
    place = tmp_path / "sulan.db"
    async with open_store(place) as store:
        await store.papers.save([PAPER])
    return place


@pytest.fixture
async def opened(path: Path) -> AsyncGenerator[SqlStore, None]:
    """The same, open, with little patience for others."""
    async with open_store(path, busy_timeout=0.02) as store:
        yield store


async def _refusal(place: Path | str) -> str:
    """The message with which a store is refused; it is one line and chained to its cause."""
    with pytest.raises(StoreError) as caught:
        async with open_store(place, busy_timeout=0.02) as store:
            await store.papers.get([PAPER.id])
    message = str(caught.value)
    assert "\n" not in message
    return message


@contextmanager
def _other_program(path: Path, *statements: str) -> Generator[None, None, None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        yield


async def test_f57_a_full_disk_is_named_and_what_was_stored_is_kept(opened: SqlStore) -> None:
    # SQLite's own limit on the file gives the same error as a disk without room.
    async with opened.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match=r"sulan\.db is full; free some space"):
        await opened.papers.save([PAPER, BIG])
    assert await opened.papers.get([PAPER.id, BIG.id]) == {PAPER.id: PAPER}
    async with opened.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    await opened.papers.save([BIG])
    assert BIG.id in await opened.papers.get([BIG.id])


async def test_f57_a_read_only_file_is_refused_at_opening(path: Path) -> None:
    # Root may write whatever the mode says, so the file itself forbids it: a write version above
    # 2 makes SQLite treat it as read-only (https://www.sqlite.org/fileformat.html, 1.3.3).
    content = bytearray(path.read_bytes())
    content[18] = 3
    path.write_bytes(content)
    assert "is read-only; make the file and its folder writable" in await _refusal(path)


async def test_f57_a_folder_that_takes_no_file_is_refused() -> None:
    # Nobody, not even root, makes files in /proc; where there is none, / is read-only.
    message = await _refusal(Path("/proc/sulan/sulan.db"))
    assert "/proc/sulan/sulan.db cannot be opened for writing" in message
    assert "make the file and its folder writable" in message


async def test_f57_a_file_that_others_hold_is_refused_at_opening(path: Path) -> None:
    with _other_program(path, "BEGIN IMMEDIATE"):
        assert "held by another program" in await _refusal(path)


async def test_f57_a_write_that_cannot_be_recorded_fails_while_reading_goes_on(
    opened: SqlStore, path: Path
) -> None:
    with _other_program(path, "BEGIN IMMEDIATE"):
        with pytest.raises(StoreError, match="held by another program"):
            await opened.papers.save([BIG])
        assert await opened.papers.get([PAPER.id]) == {PAPER.id: PAPER}
    await opened.papers.save([BIG])


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
async def test_f59_a_file_that_was_cut_is_refused(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "damaged or no store of Sulan's; restore it" in await _refusal(path)


@pytest.mark.parametrize(
    "content", [b"hello", b"\xff" * 9000, b"SQLite format 3\0" + b"\xff" * 9000, b"PK\3\4" * 2000]
)
async def test_f59_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    assert "damaged or no store of Sulan's" in await _refusal(file)
    assert file.read_bytes() == content


async def test_f59_damage_in_the_middle_is_told_when_it_is_met(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    assert "damaged or no store of Sulan's" in await _refusal(path)


async def test_a_folder_is_refused_with_a_file_to_use_instead(tmp_path: Path) -> None:
    assert f"{tmp_path} is a folder" in await _refusal(tmp_path)
    assert not list(tmp_path.iterdir())


async def test_a_path_below_a_file_is_refused(path: Path) -> None:
    assert "cannot be opened for writing" in await _refusal(path / "sulan.db")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param("", "is no file", id="empty"),
        pytest.param("a\0b", "is no file", id="NUL"),
        pytest.param("sqlite://", "names no plain file", id="in memory"),
        pytest.param("sqlite:///:memory:", "names no plain file", id="named in memory"),
        pytest.param("sqlite:///file:x?mode=memory&uri=true", "names no plain file", id="uri"),
        pytest.param("mysql://u:s3cret@host/x", "does not run on mysql", id="another database"),
        pytest.param("postgresql://u:s3cret@h:port/x", "address cannot be read", id="bad port"),
        pytest.param("://", "address cannot be read", id="no scheme"),
    ],
)
async def test_an_address_that_is_none_is_refused_without_its_password(
    place: str, said: str
) -> None:
    message = await _refusal(place)
    assert said in message
    assert "s3cret" not in message


async def test_without_its_driver_a_server_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    place = "postgresql://sulan:s3cret@db.example.org/papers"
    said = {await _refusal(place)}
    with pytest.raises(StoreError) as caught:
        await examine(place)
    said.add(str(caught.value))
    with pytest.raises(StoreError) as caught, reading_all(locate(place)):
        pass
    said.add(str(caught.value))
    (message,) = said
    assert "pip install 'psycopg[binary]'" in message
    assert "s3cret" not in message


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_t5_a_servers_name_in_messages_holds_no_password(scheme: str) -> None:
    place = locate(f"{scheme}://sulan:s3cret@db.example.org/papers?sslpassword=s3cret")
    assert place.name == f"{scheme}://sulan:***@db.example.org/papers"
    assert place.url.drivername == "postgresql+psycopg"
    assert place.url.password == "s3cret"


def test_f57_a_server_that_vanished_is_not_waited_for_longer_than_its_address_says() -> None:
    waits = locate("postgres://db/papers?tcp_user_timeout=900").url.query
    assert (waits["connect_timeout"], waits["tcp_user_timeout"]) == ("10", "900")


async def test_t12_new_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "new" / "deep" / "sulan.db"
    before = os.umask(0)
    try:
        async with open_store(place) as store:
            await store.papers.save([PAPER])
            modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in place.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"sulan.db": 0o600, "sulan.db-wal": 0o600, "sulan.db-shm": 0o600}
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert [f.name for f in place.parent.iterdir()] == ["sulan.db"]


async def test_t12_an_existing_file_keeps_the_mode_its_owner_gave_it(path: Path) -> None:
    path.chmod(0o640)
    async with open_store(path) as store:
        await store.papers.save([PAPER])
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite+aiosqlite:///{}"])
async def test_a_path_and_an_address_open_the_same_store(path: Path, form: str) -> None:
    async with open_store(form.format(path)) as store:
        assert await store.papers.get([PAPER.id]) == {PAPER.id: PAPER}


async def test_a_file_name_may_hold_what_addresses_reserve(tmp_path: Path) -> None:
    place = tmp_path / "a b%20?c#d:论文@x.db"
    async with open_store(place) as store:
        await store.papers.save([PAPER])
    assert [f.name for f in tmp_path.iterdir()] == [place.name]


async def test_a_reader_cannot_write(opened: SqlStore) -> None:
    with pytest.raises(StoreError, match="read-only"):
        async with opened.database.reading() as connection:
            await connection.exec_driver_sql("DELETE FROM papers")


async def test_text_that_no_database_takes_is_named_as_such(opened: SqlStore) -> None:
    broken = Paper(id=PaperId("2608.00003"), title="lone \ud800 surrogate")
    with pytest.raises(StoreError, match="cannot store a lone surrogate"):
        await opened.papers.save([broken])
    await opened.papers.save([BIG])
