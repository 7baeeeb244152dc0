"""What happens in a run, counted and logged."""

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TextIO

from tests.kill.books import now_utc
from tests.kill.points import Point
from tests.kill.programs import Program

_STALLED = "gave no sign of life for too long"


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill, as it is logged. ``hit`` is whether it was where it was meant; ``cpu_s`` is what
    the process had computed in the ``lived_s`` seconds of its life."""

    number: int
    point: str
    hit: bool
    pid: int
    program: str
    lived_s: float
    cpu_s: float


@dataclass
class Tally:
    """``silences`` are seconds from a kill to the next message, whoever sent it; ``in_flight``
    counts model calls whose process died; ``in_hand`` are those whose command was kept and not
    noted as answered when a process ended; ``stalled`` programs that ended by themselves because
    they had been too slow to prolong their place, which is right; ``faults`` is what must not be;
    ``deaths`` are the moments at which processes were seen to have ended.
    """

    log: TextIO
    kills: list[Kill] = field(default_factory=list[Kill])
    hits: Counter[str] = field(default_factory=Counter[str])
    misses: Counter[str] = field(default_factory=Counter[str])
    silences: list[float] = field(default_factory=list[float])
    in_flight: int = 0
    in_hand: set[str] = field(default_factory=set[str])
    stalled: int = 0
    faults: list[str] = field(default_factory=list[str])
    deaths: dict[int, float] = field(default_factory=dict[int, float])
    _silent_since: float | None = None

    def killed(self, point: Point, victim: Program, *, hit: bool) -> None:
        """One more."""
        number, lived_s = len(self.kills) + 1, round(time.monotonic() - victim.began, 3)
        pid = victim.pid or 0
        kill = Kill(number, str(point), hit, pid, victim.name, lived_s, victim.cpu_s)
        self.kills.append(kill)
        (self.hits if hit else self.misses)[point.kind] += 1
        self.note(**asdict(kill))

    def silent(self) -> None:
        """From now on, unless it was silent already, a message is waited for."""
        if self._silent_since is None:
            self._silent_since = time.monotonic()

    def heard(self) -> None:
        """A message has arrived."""
        if self._silent_since is not None:
            self.silences.append(time.monotonic() - self._silent_since)
            self._silent_since = None

    def fault(self, what: str) -> None:
        """Something that must not be."""
        self.faults.append(what)
        self.note(fault=what)

    def ended(self, program: Program) -> None:
        """A program has ended; how, it says where that was its own doing."""
        self.deaths.setdefault(program.pid or 0, time.monotonic())
        said, program.unforeseen = program.unforeseen, []
        for one in said:
            if _STALLED in one:
                self.stalled += 1
            else:
                self.fault(one)

    def note(self, **what: object) -> None:
        """A line of the log."""
        self.log.write(json.dumps({"at": now_utc().isoformat(), **what}) + "\n")
        self.log.flush()
