"""How often the engine looks for jobs of each kind: soon after a start, then seldom.

DBOS waits once as long as a queue says before it looks at it for the first time, and keeps what the
queue says in its database. So a queue that should be looked at as soon as we run is told to hurry
before the start, and to take its time again a moment later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

# The application's name in DBOS's tables.
NAME = "sulan"

# Seconds between two looks while a queue is in a hurry.
_HURRY_S = 0.05


@dataclass(frozen=True, slots=True)
class Polling:
    """Seconds between two looks for jobs: ``every_s``, or what ``seldom`` says of a kind. For the
    kinds of jobs that a start puts in (``soon``) it is next to none until ``hurries_s`` after it.
    """

    every_s: float = 1.0
    soon: Collection[str] = ()
    seldom: Mapping[str, float] = field(default_factory=dict[str, float])
    # A queue that is new is found within a second; what a start puts in is there long before.
    hurries_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs of one kind. ``at_once`` in this process, one in all where each has to be ``alone``."""

    kind: str
    at_once: int
    alone: bool = False


@dataclass(slots=True)
class Queues:
    """All queues of one database. Its methods wait for it: they belong on a thread."""

    url: str = field(repr=False)
    polling: Polling
    _all: dict[str, Queue] = field(default_factory=dict[str, Queue])
    # Those in a hurry, and those that are registered before the launch.
    _soon: set[str] = field(default_factory=set[str])
    _known: set[str] = field(default_factory=set[str])

    def add(self, queue: Queue) -> None:
        """Have it registered, with what it says."""
        self._all[queue.kind] = queue

    def hurry(self, kinds: Collection[str]) -> None:
        """Have DBOS look soon for the first jobs of these, if a start waits for them. Before it is
        launched, and where its tables are not made yet, as it is."""
        self._soon = {kind for kind in kinds if kind in self.polling.soon}
        if not self._soon:
            return
        client = DBOSClient(
            system_database_url=self.url,
            application_name=NAME,
            serializer=DBOSPortableJSONSerializer(),
            lazy=True,
            retry_connection_errors=False,
        )
        try:
            for kind in sorted(self._soon):
                _register(client, self._all[kind], self._hurry_s)
                self._known.add(kind)
        except Exception:  # noqa: BLE001, S110 - it is late then; whatever is wrong, the launch says
            pass
        finally:
            client.destroy()

    def register(self) -> None:
        """Make them known to DBOS, once it is launched."""
        for kind, queue in self._all.items():
            if kind not in self._known:
                _register(DBOS, queue, self._hurry_s if kind in self._soon else self._usual_s(kind))

    def settle(self, *, left: bool = False) -> None:
        """Look as seldom as is usual again, if we were in a hurry, or somebody ``left`` it so."""
        for kind in self.polling.soon if left else sorted(self._soon):
            if _present_s(kind) != self._usual_s(kind):
                _register(DBOS, self._all[kind], self._usual_s(kind))
        self._soon = set()

    @property
    def _hurry_s(self) -> float:
        return min(_HURRY_S, self.polling.every_s)

    def _usual_s(self, kind: str) -> float:
        return self.polling.seldom.get(kind, self.polling.every_s)


def _present_s(kind: str) -> float | None:
    found = DBOS.retrieve_queue(kind)
    return None if found is None else found.polling_interval_sec


def _register(dbos: type[DBOS] | DBOSClient, queue: Queue, every_s: float) -> None:
    dbos.register_queue(
        queue.kind,
        worker_concurrency=1 if queue.alone else queue.at_once,
        global_concurrency=1 if queue.alone else None,
        polling_interval_sec=every_s,
        on_conflict="always_update",
    )
