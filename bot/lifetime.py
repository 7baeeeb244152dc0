"""The life of a long run: one owner of signals, and tasks that end in order (F56)."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any

_log = logging.getLogger(__name__)

# Hosts that stop a program give it 10 s and more before they kill it (Heroku 30, Docker 10).
GRACE_S = 10.0
# The exit code of a program that failed.
_FAILED = 1


class Lifetime:
    """Says when to stop, and why. The first SIGTERM or SIGINT asks for it, the second one insists.

    Only where signals can be had: in the main thread of a program.
    """

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.error: Exception | None = None
        self.anew = False
        self._began = 0.0
        self._owns_signals = False
        self._guard: threading.Timer | None = None

    def own_signals(self) -> None:
        """From now on signals are ours: no framework may install its own."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, number)
        self._owns_signals = True

    def stop(self, error: Exception | None = None) -> None:
        """Stop; with an error because of it. What is asked a second time changes nothing."""
        if not self.stopping.is_set():
            self.error = error
            self._began = asyncio.get_running_loop().time()
            self.stopping.set()
            if error is not None:
                self._guard_the_end(_FAILED)

    def begin_anew(self) -> None:
        """Stop, for the same program to be started again in our place (``anew``)."""
        if not self.stopping.is_set():
            self.anew = True
            self.stop()
            self._guard_the_end(_FAILED)

    def left(self) -> float:
        """Seconds of grace that are left."""
        if not self.stopping.is_set():
            return GRACE_S
        return max(0.0, GRACE_S - (asyncio.get_running_loop().time() - self._began))

    async def watch(self, name: str, work: Coroutine[Any, Any, object]) -> None:
        """Do something without which the program is of no use: when it fails, the program ends."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - told, and the program ends with it
            _log.error("the program cannot go on", extra={"part": name, "reason": str(error)})
            self.stop(error)

    def _signalled(self, number: signal.Signals) -> None:
        if self.stopping.is_set():
            os._exit(128 + number)
        _log.info("stopping", extra={"signal": number.name})
        self.stop()
        self._guard_the_end(0)

    def _guard_the_end(self, code: int) -> None:
        """Whatever hangs, the program ends: everything worth keeping is in the store by then, and
        a supervisor starts it again where the ``code`` says that it failed."""
        if self._owns_signals:
            self._guard = threading.Timer(GRACE_S, os._exit, (code,))
            self._guard.daemon = True
            self._guard.start()

    def relax(self) -> None:
        """The program goes on after all this has ended (a test's does)."""
        if self._guard is not None:
            self._guard.cancel()
