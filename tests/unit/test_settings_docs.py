"""The documentation of the settings is what the models say."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.describe import all_settings, settings_markdown, shown_values
from config.load import load_from
from config.places import Surroundings
from config.settings import Settings, StoreSettings

_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_the_document_is_current() -> None:
    written = _DOCUMENT.read_text("utf-8")
    assert written == settings_markdown(), "run: python -m config.describe > docs/settings.md"


def test_the_example_in_the_document_loads(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", settings_markdown(), re.DOTALL)
    assert example is not None
    assert tomllib.loads(example[1])
    (tmp_path / "sulan.toml").write_text(example[1])
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "model__api_key").write_text("YOUR-KEY")
    loaded = load_from(Surroundings({}, tmp_path, system_secrets=tmp_path / "none"))
    assert loaded.settings.sources == ("hf", "arxiv:cs.CL")


def test_every_setting_has_a_description_what_is_allowed_and_a_variable() -> None:
    for setting in all_settings().values():
        assert setting.description.endswith("."), setting.key
        assert setting.allowed, setting.key
        assert setting.variable == "SULAN_" + setting.key.replace(".", "__").upper()


def test_numbers_in_seconds_megabytes_and_money_say_so_in_name_and_text() -> None:
    for setting in all_settings().values():
        if setting.key.endswith("_s"):
            assert "Seconds" in setting.description, setting.key
        if "usd" in setting.key:
            assert "US dollars" in setting.description, setting.key


def test_every_address_that_is_called_is_a_setting() -> None:
    defaults = {setting.key: setting.default for setting in all_settings().values()}
    addresses = {key: value for key, value in defaults.items() if value.startswith("https://")}
    assert addresses == {
        "huggingface.base_url": "https://huggingface.co",
        "arxiv.api_url": "https://export.arxiv.org/api/query",
        "arxiv.rss_url": "https://rss.arxiv.org/rss",
        "model.base_url": "https://api.openai.com/v1",
    }


def test_shown_values_hide_secrets_and_nothing_else_t5() -> None:
    settings = Settings.model_validate({"model": {"api_key": "sk-0123456789", "name": "m"}})
    database = SecretStr("postgresql://sulan:pa/ss@word@db:5432/papers")
    settings = settings.model_copy(update={"store": StoreSettings.model_construct(url=database)})
    shown = shown_values(settings)
    assert shown["model.api_key"] == "***"
    assert shown["store.url"] == "postgresql://***@db:5432/papers"
    assert shown["model.name"] == "m"
    assert shown["model.temperature"] == ""
    assert shown["arxiv.cross_lists"] == "false"
    assert list(shown) == list(all_settings())
    assert {key for key, setting in all_settings().items() if setting.secret} == {
        "model.api_key",
        "store.url",
        "web.webhook_secret",
    }


def test_an_adapters_options_are_named_and_never_shown_t5() -> None:
    settings = Settings.model_validate({"adapters": {"telegram": {"token": "x", "mode": "poll"}}})
    shown = shown_values(settings)
    assert shown["adapters.telegram.token"] == "***"
    assert shown["adapters.telegram.mode"] == "***"


@pytest.mark.parametrize(
    "address", ["postgres://sulan:s3cret@h/db?sslmode=require", "postgres://h/db?password=s3cret"]
)
def test_the_stores_address_is_shown_without_its_password_t5(address: str) -> None:
    shown = shown_values(Settings.model_validate({"store": {"url": address}}))["store.url"]
    assert shown.startswith("postgresql+psycopg://")
    assert "s3cret" not in shown


def test_the_chats_are_shown_by_their_addresses() -> None:
    chats = [{"platform": "telegram", "chat": "@papers"}, {"platform": "discord", "chat": 7}]
    shown = shown_values(Settings.model_validate({"chats": chats}))
    assert shown["chats"] == "telegram/@papers, discord/7"
