"""A newcomer's adapter: under 40 lines, installed by pip, found by name, held to the contract."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

_EXAMPLE = Path(__file__).resolve().parents[1] / "example_adapter"
_GUIDE = _EXAMPLE.parents[1] / "docs" / "adapters.md"
_MODULE = "sulan_logbook"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the example."""
    wheel = _wheel(tmp_path_factory.mktemp("wheel"))
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    _run(["-m", "pip", "install", *options, "--target", str(target), str(wheel)])
    return target


def test_the_example_has_fewer_than_40_lines() -> None:
    assert len((_EXAMPLE / f"{_MODULE}.py").read_text("utf-8").splitlines()) < 40


def test_the_guide_shows_the_example_as_it_is() -> None:
    blocks = re.findall(r"```(?:python|toml)\n(.*?)```", _GUIDE.read_text("utf-8"), re.DOTALL)
    for name in (f"{_MODULE}.py", "pyproject.toml", "check_logbook.py"):
        assert (_EXAMPLE / name).read_text("utf-8") in blocks, f"{name} differs from {_GUIDE.name}"


def test_sulan_adapters_lists_it_with_its_distribution_and_version(installed: Path) -> None:
    listed = json.loads(_run(["-m", "bot", "adapters", "--json"], path=installed))
    assert {
        "name": "logbook",
        "distribution": "sulan-logbook",
        "version": "1.0",
        "where": f"{_MODULE}:create",
        "error": None,
        "named": [],
    } in listed


def test_without_it_there_is_no_such_adapter() -> None:
    assert "logbook" not in _run(["-m", "bot", "adapters"])


def test_the_registry_makes_it_and_it_publishes(installed: Path, tmp_path: Path) -> None:
    program = f"""
import asyncio
from adapters.base import Options
from adapters.registry import create
from adapters.testing.posts import PLAIN
from bot.domain.target import Target
adapter = create("logbook", Options("logbook", {{"folder": {str(tmp_path)!r}}}))
for message in adapter.render(PLAIN):
    asyncio.run(adapter.send(Target("logbook", "papers"), message, key="1"))
"""
    _run(["-c", program], path=installed)
    assert "LongLoRA" in (tmp_path / "papers.txt").read_text("utf-8")


def test_it_passes_the_contract_with_pytest_alone(installed: Path) -> None:
    suite = ["-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "--noconftest"]
    said = _run([*suite, str(_EXAMPLE / "check_logbook.py")], path=installed)
    assert re.search(r"^[12]\d passed", said, re.MULTILINE), said


def _run(arguments: Sequence[str], *, path: Path | None = None) -> str:
    """A Python process of its own, with ``path`` before its other modules; what it printed."""
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environ = {**os.environ, **plain, "PYTHONPATH": str(path or "")}
    done = subprocess.run(
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _wheel(folder: Path) -> Path:
    """What hatchling builds of the example (PEP 427), for there is no network to fetch it from."""
    project = tomllib.loads((_EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = f"{name}-{version}.dist-info"
    files = {
        f"{_MODULE}.py": (_EXAMPLE / f"{_MODULE}.py").read_text("utf-8"),
        f"{info}/METADATA": (
            f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {version}\n"
        ),
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        f"{info}/entry_points.txt": _entry_points(project["entry-points"]),
    }
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in files))
    return wheel


def _entry_points(groups: Mapping[str, Mapping[str, str]]) -> str:
    return "\n".join(
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in points.items())
        for group, points in groups.items()
    )
