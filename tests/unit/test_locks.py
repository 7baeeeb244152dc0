"""T13: what is installed is what was locked, by its hash and nothing else."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_RUN, _DEV = "requirements.lock", "requirements-dev.lock"
_FUZZ, _AUDIT = "requirements-fuzz.lock", "requirements-audit.lock"
_LOCKS = (_RUN, _DEV, _FUZZ, _AUDIT)
# "aiohttp==3.14.1 \" and behind it, indented, its hashes.
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# A row of docs/licences.md.
_ROW = re.compile(r"\| `(?P<name>[^`]+)` \| (?P<licence>[^|]+) \|")
# How libraries that do not say it in SPDX's words call their licences.
_SPDX = {
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "BSD License": "BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


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
    run, groups = _wanted(project["project"]["dependencies"]), project["dependency-groups"]
    extras = project["project"]["optional-dependencies"].values()
    assert run <= _pinned(_RUN)
    assert run | _wanted(groups["dev"]) <= _pinned(_RUN) | _pinned(_DEV)
    assert _wanted(groups["fuzz"]) <= _pinned(_FUZZ)
    assert _wanted(groups["audit"]) <= _pinned(_AUDIT)
    for extra in extras:
        assert _wanted(extra) <= _pinned(_RUN) | _pinned(_DEV)


@pytest.mark.parametrize("lock", [_DEV, _FUZZ])
def test_t13_no_two_locks_for_one_environment_want_different_versions(lock: str) -> None:
    def versions(name: str) -> set[tuple[str, str]]:
        pins = (_PIN.match(line) for line in _requirements(name))
        return {(_canonical(pin["name"]), pin["version"]) for pin in pins if pin}

    both = {name for name, _ in versions(lock)} & {name for name, _ in versions(_RUN)}
    assert {v for v in versions(lock) if v[0] in both} == {
        v for v in versions(_RUN) if v[0] in both
    }


def test_t13_everything_is_installed_by_its_hash() -> None:
    recipe = (_ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in recipe.splitlines() if re.search(r"(PIP\)|pip\b.*) install", line)]
    locked = [line for line in installs if ".lock" in line]
    assert len(locked) == len(_LOCKS)
    assert all("--require-hashes" in line for line in locked)
    # The rest: the project itself, without dependencies, and what only renews the locks.
    for line in set(installs) - set(locked):
        assert "--no-deps --editable ." in line or "uv" in line, line


def test_t13_nothing_is_fetched_when_the_program_is_built() -> None:
    """What builds the wheel has one version too."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
    assert all("==" in each for each in project["build-system"]["requires"])


def test_t13_the_licence_of_every_library_is_known_and_lets_it_be_passed_on() -> None:
    """The table in the documentation says what the libraries say themselves."""
    text = (_ROOT / "docs" / "licences.md").read_text("utf-8")
    table = {row["name"]: row["licence"].strip() for row in _ROW.finditer(text)}
    assert table.keys() == _pinned(_RUN)
    for name, licence in table.items():
        terms = set(re.split(r" (?:AND|OR) ", licence))
        assert terms <= _MAY_BE_PASSED_ON, f"{name}: {licence}"
        said = _said(name)
        assert said in (None, licence), f"{name} says {said!r}, docs/licences.md {licence!r}"


_MAY_BE_PASSED_ON = {
    *("MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0", "MPL-2.0", "LGPL-3.0-only"),
}


def _said(name: str) -> str | None:
    """A library's licence by its own metadata, ``None`` where it is not installed here."""
    try:
        told: dict[str, str | list[str]] = metadata(name).json
    except PackageNotFoundError:
        return None
    if expression := told.get("license_expression"):
        return str(expression)
    named = [each for each in told.get("classifier", ()) if each.startswith("License ::")]
    found = sorted({_SPDX[each.rpartition(" :: ")[2]] for each in named})
    return " OR ".join(found) or _SPDX.get(str(told.get("license")), str(told.get("license")))
