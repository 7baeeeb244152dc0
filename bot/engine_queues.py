"""How often the engine looks for jobs of each kind: soon after a start, then seldom.

DBOS waits once as long as a queue says before it looks at it for the first time, and keeps what the
queue says in its database. So a queue that should be looked at as soon as we run is told to hurry
before the start, and to take its time again a moment later.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

# The application's name in DBOS's tables.
NAME = "sulan"

# Seconds between two looks while a queue is in a hurry.
_HURRY_S = 0.05
# Seconds between two looks for what nobody waits for.
_LEISURE_S = 30.0


@dataclass(frozen=True, slots=True)
class Polling:
    """Seconds between two looks for jobs: ``every_s`` usually. For the kinds of jobs that a start
    puts in (``soon``) it is next to none until ``hurries_s`` after it, for ``leisurely`` ones half
    a minute."""

    every_s: float = 1.0
    soon: Collection[str] = ()
    leisurely: Collection[str] = ()
    # What a start puts in is there a tenth of a second after it.
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
    _hurried: bool = False

    def add(self, queue: Queue) -> None:
        """Have it registered, with what it says."""
        self._all[queue.kind] = queue

    def hurry(self, kinds: list[str]) -> None:
        """Have DBOS look soon for the first jobs of these, if a start waits for them. Before it is
        launched; where its tables are not made yet, nothing happens."""
        soon = [self._all[kind] for kind in kinds if kind in self.polling.soon]
        if not soon:
            return
        client = DBOSClient(
            system_database_url=self.url,
            application_name=NAME,
            serializer=DBOSPortableJSONSerializer(),
            lazy=True,
            retry_connection_errors=False,
        )
        try:
            for queue in soon:
                self._hurried = True
                _register(client, queue, min(_HURRY_S, self.polling.every_s))
        except Exception:  # noqa: BLE001 - it comes later then; whatever is wrong, the launch says
            self._hurried = False
        finally:
            client.destroy()

    def register(self) -> None:
        """Make them known to DBOS, once it is launched. Those in a hurry are known."""
        for queue in self._all.values():
            if not (self._hurried and queue.kind in self.polling.soon):
                _register(DBOS, queue, self._usual_s(queue))

    def settle(self, *, left: bool = False) -> None:
        """Look as seldom as is usual again, if we were in a hurry, or somebody ``left`` it so."""
        if not (self._hurried or left):
            return
        for queue in self._all.values():
            usual = self._usual_s(queue)
            if queue.kind in self.polling.soon and _present_s(queue.kind) != usual:
                _register(DBOS, queue, usual)
        self._hurried = False

    def _usual_s(self, queue: Queue) -> float:
        usual = self.polling.every_s
        return max(usual, _LEISURE_S) if queue.kind in self.polling.leisurely else usual


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
