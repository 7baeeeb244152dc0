"""The command line as a person uses it, with upstreams on loopback that answer with real data."""

import asyncio
import json
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from bot.__main__ import run


@dataclass
class Upstream:
    """Hugging Face and arXiv in one, serving a folder of real answers from a thread of its own.

    ``asked`` lists every path with its query. ``down`` makes every answer a 503.
    """

    data: Path
    asked: list[str] = field(default_factory=list[str])
    down: bool = False
    feed: str = "jmamath_rss_cs_cl_2026-04-27_trimmed.xml"
    base: str = ""

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._noting])
        app.router.add_get("/api/daily_papers", self._daily)
        app.router.add_get("/api/papers/{id}", self._gone)
        app.router.add_get("/api/query", self._by_id)
        app.router.add_get("/rss/{categories}", self._rss)
        return app

    @web.middleware
    async def _noting(
        self, request: web.Request, handler: Callable[[web.Request], object]
    ) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        if self.down:
            return web.Response(status=503, text="down")
        answer = handler(request)
        assert asyncio.iscoroutine(answer)
        response = await answer
        assert isinstance(response, web.StreamResponse)
        return response

    async def _daily(self, request: web.Request) -> web.Response:
        file = self.data / "hf_daily" / f"{request.query['date']}.json"
        items: list[object] = json.loads(file.read_text("utf-8")) if file.exists() else []
        page, limit = int(request.query["p"]), int(request.query["limit"])
        return web.json_response(items[page * limit : (page + 1) * limit])

    async def _gone(self, _: web.Request) -> web.Response:
        return web.json_response({"error": "not found"}, status=404)

    async def _by_id(self, request: web.Request) -> web.Response:
        name = f"arxivpy_id_{request.query['id_list'].replace(',', '_')}_s0_m100.xml"
        file = self.data / "arxiv_atom" / name
        if not file.exists():
            file = self.data / "arxiv_atom" / "arxivpy_id_0000.0000_s0_m100.xml"
        return web.Response(body=file.read_bytes(), content_type="application/atom+xml")

    async def _rss(self, _: web.Request) -> web.Response:
        body = (self.data / "arxiv_rss" / self.feed).read_bytes()
        return web.Response(body=body, content_type="application/rss+xml")


@pytest.fixture(scope="session")
def _upstream_loop() -> Generator[asyncio.AbstractEventLoop, None, None]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def upstream(
    shared: Path, _upstream_loop: asyncio.AbstractEventLoop
) -> Generator[Upstream, None, None]:
    """A fresh upstream on a port of its own."""
    served = Upstream(shared / "data")

    async def start() -> web.AppRunner:
        runner = web.AppRunner(served.application())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), _upstream_loop).result()
    served.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    asyncio.run_coroutine_threadsafe(runner.cleanup(), _upstream_loop).result()


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Sulan = Callable[..., Said]


@pytest.fixture
def sulan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sulan:
    """Runs ``sulan`` with arguments, in an empty folder and with none of the machine's settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments: str) -> Said:
        code = run(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return command


@pytest.fixture
def online(sulan: Sulan, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Sulan:
    """The same with every upstream's address set to the one on loopback."""
    monkeypatch.setenv("SULAN_HUGGINGFACE__BASE_URL", upstream.base)
    monkeypatch.setenv("SULAN_ARXIV__API_URL", f"{upstream.base}/api/query")
    monkeypatch.setenv("SULAN_ARXIV__RSS_URL", f"{upstream.base}/rss")
    monkeypatch.setenv("SULAN_ARXIV__INTERVAL_S", "0")
    monkeypatch.setenv("SULAN_HTTP__ATTEMPTS", "1")
    return sulan
