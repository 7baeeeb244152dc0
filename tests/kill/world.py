"""Everything around the program: the list, the model, both platforms, and who asks."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from aiohttp import web

from adapters.discord.testing import TOKEN as DISCORD_TOKEN
from adapters.discord.testing import Buckets, DiscordServer
from adapters.discord.testing.gateway import GatewayServer
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import TelegramServer
from bot.clock import SystemClock
from tests.kill.chats import Member, on_discord, on_telegram, update_of
from tests.kill.lists import Lists, gone
from tests.kill.model import NAME, Model
from tests.kill.papers import papers
from tests.kill.sockets import Owners
from tests.kill.traps import Handler, Traps

_FIRST_ASKER = 900_000
# More than a busy machine keeps a program waiting, and little beside all other waits.
TAKEOVER_S = 3
# How long a claim on a summary holds then without being prolonged (bot.app).
CLAIM_S = 5.0

# The kinds of calls at which a program may be killed.
TELEGRAM, DISCORD, EDIT, ANSWER = "telegram", "discord", "edit", "answer"
MODEL, UPDATES = "model", "updates"


@dataclass
class World:
    """What stands around the programs. ``pids`` are those that live; ``strike`` kills one."""

    telegram: TelegramServer
    discord: DiscordServer
    lists: Lists
    model: Model
    members: list[Member]
    strike: Callable[[int], None]
    pids: Callable[[], Iterable[int]]
    options: str = ""
    model_deadline_s: float = 1200.0
    upstream: str = ""
    owners: Owners = field(default_factory=Owners)
    asked: dict[str, str] = field(default_factory=dict[str, str])
    messages: int = 0
    on_message: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._published = {member.target.chat for member in self.members}
        self.traps = Traps(self.strike, self._kind_of, self._pid_of)

    def admit(self, members: Iterable[Member], options: str) -> None:
        """More chats, with what the adapters must be told of them."""
        self.members.extend(members)
        self.options += options
        self._published = {member.target.chat for member in self.members}

    def ask(self, text: str, about: str) -> None:
        """Somebody new gives a command on Telegram."""
        user = _FIRST_ASKER + len(self.asked)
        self.asked[str(user)] = about
        self.telegram.push(update_of(user, text))

    def settings(self, store: str, roles: Sequence[str] = ()) -> str:
        """A sulan.toml, for a program with these roles; with all where none is named."""
        chats = "\n".join(member.toml() for member in self.members)
        return f"""
{self.base_settings(store, roles)}
[model]
name = "{NAME}"
base_url = "{self.upstream}/v1"
daily_tokens = 1000000000
concurrency = 8
[adapters.telegram]
token = "{TELEGRAM_TOKEN}"
api_url = "{self.telegram.url}"
[adapters.discord]
token = "{DISCORD_TOKEN}"
api_url = "{self.discord.rest}"
gateway_url = "{self.discord.gateway}"
{self.options}
{chats}
"""

    def base_settings(self, store: str, roles: Sequence[str] = ()) -> str:
        """What a program without platforms needs, too."""
        ours = f"roles = {list(roles)!r}" if roles else ""
        return f"""
[store]
url = "{store}"
[huggingface]
base_url = "{self.upstream}"
[arxiv]
api_url = "{self.upstream}/api/query"
rss_url = "{self.upstream}/rss"
interval_s = 0
[http]
attempts = 1
[run]
{ours}
collect_every_s = 0.8
plan_every_s = 0.8
takeover_s = {TAKEOVER_S}
publish_deadline_s = {self.model_deadline_s}
[log]
format = "json"
"""

    async def _kind_of(self, request: web.Request) -> str:
        path = request.path
        if path.endswith("/chat/completions"):
            return MODEL
        if path.startswith("/bot"):
            return await self._telegram_kind(request)
        if request.method == "POST" and path.endswith(("/messages", "/threads")):
            return DISCORD
        if "/webhooks/" in path and request.method == "POST":
            return DISCORD
        return EDIT if request.method == "PATCH" else ""

    async def _telegram_kind(self, request: web.Request) -> str:
        method = request.path.rpartition("/")[2].lower()
        if method == "getupdates":
            return UPDATES if self.telegram.unconfirmed else ""
        if method not in ("sendmessage", "editmessagetext"):
            return ""
        if (await request.post()).get("chat_id") not in self._published:
            return ANSWER
        return EDIT if method.startswith("edit") else TELEGRAM

    def _pid_of(self, request: web.Request) -> int | None:
        return self.owners.of(request, self.pids())

    @web.middleware
    async def note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Notes whose a model's call is, and when messages arrive."""
        if request.path.endswith("/chat/completions"):
            request["pid"] = self._pid_of(request)
        response = await handler(request)
        if request.method == "POST" and request.path.endswith(("sendMessage", "/messages")):
            self.messages += 1
            self.on_message()
        return response


@asynccontextmanager
async def surrounded(
    data: Path,
    random: Random,
    *,
    strike: Callable[[int], None],
    pids: Callable[[], Iterable[int]],
) -> AsyncGenerator[World, None]:
    """Serve everything on loopback."""
    clock = SystemClock()
    model = Model(random)
    telegram = TelegramServer()
    discord = DiscordServer(buckets=Buckets(clock))
    gateway = GatewayServer(discord, clock, token=DISCORD_TOKEN)
    world = World(
        telegram,
        discord,
        Lists(papers(data), model),
        model,
        on_telegram(),
        strike,
        pids,
    )
    discord.app.middlewares.extend((world.note, world.traps.watch))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(discord)
        gateway.open()
        channels = on_discord(discord)
        world.admit(channels.members, channels.options)
        app = web.Application(middlewares=(world.note, world.traps.watch))
        app.router.add_get("/api/daily_papers", world.lists.daily)
        app.router.add_get("/v1/models", model.models)
        app.router.add_post("/v1/chat/completions", model.complete)
        app.router.add_route("*", "/bot{token}/{method}", telegram.handle)
        app.router.add_get("/{anything:.*}", gone)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.callback(telegram.close)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        world.upstream = "http://{}:{}".format(*runner.addresses[0][:2])
        telegram.url = world.upstream
        yield world
