"""``sulan doctor`` as an operator uses it."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cli.machine import asked, last_job, modes, secret_files
from bot.services.watching.finding import Severity
from bot.store.location import locate
from bot.store.sql_store import open_store

Sulan = Callable[..., Any]


def _store(tmp_path: Path) -> Path:
    return tmp_path / "xdg_data_home" / "sulan" / "sulan.sqlite3"


async def _made(path: Path) -> None:
    async with open_store(path):
        pass


def test_where_nothing_ran_yet_it_says_so_and_makes_nothing(sulan: Sulan, tmp_path: Path) -> None:
    said = sulan("doctor")
    assert said.code == 1
    assert "there is no store at" in said.out
    assert not _store(tmp_path).exists()


def test_a_store_that_nobody_works_on_needs_a_person(sulan: Sulan, tmp_path: Path) -> None:
    asyncio.run(_made(_store(tmp_path)))
    said = sulan("doctor", "--json")
    found: list[dict[str, Any]] = json.loads(said.out)
    assert said.code == 1
    assert (found[0]["subject"], found[0]["severity"]) == ("processes", "wrong")
    assert found[0]["to_do"].startswith("Start one: sulan run.")
    assert found[-1]["severity"] == "ok"
    assert "tables at" in found[-1]["what"]


@pytest.mark.parametrize(
    ("version", "words"),
    [("0001", "older version of Sulan"), ("9999", "newer version of Sulan")],
)
def test_f59_a_store_of_another_version_is_named_and_left_alone(
    sulan: Sulan, tmp_path: Path, version: str, words: str
) -> None:
    path = _store(tmp_path)
    asyncio.run(_made(path))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    assert words in sulan("doctor").out
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (
            version,
        )


def test_wrong_settings_are_told_before_anything_else(sulan: Sulan, tmp_path: Path) -> None:
    asyncio.run(_made(_store(tmp_path)))
    (tmp_path / "sulan.toml").write_text('[adapters.Team_]\nkind = "telegram"\n')
    said = sulan("doctor")
    assert said.code == 2
    (tmp_path / "sulan.toml").write_text('[run]\noperator = "telegram"\n')
    assert "run.operator" in sulan("doctor").err


def test_t12_files_that_others_can_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sulan.sqlite3"
    asyncio.run(_made(path))
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("model__api_key", "adapters__telegram__token"):
        (secrets / name).write_text("x")
    (secrets / "model__api_key").chmod(0o600)
    (secrets / "adapters__telegram__token").chmod(0o644)
    files = [*secret_files(tmp_path)]
    (only,) = modes(locate(path), files)
    assert only.to_do == f"chmod 600 {secrets / 'adapters__telegram__token'}"
    path.chmod(0o640)
    assert {one.severity for one in modes(locate(path), files)} == {Severity.WRONG}
    assert len([*modes(locate(path), files)]) == 2


def test_the_jobs_file_tells_when_somebody_last_worked(tmp_path: Path) -> None:
    path = tmp_path / "sulan.sqlite3"
    assert last_job(locate(path)) is None
    engine = tmp_path / "sulan.engine.sqlite3"
    engine.touch()
    os.utime(engine, (1_700_000_000, 1_700_000_000))
    assert last_job(locate(path)) == datetime.fromtimestamp(1_700_000_000, UTC)
    assert last_job(locate("postgresql://x@h/d")) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({"ready": True, "parts": {"store": "ok"}}, "everything works", id="well"),
        pytest.param(
            {"ready": False, "parts": {"store": "failing: full", "role:web": "ok"}},
            "says: store failing: full",
            id="ill",
        ),
        pytest.param(["nonsense"], "does not answer", id="somebody-else"),
    ],
)
async def test_a_running_process_is_asked(body: object, words: str) -> None:
    async def ready(_: web.Request) -> web.Response:
        return web.json_response(body)

    application = web.Application()
    application.router.add_get("/readyz", ready)
    async with TestServer(application) as server:
        port = server.make_url("/").port or 0
        (only,) = await asked("0.0.0.0", port, expected=True)
    assert words in only.what
    assert await asked("127.0.0.1", port, expected=False) == ()
