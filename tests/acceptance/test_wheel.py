"""What others install: everything that runs, and nothing that only tests."""

import ast
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

_ROOT = Path(__file__).resolve().parents[2]
_OURS = ("bot", "adapters", "summarizer", "config")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    (made,) = WheelBuilder(str(_ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))
    with ZipFile(made) as opened:
        yield opened


def _modules(wheel: ZipFile) -> set[str]:
    """The modules and packages in it, by their dotted names."""
    files = [name for name in wheel.namelist() if name.endswith(".py")]
    return {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_wheel_holds_the_four_packages_and_no_tests(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}
    assert tops == set(_OURS)
    tests = {name for name in _modules(wheel) if "testing" in name or "virtual_time" in name}
    assert tests == {
        f"adapters.testing{module}" for module in ("", ".contract", ".fake", ".losses", ".posts")
    }


def test_all_that_a_shipped_module_imports_of_ours_is_shipped(wheel: ZipFile) -> None:
    modules = _modules(wheel)
    for name in wheel.namelist():
        if name.endswith(".py"):
            wanted = {
                each for each in _imported(wheel.read(name).decode()) if each.startswith(_OURS)
            }
            assert wanted <= modules, name


@pytest.mark.parametrize("ending", [".toml", ".po", ".mo", "prompts/", "migrations/versions/"])
def test_what_is_no_code_but_needed_is_in_it(wheel: ZipFile, ending: str) -> None:
    shipped = {name for name in wheel.namelist() if name.startswith(_OURS)}
    tracked = {
        path.relative_to(_ROOT).as_posix()
        for package in _OURS
        for path in (_ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    needed = {name for name in tracked if ending in name and "testing" not in name}
    assert needed, ending
    assert needed <= shipped
