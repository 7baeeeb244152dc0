"""The engine on DBOS: durable workflows on SQLite or PostgreSQL. It and its queues import DBOS.

DBOS lives on threads and an event loop of its own, so that its database calls never stand in the
way of a heartbeat; only the jobs themselves run on ours.
"""

import asyncio
import contextvars
import logging
import sqlite3
from collections.abc import Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, WorkflowStatus

from bot.domain.errors import StoreError, SulanError
from bot.engine_log import Seldom
from bot.engine_port import Job, Work
from bot.engine_queues import NAME, Polling, Queue, Queues

T = TypeVar("T")

_log = logging.getLogger(__name__)
_dbos_log = logging.getLogger("dbos")

# DBOS runs only what was begun under the same version. To be raised when jobs of an older Sulan
# can no longer be understood; its own default, a hash of the code, would strand them every time.
_VERSION = "1"
_DONE, _AGAIN = "done", "again"
_ACTIVE = frozenset(("ENQUEUED", "PENDING", "DELAYED"))
_MOST_AT_ONCE = 500
_THREADS = 8
# Seconds between two looks for notices.
_LISTENS_S = 1.0
# Seconds that the end may take.
_ENDS_S = 5.0


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """``url`` is SQLAlchemy's, with its password; ``name`` is what messages call it, and ``path``
    where it is if it is a file.

    ``executor`` must be this process's alone among those that live, and the same after a restart.
    ``polling`` is how long jobs wait at most before they begin; ``answer_s``, in seconds, how long
    the database may take for what it is asked (a busy one answers in less than a second).
    """

    url: str = field(repr=False)
    name: str
    executor: str
    path: Path | None = None
    polling: Polling = field(default_factory=Polling)
    answer_s: float = 15.0


class DbosEngine:
    """``bot.engine_port.Engine``. DBOS is one to a process, and so is this."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._works: dict[str, Work] = {}
        self._queues = Queues(options.url, options.polling)
        self._settling: asyncio.TimerHandle | None = None
        self._here: list[str] = []
        self._flows: dict[str, Callable[..., Coroutine[Any, Any, str]]] = {}
        self._cut_off: set[str] = set()
        self._running: dict[asyncio.Task[bool], str] = {}
        self._stopping = False
        # One thread: DBOS's calls from here follow one another.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")

    def register(
        self,
        kind: str,
        work: Work,
        *,
        at_once: int,
        alone: bool = False,
        cut_off: bool = False,
        here: bool = True,
    ) -> None:
        """See the port."""
        self._works[kind] = work
        self._queues.add(Queue(kind, at_once, alone))
        if here:
            self._here.append(kind)
        if cut_off:
            self._cut_off.add(kind)

    async def start(self) -> None:
        """See the port."""
        self._loop = asyncio.get_running_loop()
        await self._call_within(None, self._launch)
        self._begun = self._loop.time()
        self._settling = self._loop.call_later(self._options.polling.hurries_s, self._settle)

    async def enqueue(self, jobs: Sequence[Job]) -> int:
        """See the port."""
        return await self._call(lambda: self._enqueue(jobs)) if jobs else 0

    async def unfinished(self) -> int:
        """See the port."""
        active = await self._call(lambda: _listed(status=sorted(_ACTIVE), load_output=False))
        return len(active)

    async def maintain(
        self, *, before: datetime, after: datetime | None = None, dead: Collection[str] = ()
    ) -> None:
        """See the port."""
        await self._call(lambda: _forget(completed_before=_moment(before)))
        if after is not None:
            await self._call(lambda: _forget(completed_after=_moment(after)))
        if dead:
            await self._call(lambda: _take_over(dead))
        if self._loop.time() >= self._begun + self._options.polling.hurries_s:
            # Again, if that did not work; and what died in a hurry left its queues so.
            await self._call(lambda: self._queues.settle(left=bool(dead)))

    async def stop(self, grace: float) -> None:
        """See the port."""
        self._stopping = True
        _dbos_log.setLevel(logging.ERROR)  # it warns of every job that is cut off
        if self._settling is not None:
            self._settling.cancel()
        waited = [task for task, kind in self._running.items() if kind not in self._cut_off]
        if waited:
            await asyncio.wait(waited, timeout=grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        with suppress(StoreError):  # an end like that of a kill, which loses nothing
            await self._call_within(_ENDS_S, self._end)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _call(self, work: Callable[[], T]) -> T:
        return await self._call_within(self._options.answer_s, work)

    async def _call_within(self, within: float | None, work: Callable[[], T]) -> T:
        """Something of DBOS's, off our loop, with its errors as ours."""
        try:
            async with asyncio.timeout(within):
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except StoreError:
            raise
        except TimeoutError as error:
            # DBOS waits for a server that is away, for as long as it takes, and so do we with what
            # we asked of it. What was not begun is given up; what was is done once.
            raise StoreError(
                f"the engine's database {self._options.name} does not answer; jobs wait for it"
            ) from error
        except Exception as error:
            # DBOS's own words may hold the address with its password.
            raise StoreError(
                f"the engine's database {self._options.name} cannot be used "
                f"({type(error).__name__}); is there room, and may it be written?"
            ) from error

    def _launch(self) -> None:
        if self._options.path is not None:
            _use_wal(self._options.path)
        # Its records go the way of all others; a handler of any kind keeps it from adding one.
        if not _dbos_log.handlers:
            _dbos_log.addHandler(logging.NullHandler())
        if not _dbos_log.filters:
            _dbos_log.addFilter(Seldom())
        DBOS(config=_config(self._options))
        for kind in self._works:
            self._flows[kind] = DBOS.workflow(name=kind)(self._flow(kind))
        DBOS.listen_queues(self._here)
        self._queues.hurry(self._here)
        DBOS.launch()
        self._queues.register()

    def _end(self) -> None:
        with suppress(Exception):
            self._queues.settle()
        DBOS.destroy(destroy_registry=True)

    def _settle(self) -> None:
        """On our loop, a moment after the start. If that fails, ``maintain`` does it."""
        self._thread.submit(self._queues.settle)

    def _flow(self, kind: str) -> Callable[..., Coroutine[Any, Any, str]]:
        async def flow(arguments: list[str]) -> str:
            """On DBOS's loop. Being cancelled leaves the job as it is, for the next start."""
            if self._stopping:
                raise asyncio.CancelledError
            # A context of its own: DBOS's would make each call of ours a step of this workflow.
            future = contextvars.Context().run(
                asyncio.run_coroutine_threadsafe, self._work(kind, arguments), self._loop
            )
            return _DONE if await asyncio.wrap_future(future) else _AGAIN

        return flow

    async def _work(self, kind: str, arguments: list[str]) -> bool:
        """On our loop."""
        task = asyncio.ensure_future(self._works[kind](arguments))
        self._running[task] = kind
        try:
            return await task
        except SulanError as error:
            _log.warning("job failed", extra={"kind": kind, "reason": str(error)})
            return False
        except Exception:  # noqa: BLE001 - one job's fault must not reach another
            _log.exception("job failed", extra={"kind": kind, "arguments": arguments})
            return False
        finally:
            del self._running[task]

    def _enqueue(self, jobs: Sequence[Job]) -> int:
        wanted = {job.id: job for job in jobs}
        known = _listed(workflow_ids=list(wanted))
        again = [status.workflow_id for status in known if _not_done(status)]
        if again:
            DBOS.delete_workflows(again)
        settled = {status.workflow_id for status in known}.difference(again)
        fresh = [job for name, job in wanted.items() if name not in settled]
        for job in fresh:
            with SetWorkflowID(job.id):
                DBOS.enqueue_workflow(job.kind, self._flows[job.kind], list(job.arguments))
        return len(fresh)


