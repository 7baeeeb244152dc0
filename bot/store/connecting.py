"""Taking a connection out of a pool, whatever becomes of who asked for it.

A caller that is cancelled while its connection is being opened would leave it half-open, owned by
nobody: the driver's thread finishes opening it, and no pool ever hears of it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Connecting:
    """Opens connections to the end, and gives back those that nobody waits for any more."""

    def __init__(self) -> None:
        self._unwanted: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connected(self, engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
        """A connection, which goes back on leaving."""
        connection = await self._connect(engine)
        try:
            yield connection
        finally:
            await asyncio.shield(asyncio.ensure_future(connection.close()))

    async def settle(self) -> None:
        """Wait until what nobody wanted is given back."""
        await asyncio.gather(*self._unwanted)

    async def _connect(self, engine: AsyncEngine) -> AsyncConnection:
        opening = asyncio.ensure_future(_opened(engine))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            giving_back = asyncio.ensure_future(_give_back(opening))
            self._unwanted.add(giving_back)
            giving_back.add_done_callback(self._unwanted.discard)
            raise


async def _opened(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


async def _give_back(opening: asyncio.Future[AsyncConnection]) -> None:
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()
