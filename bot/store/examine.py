"""Looking at a store without changing it."""

from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.errors import StoreError
from bot.store.faults import driver_of, translated
from bot.store.location import locate
from bot.store.migrate import require_newest
from bot.store.sqlite_engines import reader_engine

_PATIENCE_S = 10.0


async def examine(place: str | Path) -> None:
    """Make sure that there is a whole store of this version, which can be read.

    Raises:
        StoreError: there is none, it is of another version, or it cannot be read; in words.
    """
    location = locate(place)
    if location.path is None:
        with driver_of(location.name):
            engine = create_async_engine(location.url)
    elif location.path.exists():
        engine = reader_engine(location.url, _PATIENCE_S)
    else:
        raise StoreError(f"there is no store at {location.name} yet; `sulan run` makes it")
    try:
        with translated(location.name):
            async with engine.connect() as connection:
                await connection.run_sync(partial(require_newest, name=location.name))
    finally:
        await engine.dispose()
