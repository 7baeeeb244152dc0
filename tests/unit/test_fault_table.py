"""``make faults``: every fault and threat is shown by a test that names it, and described."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _table(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tests/fault_table.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_row_is_described_and_named_by_a_test() -> None:
    told = _table("--check")

    assert told.returncode == 0, told.stdout
    assert "85 of 85 rows shown" in told.stdout


def _rows() -> str:
    text = (ROOT / "docs" / "faults.md").read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if line.startswith("| "))


_SAID = re.findall(r'"([^"]+)"', re.sub(r'="\w+"', "", _rows()))


@pytest.mark.parametrize("said", sorted(set(_SAID)))
def test_what_a_reader_is_said_to_see_is_in_the_words(said: str) -> None:
    words = (ROOT / "summarizer" / "languages" / "en.toml").read_text("utf-8")
    assert said.rstrip("… ") in words


_LOGGED = re.compile(r"`((?!make |sulan )[a-z]+(?: [a-z']+)+)`")


@pytest.mark.parametrize("logged", sorted(set(_LOGGED.findall(_rows()))))
def test_a_log_line_that_is_named_is_written(logged: str) -> None:
    sources = (path for folder in ("bot", "adapters") for path in (ROOT / folder).rglob("*.py"))
    assert any(logged in path.read_text("utf-8") for path in sources)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One row described, and tests that name it and others."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "faults.md").write_text("| F57 | A full disk | nothing | a line |\n")
    (tmp_path / "tests").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("tests", "row", "says"),
    [
        pytest.param("def test_f57_a():\n    pass\n", "F57", "F57  passed   A full disk", id="ok"),
        pytest.param("def test_f5_a():\n    pass\n", "F57", "F57  NO TEST", id="nobody names it"),
        pytest.param(
            "async def test_a_f58():\n    pass\n", "F58", "NOT IN docs/faults.md", id="undescribed"
        ),
        pytest.param("def test_f57_f99():\n    pass\n", "F57", "no rows: F99", id="no such row"),
    ],
)
def test_a_row_without_a_test_or_a_description_is_red(
    project: Path, tests: str, row: str, says: str
) -> None:
    (project / "tests" / "test_a.py").write_text(tests)

    told = _table("--check", "--row", row, "--root", str(project))

    assert says in told.stdout
    assert told.returncode == (0 if "passed" in says else 1)
