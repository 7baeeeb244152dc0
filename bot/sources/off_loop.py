"""Where parsing happens, so that the event loop goes on meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")


class ParseThread:
    """One thread for all parsing.

    One, because each busy thread may keep the interpreter's lock for 5 ms at a time
    (``sys.getswitchinterval``): ten at once would add up to a stall of the event loop.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parse")

    async def run(self, parse: Callable[[A], T], data: A) -> T:
        """``parse(data)``, off the event loop; what it raises is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, parse, data)

    def close(self) -> None:
        """Drop what has not begun; what runs is left to end by itself."""
        self._executor.shutdown(wait=False, cancel_futures=True)
