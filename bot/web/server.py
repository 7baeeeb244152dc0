"""The server itself: routes, start, stop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.domain.errors import SettingsError
from bot.web.hooks import MAX_BODY, Hooks
from bot.web.metrics import CONTENT_TYPE
from bot.web.readiness import Report


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages show: the readiness report, and the metrics as text."""

    report: Callable[[], Awaitable[Report]]
    metrics: Callable[[], Awaitable[bytes]]
    hooks: Hooks


class WebServer:
    """Listens on ``host`` and ``port``; port 0 takes any that is free (see ``port``)."""

    def __init__(self, pages: Pages, *, host: str, port: int) -> None:
        self._pages = pages
        self._host = host
        self._wanted = port
        self.port = port
        self._runner = web.AppRunner(
            self._application(), handle_signals=False, access_log=None, shutdown_timeout=5.0
        )

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            SettingsError: the port is taken, or may not be used.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._wanted).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError(
                f"Nothing can listen on {self._host}:{self._wanted} "
                f"({error.strerror or type(error).__name__}). Set web.host and web.port to what is "
                "free."
            ) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Take no call any more; those under way get some seconds."""
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_get("/healthz", self._alive)
        application.router.add_get("/readyz", self._ready)
        application.router.add_get("/metrics", self._metrics)
        application.router.add_post("/hooks/{name}", self._pages.hooks.take)
        return application

    async def _alive(self, _: web.Request) -> web.Response:
        """The event loop answers; that is all it says."""
        return web.Response(text="ok\n")

    async def _ready(self, _: web.Request) -> web.Response:
        report = await self._pages.report()
        status = 200 if report.ready else 503
        said = {"ready": report.ready, "parts": report.parts, "needs": report.needs}
        return web.json_response(said, status=status)

    async def _metrics(self, _: web.Request) -> web.Response:
        text = await self._pages.metrics()
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})
