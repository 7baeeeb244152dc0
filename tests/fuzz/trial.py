"""One target under atheris.

Findings do not end the run: each kind of them is kept once, in a file of the folder, and the next
input follows. What took longest is kept as well, to be measured again without the instrumentation,
which slows everything down.
"""

import hashlib
import heapq
import importlib
import json
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.target import Target

# Ours; libraries are not followed into, which would slow everything down.
_OURS = ["bot", "adapters", "summarizer", "config"]
_SLOWEST = 5
# A run that does not end is one finding; libFuzzer then ends it. Seconds.
_HANGS = 60
_REPORT_EVERY = 250


@dataclass(slots=True)
class Tally:
    """What has come of the inputs so far; written down now and then, for libFuzzer just exits."""

    folder: Path
    began: float = field(default_factory=time.monotonic)
    inputs: int = 0
    findings: dict[str, str] = field(default_factory=dict[str, str])
    slowest: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def found(self, error: Exception, data: bytes) -> None:
        """Keep the input of a finding that is like none before it."""
        frames = traceback.extract_tb(error.__traceback__)
        place = next((f for f in reversed(frames) if "/tests/fuzz/" not in f.filename), frames[-1])
        kind = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        if "/tests/fuzz/" in place.filename or type(error).__name__ == "Broken":
            kind = f"{type(error).__name__}: {str(error).partition(':')[0]}"
        if kind not in self.findings:
            self.findings[kind] = _kept(self.folder / "found", data)

    def took(self, seconds: float, data: bytes) -> None:
        """Keep the inputs that took longest."""
        if len(self.slowest) < _SLOWEST or seconds > self.slowest[0][0]:
            heapq.heappush(self.slowest, (seconds, _kept(self.folder / "slow", data)))
            if len(self.slowest) > _SLOWEST:
                heapq.heappop(self.slowest)

    def write(self) -> None:
        """Write down how it stands."""
        state = {
            "inputs": self.inputs,
            "seconds": time.monotonic() - self.began,
            "findings": self.findings,
            "slowest": [path for _, path in sorted(self.slowest, reverse=True)],
        }
        (self.folder / "tally.json").write_text(json.dumps(state), "utf-8")


def _kept(folder: Path, data: bytes) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.blake2b(data, digest_size=6).hexdigest()
    path.write_bytes(data)
    return str(path)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many inputs, from which ``seed`` of chance, and where everything is kept."""

    inputs: int
    seed: int
    folder: Path


def instrumented() -> tuple[Any, Mapping[str, Target]]:
    """atheris, and the targets with all of ours that they reach made to tell which way they go."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=_OURS):
        table = importlib.import_module("tests.fuzz.table")
    return atheris, table.TARGETS


def run(atheris: Any, target: Target, plan: Plan) -> None:
    """Try inputs until there have been enough; ends the process."""
    tally = Tally(plan.folder)

    def one(data: bytes) -> None:
        began = time.thread_time()
        try:
            target.run(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            tally.found(error, data)
        tally.took(time.thread_time() - began, data)
        tally.inputs += 1
        if tally.inputs % _REPORT_EVERY == 0 or tally.inputs >= plan.inputs:
            tally.write()

    corpus = plan.folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for data in target.seeds():
        _kept(corpus, data)
    words = plan.folder / "words"
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in target.words if word), "utf-8")
    options = [f"-dict={words}"] if target.words else []
    options += [
        f"-runs={plan.inputs}", f"-max_len={target.longest}", f"-seed={plan.seed}",
        f"-timeout={_HANGS}", f"-artifact_prefix={plan.folder}/ended-", "-print_final_stats=0",
        "-verbosity=0", "-rss_limit_mb=4096", "-len_control=0",
    ]  # fmt: skip
    atheris.Setup([target.name, *options, str(corpus)], one)
    atheris.Fuzz()


def _quoted(word: str) -> str:
    """A word in libFuzzer's form: ASCII, everything else by its bytes."""
    raw = word.encode(errors="surrogatepass")
    return "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in raw)
