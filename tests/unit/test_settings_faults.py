"""Everything that is wrong is told at once, with its place and what is allowed."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from config.load import load_from
from config.places import Surroundings


def complaint(tmp_path: Path, toml: str = "", dotenv: str = "", **environ: str) -> str:
    """The message for these settings."""
    if toml:
        (tmp_path / "sulan.toml").write_text(toml, encoding="utf-8")
    if dotenv:
        (tmp_path / ".env").write_text(dotenv, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_from(Surroundings(environ=environ, cwd=tmp_path, system_secrets=tmp_path / "none"))
    assert caught.value.__cause__ is None, "pydantic's error holds the values"
    assert caught.value.__context__ is None
    return str(caught.value)


_UNKNOWN_TOML = {
    "top level": ("langage = 'en'", "line 1: langage is no setting; did you mean language?"),
    "in a table": (
        "[model]\n\ntemprature = 1",
        "line 3: model.temprature is no setting; did you mean model.temperature?",
    ),
    "in an inline table": (
        "log = { levle = 'info' }",
        "line 1: log.levle is no setting; did you mean log.level?",
    ),
    "dotted": ("http.atempts = 1", "line 1: http.atempts is no setting; did you mean http.att"),
    "a table": ("[modle]\nname = 'x'", "line 1: modle is no setting; did you mean model?"),
    "below a setting": ("[model.name]\nx = 1", "line 1: model.name is {'x': 1}; allowed: text"),
    "below a group": ("[model.foo.bar]\nx = 1", "model.foo is no setting; [model] has name, "),
    "in the wrong place": ("api_key = 'x'", "api_key is no setting; did you mean model.api_key?"),
    "like nothing": (
        "qqq = 1",
        "qqq is no setting; there is language, sources, contact_url, chat",
    ),
}


@pytest.mark.parametrize(
    ("toml", "expected"), list(_UNKNOWN_TOML.values()), ids=list(_UNKNOWN_TOML)
)
def test_an_unknown_key_in_toml_is_told_with_its_line(
    tmp_path: Path, toml: str, expected: str
) -> None:
    message = complaint(tmp_path, toml)
    assert message.startswith("The settings are wrong. sulan.toml, line ")
    assert expected in message


_UNKNOWN_NAMES = {
    "one underscore": ("SULAN_MODEL_NAME", "did you mean SULAN_MODEL__NAME?"),
    "misspelt": ("SULAN_HTTP__ATEMPTS", "did you mean SULAN_HTTP__ATTEMPTS?"),
    "without its group": ("SULAN_API_KEY", "did you mean SULAN_MODEL__API_KEY?"),
    "in the wrong group": ("SULAN_HTTP__INTERVAL_S", "did you mean SULAN_ARXIV__INTERVAL_S?"),
    "below a setting": ("SULAN_LOG__LEVEL__X", "did you mean SULAN_LOG__LEVEL?"),
    "a group": ("SULAN_LOG", "is a group, no value; there is SULAN_LOG__ with LEVEL, FORMAT"),
    "in two groups": ("SULAN_MIRROR__BASE_URL", "SULAN_HUGGINGFACE__BASE_URL or SULAN_MODEL__BAS"),
    "like nothing": ("SULAN_QQQ", "there is SULAN_LANGUAGE, SULAN_SOURCES, SULAN_CONTACT_URL, "),
    "in a known group": ("SULAN_LOG__QQQ", "there is SULAN_LOG__ with LEVEL, FORMAT"),
}


@pytest.mark.parametrize(("name", "hint"), list(_UNKNOWN_NAMES.values()), ids=list(_UNKNOWN_NAMES))
def test_an_unknown_variable_is_told_wherever_it_stands(
    tmp_path: Path, name: str, hint: str
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / name).write_text("1")
    message = complaint(tmp_path, dotenv=f"{name}=1\n", **{name: "1"})
    assert message.count(hint) == 3
    assert f".env, line 1 ({name}): " in message
    assert f"\n  {name}: " in message
    assert f"\n  secrets/{name}: " in message


def test_a_misspelt_secret_file_without_prefix_is_told_by_its_group(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "model__apikey").write_text("sk-0123456789")
    message = complaint(tmp_path)
    assert "secrets/model__apikey: is no setting; did you mean SULAN_MODEL__API_KEY?" in message
    assert "sk-" not in message


_UNFIT = {
    "no number": (
        "SULAN_HTTP__ATTEMPTS",
        "many",
        "is 'many'; allowed: a whole number from 1 to 10",
    ),
    "a fraction": ("SULAN_HTTP__ATTEMPTS", "1.5", "allowed: a whole number from 1 to 10"),
    "too small": ("SULAN_HTTP__ATTEMPTS", "0", "allowed: a whole number from 1 to 10"),
    "too big": ("SULAN_HTTP__ATTEMPTS", "11", "allowed: a whole number from 1 to 10"),
    "zero seconds": ("SULAN_MODEL__TIMEOUT_S", "0", "allowed: a number above 0 to 3,600"),
    "nan": ("SULAN_MODEL__TEMPERATURE", "nan", "allowed: a number from 0 to 2"),
    "infinite money": ("SULAN_MODEL__DAILY_USD", "Infinity", "allowed: a number from 0"),
    "negative tokens": ("SULAN_MODEL__DAILY_TOKENS", "-1", "allowed: a whole number from 0"),
    "a word": ("SULAN_LOG__LEVEL", "loud", "is 'loud'; allowed: debug, info, warning, error"),
    "effort": ("SULAN_MODEL__REASONING_EFFORT", "max", "allowed: none, minimal, low, medium, high"),
    "no truth": ("SULAN_ARXIV__REPLACEMENTS", "perhaps", "allowed: true or false"),
    "language": ("SULAN_LANGUAGE", "fr", "is 'fr'; allowed: en, zh"),
    "source": ("SULAN_SOURCES", "hf,reddit", "names no source: 'reddit'; allowed: hf, arxiv"),
    "category": ("SULAN_SOURCES", "arxiv:", "names no source: 'arxiv:'"),
    "no source": ("SULAN_SOURCES", ",", "sources names no source; allowed: hf, arxiv:"),
    "twice": ("SULAN_SOURCES", "hf,hf", "names a source twice"),
    "broken list": ("SULAN_SOURCES", '["hf"', "is no JSON list; separate the values with commas"),
    "address": ("SULAN_MODEL__BASE_URL", "localhost:80/v1", "is no http or https address"),
    "port": ("SULAN_MODEL__BASE_URL", "http://h:99999/v1", "is no well-formed address"),
    "query": ("SULAN_ARXIV__API_URL", "http://h/q?x=1", "has a query or fragment"),
    "white space": ("SULAN_ARXIV__API_URL", "http://h/q x", "holds white space"),
    "contact": ("SULAN_CONTACT_URL", "me (at) home", "holds white space or brackets"),
    "database": ("SULAN_STORE__URL", "mysql://h/db", "names a database that the store does not"),
    "slashes": ("SULAN_STORE__URL", "sqlite://papers.db", "needs three slashes"),
}


@pytest.mark.parametrize(("name", "value", "expected"), list(_UNFIT.values()), ids=list(_UNFIT))
def test_a_value_that_does_not_fit_is_told_with_what_is_allowed(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    message = complaint(tmp_path, **{name: value})
    assert message.startswith(f"The settings are wrong. {name}: ")
    assert expected in message


_WRONG_TYPES = {
    "text for a number": ("[http]\nattempts = 'x'", "http.attempts is 'x'; allowed: a whole"),
    "a number for text": ("[model]\nname = 5", "model.name is 5; allowed: text"),
    "true for a number": ("[http]\nattempts = true", "is true; allowed: a whole number from 1"),
    "a list for text": ("language = ['en']", "language is ['en']; allowed: en, zh"),
    "a number for a list": ("sources = 3", "sources is 3; allowed: hf, arxiv"),
    "a number in a list": ("sources = ['hf', 3]", "sources is 3; allowed: hf, arxiv"),
    "text for a group": ("model = 'gpt'", "model is a group, no value; [model] has name, "),
    "a list for a group": ("[[http]]\nattempts = 1", "http is a group, no value; [http] has"),
    "empty text": ("[model]\nname = ''", "model.name is empty; leave it out to unset it"),
    "a date": ("[http]\nattempts = 2026-11-21", "allowed: a whole number"),
    "a number for a secret": ("[model]\napi_key = 12345678", "model.api_key is no text; allowed"),
}


@pytest.mark.parametrize(("toml", "expected"), list(_WRONG_TYPES.values()), ids=list(_WRONG_TYPES))
def test_a_wrong_type_in_toml_is_told(tmp_path: Path, toml: str, expected: str) -> None:
    message = complaint(tmp_path, toml)
    assert expected in message
    assert "12345678" not in message


def test_all_faults_of_all_places_are_told_together_in_the_order_of_the_places(
    tmp_path: Path,
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "model__api_key").write_text("two words")
    (tmp_path / "secrets" / "log__level").write_bytes(b"\xff")
    (tmp_path / "secrets" / "log__format").write_text("x" * 70_000)
    message = complaint(
        tmp_path,
        toml="[http]\nattempts = 0\nx = 1\n\n[log]\nlevel = 'loud'\n",
        dotenv="SULAN_LANGUAGE=fr\nnonsense here\n",
        SULAN_HTTP__ATTEMPTS="2",  # overrides, and the fault below it is told all the same
        SULAN_HTTP__MAX_WAIT_S="soon",
    )
    lines = message.splitlines()
    assert lines[0] == "The settings are wrong in 9 places:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "sulan.toml, line 2",
        "sulan.toml, line 3",
        "sulan.toml, line 6",
        ".env, line 1 (SULAN_LANGUAGE)",
        ".env, line 2",
        "SULAN_HTTP__MAX_WAIT_S",
        "secrets/log__format",
        "secrets/log__level",
        "secrets/model__api_key",
    ]


def test_toml_that_cannot_be_parsed_is_one_line_with_line_and_column(tmp_path: Path) -> None:
    message = complaint(tmp_path, 'language = "en"\nsources = [hf]\n')
    reason = "is not valid TOML: Invalid value (at line 2, column 12)"
    assert message == f"The settings are wrong. sulan.toml: {reason}"


def test_other_places_are_judged_although_the_toml_is_broken(tmp_path: Path) -> None:
    message = complaint(tmp_path, "language =", SULAN_HTTP__ATTEMPTS="0")
    assert message.startswith("The settings are wrong in 2 places:\n  sulan.toml: is not valid")


def test_toml_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "sulan.toml").write_bytes(b'language = "\xe9"')
    assert complaint(tmp_path).endswith("sulan.toml: is not UTF-8 text (byte 12)")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("SULAN_CONFIG", "missing: cannot be read (No such file or directory)"),
        ("SULAN_SECRETS_DIR", "missing: cannot be read (No such file or directory)"),
    ],
)
def test_a_named_place_that_is_missing_is_an_error(
    tmp_path: Path, variable: str, expected: str
) -> None:
    assert complaint(tmp_path, **{variable: "missing"}).endswith(expected)


def test_where_settings_stand_cannot_be_said_in_dotenv(tmp_path: Path) -> None:
    message = complaint(tmp_path, dotenv="\n\nSULAN_CONFIG=x.toml\n")
    assert ".env, line 3: SULAN_CONFIG is read from the environment only" in message


def test_one_setting_twice_in_one_place_is_an_error_unless_equal(tmp_path: Path) -> None:
    message = complaint(tmp_path, dotenv="SULAN_LANGUAGE=en\nSULAN_LANGUAGE=zh\n")
    assert ".env, line 2 (SULAN_LANGUAGE): .env, line 1 (SULAN_LANGUAGE) sets language too" in (
        message
    )


_SECRETS = {
    "a key with a space": ("SULAN_MODEL__API_KEY", "geheimnis 1"),
    "a key that is no header": ("SULAN_MODEL__API_KEY", "geheimnis\u00e9"),
    "a database's password": ("SULAN_STORE__URL", "mysql://u:geheimnis@h/db"),
    "a database's port": ("SULAN_STORE__URL", "postgresql://u:geheimnis@h:port/db"),
    "credentials in an address": ("SULAN_MODEL__BASE_URL", "https://u:geheimnis@h/v1"),
    "a key in the wrong place": ("SULAN_HTTP__ATTEMPTS", "sk-geheimnis-0123456789"),
    "a key as a language": ("SULAN_LANGUAGE", "sk-geheimnis-0123456789"),
    "a key as a source": ("SULAN_SOURCES", "sk-geheimnis-0123456789"),
}


@pytest.mark.parametrize(("name", "value"), list(_SECRETS.values()), ids=list(_SECRETS))
def test_no_message_holds_a_secret_t5(tmp_path: Path, name: str, value: str) -> None:
    message = complaint(tmp_path, **{name: value})
    assert name in message
    assert "geheimnis" not in message
