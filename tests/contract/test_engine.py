"""Every engine does the same with jobs."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from bot.clock import SystemClock
from bot.engine import DbosEngine, EngineOptions
from bot.engine_port import Engine, Job
from bot.engine_queues import Polling
from bot.engine_testing import InProcessEngine, Shelf
from bot.store.location import locate

_PATIENCE = 20.0
_OFTEN = Polling(0.05)


class Start(Protocol):
    """Starts an engine on the test's own store of jobs, as this executor."""

    def __call__(self, work: "Worker", executor: str = "one") -> Engine: ...


@dataclass
class Worker:
    """Notes what it is given. ``answers`` are its first answers, then it says that it is done.

    While ``gate`` is closed it works on and on.
    """

    answers: list[bool | Exception] = field(default_factory=list[bool | Exception])
    given: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    ended: int = 0
    busy: int = 0
    busiest: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def __call__(self, arguments: Sequence[str]) -> bool:
        self.given.append(tuple(arguments))
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            await self.gate.wait()
        finally:
            self.busy -= 1
        self.ended += 1
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Engine]:
    shelf = Shelf()
    path = tmp_path / "jobs.engine.sqlite3"
    address = request.getfixturevalue("new_postgres")() if request.param == "postgres" else ""

    def build(executor: str) -> Engine:
        if request.param == "fake":
            return InProcessEngine(SystemClock(), shelf, executor=executor)
        if request.param == "postgres":
            url = locate(address).url.render_as_string(hide_password=False)
            return DbosEngine(EngineOptions(url, "postgres", executor, polling=_OFTEN))
        options = EngineOptions(f"sqlite:///{path}", path.name, executor, path, polling=_OFTEN)
        return DbosEngine(options)

    return build


@asynccontextmanager
async def running(
    make: Callable[[str], Engine], worker: Worker, *, executor: str = "one", at_once: int = 4
) -> AsyncGenerator[Engine, None]:
    engine = make(executor)
    engine.register("kind", worker, at_once=at_once)
    engine.register("other", worker, at_once=at_once)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop(0.1)


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not (found if isinstance(found := true(), bool) else await found):  # noqa: ASYNC110 - a database is watched
            await asyncio.sleep(0.01)


async def idle(engine: Engine) -> None:
    async def none_left() -> bool:
        return await engine.unfinished() == 0

    await until(none_left)


async def test_a_job_is_done_once_with_its_arguments(make: Callable[[str], Engine]) -> None:
    worker = Worker()
    job = Job("kind", "a", ("2309.12307", "zh", "名"))
    async with running(make, worker) as engine:
        assert await engine.enqueue([job, job]) == 1
        await idle(engine)
        assert await engine.enqueue([job]) == 0
        assert worker.given == [("2309.12307", "zh", "名")]


async def test_a_job_that_runs_is_not_put_in_again(make: Callable[[str], Engine]) -> None:
    worker = Worker()
    worker.gate.clear()
    async with running(make, worker) as engine:
        await engine.enqueue([Job("kind", "a")])
        await until(lambda: worker.busy == 1)
        assert await engine.enqueue([Job("kind", "a"), Job("kind", "b")]) == 1
        assert await engine.unfinished() == 2
        worker.gate.set()
        await idle(engine)
        assert worker.ended == 2


@pytest.mark.parametrize("answer", [False, RuntimeError("no")], ids=["not done", "failed"])
async def test_what_was_not_done_may_be_tried_again(
    make: Callable[[str], Engine], answer: bool | Exception
) -> None:
    worker = Worker(answers=[answer])
    async with running(make, worker) as engine:
        await engine.enqueue([Job("kind", "a")])
        await idle(engine)
        assert await engine.enqueue([Job("kind", "a")]) == 1
        await idle(engine)
        assert await engine.enqueue([Job("kind", "a")]) == 0
        assert worker.ended == 2


async def test_no_more_run_at_once_than_was_said_and_kinds_do_not_wait_for_each_other(
    make: Callable[[str], Engine],
) -> None:
    worker = Worker()
    worker.gate.clear()
    async with running(make, worker, at_once=2) as engine:
        await engine.enqueue([Job("kind", str(n)) for n in range(5)])
        await engine.enqueue([Job("other", "a")])
        await until(lambda: worker.busy == 3)
        worker.gate.set()
        await idle(engine)
        assert worker.busiest == 3
        assert worker.ended == 6


async def test_what_was_cut_off_or_waited_is_done_by_the_next_start_f56(
    make: Callable[[str], Engine],
) -> None:
    first, second = Worker(), Worker()
    first.gate.clear()
    async with running(make, first, at_once=1) as engine:
        await engine.enqueue([Job("kind", "a", ("a",)), Job("kind", "b", ("b",))])
        await until(lambda: first.busy == 1)
    assert first.ended == 0
    async with running(make, second) as engine:
        await idle(engine)
    assert sorted(second.given) == [("a",), ("b",)]


