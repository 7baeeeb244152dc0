"""Several processes of different roles on one store, some of them killed."""

import asyncio
import json
import logging
import signal
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from running_program import PAPER, Lists, Sulan, papers_in, program, real_day, until

from adapters.discord.testing import TOKEN as DISCORD_TOKEN
from adapters.discord.testing import Channel, DiscordServer, Kind
from adapters.discord.testing.gateway import GatewayServer
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import TelegramServer, serving
from bot.clock import SystemClock
from bot.domain.delivery import State
from bot.domain.role import Role
from bot.ports import DeliveryQuery
from bot.services.rounds.membership import counted, living
from bot.store.sql_store import SqlStore, open_store
from summarizer.testing import entry_json

_log = logging.getLogger(__name__)

_PERSON = "4242"
# Short, and long enough for a machine on which much else runs.
_TAKEOVER_S = 4.0
_WORK = (
    "The paper presents an efficient approach to fine-tuning that extends the context of large "
    "language models. It keeps the cost of computation limited."
)


@dataclass
class Model:
    """An endpoint that counts what it is asked; while ``silent``, it never answers."""

    base: str = ""
    asked: Counter[str] = field(default_factory=Counter[str])
    silent: bool = False

    async def models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "m", "object": "model"}]})

    async def complete(self, request: web.Request) -> web.Response:
        self.asked[json.dumps((await request.json())["messages"])] += 1
        while self.silent:  # noqa: ASYNC110 - whoever asked may be dead
            await asyncio.sleep(0.05)
        message = {"role": "assistant", "content": entry_json(_WORK), "refusal": None}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200}
        return web.json_response({"id": "1", "choices": [choice], "usage": usage, "model": "m"})


@dataclass
class World:
    """What the processes share: upstream, model, platforms, settings, and the store."""

    lists: Lists
    model: Model
    telegram: TelegramServer
    discord: DiscordServer
    gateway: GatewayServer
    channel: Channel
    settings: str
    whole: Sulan
    place: str

    def process(self, *roles: str, more: str = "") -> Sulan:
        """One of several, not yet started."""
        name = "-".join(role.replace(",", "-") for role in roles) or "all"
        taken = len(list(self.whole.folder.glob(f"{name}-*")))
        folder = self.whole.folder / f"{name}-{taken}"
        folder.mkdir()
        arguments = [f"--roles={role}" for role in roles]
        return replace(
            self.whole, folder=folder, settings=self.settings + more, arguments=tuple(arguments)
        )

    def arrived(self) -> tuple[list[str], list[str]]:
        """The papers that came to Telegram, and to Discord, once for each message."""
        chat = self.telegram.state.in_chat(_PERSON)
        on_telegram = [papers_in([m.text])[0] for m in chat if PAPER.search(m.text)]
        texts = [json.dumps(m["embeds"]) for m in self.channel.messages if m["embeds"]]
        return on_telegram, [papers_in([text])[0] for text in texts if PAPER.search(text)]

    def least(self) -> int:
        """How many different papers came to each at least."""
        return min(len(set(papers)) for papers in self.arrived())

    def ask(self, chat: int, text: str) -> Callable[[], bool]:
        """Somebody asks on Telegram; gives whether they have an answer."""
        person = {"id": chat, "is_bot": False, "first_name": "A", "language_code": "en"}
        message = {
            "message_id": 5,
            "date": 1_780_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "A"},
            "from": person,
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        }
        self.telegram.push({"message": message})
        return lambda: bool(self.telegram.state.in_chat(str(chat)))


def _settings(world_model: Model, telegram: TelegramServer, discord: DiscordServer) -> str:
    return f"""
        [model]
        name = "m"
        base_url = "{world_model.base}"
        api_key = "sk-none"
        [adapters.telegram]
        token = "{TELEGRAM_TOKEN}"
        api_url = "{telegram.url}"
        [adapters.discord]
        token = "{DISCORD_TOKEN}"
        api_url = "{discord.rest}"
        gateway_url = "{discord.gateway}"
        [[chats]]
        platform = "telegram"
        chat = {_PERSON}
        language = "en"
    """


@asynccontextmanager
async def _world(folder: Path, shared: Path, place: str) -> AsyncGenerator[World, None]:
    async with AsyncExitStack() as stack:
        lists, model, clock = real_day(shared), Model(), SystemClock()
        app = web.Application()
        app.router.add_get("/v1/models", model.models)
        app.router.add_post("/v1/chat/completions", model.complete)
        endpoint = await stack.enter_async_context(TestServer(app, host="127.0.0.1"))
        model.base = str(endpoint.make_url("/v1"))
        telegram = await stack.enter_async_context(serving(TelegramServer()))
        discord = DiscordServer()
        gateway = GatewayServer(discord, clock, token=DISCORD_TOKEN)
        channel = discord.world.add(Kind.TEXT)
        await stack.enter_async_context(discord)
        gateway.open()
        settings = (
            _settings(model, telegram, discord)
            + f"""
        [[chats]]
        platform = "discord"
        chat = "{channel.id}"
        language = "en"
        """
        )
        whole = await stack.enter_async_context(program(folder, lists))
        whole.store, whole.takeover_s = place, _TAKEOVER_S
        yield World(lists, model, telegram, discord, gateway, channel, settings, whole, place)


@pytest.fixture
async def world(tmp_path: Path, shared: Path, place: str) -> AsyncGenerator[World, None]:
    async with _world(tmp_path, shared, place) as one:
        yield one


