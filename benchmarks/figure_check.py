"""How well the figure check tells right figures from wrong ones, on the 44 old digests.

Prints two figures: the alarms raised on the digests as they stand, each judged by eye in
``figure_check_judged.toml``, and the share of figures caught after altering them one at a time.

    python benchmarks/figure_check.py [--shared ../shared] [--json] [--verbose]
"""

import argparse
import json
import re
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from summarizer.checks.figures import Source, as_written, figures, is_founded, read_source
from summarizer.checks.quantity import Quantity
from summarizer.markdown import read_digest

_HERE = Path(__file__).resolve().parent
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# What stands for what, in either direction, when a scale or a unit is mistaken.
_SWAPS = (
    ("万亿", "亿"), ("亿", "万"), ("万", "千"), ("T", "B"), ("B", "M"), ("M", "K"), ("K", "M"),
    ("k", "M"), ("G", "M"), ("billion", "million"), ("million", "thousand"), ("%", " 个百分点"),
    ("％", " 个百分点"), ("%", " 倍"), ("％", " 倍"), ("倍", "%"), ("小时", "天"), ("美元", "欧元"),
    ("GB", "MB"), ("TB", "GB"), (" dB", "%"), ("D", " 倍"), ("°", "%"),
)  # fmt: skip


@dataclass
class Entry:
    """One old entry: parts 1 and 2, and what its source says."""

    id: str
    text: str
    source_text: str

    @property
    def source(self) -> Source:
        return read_source(self.source_text)


@dataclass
class Report:
    """Both figures, with everything behind them."""

    entries: int = 0
    checked: int = 0
    alarms: list[list[str]] = field(default_factory=list[list[str]])
    false_alarms: list[list[str]] = field(default_factory=list[list[str]])
    alterations: int = 0
    caught: int = 0
    coincidences: list[list[str]] = field(default_factory=list[list[str]])
    missed: list[list[str]] = field(default_factory=list[list[str]])
    milliseconds_per_entry: float = 0.0

    @property
    def catch_rate(self) -> float:
        """Of all alterations, those that became another figure of the abstract included."""
        return self.caught / self.alterations if self.alterations else 0.0

    @property
    def catch_rate_of_absent(self) -> float:
        """Of the alterations to a figure that the abstract does not hold at all."""
        absent = self.alterations - len(self.coincidences)
        return self.caught / absent if absent else 0.0


def read_entries(shared: Path) -> Iterator[Entry]:
    """Parts 1 and 2 of every old entry, with title and stored abstract as the source."""
    for file in sorted((shared / "digests").glob("*.md")):
        for entry in read_digest(file.read_text("utf-8")).digest.entries:
            name = f"{entry.paper.id}.json"
            stored = json.loads((shared / "data/abstracts" / name).read_text("utf-8"))
            text = "\n".join((entry.summary.main_work, *entry.summary.highlights))
            source = f"{entry.paper.title}\n{stored['title']}\n{stored['abstract']}"
            yield Entry(str(entry.paper.id), text, source)


def judged() -> dict[tuple[str, str], str]:
    """Alarms that a person found right, as (paper, figure), with the reason."""
    table = tomllib.loads((_HERE / "figure_check_judged.toml").read_text("utf-8"))
    return {(a["paper"], figure): a["reason"] for a in table["alarm"] for figure in a["figures"]}


def continuations() -> dict[str, str]:
    """How abstracts that are stored cut go on, where an alarm hangs on it."""
    table = tomllib.loads((_HERE / "figure_check_judged.toml").read_text("utf-8"))
    return {a["paper"]: a["continues"] for a in table["alarm"] if "continues" in a}


def evaluate(shared: Path, *, completed: bool = False) -> Report:
    """Judge every entry; ``completed`` adds what follows on abstracts that are stored cut."""
    report, known, tails = Report(), judged(), continuations() if completed else {}
    entries = list(read_entries(shared))
    read_source(entries[0].source_text)  # loads the word tables
    started = time.perf_counter()
    for entry in entries:
        source = entry.source
        for quantity in figures(entry.text):
            is_founded(quantity, source)
    report.milliseconds_per_entry = (time.perf_counter() - started) * 1000 / len(entries)
    for entry in entries:
        entry.source_text += tails.get(entry.id, "")
        _judge(entry, report, known)
    return report


