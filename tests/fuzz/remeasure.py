"""How long inputs take without instrumentation: files by target, as JSON, in and out."""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.fuzz.table import TARGETS
from tests.fuzz.target import Target

# The best of so many: whatever else the machine does only adds.
_TIMES = 3


def seconds_of(target: Target, data: bytes) -> float:
    """Processor seconds that one input takes at best."""
    best = float("inf")
    for _ in range(_TIMES):
        began = time.thread_time()
        with suppress(Exception):  # a finding of its own; here only its time counts
            target.run(data)
        best = min(best, time.thread_time() - began)
    return best


if __name__ == "__main__":
    asked: dict[str, list[str]] = json.load(sys.stdin)
    took = {
        name: {path: seconds_of(TARGETS[name], Path(path).read_bytes()) for path in paths}
        for name, paths in asked.items()
    }
    sys.stdout.write(json.dumps(took))
