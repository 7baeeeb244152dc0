"""Chats, adapters' options, and what of them is a secret."""

from datetime import time
from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from config.load import Loaded, load_from
from config.places import Surroundings
from config.secrets import secrets_of
from config.settings import Settings

_TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"


def load(tmp_path: Path, toml: str = "", **environ: str) -> Loaded:
    (tmp_path / "sulan.toml").write_text(toml, encoding="utf-8")
    return load_from(
        Surroundings(
            environ={"HOME": str(tmp_path), **environ},
            cwd=tmp_path,
            system_secrets=tmp_path / "none",
        )
    )


def complaint(tmp_path: Path, toml: str = "", **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, toml, **environ)
    return str(caught.value)


_CHATS = """
[[chats]]
platform = "Telegram"
chat = -1001234567890
thread = 5
heartbeat = "9:30"
zone = "Europe/Berlin"

[[chats]]
platform = "markdown"
language = "en"
sources = ["arxiv:cs.CL"]
heartbeat = 12:00:00
"""


def test_chats_are_read_from_toml_with_numbers_as_names(tmp_path: Path) -> None:
    first, second = load(tmp_path, _CHATS).settings.chats
    assert (first.platform, first.chat, first.thread) == ("telegram", "-1001234567890", "5")
    assert (first.heartbeat, first.zone) == (time(9, 30), "Europe/Berlin")
    assert (first.language, first.sources) == (None, None)
    assert (second.platform, second.chat, second.language) == ("markdown", "", "en")
    assert second.heartbeat == time(12)


def test_chats_fit_into_one_variable(tmp_path: Path) -> None:
    loaded = load(tmp_path, _CHATS, SULAN_CHATS='[{"platform": "console"}]')
    assert [chat.platform for chat in loaded.settings.chats] == ["console"]
    assert loaded.origins["chats"] == "SULAN_CHATS"


_WRONG = {
    "no platform": (
        '[[chats]]\nchat = "@x"',
        "sulan.toml, line 1: chats, number 1: platform is missing; allowed: an adapter's name",
    ),
    "misspelt": (
        '[[chats]]\nplatform = "telegram"\n[[chats]]\nplatform = "discord"\nlangage = "en"',
        "sulan.toml, line 5: chats, number 2: langage is no setting; did you mean language?",
    ),
    "unknown": (
        '[[chats]]\nplatform = "telegram"\nqqq = 1',
        "line 3: chats, number 1: qqq is no setting; there is platform, chat, ",
    ),
    "zone": (
        '[[chats]]\nplatform = "telegram"\nzone = "Mars/Base"',
        "line 3: chats, number 1: zone is 'Mars/Base'; allowed: an IANA name",
    ),
    "path as zone": (
        '[[chats]]\nplatform = "telegram"\nzone = "../etc/passwd"',
        "zone is '../etc/passwd'; allowed: an IANA name",
    ),
    "hour": (
        '[[chats]]\nplatform = "telegram"\nheartbeat = "24:00"',
        "heartbeat is no hour of the day; allowed: an hour such as 09:00",
    ),
    "source": (
        '[[chats]]\nplatform = "telegram"\nsources = ["reddit"]',
        "sources names no source: 'reddit'; allowed: hf, arxiv",
    ),
    "unknown outcome": (
        '[[chats]]\nplatform = "telegram"\non_unknown = "maybe"',
        "on_unknown is 'maybe'; allowed: default, resend, leave",
    ),
    "no list": ("chats = 5", "line 1: chats is 5; allowed: a list of tables"),
    "no table": ("chats = [5]", "line 1: chats, number 1: is no table; there is platform, "),
    "twice": (
        '[[chats]]\nplatform = "console"\n[[chats]]\nplatform = "console"',
        "line 1: chats names console 2 times; give it one table",
    ),
    "adapters": ("adapters = 5", "adapters is no table; write [adapters.NAME]"),
    "an adapter": ("[adapters]\ntelegram = 5", "adapters has telegram, which is no table; write "),
    "case": ("[adapters.Telegram]\ntoken = 'x'", "adapters has 'Telegram'; write names and opti"),
    "often": ("[run]\ncollect_every_s = 5", "run.collect_every_s is 5, less than 60 seconds, the"),
    "fallback": ("[model]\nfallback = 'b'", "model.fallback is set without model.name"),
}


@pytest.mark.parametrize(("toml", "expected"), list(_WRONG.values()), ids=list(_WRONG))
def test_what_is_wrong_is_told_with_its_chat_and_line(
    tmp_path: Path, toml: str, expected: str
) -> None:
    assert expected in complaint(tmp_path, toml)


def test_broken_json_in_the_variable_is_told(tmp_path: Path) -> None:
    assert "SULAN_CHATS: chats is no JSON list of tables" in complaint(tmp_path, SULAN_CHATS="[{")


def test_options_come_from_every_place_and_the_later_one_wins(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "adapters__telegram__token").write_text(_TOKEN)
    loaded = load(
        tmp_path,
        "[adapters.telegram]\ntoken = 'toml'\nbatch = 5\nsilent = true",
        SULAN_ADAPTERS__TELEGRAM__TOKEN="variable",
        SULAN_ADAPTERS__DISCORD__BASE__URL="http://127.0.0.1:1",
    )
    assert loaded.settings.adapters == {
        "telegram": {"token": _TOKEN, "batch": 5, "silent": True},
        "discord": {"base": {"url": "http://127.0.0.1:1"}},
    }
    assert loaded.origins["adapters.telegram.token"] == "secrets/adapters__telegram__token"
    assert loaded.origins["adapters.telegram.batch"] == "sulan.toml, line 3"
    assert loaded.origins["adapters.discord.base"] == "the environment"


@pytest.mark.parametrize("name", ["SULAN_ADAPTERS", "SULAN_ADAPTERS__TELEGRAM"])
def test_a_variable_without_an_option_is_told(tmp_path: Path, name: str) -> None:
    message = complaint(tmp_path, **{name: "x"})
    assert "an adapter's options are SULAN_ADAPTERS__NAME__OPTION" in message


_SECRET = {
    "a token": ("token", _TOKEN),
    "a word that is a token": ("token", "swordfish"),
    "a password of words": ("app_password", "abcd efgh ijkl mnop"),
    "a webhook": ("url", "https://discord.com/api/webhooks/1/aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"),
    "credentials": ("base_url", "https://user:word@example.org"),
    "a query": ("base_url", "https://example.org/?t=1"),
    "another scheme": ("urls", "slack://TokenA/TokenB/TokenC"),
    "broken": ("url", "http://[x"),
}
_PUBLIC = {
    "an address": ("base_url", "https://api.telegram.org"),
    "a socket": ("gateway", "wss://gateway.discord.gg"),
    "a local server": ("base_url", "http://127.0.0.1:8081/bot"),
    "a word": ("style", "forum"),
    "a number": ("batch", "25"),
    "a path": ("folder", "./archive/2026"),
    "the home folder": ("folder", "~/papers"),
}


@pytest.mark.parametrize(("name", "value"), list(_SECRET.values()), ids=list(_SECRET))
def test_options_that_may_be_secrets_are_kept_out_of_logs_t5(name: str, value: str) -> None:
    settings = Settings.model_validate({"adapters": {"some": {"deep": [{name: value}]}}})
    assert value in secrets_of(settings)


@pytest.mark.parametrize(("name", "value"), list(_PUBLIC.values()), ids=list(_PUBLIC))
def test_plain_words_paths_and_addresses_stay_readable(name: str, value: str) -> None:
    settings = Settings.model_validate({"adapters": {"some": {name: value}}})
    assert value not in secrets_of(settings)
