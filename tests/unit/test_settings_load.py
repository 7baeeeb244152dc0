"""Where settings come from, and which place wins."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from config.load import Loaded, load_from, load_settings, load_with_origins
from config.places import Surroundings
from config.settings import Settings


@dataclass
class Place:
    """A working directory, an environment and Docker's secrets directory, all empty."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, config_file: Path | None = None) -> Loaded:
        return load_from(
            Surroundings(
                environ={"HOME": str(self.root / "home"), **self.environ},
                cwd=self.root / "work",
                config_file=config_file,
                system_secrets=self.root / "run" / "secrets",
            )
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "work").mkdir()
    return Place(tmp_path)


# Each place with a way to set model.name there, in rising precedence, and the origin it is given.
def _home_toml(place: Place) -> None:
    place.write("home/.config/sulan/sulan.toml", '[model]\nname = "home toml"\n')


def _toml(place: Place) -> None:
    place.write("work/sulan.toml", '[model]\nname = "toml"\n')


def _dotenv(place: Place) -> None:
    place.write("work/.env", "OTHER=1\nSULAN_MODEL__NAME=dotenv\n")


def _variable(place: Place) -> None:
    place.environ["SULAN_MODEL__NAME"] = "variable"


def _docker_secret(place: Place) -> None:
    place.write("run/secrets/SULAN_MODEL__NAME", "docker secret\n")


def _secret_file(place: Place) -> None:
    place.write("work/secrets/model__name", "secret file\n")


_RISING: dict[str, tuple[Callable[[Place], None], str]] = {
    "home toml": (_home_toml, "home/.config/sulan/sulan.toml, line 2"),
    "toml": (_toml, "sulan.toml, line 2"),
    "dotenv": (_dotenv, ".env, line 2 (SULAN_MODEL__NAME)"),
    "variable": (_variable, "SULAN_MODEL__NAME"),
    "docker secret": (_docker_secret, "run/secrets/SULAN_MODEL__NAME"),
    "secret file": (_secret_file, "secrets/model__name"),
}


@pytest.mark.parametrize(("lower", "higher"), list(combinations(_RISING, 2)))
def test_of_two_places_the_later_one_wins_and_is_named(
    place: Place, lower: str, higher: str
) -> None:
    place.environ["SULAN_MODEL__BASE_URL"] = "http://localhost/v1"
    for name in (higher, lower):
        _RISING[name][0](place)
    loaded = place.load()
    assert loaded.settings.model.name == higher
    assert loaded.origins["model.name"].endswith(_RISING[higher][1])


def test_places_are_merged_setting_by_setting(place: Place) -> None:
    place.write("work/sulan.toml", 'language = "en"\n[http]\nattempts = 5\nmax_wait_s = 1\n')
    place.environ["SULAN_HTTP__ATTEMPTS"] = "7"
    settings = place.load().settings
    assert (settings.language, settings.http.attempts, settings.http.max_wait_s) == ("en", 7, 1)


def test_with_nothing_set_everything_has_its_default_and_says_so(place: Place) -> None:
    loaded = place.load()
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.settings.model_copy(update={"store": None}) == Settings().model_copy(
        update={"store": None}
    )
    assert loaded.settings.store.url.get_secret_value() == (
        f"sqlite+aiosqlite:///{place.root}/home/.local/share/sulan/sulan.sqlite3"
    )


def test_the_default_store_follows_an_absolute_xdg_data_home_only(place: Place) -> None:
    place.environ["XDG_DATA_HOME"] = "/data"
    url = place.load().settings.store.url.get_secret_value()
    assert url == "sqlite+aiosqlite:////data/sulan/sulan.sqlite3"
    place.environ["XDG_DATA_HOME"] = "data"
    assert "/home/.local/share/" in place.load().settings.store.url.get_secret_value()


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_variable_counts_as_unset_even_an_unknown_one(place: Place, empty: str) -> None:
    _toml(place)
    place.environ.update({"SULAN_MODEL__NAME": empty, "SULAN_NONSENSE": empty})
    place.environ["SULAN_MODEL__BASE_URL"] = "http://localhost/v1"
    place.write("work/secrets/model__name", empty + "\n")
    assert place.load().settings.model.name == "toml"


def test_a_secret_file_may_end_in_a_newline_and_start_with_a_byte_order_mark(place: Place) -> None:
    place.write("work/secrets/SULAN_MODEL__API_KEY", "\ufeffsk-0123456789\r\n")
    key = place.load().settings.model.api_key
    assert key is not None
    assert key.get_secret_value() == "sk-0123456789"


def test_foreign_secret_files_are_not_even_opened(place: Place) -> None:
    (place.root / "work/secrets").mkdir()
    (place.root / "work/secrets/certificate.pem").write_bytes(b"\xff\xfe\x00")
    (place.root / "work/secrets/db__password").symlink_to("nowhere")
    (place.root / "work/secrets/name").mkdir()
    assert set(place.load().origins.values()) == {"default"}


def test_a_named_secrets_directory_takes_the_place_of_the_usual_ones(place: Place) -> None:
    _secret_file(place)
    place.write("elsewhere/http__attempts", "9")
    place.environ["SULAN_SECRETS_DIR"] = str(place.root / "elsewhere")
    loaded = place.load()
    assert (loaded.settings.http.attempts, loaded.settings.model.name) == (9, None)
    assert loaded.origins["http.attempts"] == f"{place.root}/elsewhere/http__attempts"


