"""How long a person waits for `sulan --help` and for the first line of `sulan demo`.

Prints each beside a bare interpreter that imports the same libraries and does nothing: what is
above 1.0 is ours. Run: python benchmarks/startup.py
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

ROUNDS = 7
OURS = ("bot", "adapters", "summarizer", "config", "benchmarks", "__main__")
_MODULES = """
import atexit, json, sys
def tell():
    names = [n for n in list(sys.modules) if not n.startswith("_")]
    sys.stderr.write("\\n@@" + json.dumps(names))
atexit.register(tell)
"""


def main() -> None:
    """Measure both commands and print a line for each."""
    for arguments, stream in ((["--help"], "stdout"), (["demo"], "stderr")):
        libraries = _libraries(arguments)
        bare = _median(partial(bare_s, libraries))
        ours = _median(partial(_first_line, arguments, stream))
        what = f"sulan {' '.join(arguments)}"
        print(f"{what}: first line after {ours * 1000:.0f} ms; ", end="")
        print(f"its libraries imported bare: {bare * 1000:.0f} ms; ratio {ours / bare:.2f}")


def _median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


def _first_line(arguments: list[str], stream: str) -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        stdout=subprocess.PIPE if stream == "stdout" else subprocess.DEVNULL,
        stderr=subprocess.PIPE if stream == "stderr" else subprocess.DEVNULL,
    ) as process:
        pipe = process.stdout if stream == "stdout" else process.stderr
        assert pipe is not None
        while not pipe.readline().strip():
            pass
        elapsed = time.perf_counter() - started
        process.kill()
    return elapsed


def bare_s(libraries: list[str]) -> float:
    """Seconds that a bare interpreter takes to import these, in this order."""
    # Some only exist once a parent has made them (typing.io): those are skipped.
    code = (
        "import contextlib, importlib, json, sys\n"
        "for name in json.loads(sys.argv[1]):\n"
        "    with contextlib.suppress(Exception): importlib.import_module(name)\n"
    )
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, json.dumps(libraries)], check=True)
    return time.perf_counter() - started


def _libraries(arguments: list[str]) -> list[str]:
    """Every module that the command loads and that is not ours, in the order of loading."""
    code = (
        f"{_MODULES}\nsys.argv = ['sulan', *{arguments!r}]\nfrom bot.__main__ import main\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    names: list[str] = json.loads(done.stderr.rpartition("@@")[2])
    return [name for name in names if name.partition(".")[0] not in OURS]


if __name__ == "__main__":
    main()
