"""Several bots of one platform, as typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The fixture's: runs ``sulan`` with arguments and says what came of it.
Sulan = Callable[..., Any]

_ONE, _OTHER = "4711:" + "a" * 35, "4712:" + "b" * 35
_SETTINGS = f"""
    [adapters.telegram]
    token = "{_ONE}"
    paid_broadcast = true
    most_stars_a_day = 200
    [adapters.telegram-team]
    kind = "telegram"
    token = "{_OTHER}"
    [adapters.discord]
    token = "abc.def.ghi"
"""
_CHATS = """
    [[chats]]
    platform = "telegram"
    chat = "-100777"
    language = "en"
    include = ["graphs"]
    [[chats]]
    platform = "telegram_team"
    chat = "-100888"
"""


@pytest.fixture
def bots(sulan: Sulan, tmp_path: Path) -> Sulan:
    """The command line with three bots in the settings, and a chat for each of two."""
    (tmp_path / "sulan.toml").write_text(_SETTINGS)
    (tmp_path / "chats.toml").write_text(_CHATS)
    assert "2 new" in sulan("chats", "import", "chats.toml").err
    return sulan


def _names(bots: Sulan, *arguments: str) -> list[str]:
    return [chat["name"] for chat in json.loads(bots("chats", "--json", *arguments).out)]


def test_chats_are_named_by_their_bot_however_that_is_spelt(bots: Sulan) -> None:
    assert _names(bots) == ["telegram/-100777", "telegram-team/-100888"]
    assert _names(bots, "--platform", "telegram_team") == ["telegram-team/-100888"]
    assert _names(bots, "--platform", "telegram") == ["telegram/-100777"]


def test_a_chat_goes_to_another_bot_with_its_settings(bots: Sulan) -> None:
    said = bots("chats", "move", "telegram/-100777", "telegram_team")
    assert (said.code, said.out) == (0, "")
    assert "telegram/-100777 is telegram-team/-100777 from now on." in said.err
    assert "settings too" not in said.err
    assert _names(bots) == ["telegram-team/-100777", "telegram-team/-100888"]
    assert "graphs" in bots("chats", "show", "telegram-team/-100777").out


@pytest.mark.parametrize(
    ("bot", "says"),
    [
        pytest.param("telegram", "There is: telegram-team, discord.", id="its own"),
        pytest.param("nobody", "No other bot 'nobody' in the settings.", id="none"),
        pytest.param("discord", "A chat stays on its platform", id="another platform's"),
    ],
)
def test_a_chat_goes_only_to_another_bot_of_its_platform(bots: Sulan, bot: str, says: str) -> None:
    said = bots("chats", "move", "telegram/-100777", bot)
    assert said.code == 2
    assert says in said.err
    assert _names(bots) == ["telegram/-100777", "telegram-team/-100888"]


def test_adapters_are_listed_with_the_names_of_others_of_their_kind(bots: Sulan) -> None:
    named = {one["name"]: one["named"] for one in json.loads(bots("adapters", "--json").out)}
    assert named["telegram"] == ["telegram-team"]
    assert named["discord"] == []
    lines = bots("adapters").out.splitlines()
    (line,) = [n for n, line in enumerate(lines) if "also as telegram-team" in line]
    assert "adapters.telegram:create" in lines[line - 1]


def test_check_says_of_each_bot_whether_it_can_be_used_and_what_a_day_may_cost(
    bots: Sulan, online: Sulan
) -> None:
    del online
    verdicts = json.loads(bots("check", "--json").out)
    words = {(v["subject"], v["state"]): v["words"] for v in verdicts}
    assert words["telegram", "ok"] == "its options can be read."
    assert words["telegram-team", "ok"] == "its options can be read. It is another telegram."
    assert "to 1 chat cost 3.8 Stars at most" in words["telegram", "note"]
    assert "200.0 on a day" in words["telegram", "note"]
    assert ("telegram-team", "note") not in words
    assert not any(secret in str(verdicts) for secret in (_ONE, _OTHER))


def test_check_says_what_is_wrong_with_a_bot_f40(
    bots: Sulan, online: Sulan, tmp_path: Path
) -> None:
    del online
    (tmp_path / "sulan.toml").write_text(_SETTINGS.replace(_OTHER, _ONE))
    said = bots("check", "--json")
    wrong = [v["words"] for v in json.loads(said.out) if v["subject"] == "adapters"]
    assert said.code == 1
    assert "[adapters.telegram] and [adapters.telegram-team] are the same bot (4711)" in wrong[0]
