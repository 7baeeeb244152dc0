"""Days in seconds: an event loop that skips the waiting, for tests and benchmarks.

Everything that asyncio times (sleeps, time-outs) runs on the virtual clock, in the right order;
what is really waited for is other threads and sockets.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")

# Real seconds in which another thread (a database's) may answer before time is skipped.
THREADS_S = 0.004


class _Skipping(selectors.DefaultSelector):
    """Instead of waiting until a timer, lets the time pass."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self._patience = patience
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        events = super().select(min(timeout, self._patience))
        if not events:
            self.elapsed += timeout
        return events


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, patience: float) -> None:
        self._skipping = _Skipping(patience)
        super().__init__(self._skipping)

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
    main: Callable[[], Coroutine[Any, Any, Result]], *, patience: float = 0.0
) -> Result:
    """Run a coroutine on a loop that skips waiting.

    ``patience`` is ``THREADS_S`` where other threads do some of the work.
    """
    with asyncio.Runner(loop_factory=lambda: _VirtualLoop(patience)) as runner:
        return runner.run(main())
