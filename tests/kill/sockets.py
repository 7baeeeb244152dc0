"""Whose connection a request came by, found from outside: the kernel's tables of sockets."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from aiohttp import web

_LOOPBACK = "0100007F"


def owner_of(port: int, pids: Iterable[int]) -> int | None:
    """Which of some processes holds the socket 127.0.0.1:port (proc(5), Linux)."""
    inode = _inode_of(port)
    if inode is None:
        return None
    wanted = f"socket:[{inode}]"
    for pid in pids:
        with suppress(OSError):
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with suppress(OSError):
                    if os.readlink(entry.path) == wanted:  # noqa: PTH115 - a socket is no path
                        return pid
    return None


class Owners:
    """Which process speaks over which connection, each looked up once."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[object, int] = WeakKeyDictionary()

    def of(self, request: web.Request, pids: Iterable[int]) -> int | None:
        """The process that made a request; ``None`` where its connection is gone already."""
        transport = request.transport
        if transport is None:
            return None
        if transport not in self._known:
            peer = transport.get_extra_info("peername")
            pid = owner_of(peer[1], pids) if peer else None
            if pid is None:
                return None
            self._known[transport] = pid
        return self._known[transport]


def _inode_of(port: int) -> int | None:
    local = f"{_LOOPBACK}:{port:04X}"
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1] == local and int(fields[9]):
            return int(fields[9])
    return None