def _judge(entry: Entry, report: Report, known: dict[tuple[str, str], str]) -> None:
    source = entry.source
    report.entries += 1
    for quantity in figures(entry.text):
        report.checked += 1
        written = as_written(entry.text, quantity)
        if is_founded(quantity, source):
            _alter(entry, quantity, source, report)
            continue
        reason = known.get((entry.id, written))
        row = [entry.id, written, reason or "not judged"]
        report.alarms.append(row)
        if reason is None:
            report.false_alarms.append(row)


def _alter(entry: Entry, quantity: Quantity, source: Source, report: Report) -> None:
    written = entry.text[quantity.start : quantity.end]
    for altered in dict.fromkeys(alterations(written)):
        text = entry.text[: quantity.start] + altered + entry.text[quantity.end :]
        report.alterations += 1
        if _caught(text, quantity.start, quantity.start + len(altered), source):
            report.caught += 1
        elif _stands_in(altered, written, entry.source_text):
            report.coincidences.append([entry.id, written, altered])
        else:
            report.missed.append([entry.id, written, altered])


def _caught(text: str, start: int, end: int, source: Source) -> bool:
    here = (q for q in figures(text) if q.start < end and q.end > start)
    return any(not is_founded(q, source) for q in here)


def _stands_in(altered: str, written: str, source_text: str) -> bool:
    """Whether the altered number is literally another number of the abstract."""
    return bool((_numbers(altered) - _numbers(written)) & _numbers(source_text))


def _numbers(text: str) -> set[float]:
    return {float(found[0].replace(",", "")) for found in _NUMBER.finditer(text)}


def alterations(written: str) -> Iterator[str]:
    """Every wrong form of a figure: digits, place of the point, scale, unit. All deterministic."""
    for number in _NUMBER.finditer(written):
        for wrong in _wrong_numbers(number[0]):
            yield written[: number.start()] + wrong + written[number.end() :]
    for right, wrong in _SWAPS:
        # A letter alone is a scale; in GB or dB it is part of a unit.
        pattern = rf"(?<=\d)( ?){right}" + (r"(?![A-Za-z])" if len(right) == 1 else "")
        if re.search(pattern, written):
            yield re.sub(pattern, lambda m, w=wrong: m[1] + w, written, count=1)


def _wrong_numbers(number: str) -> Iterator[str]:
    for place, digit in enumerate(number):
        if digit.isdigit():
            for step in (1, 5):
                other = str((int(digit) + step) % 10)
                if not (place == 0 and other == "0" and len(number) > 1):
                    yield number[:place] + other + number[place + 1 :]
    for place in range(len(number) - 1):
        a, b = number[place], number[place + 1]
        if a.isdigit() and b.isdigit() and a != b and not (place == 0 and b == "0"):
            yield number[:place] + b + a + number[place + 2 :]
    whole, _, decimals = number.partition(".")
    if any(digit in number for digit in "123456789"):
        yield (
            (whole + decimals[:1] + (f".{decimals[1:]}" if decimals[1:] else ""))
            if decimals
            else f"{whole}0"
        )
        yield f"{whole[:-1].rstrip(',') or '0'}.{whole[-1]}{decimals}"
    if decimals:
        yield whole + decimals
    if decimals.strip("0"):
        yield whole


def main() -> None:
    """Print the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=_HERE.parents[1] / "shared")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--verbose", action="store_true", help="list alarms and misses")
    arguments = parser.parse_args()
    reports = {
        "as stored": evaluate(arguments.shared),
        "completed": evaluate(arguments.shared, completed=True),
    }
    if arguments.json:
        print(json.dumps({name: _as_dict(r) for name, r in reports.items()}, ensure_ascii=False))
        return
    for name, report in reports.items():
        _print(name, report, verbose=arguments.verbose)


def _as_dict(report: Report) -> dict[str, Any]:
    return asdict(report) | {
        "catch_rate": report.catch_rate,
        "catch_rate_of_absent": report.catch_rate_of_absent,
    }


def _print(name: str, report: Report, *, verbose: bool) -> None:
    print(f"abstracts {name}: {report.entries} entries, {report.checked} figures checked")
    print(f"  alarms {len(report.alarms)}, of them false {len(report.false_alarms)}")
    print(
        f"  alterations {report.alterations}, caught {report.caught} = {report.catch_rate:.2%}; "
        f"{len(report.coincidences)} became another figure of the abstract, without those "
        f"{report.catch_rate_of_absent:.2%}"
    )
    print(f"  {report.milliseconds_per_entry:.1f} ms an entry, reading its abstract included")
    if verbose:
        for title in ("alarms", "coincidences", "missed"):
            for row in getattr(report, title):
                print(f"  {title}: {row}")


if __name__ == "__main__":
    main()
