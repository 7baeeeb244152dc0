"""A port in front of a server, which lets connections through, refuses them, or leaves them in a
queue that is full."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from urllib.parse import urlsplit


class Doorway:
    """``url`` is the same whether it is open or shut."""

    def __init__(self, behind: str) -> None:
        self._behind = urlsplit(behind)
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self._port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}{self._behind.path}"

    async def open(self) -> asyncio.Server:
        """Let connections through; close what is returned to refuse them again."""
        return await asyncio.start_server(self._pass, "127.0.0.1", self._port)

    @contextmanager
    def crowded(self) -> Generator[None]:
        """The next connection is neither taken nor refused."""
        with ExitStack() as stack:
            listening = stack.enter_context(closing(socket.socket()))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self._port))
            listening.listen(0)
            for _ in range(3):
                queued = stack.enter_context(closing(socket.socket()))
                queued.setblocking(False)
                queued.connect_ex(listening.getsockname())
            yield

    async def _pass(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        address = (self._behind.hostname or "", self._behind.port or 0)
        far, onward = await asyncio.open_connection(*address)
        await asyncio.gather(_copy(near, onward), _copy(far, out))


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
    sink.close()
    with suppress(OSError):
        await sink.wait_closed()
