"""T5: no secret in what objects, dumps and tracebacks show; T12: whose files are whose."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.base import Hook, Options
from adapters.discord.callbacks import WayBack
from adapters.telegram.client import TelegramClient
from adapters.telegram.options import read_options
from bot.cli.failures import explain
from bot.cli.files import write_text
from bot.engine import EngineOptions
from bot.store.location import locate
from bot.web.hooks import Hooks
from config.load import load_from, load_with_origins
from config.places import Surroundings
from config.redaction import Redactor
from config.secrets import secrets_of
from config.variables import Variable, variable_layer
from summarizer.openai_options import OpenAIOptions
from summarizer.secret import Secret

TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"
HOOK = "https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz0123456789"
KEY = "sk-proj-0123456789abcdefghij"
PASSWORD = "a-pass-word-of-its-own"
SECRETS = (TOKEN, HOOK.rpartition("/")[2], KEY, PASSWORD)
ENVIRONMENT = {
    "SULAN_MODEL__NAME": "m",
    "SULAN_MODEL__API_KEY": KEY,
    "SULAN_STORE__URL": f"postgresql+psycopg://sulan:{PASSWORD}@127.0.0.1/sulan",
    "SULAN_ADAPTERS__TELEGRAM__TOKEN": TOKEN,
    "SULAN_ADAPTERS__DISCORD_WEBHOOK__HOOKS__NEWS__URL": HOOK,
    "SULAN_WEB__WEBHOOK_SECRET": f"{PASSWORD}-again",
    "HOME": "/nowhere",
}


def holders(folder: Path) -> Iterator[object]:
    """Everything that holds a secret somewhere on its way from the settings to its use."""
    around = Surroundings(ENVIRONMENT, folder, system_secrets=folder / "none")
    loaded = load_from(around)
    yield from (around, loaded, loaded.settings)
    variable = Variable("SULAN_MODEL__API_KEY", KEY, "the environment")
    yield from (variable, variable_layer("the environment", [variable]))
    yield Options("telegram", {"token": TOKEN})
    telegram = read_options({"token": TOKEN})
    client = TelegramClient(telegram)
    yield from (telegram, client, client.bot)
    yield OpenAIOptions(model="m", base_url="https://api.example/v1", api_key=Secret(KEY))
    hooks = Hooks("https://sulan.example", PASSWORD)
    hook = hooks.mount("telegram", header="X", handler=_nothing)
    assert hook.secret not in f"{hook!r} {vars(hooks)!r}"
    yield from (hook, hooks, Hook("https://sulan.example/hooks/x", PASSWORD))
    yield locate(ENVIRONMENT["SULAN_STORE__URL"])
    yield EngineOptions(ENVIRONMENT["SULAN_STORE__URL"], "sulan", "one")
    yield WayBack("1", "2", PASSWORD)


async def _nothing(_: bytes) -> None:
    """Takes a call."""


def test_t5_nothing_that_holds_a_secret_shows_it(tmp_path: Path) -> None:
    for holder in holders(tmp_path):
        shown = f"{holder} {holder!r}"
        for secret in SECRETS:
            assert secret not in shown, type(holder)


def test_t5_settings_are_dumped_without_secrets(tmp_path: Path) -> None:
    settings = load_from(
        Surroundings(ENVIRONMENT, tmp_path, system_secrets=tmp_path / "n")
    ).settings
    dumped = f"{settings.model_dump()} {settings.model_dump_json()}"
    assert not [secret for secret in SECRETS if secret in dumped]
    assert settings.model_dump()["adapters"]["telegram"] == {"token": "***"}


def test_t5_all_of_them_are_known_to_the_redaction(tmp_path: Path) -> None:
    settings = load_from(
        Surroundings(ENVIRONMENT, tmp_path, system_secrets=tmp_path / "n")
    ).settings
    line = f"{' '.join(SECRETS)} {HOOK} https://api.telegram.org/bot{TOKEN}/sendMessage"
    written = Redactor(secrets_of(settings))(line)
    assert not [secret for secret in SECRETS if secret in written]


@pytest.mark.parametrize("text", [f"https://api.telegram.org/bot{TOKEN}/getMe", HOOK, KEY])
def test_t5_what_looks_like_a_secret_is_hidden_without_being_known(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in Redactor()(f"calling {text} failed")]


def failing() -> None:
    """As a library might fail: with the address that it called."""
    try:
        raise ValueError(f"no such address: https://api.example/?token={PASSWORD}&at={HOOK}")
    except ValueError as error:
        raise RuntimeError(f"bot{TOKEN} with {KEY}") from error


@pytest.mark.parametrize("debug", ["", "1"])
def test_t5_no_failure_that_is_explained_shows_a_secret(
    debug: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor does the traceback that ``SULAN_DEBUG`` asks for, with all that it is chained to."""
    monkeypatch.chdir(tmp_path)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SULAN_DEBUG", debug)
    assert load_with_origins().settings.model.name == "m"
    with pytest.raises(RuntimeError) as caught:
        failing()
    assert explain(caught.value) == 1
    told = capsys.readouterr().err
    assert not [secret for secret in SECRETS if secret in told]
    assert ("Traceback" in told) is bool(debug)
    assert ("no such address" in told) is bool(debug)


@pytest.mark.parametrize("there_before", [False, True])
def test_t12_a_private_file_is_for_its_owner_alone(tmp_path: Path, *, there_before: bool) -> None:
    place = tmp_path / "chats.toml"
    if there_before:
        place.write_text("before")
        place.chmod(0o644)
    write_text(place, "[[chats]]\n", private=True)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