async def test_what_runs_is_given_time_to_end(make: Callable[[str], Engine]) -> None:
    worker = Worker()
    worker.gate.clear()
    engine = make("one")
    engine.register("kind", worker, at_once=1)
    await engine.start()
    await engine.enqueue([Job("kind", "a")])
    await until(lambda: worker.busy == 1)
    stopping = asyncio.ensure_future(engine.stop(_PATIENCE))
    await asyncio.sleep(0)
    worker.gate.set()
    await stopping
    assert worker.ended == 1


async def test_nothing_begins_while_what_runs_is_waited_for(make: Callable[[str], Engine]) -> None:
    worker = Worker()
    worker.gate.clear()
    engine = make("one")
    engine.register("kind", worker, at_once=2)
    await engine.start()
    await engine.enqueue([Job("kind", "a", ("a",))])
    await until(lambda: worker.busy == 1)
    stopping = asyncio.ensure_future(engine.stop(_PATIENCE))
    await asyncio.sleep(0)
    await engine.enqueue([Job("kind", "b", ("b",))])
    await asyncio.sleep(0.3)
    worker.gate.set()
    await stopping
    assert worker.given == [("a",)]


async def test_what_may_be_cut_off_is_not_waited_for_and_done_at_the_next_start(
    make: Callable[[str], Engine],
) -> None:
    first, second = Worker(), Worker()
    first.gate.clear()
    engine = make("one")
    engine.register("kind", first, at_once=1, cut_off=True)
    await engine.start()
    await engine.enqueue([Job("kind", "a", ("a",))])
    await until(lambda: first.busy == 1)
    async with asyncio.timeout(_PATIENCE):
        await engine.stop(10 * _PATIENCE)
    assert first.ended == 0
    async with running(make, second) as engine:
        await idle(engine)
    assert second.given == [("a",)]


async def test_a_dead_executors_jobs_are_taken_over_only_when_it_is_said_to_be_dead(
    make: Callable[[str], Engine],
) -> None:
    first, second = Worker(), Worker()
    first.gate.clear()
    async with running(make, first, executor="one") as engine:
        await engine.enqueue([Job("kind", "a", ("a",))])
        await until(lambda: first.busy == 1)
    long_ago = SystemClock().now() - timedelta(days=1)
    async with running(make, second, executor="two") as engine:
        await engine.maintain(before=long_ago, dead=["three"])
        assert await engine.unfinished() == 1
        assert second.given == []
        await engine.maintain(before=long_ago, dead=["one"])
        await idle(engine)
    assert second.given == [("a",)]


async def test_old_jobs_are_forgotten_and_waiting_ones_are_not(
    make: Callable[[str], Engine],
) -> None:
    worker = Worker()
    later = SystemClock().now() + timedelta(days=1)
    async with running(make, worker) as engine:
        await engine.enqueue([Job("kind", str(n)) for n in range(3)])
        await idle(engine)
        worker.gate.clear()
        await engine.enqueue([Job("kind", "waits")])
        await engine.maintain(before=later)
        assert await engine.enqueue([Job("kind", "waits")]) == 0
        assert await engine.enqueue([Job("kind", "0")]) == 1
        worker.gate.set()
        await idle(engine)


async def test_f62_jobs_of_an_hour_that_comes_again_may_be_done_again(
    make: Callable[[str], Engine],
) -> None:
    worker, hour = Worker(), timedelta(hours=1)
    async with running(make, worker) as engine:
        now = SystemClock().now()
        await engine.enqueue([Job("kind", "a")])
        await idle(engine)
        await engine.maintain(before=now - hour, after=now + hour)
        assert await engine.enqueue([Job("kind", "a")]) == 0
        await engine.maintain(before=now - hour, after=now - hour)
        assert await engine.enqueue([Job("kind", "a")]) == 1
        await idle(engine)


async def test_the_real_ones_file_is_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "jobs.engine.sqlite3"
    path.touch(0o600)
    engine = DbosEngine(EngineOptions(f"sqlite:///{path}", path.name, "one", path))
    engine.register("kind", Worker(), at_once=1)
    await engine.start()
    try:
        modes = _modes(tmp_path)
    finally:
        await engine.stop(0)
    assert modes[f"{path.name}-wal"] == 0o600
    assert set(modes.values()) == {0o600}


def _modes(folder: Path) -> dict[str, int]:
    return {found.name: stat.S_IMODE(found.stat().st_mode) for found in folder.iterdir()}


