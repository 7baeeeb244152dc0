"""T13: what is installed is what was locked, by its hash and nothing else."""

import re
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_LOCKS = ("requirements.lock", "requirements-dev.lock")
# "aiohttp==3.14.1 \" and behind it, indented, its hashes.
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def _requirements(lock: str) -> list[str]:
    """Each requirement with its hashes, on one line."""
    text = (_ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _pinned(lock: str) -> set[str]:
    pins = (_PIN.match(line) for line in _requirements(lock))
    return {_canonical(pin["name"]) for pin in pins if pin}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wanted(requirements: list[str]) -> set[str]:
    return {_canonical(re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0]) for each in requirements}


@pytest.mark.parametrize("lock", _LOCKS)
def test_t13_every_requirement_has_one_version_and_its_hashes(lock: str) -> None:
    for line in _requirements(lock):
        assert _PIN.match(line), line[:80]
        assert _HASH.search(line), line[:80]
        assert not re.search(r"https?:|git\+|file:| @ ", line), line[:80]


def test_t13_all_that_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
    run, dev = _wanted(project["project"]["dependencies"]), project["dependency-groups"]["dev"]
    assert run <= _pinned("requirements.lock")
    assert run | _wanted(dev) <= _pinned("requirements.lock") | _pinned("requirements-dev.lock")


def test_t13_everything_is_installed_by_its_hash() -> None:
    recipe = (_ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in recipe.splitlines() if "$(PIP) install" in line]
    locked = [line for line in installs if ".lock" in line]
    assert len(locked) == 2
    assert all("--require-hashes" in line for line in locked)
    # The rest: the project itself, without dependencies, and what only renews the lock.
    for line in set(installs) - set(locked):
        assert "--no-deps --editable ." in line or "uv" in line, line
