"""What runs Sulan elsewhere (containers, systemd, hosts with a Procfile), held against reality."""

import asyncio
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.__main__ import build
from bot.web.probe import alive
from config.describe import PREFIX, all_settings, is_option
from config.load import load_with_origins
from config.settings import Settings
from config.values import read_roles
from config.variables import of_directory

_ROOT = Path(__file__).resolve().parents[2]
_CONTAINERFILE = (_ROOT / "Containerfile").read_text("utf-8")
_COMPOSE: dict[str, Any] = yaml.safe_load((_ROOT / "compose.yaml").read_text("utf-8"))
_UNIT = (_ROOT / "docs" / "sulan.service").read_text("utf-8")
_PROCFILE = (_ROOT / "Procfile").read_text("utf-8")
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
_VERSION = _PROJECT["project"]["version"]
_STATED_PORT = Settings().web.port

# Read from the environment before any setting is.
_SPECIAL = {"SULAN_CONFIG", "SULAN_SECRETS_DIR", "SULAN_DATABASE_URL", "SULAN_DEBUG"}


def _lines(text: str) -> list[str]:
    """Instructions with their continuations, without comments."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def _require_settings(variables: Iterable[str]) -> None:
    known = {setting.variable for setting in all_settings().values()} | _SPECIAL
    for variable in variables:
        if variable.startswith(PREFIX):
            assert variable in known, variable


def _require_command(words: list[str]) -> None:
    """The command line takes these words: nothing is run."""
    build().parse_args(words, exit_on_error=False, print_error=False)
    for flag, value in pairwise(words):
        if flag == "--roles":
            assert read_roles(value)


def _instructions(name: str) -> list[str]:
    lines = _lines(_CONTAINERFILE)
    return [line.split(None, 1)[1] for line in lines if line.startswith(f"{name} ")]


def _is_pinned(image: str) -> bool:
    _, _, tag = image.partition(":")
    return bool(re.match(r"\d", tag))


def test_the_image_is_built_from_the_lock_with_its_hashes_and_from_what_is_there() -> None:
    assert "pip --python /opt/sulan/bin/python install --require-hashes -r requirements.lock" in (
        _CONTAINERFILE
    )
    sources = [
        word
        for line in _instructions("COPY")
        if not line.startswith("--from")
        for word in line.split()[:-1]
    ]
    assert set(_PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= {*sources}
    kept = (_ROOT / ".containerignore").read_text("utf-8").splitlines()
    assert "*" in kept
    for source in sources:
        assert (_ROOT / source).exists(), source
        assert f"!{source}" in kept, source
    assert (_ROOT / ".dockerignore").resolve() == _ROOT / ".containerignore"


def test_the_image_runs_as_nobody_special_and_from_a_named_version() -> None:
    bases = [line.split()[0] for line in _instructions("FROM")]
    assert len(bases) == 2
    assert all(_is_pinned(image) for image in bases)
    minor = re.match(r"python:3\.(\d+)", bases[-1])
    assert minor
    assert int(minor[1]) >= 11
    assert _instructions("USER") == ["10001:10001"]
    last = _CONTAINERFILE.rpartition("\nFROM ")[2]
    assert not re.search(r"apt-get|gcc|curl|wget", last)


def test_the_image_starts_what_there_is_and_listens_where_it_says() -> None:
    (entry,), (command,) = _instructions("ENTRYPOINT"), _instructions("CMD")
    assert entry == '["sulan"]'
    _require_command(re.findall(r'"(\S+?)"', command))
    assert _instructions("EXPOSE") == [str(_STATED_PORT)]
    (check,) = _instructions("HEALTHCHECK")
    module = re.findall(r'"-m", "([\w.]+)"', check)[0]
    assert (_ROOT / (module.replace(".", "/") + ".py")).is_file()
    _require_settings(re.findall(r"\b(\w+)=", " ".join(_instructions("ENV"))))


@pytest.mark.parametrize("name", _COMPOSE["services"])
def test_every_service_is_pinned_checked_and_has_what_it_names(name: str) -> None:
    service = _COMPOSE["services"][name]
    assert _is_pinned(service["image"])
    assert set(service["secrets"]) <= set(_COMPOSE["secrets"])
    for mount in service["volumes"]:
        source = mount.split(":")[0]
        assert source.startswith("./") or source in _COMPOSE["volumes"]
    if name == "postgres":
        assert service["healthcheck"]["test"][0] == "CMD-SHELL"
        return
    assert service["image"] == f"sulan:{_VERSION}"
    assert (_ROOT / service["build"]["dockerfile"]).is_file()
    assert service["read_only"]
    assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    _require_command(service["command"])
    _require_settings(service["environment"])


def test_compose_has_two_workers_and_one_web_that_only_this_machine_reaches() -> None:
    services = _COMPOSE["services"]
    assert services["worker"]["deploy"]["replicas"] == 2
    assert services["web"]["ports"] == [f"127.0.0.1:{_STATED_PORT}:{_STATED_PORT}"]
    assert "ports" not in services["worker"]
    assert "ports" not in services["postgres"]


def test_composes_secrets_are_files_that_the_settings_read(tmp_path: Path) -> None:
    for name, secret in _COMPOSE["secrets"].items():
        assert secret["file"] == f"./secrets/{name}"
        if name == "postgres_password":
            continue
        (tmp_path / name).write_text("postgresql://sulan:x@postgres/sulan")
        read, faults = of_directory(tmp_path, "secrets")
        assert not [*faults]
        assert read
        (tmp_path / name).unlink()
        key = name.replace("__", ".")
        assert key in all_settings() or is_option(key)


@pytest.mark.parametrize("line", _lines(_PROCFILE))
def test_every_process_of_the_procfile_can_be_started(line: str) -> None:
    _, _, command = line.partition(": ")
    words = shlex.split(command)
    variables = [word.partition("=")[0] for word in words[: words.index("sulan")]]
    _require_settings(variables)
    _require_command(words[words.index("sulan") + 1 :])


def test_the_unit_starts_what_there_is_with_settings_that_there_are() -> None:
    (start,) = re.findall(r"^ExecStart=(.+)$", _UNIT, re.MULTILINE)
    program, *words = start.split()
    assert Path(program).name == "sulan"
    _require_command(words)
    _require_settings(re.findall(r"^Environment=(\w+)=", _UNIT, re.MULTILINE))
    # A folder of credentials: each arrives under this word, an underscore and its name.
    assert "LoadCredential=sulan:/etc/sulan/secrets" in _UNIT


def test_secrets_arrive_under_the_names_that_systemd_gives_them(tmp_path: Path) -> None:
    (tmp_path / "sulan_model__api_key").write_text("sk-1234\n")
    (tmp_path / "sulan_adapters__telegram__token").write_text("123:abc\n")
    loaded = load_with_origins(environ={"SULAN_SECRETS_DIR": str(tmp_path)}, cwd=tmp_path)
    key = loaded.settings.model.api_key
    assert key is not None
    assert key.get_secret_value() == "sk-1234"
    assert loaded.settings.adapters["telegram"]["token"] == "123:abc"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here; the unit's words were checked all the same")
    unit = tmp_path / "sulan.service"
    unit.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", _UNIT))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("status", "lives"), [(200, True), (503, False)])
async def test_the_probe_asks_this_machines_process(status: int, lives: bool) -> None:
    async def healthz(_: web.Request) -> web.Response:
        return web.Response(status=status)

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    async with TestServer(application) as server:
        process = await _probe(server.make_url("/").port or 0)
    assert process == (0 if lives else 1)


def test_where_nobody_listens_nobody_lives() -> None:
    assert not alive({"SULAN_WEB__PORT": "1"})


async def _probe(port: int) -> int:
    """As the container's check runs it; it may import nothing of the web server's library."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", "-m", "bot.web.probe"),
        env={"SULAN_WEB__PORT": str(port), "PYTHONPATH": str(_ROOT)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert b"aiohttp" not in said
    return process.returncode or 0