def test_a_named_file_takes_the_place_of_the_usual_ones(place: Place) -> None:
    _toml(place)
    other = place.write("other.toml", "[http]\nattempts = 4\n")
    place.environ["SULAN_CONFIG"] = "../other.toml"
    assert place.load().settings.http.attempts == 4
    place.environ["SULAN_CONFIG"] = "/nonexistent"
    loaded = place.load(config_file=other)
    assert (loaded.settings.http.attempts, loaded.settings.model.name) == (4, None)


def test_variables_that_are_no_settings_are_left_alone(place: Place) -> None:
    place.environ.update({"OPENAI_API_KEY": "x", "SULANX": "1", "SULAN_DEBUG": "1"})
    place.write("work/.env", "DATABASE_URL=x\nexport FOO='bar'\n# comment\n\n")
    assert set(place.load().origins.values()) == {"default"}


def test_dotenv_takes_values_literally_with_quotes_and_export(place: Place) -> None:
    place.write("work/.env", "export SULAN_MODEL__API_KEY='a$HOME${PATH}b'  # mine\n")
    key = place.load().settings.model.api_key
    assert key is not None
    assert key.get_secret_value() == "a$HOME${PATH}b"


@pytest.mark.parametrize("text", ["hf,arxiv:cs.CL", " hf , arxiv:cs.CL ,", '["hf", "arxiv:cs.CL"]'])
def test_a_list_in_a_variable_is_written_with_commas_or_as_json(place: Place, text: str) -> None:
    place.environ["SULAN_SOURCES"] = text
    assert place.load().settings.sources == ("hf", "arxiv:cs.CL")


def test_variables_are_found_in_either_case_and_values_converted(place: Place) -> None:
    place.environ.update(
        {
            "sulan_arxiv__cross_lists": "true",
            "SULAN_MODEL__DAILY_USD": "1.50",
            "SULAN_LOG__LEVEL": "INFO",
        }
    )
    settings = place.load().settings
    assert settings.arxiv.cross_lists is True
    assert settings.model.daily_usd == Decimal("1.50")
    assert settings.log.level == "info"


def test_toml_may_have_a_byte_order_mark_and_windows_line_ends(place: Place) -> None:
    path = place.root / "work" / "sulan.toml"
    path.write_bytes(b'\xef\xbb\xbflanguage = "en"\r\n\r\n[http]\r\nattempts = 2\r\n')
    loaded = place.load()
    assert loaded.settings.http.attempts == 2
    assert loaded.origins["http.attempts"] == "sulan.toml, line 4"


def test_the_public_functions_read_what_they_are_given(place: Place) -> None:
    environ = {"SULAN_LANGUAGE": "en", "SULAN_SECRETS_DIR": str(place.root), "HOME": "/h"}
    assert load_settings(environ=environ, cwd=place.root).language == "en"
    loaded = load_with_origins(environ=environ, cwd=place.root)
    assert loaded.origins["language"] == "SULAN_LANGUAGE"


def test_no_secret_is_shown_by_the_settings_themselves_t5(place: Place) -> None:
    place.environ["SULAN_MODEL__API_KEY"] = "sk-very-secret"
    place.environ["SULAN_STORE__URL"] = "postgresql://sulan:pa55word@db/sulan"
    settings = place.load().settings
    shown = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert "very-secret" not in shown
    assert "pa55word" not in shown


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_database_url_is_another_name_for_the_stores_address(place: Place, scheme: str) -> None:
    place.environ["SULAN_DATABASE_URL"] = f"{scheme}://u:p@h:5433/db?sslmode=require"
    loaded = place.load()
    url = loaded.settings.store.url.get_secret_value()
    assert url == "postgresql+psycopg://u:p@h:5433/db?sslmode=require"
    assert loaded.origins["store.url"] == "SULAN_DATABASE_URL"


def test_database_url_may_be_a_secret_file_and_goes_before_what_the_toml_file_says(
    place: Place,
) -> None:
    place.write("work/sulan.toml", '[store]\nurl = "papers.db"\n')
    place.write("work/secrets/database_url", "postgres://u:p@h/db\n")
    loaded = place.load()
    assert loaded.settings.store.url.get_secret_value() == "postgresql+psycopg://u:p@h/db"
    assert loaded.origins["store.url"] == "secrets/database_url"


def test_both_names_of_the_stores_address_must_say_the_same(place: Place) -> None:
    place.environ["SULAN_DATABASE_URL"] = place.environ["SULAN_STORE__URL"] = "postgres://h/db"
    assert place.load().settings.store.url.get_secret_value() == "postgresql+psycopg://h/db"
    place.environ["SULAN_STORE__URL"] = "postgres://u:geheimnis@h/other"
    with pytest.raises(SettingsError) as caught:
        place.load()
    assert "SULAN_DATABASE_URL sets store.url too; keep one of them" in str(caught.value)
    assert "geheimnis" not in str(caught.value)


def test_settings_cannot_be_changed(place: Place) -> None:
    with pytest.raises(ValueError, match="frozen"):
        place.load().settings.http.attempts = 9  # pyright: ignore[reportAttributeAccessIssue] - that is the test


def test_a_directory_in_place_of_the_toml_file_is_a_settings_error(place: Place) -> None:
    (place.root / "work" / "sulan.toml").mkdir()
    with pytest.raises(SettingsError, match=r"sulan\.toml: cannot be read \(Is a directory\)"):
        place.load()
