"""Several bots of one platform: their tables, their names, and one that is there twice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.base import ArchivedDay
from bot.chats import adapters_for, chats_of
from bot.domain.errors import SettingsError
from bot.domain.post import Post
from bot.domain.target import Target
from bot.instances import Instance, instances_of
from config.load import load_settings, load_with_origins
from config.settings import Settings

_ONE, _OTHER = "4711:" + "a" * 35, "4712:" + "b" * 35
_DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.{0}.{0}{0}{0}{0}{0}{0}"
_HOOK = "https://discord.com/api/webhooks/1/{0}{0}{0}{0}{0}"


class NoArchive:
    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        return ()


def _settings(**values: Any) -> Settings:
    return Settings.model_validate(values)


def _telegrams(one: str, other: str) -> dict[str, dict[str, object]]:
    return {"telegram": {"token": one}, "telegram-team": {"kind": "telegram", "token": other}}


def test_two_bots_of_a_platform_are_two_adapters_with_a_name_each() -> None:
    settings = _settings(
        adapters=_telegrams(_ONE, _OTHER),
        chats=[
            {"platform": "telegram", "chat": "1"},
            {"platform": "telegram-team", "chat": "1"},
        ],
    )
    chats = chats_of(settings)
    assert [c.target.platform for c in chats] == ["telegram", "telegram-team"]
    made = adapters_for(chats, settings, NoArchive())
    assert [adapter.name for adapter in made] == ["telegram", "telegram-team"]


def test_a_table_needs_no_namesake_of_its_kind() -> None:
    table = {"kind": "telegram", "token": _ONE}
    settings = _settings(adapters={"readers": table}, chats=[{"platform": "readers", "chat": "1"}])
    assert instances_of(["readers"], settings) == [
        Instance("readers", "telegram", {"token": _ONE}),
    ]


def test_files_variables_and_secrets_meet_in_one_table_whatever_the_dashes(
    tmp_path: Path,
) -> None:
    (tmp_path / "sulan.toml").write_text(
        '[adapters.telegram-team]\nkind = "telegram"\nsound = false\ntoken = "of the file"\n'
        '[[chats]]\nplatform = "telegram_team"\nchat = "1"\n'
    )
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "adapters__telegram_team__token").write_text(_ONE)
    environ = {"SULAN_ADAPTERS__TELEGRAM_TEAM__PREVIEW": "false"}
    loaded = load_with_origins(environ=environ, cwd=tmp_path)
    assert loaded.settings.adapters == {
        "telegram-team": {"kind": "telegram", "sound": False, "token": _ONE, "preview": "false"}
    }
    place = loaded.origins["adapters.telegram-team.token"]
    assert place == "secrets/adapters__telegram_team__token"
    assert loaded.origins["adapters.telegram-team.sound"] == "sulan.toml, line 3"
    (chat,) = chats_of(loaded.settings)
    (made,) = adapters_for([chat], loaded.settings, NoArchive())
    assert made.name == chat.target.platform == "telegram-team"


def test_a_variable_overrides_the_file_also_where_they_spell_the_name_apart(
    tmp_path: Path,
) -> None:
    (tmp_path / "sulan.toml").write_text('[adapters.telegram_team]\ntoken = "of the file"\n')
    environ = {"SULAN_ADAPTERS__TELEGRAM_TEAM__TOKEN": _ONE}
    settings = load_settings(environ=environ, cwd=tmp_path)
    assert settings.adapters["telegram-team"]["token"] == _ONE


@pytest.mark.parametrize(
    ("adapters", "names"),
    [
        pytest.param(_telegrams(_ONE, _ONE), "telegram and telegram-team", id="one token twice"),
        pytest.param(
            _telegrams(_ONE, "4711:" + "z" * 35),
            "telegram and telegram-team",
            id="an old and a new token of one bot",
        ),
        pytest.param(
            {
                "discord": {"token": _DISCORD.format("abcdef")},
                "discord-team": {"kind": "discord", "token": _DISCORD.format("uvwxyz")},
            },
            "discord and discord-team",
            id="Discord's",
        ),
        pytest.param(
            {
                "discord-webhook": {"hooks": {"a": _HOOK.format("abcde")}},
                "more": {"kind": "discord-webhook", "hooks": {"b": _HOOK.format("vwxyz")}},
            },
            "discord-webhook and more",
            id="a webhook",
        ),
    ],
)
def test_one_bot_under_two_names_is_refused_and_no_secret_told_f40(
    adapters: dict[str, dict[str, object]], names: str
) -> None:
    first, second = names.split(" and ")
    with pytest.raises(SettingsError) as caught:
        adapters_for([], _settings(adapters=adapters), NoArchive())
    said = str(caught.value)
    assert f"[adapters.{first}] and [adapters.{second}] are the same bot" in said
    assert "give one of them another token" in said
    assert not any(secret in said for secret in ("aaaa", "zzzz", "abcde", "vwxyz"))


def test_two_different_bots_are_not_taken_for_one() -> None:
    tables = {
        **_telegrams(_ONE, _OTHER),
        "discord": {"token": _DISCORD.format("abcdef")},
        "b": {"kind": "discord", "token": "A" + _DISCORD.format("abcdef")},
    }
    assert len(adapters_for([], _settings(adapters=tables), NoArchive())) == 4


@pytest.mark.parametrize(
    ("adapters", "says"),
    [
        pytest.param(
            {"telegram": {"kind": "discord"}}, "give the table another name", id="a kind's name"
        ),
        pytest.param({"team": {"kind": 3}}, "adapters.team.kind must be", id="a kind as number"),
        pytest.param(
            {"team": {"kind": "telegarm"}}, "No adapter 'telegarm'", id="a kind that is none"
        ),
        pytest.param({"team": {"token": _ONE}}, "set its kind", id="no kind"),
        pytest.param({"a/b": {"kind": "telegram"}}, "small letters", id="a name with a slash"),
        pytest.param({"team": {"kind": " "}}, "adapters.team.kind must be", id="an empty kind"),
        pytest.param(
            {"team": {"kind": "telegram"}}, "[adapters.team]: token is missing", id="the options"
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_name(
    adapters: dict[str, dict[str, object]], says: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        adapters_for([], _settings(adapters=adapters), NoArchive())
    assert says in str(caught.value)
    assert _ONE not in str(caught.value)
