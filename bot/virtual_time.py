"""Days in seconds: an event loop that skips the waiting, for tests and benchmarks.

Everything that asyncio times (sleeps, time-outs) runs on the virtual clock, in the right order.
What a database does takes none of its time: the clock stands until it is done.
"""

import asyncio
import inspect
import selectors
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")
Worker = TypeVar("Worker")

# Real seconds after which a thread that should have answered is looked at again.
_THREADS_S = 5.0


class Threads:
    """Counts what is asked of objects whose work is done elsewhere: in threads, or by a server."""

    def __init__(self) -> None:
        self.pending = 0

    def watch(self, worker: Worker) -> Worker:
        """The same object for whoever calls it; while one of its coroutines runs, time stands."""
        watched: Any = _Watched(worker, self)
        return watched

    @asynccontextmanager
    async def opening(
        self, opened: AbstractAsyncContextManager[Worker]
    ) -> AsyncGenerator[Worker, None]:
        """Open something that is watched; time stands while it is opened and closed."""
        self.pending += 1
        async with opened as worker:
            self.pending -= 1
            try:
                yield self.watch(worker)
            finally:
                self.pending += 1
        self.pending -= 1


class _Watched:
    def __init__(self, inner: object, threads: Threads) -> None:
        self._inner = inner
        self._threads = threads

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found if inspect.isroutine(found) else _Watched(found, self._threads)

        async def call(*args: Any, **named: Any) -> Any:
            self._threads.pending += 1
            try:
                return await found(*args, **named)
            finally:
                self._threads.pending -= 1

        return call


class _Skipping(selectors.DefaultSelector):
    """Instead of waiting until a timer, lets the time pass."""

    def __init__(self, threads: Threads) -> None:
        super().__init__()
        self._threads = threads
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if self._threads.pending:
            return super().select(_THREADS_S)
        events = super().select(0)
        if not events:
            self.elapsed += timeout
        return events


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, threads: Threads) -> None:
        self._skipping = _Skipping(threads)
        super().__init__(self._skipping)
        # What is due within it is due. asyncio's nanosecond is lost beside the seconds of a year,
        # and then what is due this very moment never is.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._skipping.elapsed


class LoopClock:
    """Implements ``bot.ports.Clock`` on the running loop's time."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def run_virtually(
    main: Callable[[], Coroutine[Any, Any, Result]], *, threads: Threads | None = None
) -> Result:
    """Run a coroutine on a loop that skips waiting, but for what ``threads`` watches."""
    watched = threads or Threads()
    with asyncio.Runner(loop_factory=lambda: _VirtualLoop(watched)) as runner:
        return runner.run(main())
