"""The table of faults and threats: each row of ``docs/faults.md``, the tests that name it, and how
they came out.

A test names a row in its function's name: ``test_f57_…``, ``…_t4``. A row that no test names is
red, and so is one whose tests were all skipped: neither shows anything.

    python tests/fault_table.py                 every row
    python tests/fault_table.py --row F57       one
    python tests/fault_table.py --check         which tests name which row; runs none

Exits with 1 where a row is red.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
ROWS = (*(f"F{number}" for number in range(1, 71)), *(f"T{number}" for number in range(1, 16)))

_PLUGINS = ROOT / "tests" / "support"
_NAMED = re.compile(r"_([ft][1-9]\d?)(?=_|$)")
_LINE = re.compile(r"^\| ([FT]\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# How bad: of a function's parameters the worst counts.
_WORSE = ("skipped", "passed", "failed")


@dataclass(frozen=True, slots=True, order=True)
class Test:
    """A test function, by its file relative to the project."""

    file: str
    name: str

    @property
    def node(self) -> str:
        """As pytest is asked for it."""
        return f"{self.file}::{self.name}"

    @property
    def rows(self) -> list[str]:
        """The rows that its name names."""
        return [row.upper() for row in _NAMED.findall(self.name)]


def tests_in(folder: Path, root: Path) -> Iterator[Test]:
    """Every test function under a folder, without importing any."""
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if function and node.name.startswith("test_"):
                yield Test(path.relative_to(root).as_posix(), node.name)


def by_row(tests: Iterator[Test]) -> Mapping[str, Sequence[Test]]:
    """The tests of each row."""
    found: dict[str, list[Test]] = defaultdict(list)
    for test in tests:
        for row in test.rows:
            found[row].append(test)
    return found


def titles_in(text: str) -> Mapping[str, str]:
    """The rows that a table in Markdown has, with their titles."""
    return {row: title.strip() for row, title, _, _ in _LINE.findall(text)}


def run(tests: Collection[Test], *, options: Sequence[str]) -> Mapping[Test, str]:
    """Run tests once; what became of each. One that never ran is not in it."""
    if not tests:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        asked, report = Path(folder, "asked"), Path(folder, "report.xml")
        asked.write_text("\n".join(test.node for test in sorted(tests)), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "fault_selection", *options]
        command += [f"--junitxml={report}", "-o", "junit_family=xunit1"]
        command += sorted({test.file for test in tests})
        places = os.pathsep.join([str(_PLUGINS), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": places, "FAULT_TABLE_TESTS": str(asked)}
        subprocess.run(command, cwd=ROOT, env=environment, check=False)
        return _results(report) if report.exists() else {}


def _results(report: Path) -> Mapping[Test, str]:
    worst: dict[Test, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        test = Test(case.get("file", ""), case.get("name", "").partition("[")[0])
        kinds = {child.tag for child in case}
        result = "failed" if kinds & {"failure", "error"} else "passed"
        result = "skipped" if "skipped" in kinds else result
        worst[test] = max(worst.get(test, "skipped"), result, key=_WORSE.index)
    return worst


def verdict(tests: Sequence[Test], results: Mapping[Test, str]) -> str:
    """How a row came out."""
    if not tests:
        return "NO TEST"
    outcomes = [results.get(test, "failed") for test in tests]
    if "failed" in outcomes:
        return "FAILED"
    return "passed" if "passed" in outcomes else "SKIPPED"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The table of faults: row, tests, result.")
    parser.add_argument("--row", action="append", choices=ROWS, help="only this row (repeatable)")
    parser.add_argument("--check", action="store_true", help="run nothing; look who names what")
    parser.add_argument("--alone", nargs="*", default=[], help="files that run one after the other")
    parser.add_argument("--workers", default="auto", help="at once (pytest-xdist's -n)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a row is red."""
    arguments = _arguments(given)
    root: Path = arguments.root.resolve()
    rows: Sequence[str] = arguments.row or ROWS
    titles = titles_in((root / "docs" / "faults.md").read_text(encoding="utf-8"))
    named = by_row(tests_in(root / "tests", root))
    wanted = {test for row in rows for test in named.get(row, ())}
    if arguments.check:
        results: Mapping[Test, str] = dict.fromkeys(wanted, "passed")
    else:
        alone = {test for test in wanted if test.file in arguments.alone}
        together = ["-n", arguments.workers]
        results = {**run(wanted - alone, options=together), **run(alone, options=[])}
    red = [row for row in rows if not _print_row(row, titles, named, results)]
    unknown = sorted(set(named) - set(ROWS))
    counted = f"{len(rows) - len(red)} of {len(rows)} rows shown, by {len(wanted)} tests"
    sys.stdout.write(f"\n{counted}; red: {', '.join(red) or 'none'}\n")
    if unknown:
        sys.stdout.write(f"named by tests, but no rows: {', '.join(unknown)}\n")
    return 1 if red or unknown else 0


def _print_row(
    row: str,
    titles: Mapping[str, str],
    named: Mapping[str, Sequence[Test]],
    results: Mapping[Test, str],
) -> bool:
    tests = sorted(named.get(row, ()))
    title = titles.get(row, "")
    found = verdict(tests, results) if title else "NOT IN docs/faults.md"
    sys.stdout.write(f"{row:4} {found:8} {title}\n")
    for test in tests:
        sys.stdout.write(f"       {results.get(test, 'never ran'):8} {test.node}\n")
    return found == "passed"


if __name__ == "__main__":
    sys.exit(main())
