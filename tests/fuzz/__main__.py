"""``make fuzz``: every target under atheris, one after the other, and a table of what came of it.

A finding is an error that is none of ours, a broken rule, an input that ends the process, and one
that takes longer than its target's stall. Its input stays under ``build/fuzz``; to repeat one:
``python -m tests.fuzz --repeat NAME FILE``.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.target import Target
from tests.fuzz.trial import Plan, instrumented, run

_FOLDER = Path("build/fuzz")
_HEAD = "target                  inputs  a second  slowest, ms  of at most  findings"


@dataclass(slots=True)
class Outcome:
    """What came of one target. ``slowest`` has the seconds of the inputs that took longest."""

    target: Target
    inputs: int
    rate: float
    findings: dict[str, str]
    slow: list[str]
    slowest: dict[str, float] = field(default_factory=dict[str, float])

    def judge(self, slowest: dict[str, float]) -> None:
        """Note how long the slow ones take, and find those that take too long."""
        self.slowest = slowest
        for path, seconds in slowest.items():
            if seconds > self.target.stall:
                self.findings[f"takes {seconds:.2f} s"] = path

    def line(self) -> str:
        """As the table has it."""
        worst = 1000 * max(self.slowest.values(), default=0.0)
        found = len(self.findings) or "none"
        return (
            f"{self.target.name:20} {self.inputs:9,} {self.rate:9,.0f} {worst:12.1f}"
            f" {1000 * self.target.stall:11.0f}  {found}"
        )


def _run(atheris: Any, target: Target, *, inputs: int, seed: int) -> Outcome:
    """Run in a process of its own, which libFuzzer ends."""
    folder = _FOLDER / target.name / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    child = os.fork()
    if child == 0:
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        run(atheris, target, Plan(inputs, seed, folder))
        os._exit(0)
    os.waitpid(child, 0)
    tally = folder / "tally.json"
    state: dict[str, Any] = json.loads(tally.read_text("utf-8")) if tally.exists() else {}
    done, took = state.get("inputs", 0), state.get("seconds", 0.0)
    findings: dict[str, str] = dict(state.get("findings", {}))
    ended = sorted(folder.glob("ended-*"))
    if ended or done < inputs * 0.99:
        findings["the process ended"] = str(ended[0] if ended else folder / "log")
    return Outcome(target, done, done / took if took else 0, findings, state.get("slowest", []))


def _remeasure(outcomes: list[Outcome]) -> None:
    asked = json.dumps({outcome.target.name: outcome.slow for outcome in outcomes})
    command = [sys.executable, "-m", "tests.fuzz.remeasure"]
    told = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=True, text=True)
    took = json.loads(told.stdout)
    for outcome in outcomes:
        outcome.judge(took[outcome.target.name])


def _parts(targets: list[Target], inputs: int) -> dict[str, int]:
    """How many inputs each target gets, at least one."""
    shares = sum(target.share for target in targets)
    return {target.name: -(-inputs * target.share // shares) for target in targets}


def _repeat(name: str, path: Path) -> None:
    """Run one input as it is, with its traceback."""
    from tests.fuzz.table import TARGETS  # noqa: PLC0415 - without instrumentation

    TARGETS[name].run(path.read_bytes())


def main() -> int:
    """Run, print, and say by the exit code whether there is anything to look at."""
    arguments = argparse.ArgumentParser(description="Hostile inputs for everything that parses.")
    arguments.add_argument("--inputs", type=int, default=1_000_000, help="for all targets together")
    arguments.add_argument("--target", action="append", help="only this one; may be repeated")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--repeat", nargs=2, metavar=("NAME", "FILE"))
    given = arguments.parse_args()
    if given.repeat:
        _repeat(given.repeat[0], Path(given.repeat[1]))
        return 0
    atheris, table = instrumented()
    targets = [table[name] for name in given.target or table]
    parts = _parts(targets, given.inputs)
    outcomes: list[Outcome] = []
    for target in targets:
        outcomes.append(_run(atheris, target, inputs=parts[target.name], seed=given.seed))
        print(f"{target.name}: {outcomes[-1].inputs:,}", file=sys.stderr, flush=True)
    _remeasure(outcomes)
    print(_HEAD)
    for outcome in outcomes:
        print(outcome.line())
    print(f"{'together':20} {sum(outcome.inputs for outcome in outcomes):9,}")
    for outcome in outcomes:
        for kind, path in outcome.findings.items():
            again = f"python -m tests.fuzz --repeat {outcome.target.name} {path}"
            print(f"{outcome.target.name}: {kind}\n  {again}")
    return 1 if any(outcome.findings for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