def _config(options: EngineOptions) -> DBOSConfig:
    return DBOSConfig(
        name=NAME,
        system_database_url=options.url,
        application_version=_VERSION,
        executor_id=options.executor,
        max_executor_threads=_THREADS,
        # Nothing here is notified of anything; it is what its end waits for.
        notification_listener_polling_interval_sec=min(options.polling.every_s, _LISTENS_S),
        log_level="WARNING",
        enable_otlp=False,
        # Its default pickles, and a database should not be able to run code.
        serializer=DBOSPortableJSONSerializer(),
    )


def _use_wal(path: Path) -> None:
    """DBOS leaves SQLite's journal as it is; the write-ahead log is 3 times faster."""
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _listed(**which: Any) -> list[WorkflowStatus]:
    return DBOS.list_workflows(load_input=False, **which)


def _not_done(status: WorkflowStatus) -> bool:
    """Whether it ended without being done. What killed the process a hundred times stays down."""
    if status.status == "SUCCESS":
        return status.output != _DONE
    return status.status in ("ERROR", "CANCELLED")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _forget(**completed: str) -> None:
    while True:
        old = _listed(**completed, limit=_MOST_AT_ONCE, load_output=False)
        if old:
            DBOS.delete_workflows([status.workflow_id for status in old])
        if len(old) < _MOST_AT_ONCE:
            return


def _take_over(dead: Collection[str]) -> None:
    left = _listed(status="PENDING", executor_id=sorted(dead), load_output=False)
    if left:
        _log.warning("taking over what a dead process left", extra={"jobs": len(left)})
    # Each into its own queue: DBOS would put them into one that every process listens to.
    for kind in {status.name for status in left}:
        ids = [status.workflow_id for status in left if status.name == kind]
        DBOS.resume_workflows(ids, queue_name=kind)
