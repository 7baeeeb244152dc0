"""Kills while a store's schema is brought forward, each in a store of its own.

Each store is a copy of one at an older revision with a row in it; the program is killed while it
holds the lock under which it migrates. Then it starts again, and must bring the store forward.
"""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.store import migrate
from bot.store.database import columns
from bot.store.tables import PAPERS
from tests.kill.programs import Nursery, Program, until
from tests.kill.transactions import strike_within, watcher

_OLD = "0001"
_PAPER = "2309.12307"
_PATIENCE_S = 8.0
_START_S = 300.0


@dataclass
class Migrations:
    """``settings`` makes a sulan.toml without platforms for a store's address; ``url`` is the
    run's own store."""

    url: str
    folder: Path
    settings: Callable[[str], str]
    nursery: Nursery
    programs: list[Program] = field(default_factory=list[Program])
    _count: int = 0

    async def open(self) -> None:
        """Make the old store that is copied each time."""
        await asyncio.to_thread(self._make_old)

    async def kill(self, after_s: float) -> bool:
        """Start on an old store and kill in mid-migration; whether that was met."""
        self._count += 1
        place = await asyncio.to_thread(self._copy)
        name = f"migration{self._count % 4}"
        program = Program(name, self.folder / name, self.settings(place), self.nursery)
        self.programs = [program]
        watching = await watcher(place, self._pids, migrating=True)
        try:
            await program.start()
            pid = await strike_within(
                watching, lambda _: program.kill(), held_s=after_s, patience_s=_PATIENCE_S
            )
        finally:
            await watching.close()
        program.kill()
        await program.buried()
        return pid is not None

    async def check(self) -> list[str]:
        """Start it again; returns what is wrong with the store then."""
        (program,) = self.programs
        await program.start()
        faults: list[str] = []
        try:
            await until(lambda: program.runs() or not program.alive, _START_S)
        except TimeoutError:
            faults.append("a store whose migration was killed does not open any more")
        program.kill()
        await program.buried()
        faults += program.unforeseen
        if not faults:
            faults += await asyncio.to_thread(self._faults)
        return faults

    def _pids(self) -> list[int]:
        return [p.pid for p in self.programs if p.alive and p.pid is not None]

    @property
    def _place(self) -> str:
        return self._named(f"migration{self._count % 4}")

    def _named(self, name: str) -> str:
        if "://" not in self.url:
            return str(self.folder / f"{name}.sqlite3")
        base = sa.make_url(self.url)
        return base.set(database=f"{base.database}_{name}").render_as_string(hide_password=False)

    def _make_old(self) -> None:
        place = self._named("old")
        self._drop(place)
        self._create(place, template=None)
        engine = sa.create_engine(_sync(place))
        config = Config()
        folder = Path(migrate.__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, _OLD)
            values = columns(PAPERS, Paper(PaperId(_PAPER), "A title", "An abstract."))
            connection.execute(sa.insert(PAPERS).values(values))
        engine.dispose()

    def _copy(self) -> str:
        self._drop(self._place)
        self._create(self._place, template=self._named("old"))
        return self._place

    def _create(self, place: str, *, template: str | None) -> None:
        if "://" not in place:
            if template is not None:
                shutil.copy(template, place)
            return
        source = sa.make_url(template).database if template else "template0"
        self._administer(f'CREATE DATABASE "{sa.make_url(place).database}" TEMPLATE "{source}"')

    def _drop(self, place: str) -> None:
        if "://" not in place:
            for path in self.folder.glob(f"{Path(place).stem}.*sqlite3*"):
                path.unlink()
            return
        name = sa.make_url(place).database
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _administer(self, statement: str) -> None:
        plain = self.url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        """Remove the databases that were made."""
        for name in ("old", *(f"migration{n}" for n in range(4))):
            self._drop(self._named(name))

    def _faults(self) -> list[str]:
        engine = sa.create_engine(_sync(self._place))
        with engine.connect() as connection:
            version = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            papers = connection.execute(sa.text("SELECT id FROM papers"))
            found = (version.scalar_one(), papers.scalars().all())
        engine.dispose()
        if found[0] == migrate.HEAD and _PAPER in map(str, found[1]):
            return []
        return [f"after a killed migration a store is at {found[0]} and holds {found[1]}"]


def _sync(place: str) -> str:
    return place if "://" in place else f"sqlite:///{place}"
