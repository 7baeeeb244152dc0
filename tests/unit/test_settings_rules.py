"""What settings forbid each other, what is worth a hint, and the canonical form of values."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.domain.errors import InvalidInput, SettingsError
from bot.sources.arxiv_rss import Announced
from bot.store.location import locate
from config.load import load_from
from config.places import Surroundings
from config.rules import advice, contradictions
from config.secrets import secrets_of
from config.settings import Settings, StoreSettings
from config.values import contact, is_loopback, source_key, store_url, web_address

_KEY = "sk-0123456789"

_CONTRADICTIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing set": ({}, []),
    "model without key": ({"model": {"name": "gpt"}}, ["model.api_key"]),
    "model with key": ({"model": {"name": "gpt", "api_key": _KEY}}, []),
    "local model without key": (
        {"model": {"name": "gpt", "base_url": "http://localhost:8080/v1"}},
        [],
    ),
    "key without model": ({"model": {"api_key": _KEY}}, []),
    "arXiv faster than its terms": ({"arxiv": {"interval_s": 2.9}}, ["arxiv.interval_s"]),
    "arXiv slower": ({"arxiv": {"interval_s": 3}}, []),
    "a local arXiv": (
        {
            "arxiv": {
                "interval_s": 0,
                "api_url": "http://127.0.0.1:1/api",
                "rss_url": "http://[::1]/rss",
            }
        },
        [],
    ),
    "half a local arXiv": (
        {"arxiv": {"interval_s": 0, "api_url": "http://127.0.0.1:1/api"}},
        ["arxiv.interval_s"],
    ),
    "connection longer than the whole": (
        {"http": {"connect_timeout_s": 61}},
        ["http.connect_timeout_s"],
    ),
    "input price alone": ({"model": {"input_usd_per_million": 1}}, ["model.input_usd_per_million"]),
    "output price alone": (
        {"model": {"output_usd_per_million": 1}},
        ["model.output_usd_per_million"],
    ),
    "cached price alone": (
        {"model": {"cached_usd_per_million": 1}},
        ["model.cached_usd_per_million"],
    ),
    "all prices": (
        {
            "model": {
                "input_usd_per_million": 1,
                "cached_usd_per_million": "0.1",
                "output_usd_per_million": 8,
            }
        },
        [],
    ),
}


@pytest.mark.parametrize(
    ("values", "keys"), list(_CONTRADICTIONS.values()), ids=list(_CONTRADICTIONS)
)
def test_settings_that_forbid_each_other_are_named(values: dict[str, Any], keys: list[str]) -> None:
    assert [key for key, _ in contradictions(Settings.model_validate(values))] == keys


_ADVICE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing set": ({}, []),
    "key without model": ({"api_key": _KEY}, ["model.name"]),
    "no version path": ({"base_url": "https://llm.example"}, ["model.base_url"]),
    "key in the clear": (
        {"name": "m", "api_key": _KEY, "base_url": "http://llm.example/v1"},
        ["model.base_url"],
    ),
    "key to this machine": (
        {"name": "m", "api_key": _KEY, "base_url": "http://localhost/v1"},
        [],
    ),
}


@pytest.mark.parametrize(("model", "keys"), list(_ADVICE.values()), ids=list(_ADVICE))
def test_what_is_probably_not_meant_is_a_hint(model: dict[str, Any], keys: list[str]) -> None:
    settings = Settings.model_validate({"model": model})
    assert [key for key, _ in advice(settings)] == keys


def test_a_missing_key_says_what_to_set_and_where_the_model_was_named(tmp_path: Path) -> None:
    surroundings = Surroundings(
        environ={"SULAN_MODEL__NAME": "gpt-5.4-mini"}, cwd=tmp_path, system_secrets=tmp_path / "x"
    )
    with pytest.raises(SettingsError) as caught:
        load_from(surroundings)
    message = str(caught.value)
    assert message.startswith("The settings are wrong. SULAN_MODEL__API_KEY: model.api_key is not")
    assert "api.openai.com needs it for model 'gpt-5.4-mini'" in message
    assert "secrets/model__api_key" in message


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("papers.db", "sqlite+aiosqlite:///papers.db"),
        ("/var/lib/sulan/a b?c#d%.db", "sqlite+aiosqlite:////var/lib/sulan/a b%3Fc%23d%25.db"),
        ("sqlite:///papers.db", "sqlite+aiosqlite:///papers.db"),
        ("sqlite+aiosqlite:////abs.db", "sqlite+aiosqlite:////abs.db"),
        ("postgres://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+psycopg://h/d?sslmode=require"),
        ("postgresql+psycopg:///d", "postgresql+psycopg:///d"),
    ],
)
def test_a_store_is_an_address_with_its_driver(written: str, canonical: str) -> None:
    assert store_url(written) == canonical


def test_a_home_directory_in_a_path_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    assert store_url("~/papers.db") == "sqlite+aiosqlite:////home/reader/papers.db"


@pytest.mark.parametrize(
    "address", ["https://hf-mirror.example", "http://localhost:8080/api/", "https://[::1]:8443/x"]
)
def test_an_address_loses_only_its_trailing_slash(address: str) -> None:
    assert web_address(address) == address.rstrip("/")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost/x", True),
        ("http://api.localhost", True),
        ("http://127.8.8.8:1", True),
        ("http://[::1]:1", True),
        ("http://10.0.0.1", False),
        ("http://localhost.example", False),
        ("https://export.arxiv.org", False),
    ],
)
def test_only_this_machine_is_loopback(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


@pytest.mark.parametrize("text", ["mailto:me@example.org", "https://example.org/sulan"])
def test_a_contact_is_an_address_or_a_mailbox(text: str) -> None:
    assert contact(text) == text


@pytest.mark.parametrize("text", ["me@example.org", "mailto:", "mailto:a b@c", "https://x\r\nX: y"])
def test_what_cannot_stand_in_a_header_is_no_contact(text: str) -> None:
    with pytest.raises(ValueError, match=r"white space|no http"):
        contact(text)


@pytest.mark.parametrize(
    "key", ["hf", "arxiv:cs.CL", "arxiv:hep-th+cs.LG", "arxiv:cond-mat.mes-hall"]
)
def test_sources_are_named_as_the_ports_name_them(key: str) -> None:
    assert source_key(key) == key


@pytest.mark.parametrize(
    "category",
    ["cs.CL", "physics.acc-ph", "q-bio.NC", "math", "cs.cl", "CS.CL", "", "cs.CLX", "x y"],
)
def test_settings_take_the_categories_that_the_source_takes(category: str) -> None:
    try:
        Announced((category,))
    except InvalidInput:
        with pytest.raises(ValueError, match="names no source"):
            source_key(f"arxiv:{category}")
    else:
        assert source_key(f"arxiv:{category}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite+aiosqlite:///x", set[str]()),
        ("postgresql://u@h/d", set[str]()),
        ("postgresql://u:p%40ss@h/d", {"p%40ss", "p@ss"}),
        ("postgresql://h/d?user=u&password=geheim", {"geheim"}),
    ],
)
def test_the_passwords_of_a_store_are_known_to_the_redaction_t5(
    url: str, expected: set[str]
) -> None:
    settings = Settings(store=StoreSettings(url=SecretStr(url)))
    assert secrets_of(settings) == expected


def test_the_key_of_the_model_is_known_to_the_redaction_t5() -> None:
    assert _KEY in secrets_of(Settings.model_validate({"model": {"api_key": _KEY}}))


@pytest.mark.parametrize("path", ["/a b/c?d#e%41.db", "/中文/@h:1/ä.db", "/plain.sqlite3"])
def test_the_store_finds_the_path_that_was_written(path: str) -> None:
    assert locate(store_url(path)).path == Path(path)
