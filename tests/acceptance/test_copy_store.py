"""``sulan copy-store`` as a person uses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest


class Said(Protocol):
    code: int
    out: str
    err: str


Sulan = Callable[..., Said]
_FILES = """
    [[chats]]
    platform = "telegram"
    chat = "-1001234567890"
    include = ["LLM"]
"""


def test_a_store_is_taken_to_postgresql_and_back_with_its_counts_and_used_there(
    sulan: Sulan, tmp_path: Path, new_postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chats.toml").write_text(_FILES)
    assert sulan("chats", "import", "chats.toml").code == 0
    server = new_postgres()
    said = sulan("copy-store", "xdg_data_home/sulan/sulan.sqlite3", server)
    assert said.code == 0, said.err
    assert {"chats", "1"} < set(next(x for x in said.out.splitlines() if "chats " in x).split())
    assert "each read again in postgresql://" in said.err
    monkeypatch.setenv("SULAN_DATABASE_URL", server)
    shown = sulan("chats")
    assert "telegram/-1001234567890" in shown.out
    monkeypatch.delenv("SULAN_DATABASE_URL")
    back = sulan("copy-store", server, "back.db")
    assert (back.code, back.out) == (0, said.out)
    assert Path("back.db").stat().st_mode & 0o777 == 0o600
    again = sulan("copy-store", server, "back.db")
    assert again.code == 1
    assert "back.db is not empty" in again.err


def test_t5_no_password_is_repeated(sulan: Sulan) -> None:
    said = sulan("copy-store", "postgres://u:geheimnis@127.0.0.1:1/a", "there.db")
    assert said.code == 1
    assert "geheimnis" not in said.out + said.err
    assert not Path("there.db").exists()