@asynccontextmanager
async def _running(*processes: Sulan) -> AsyncGenerator[None, None]:
    for process in processes:
        await process.start()
    try:
        yield
    finally:
        for process in processes:
            if process.process is not None and process.process.returncode is None:
                process.process.kill()
                await process.process.wait()


async def _owner(store: SqlStore, lease: str, processes: list[Sulan]) -> Sulan | None:
    """The process that holds the lease whose name begins so."""
    held = await store.leases.held(lease, now=datetime.now(UTC))
    pids = {who.split(":")[1] for who in held.values()}
    return next((p for p in processes if p.process and str(p.process.pid) in pids), None)


async def _roles(store: SqlStore) -> dict[Role, int]:
    return dict(counted(await living(store.leases, now=datetime.now(UTC))))


def _measured(what: str, figure: object) -> None:
    """For who runs this with ``--log-cli-level=info``."""
    _log.info("%s: %s", what, figure)


async def _waited(true: Callable[[], bool], sulan: Sulan) -> float:
    began = asyncio.get_running_loop().time()
    await until(true, sulan)
    return asyncio.get_running_loop().time() - began


async def test_f28_f40_f50_f55_f60_owners_of_every_role_are_killed_and_the_others_go_on(
    world: World,
) -> None:
    lists = world.lists
    lists.shown = 2
    workers = [world.process("collect,summarise", "plan") for _ in range(2)]
    talkers = [world.process("deliver,commands") for _ in range(2)]
    async with _running(*workers, *talkers), open_store(world.place) as store:
        await until(lambda: world.least() == 2, workers[0])
        lists.shown = 3
        await until(lambda: world.least() == 3, workers[0])
        waited = await _planned_to_sent(store)
        _measured("planned_to_sent_s", waited)
        # Two processes: at best a fraction of a second, at worst whatever else runs here.
        assert min(waited) < 1.0
        assert await _roles(store) == {**dict.fromkeys(Role, 2), Role.WEB: 0}
        assert "Sulan runs: collect, summarise, plan." in workers[0].err.read_text()

        # The poller and the holder of the shard, in the middle of nothing.
        await until(lambda: world.gateway.present == 1, talkers[0])
        poller = await _owner(store, "telegram:", talkers)
        assert poller is not None
        other = next(one for one in talkers if one is not poller)
        await poller.stop(signal.SIGKILL)
        answered = world.ask(7, f"/paper {lists.ids[0]}")
        took = await _waited(answered, other)
        _measured("telegram_taken_over_s", took)
        assert took < _TAKEOVER_S + 5
        await until(lambda: world.gateway.present == 1, other)

        # Whoever asks the model, before it has an answer.
        world.model.silent = True
        lists.shown = 5
        asked = len(world.model.asked)
        await until(lambda: len(world.model.asked) >= asked + 1, workers[0])
        await workers[0].stop(signal.SIGKILL)
        world.model.silent = False
        took = await _waited(lambda: world.least() == 5, workers[1])
        _measured("work_taken_over_s", took)

        lists.shown = 6
        await until(lambda: world.least() == 6, workers[1])
        assert {*map(tuple, map(sorted, world.arrived()))} == {tuple(sorted(lists.ids[:6]))}
        # What was in flight at the kill is asked for once more, and nothing else.
        assert len(world.model.asked) == 6, world.model.asked
        assert sum(world.model.asked.values()) <= 6 + 2
        await _clean_end(store, workers[1], other)


async def _planned_to_sent(store: SqlStore) -> list[float]:
    rows = await store.outbox.find(DeliveryQuery(limit=100))
    return sorted((row.sent_at - row.created_at).total_seconds() for row in rows if row.sent_at)


async def _clean_end(store: SqlStore, *processes: Sulan) -> None:
    pids = {str(process.process.pid) for process in processes if process.process}
    for process in processes:
        assert await process.stop() == 0
    # Those of the killed may still run out.
    held = await store.leases.held("executor:", now=datetime.now(UTC))
    assert not pids & {owner.split(":")[1] for owner in held.values()}
    rows = await store.outbox.find(DeliveryQuery(limit=1000))
    assert {row.state for row in rows} == {State.SENT}


async def test_the_web_alone_says_which_roles_nobody_has_and_takes_no_connection(
    tmp_path: Path, shared: Path, unused_port: int
) -> None:
    async with _world(tmp_path, shared, "sulan.sqlite3") as world:
        await _look_at_web_alone(world, unused_port)


async def _look_at_web_alone(world: World, unused_port: int) -> None:
    web_ = f"""
        [web]
        port = {unused_port}
    """
    process = world.process("web", more=web_)
    async with _running(process), ClientSession() as session:
        address = f"http://127.0.0.1:{unused_port}"

        async def page(path: str) -> str:
            try:
                async with session.get(address + path) as answer:
                    return await answer.text()
            except OSError:
                return ""

        async with asyncio.timeout(60):
            while not (ready := await page("/readyz")):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        parts = json.loads(ready)["parts"]
        assert "start one with --roles plan" in parts["role:plan"]
        assert parts["role:web"] == parts["store"] == "ok"
        assert 'sulan_role_processes{role="web"} 1.0' in await page("/metrics")
        assert world.telegram.calls == []
        assert world.discord.recorded == []
        assert await process.stop() == 0
        assert "Sulan runs: web." in process.err.read_text()


@pytest.fixture
def unused_port() -> int:
    import socket  # noqa: PLC0415 - here only

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