async def test_jobs_of_a_kind_that_is_not_done_here_wait_for_who_does_it(
    make: Callable[[str], Engine],
) -> None:
    first, second = Worker(), Worker()
    engine = make("one")
    engine.register("kind", first, at_once=1, here=False)
    await engine.start()
    try:
        assert await engine.enqueue([Job("kind", "a", ("a",))]) == 1
        await asyncio.sleep(0.3)
        assert await engine.unfinished() == 1
    finally:
        await engine.stop(0.1)
    async with running(make, second, executor="two") as engine:
        await idle(engine)
    assert (first.given, second.given) == ([], [("a",)])


async def test_f60_jobs_that_have_to_be_alone_wait_for_what_a_process_left_under_way(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.engine.sqlite3"
    path.touch(0o600)

    def engine(executor: str, worker: Worker) -> Engine:
        options = EngineOptions(f"sqlite:///{path}", path.name, executor, path, polling=_OFTEN)
        made = DbosEngine(options)
        made.register("kind", worker, at_once=3, alone=True)
        return made

    first, second = Worker(), Worker()
    first.gate.clear()
    one = engine("one", first)
    await one.start()
    await one.enqueue([Job("kind", name, (name,)) for name in "ab"])
    await until(lambda: first.busy == 1)
    await one.stop(0.1)
    two = engine("two", second)
    await two.start()
    try:
        await asyncio.sleep(0.3)
        assert second.given == []
        await two.maintain(before=SystemClock().now() - timedelta(days=1), dead=["one"])
        await idle(two)
    finally:
        await two.stop(0.1)
    assert sorted(second.given) == [("a",), ("b",)]
    assert (first.busiest, second.busiest) == (1, 1)


@pytest.mark.parametrize("heir", ["one", "two"], ids=["under its name", "under another"])
async def test_what_the_dead_left_goes_to_nobody_who_does_not_do_such_jobs_f55(
    make: Callable[[str], Engine], heir: str
) -> None:
    first, idler, last = Worker(), Worker(), Worker()
    first.gate.clear()
    async with running(make, first, executor="one") as engine:
        await engine.enqueue([Job("kind", "a", ("a",))])
        await until(lambda: first.busy == 1)
    long_ago = SystemClock().now() - timedelta(days=1)
    engine = make(heir)
    engine.register("kind", idler, at_once=1, here=False)
    await engine.start()
    try:
        await engine.maintain(before=long_ago, dead=["one"] if heir == "two" else [])
        await asyncio.sleep(0.3)
        assert await engine.unfinished() == 1
    finally:
        await engine.stop(0.1)
    async with running(make, last, executor=heir) as engine:
        await idle(engine)
    assert (idler.given, last.given) == ([], [("a",)])


def _hasty(path: Path, worker: Worker, *, executor: str = "one", hurries_s: float = 60) -> Engine:
    """One whose jobs would begin after ten minutes, were it not for the start."""
    polling = Polling(600, soon=("kind",), hurries_s=hurries_s)
    engine = DbosEngine(EngineOptions(f"sqlite:///{path}", path.name, executor, path, polling))
    engine.register("kind", worker, at_once=1)
    return engine


def _waits_s(path: Path) -> float:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT polling_interval_sec FROM queues").fetchone()[0]


async def test_a_start_need_not_wait_for_the_jobs_it_puts_in(tmp_path: Path) -> None:
    path, worker = tmp_path / "jobs.engine.sqlite3", Worker()
    path.touch(0o600)
    for name in ("the first start", "another"):
        engine = _hasty(path, worker)
        await engine.start()
        try:
            assert _waits_s(path) < 1
            await engine.enqueue([Job("kind", name)])
            await idle(engine)
        finally:
            await engine.stop(0.1)
        assert _waits_s(path) == 600
    assert worker.ended == 2


async def test_after_a_start_jobs_are_looked_for_as_seldom_as_before(tmp_path: Path) -> None:
    path = tmp_path / "jobs.engine.sqlite3"
    path.touch(0o600)
    for _ in range(2):
        engine = _hasty(path, Worker(), hurries_s=0.1)
        await engine.start()
        await until(lambda: _waits_s(path) == 600)
        await engine.stop(0)


async def test_f55_who_died_in_a_hurry_leaves_nobody_in_one(tmp_path: Path) -> None:
    path, long_ago = tmp_path / "jobs.engine.sqlite3", SystemClock().now() - timedelta(days=1)
    path.touch(0o600)
    engine = _hasty(path, Worker(), executor="two", hurries_s=0)
    await engine.start()
    try:
        await until(lambda: _waits_s(path) == 600)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE queues SET polling_interval_sec = 0.05")
        await engine.maintain(before=long_ago)
        assert _waits_s(path) < 1
        await engine.maintain(before=long_ago, dead=["one"])
        assert _waits_s(path) == 600
    finally:
        await engine.stop(0)
