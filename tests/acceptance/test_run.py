"""``sulan run`` as a process: a real day behind a local server, platforms that are played."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from postgres_cluster import PostgresCluster
from running_program import PAPER, PATIENCE_S, Lists, Sulan, papers_in, program, real_day, until

from adapters.discord.testing import TOKEN as DISCORD_TOKEN
from adapters.discord.testing import Channel, DiscordServer, Kind, faults, load_spec
from adapters.discord.testing.gateway import GatewayServer
from adapters.discord.testing.interactions import Interactions
from adapters.telegram.testing import TOKEN as TELEGRAM_TOKEN
from adapters.telegram.testing import Fault, Spoilt, TelegramServer, serving
from adapters.telegram.testing_oracle import Oracle
from bot.clock import SystemClock

_PERSON = "4242"


@pytest.fixture
def lists(shared: Path) -> Lists:
    return real_day(shared)


@pytest.fixture
async def sulan(tmp_path: Path, lists: Lists) -> AsyncGenerator[Sulan, None]:
    async with program(tmp_path, lists) as one:
        yield one


async def test_in_the_terminal_each_paper_comes_once_and_late_ones_too_f5_f56(
    sulan: Sulan, lists: Lists
) -> None:
    lists.shown = 4
    await sulan.start()
    await until(lambda: len(sulan.printed) >= 4, sulan)
    lists.shown = len(lists.items)
    await until(lambda: len(sulan.printed) >= len(lists.items), sulan)
    assert await sulan.stop() == 0
    assert Counter(sulan.printed) == Counter(lists.ids)
    assert "Sulan runs: hf to this terminal" in sulan.err.read_text()

    looks = lists.looks
    await sulan.start()
    await until(lambda: lists.looks >= looks + 4, sulan)
    assert await sulan.stop(signal.SIGINT) == 0
    assert sulan.printed == []


_FOLDERS = """
    [web]
    enabled = true
    port = {port}
    [[chats]]
    platform = "markdown"
    chat = "zh"
    [[chats]]
    platform = "markdown"
    chat = "en"
    language = "en"
    [[chats]]
    platform = "console"
    chat = "here"
    language = "en"
"""


def _written(folder: Path) -> list[str]:
    """The papers in a folder's files of days."""
    return papers_in(path.read_text("utf-8") for path in folder.glob("*.md"))


async def _get(address: str) -> tuple[int, str]:
    try:
        async with ClientSession() as session, session.get(address) as answer:
            return answer.status, await answer.text()
    except OSError:
        return 0, ""


async def _read_until(address: str, words: str) -> str:
    async with asyncio.timeout(PATIENCE_S):
        while words not in (text := (await _get(address))[1]):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    return text


async def test_each_chat_gets_the_day_in_its_language_and_the_numbers_tell_it_f1(
    sulan: Sulan, lists: Lists, unused_port: int
) -> None:
    sulan.settings = _FOLDERS.format(port=unused_port)
    lists.down = True
    await sulan.start()
    await until(lambda: lists.looks >= 3, sulan)
    base = f"http://127.0.0.1:{unused_port}"
    status, text = await _get(f"{base}/readyz")
    assert status == 503
    assert "HTTP 503" in json.loads(text)["parts"]["source:hf"]
    lists.down = False
    whole = len(lists.items)
    folders = [sulan.folder / "zh", sulan.folder / "en"]
    await until(lambda: all(len(set(_written(f))) == whole for f in folders), sulan)
    await until(lambda: len(sulan.printed) >= whole, sulan)
    status, text = await _get(f"{base}/readyz")
    assert (status, json.loads(text)["ready"]) == (200, True), text
    # A folder's file is whole with the first post of a day; the others still pass.
    sent = f'sulan_deliveries_total{{outcome="sent",platform="markdown"}} {2 * whole}.0'
    text = await _read_until(f"{base}/metrics", sent)
    assert f'sulan_delivery_latency_seconds_count{{platform="console"}} {whole}.0' in text
    assert await sulan.stop() == 0
    assert Counter(sulan.printed) == Counter(lists.ids)
    (english,) = folders[1].glob("*.md")
    assert english.name == f"{datetime.now(UTC).date()}.en.md"


@pytest.fixture
def unused_port() -> int:
    import socket  # noqa: PLC0415 - here only

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Platforms:
    """Telegram and Discord, played, with one chat each to publish to and one to ask in."""

    telegram: TelegramServer
    discord: DiscordServer
    gateway: GatewayServer
    interactions: Interactions
    channel: Channel
    lobby: Channel

    @property
    def on_telegram(self) -> list[str]:
        """The papers that arrived at Telegram, once for each message that begins one."""
        begun = [m.text for m in self.telegram.state.in_chat(_PERSON) if PAPER.search(m.text)]
        return [papers_in([text])[0] for text in begun]

    @property
    def on_discord(self) -> list[str]:
        """The same at Discord."""
        texts = [json.dumps(m["embeds"]) for m in self.channel.messages if m["embeds"]]
        return [papers_in([text])[0] for text in texts if PAPER.search(text)]

    def ask_on_telegram(self, text: str) -> None:
        """Somebody else writes to the bot."""
        self.telegram.push(_said(text))

    def told_on_telegram(self, words: str) -> bool:
        """Whether they see these words now."""
        return any(words in message.text for message in self.telegram.state.in_chat("7"))

    def settings(self, more: str = "") -> str:
        return f"""
            {more}
            [adapters.telegram]
            token = "{TELEGRAM_TOKEN}"
            api_url = "{self.telegram.url}"
            webhook = {str(bool(more)).lower()}
            [adapters.discord]
            token = "{DISCORD_TOKEN}"
            api_url = "{self.discord.rest}"
            gateway_url = "{self.discord.gateway}"
            [[chats]]
            platform = "telegram"
            chat = {_PERSON}
            [[chats]]
            platform = "discord"
            chat = "{self.channel.id}"
            language = "en"
        """


def _said(text: str) -> dict[str, Any]:
    """An update: somebody gives a command in private."""
    somebody = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "en"}
    message = {
        "message_id": 5,
        "date": 1_780_000_000,
        "chat": {"id": 7, "type": "private", "first_name": "A"},
        "from": somebody,
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }
    return {"message": message}


@asynccontextmanager
async def _platforms() -> AsyncGenerator[Platforms, None]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(serving(TelegramServer()))
        discord, clock = DiscordServer(), SystemClock()
        gateway = GatewayServer(discord, clock, token=DISCORD_TOKEN)
        interactions = Interactions(discord.world, discord.routes, clock)
        papers = discord.world.add(Kind.TEXT)
        lobby = discord.world.add(Kind.TEXT, name="lobby")
        await stack.enter_async_context(discord)
        gateway.open()
        yield Platforms(telegram, discord, gateway, interactions, papers, lobby)


@pytest.fixture
async def platforms() -> AsyncGenerator[Platforms, None]:
    async with _platforms() as both:
        yield both


def _judge(platforms: Platforms, shared: Path) -> None:
    """No request that was sent is one that the platforms' own specifications find fault with."""
    oracle = Oracle(shared / "tools")
    assert [fault for call in platforms.telegram.calls for fault in oracle.faults(call)] == []
    spec = load_spec(shared / "tools" / "discord_spec.py")
    assert faults(spec, platforms.discord.recorded) == []


async def test_both_platforms_get_every_paper_once_late_ones_too_and_a_restart_repeats_none_f5_f55(
    sulan: Sulan, lists: Lists, platforms: Platforms, shared: Path, place: str
) -> None:
    sulan.settings, sulan.store = platforms.settings(), place
    lists.shown = 3
    await sulan.start()
    await until(lambda: min(map(len, _arrived(platforms))) >= 3, sulan)
    lists.shown = 6
    await until(lambda: min(map(len, _arrived(platforms))) >= 6, sulan)
    await _ask_for_papers(sulan, lists, platforms)
    assert await sulan.stop() == 0
    looks = lists.looks
    await sulan.start()
    await until(lambda: lists.looks >= looks + 4, sulan)
    assert await sulan.stop() == 0
    for papers in _arrived(platforms):
        assert Counter(papers) == Counter(lists.ids[:6])
    _judge(platforms, shared)
    assert TELEGRAM_TOKEN not in sulan.err.read_text()
    assert DISCORD_TOKEN not in sulan.err.read_text()


async def _ask_for_papers(sulan: Sulan, lists: Lists, platforms: Platforms) -> None:
    """``/paper`` answers on both, for a paper that is known and for one that nobody knows."""
    known = lists.ids[0]
    title = " ".join(lists.items[0]["paper"]["title"].split())
    await until(lambda: platforms.gateway.present == 1, sulan)
    platforms.ask_on_telegram(f"/paper {known}")
    await until(lambda: platforms.told_on_telegram(title), sulan)
    asked = await platforms.gateway.ask(
        platforms.interactions.command(platforms.lobby, "paper", known)
    )
    await until(lambda: asked.titles == [title], sulan)
    platforms.ask_on_telegram("/paper 2309.99999")
    await until(lambda: platforms.told_on_telegram("2309.99999"), sulan)


async def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing_on_discord_f55(
    sulan: Sulan, lists: Lists, platforms: Platforms, shared: Path, place: str
) -> None:
    sulan.settings, sulan.store = platforms.settings(), place
    lists.shown = 6
    await sulan.start()
    await until(lambda: min(map(len, _arrived(platforms))) >= 2, sulan)
    assert await sulan.stop(signal.SIGKILL) == -signal.SIGKILL
    await sulan.start()
    await until(lambda: min(len(set(one)) for one in _arrived(platforms)) >= 6, sulan)
    assert await sulan.stop() == 0
    on_telegram, on_discord = _arrived(platforms)
    assert Counter(on_discord) == Counter(lists.ids[:6])
    assert set(on_telegram) == set(lists.ids[:6])
    # Telegram takes no key: what was in flight at the kill is sent once more, at most once.
    assert len(on_telegram) <= 7
    _judge(platforms, shared)


_WATCHED = """
    [web]
    enabled = true
    port = {port}
"""


async def test_f57_a_run_outlives_a_postgresql_that_crashes_and_comes_back(
    sulan: Sulan,
    lists: Lists,
    platforms: Platforms,
    fragile_postgres: PostgresCluster,
    unused_port: int,
) -> None:
    watched = platforms.settings().replace("webhook = true", "")
    sulan.settings = watched + _WATCHED.format(port=unused_port)
    sulan.store = fragile_postgres.url
    lists.shown = 4
    ready = f"http://127.0.0.1:{unused_port}/readyz"
    await sulan.start()
    await until(lambda: min(map(len, _arrived(platforms))) >= 2, sulan)
    await asyncio.to_thread(fragile_postgres.stop, at_once=True)
    status, text = await _get(ready)
    assert status == 503
    assert "cannot be used" in json.loads(text)["parts"]["store"]
    lists.shown = 8
    # Longer than a lease: its own place is to be had again, and so is the poller's.
    silent = "no sign of life could be given"
    await until(lambda: sulan.err.read_text().count(silent) >= 4, sulan)
    await asyncio.to_thread(fragile_postgres.start)
    await until(lambda: min(len(set(one)) for one in _arrived(platforms)) >= 8, sulan)
    await _read_until(ready, '"ready": true')
    assert await sulan.stop() == 0
    for papers in _arrived(platforms):
        assert Counter(papers) == Counter(lists.ids[:8])
    assert sulan.err.read_text().count('"logger": "dbos"') < 50


def _arrived(platforms: Platforms) -> tuple[list[str], list[str]]:
    return platforms.on_telegram, platforms.on_discord


_CALLED = """
    [web]
    port = {port}
    public_url = "https://sulan.example"
"""


async def _call(address: str, update: dict[str, Any], secret: str) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with (
        ClientSession() as session,
        session.post(address, json=update, headers=headers) as answer,
    ):
        return answer.status


async def test_called_by_telegram_it_answers_and_a_silent_telegram_holds_up_no_stop_f56_t6(
    sulan: Sulan, lists: Lists, platforms: Platforms, unused_port: int
) -> None:
    sulan.settings = platforms.settings(_CALLED.format(port=unused_port))
    lists.shown = 1
    await sulan.start()
    await until(lambda: bool(platforms.telegram.state.webhook), sulan)
    hook = platforms.telegram.state.webhook
    assert hook["url"] == "https://sulan.example/hooks/telegram"
    await until(lambda: len(platforms.on_telegram) == 1, sulan)
    address = f"http://127.0.0.1:{unused_port}/hooks/telegram"
    update = {**_said(f"/paper {lists.ids[0]}"), "update_id": 1}
    assert await _call(address, update, "guessed") == 401
    assert await _call(address, update, hook["secret_token"]) == 200
    title = " ".join(lists.items[0]["paper"]["title"].split())
    await until(lambda: platforms.told_on_telegram(title), sulan)
    assert not platforms.telegram.called("getUpdates")

    platforms.telegram.script("sendMessage", Spoilt(Fault.SILENCE), chat=_PERSON)
    sent = len(platforms.telegram.called("sendMessage"))
    lists.shown = 2
    await until(lambda: len(platforms.telegram.called("sendMessage")) > sent, sulan)
    began = asyncio.get_running_loop().time()
    assert await sulan.stop() == 0
    assert asyncio.get_running_loop().time() - began < 12


async def test_a_second_signal_ends_it_at_once_f56(
    sulan: Sulan, lists: Lists, platforms: Platforms
) -> None:
    sulan.settings = platforms.settings()
    platforms.telegram.script("sendMessage", Spoilt(Fault.SILENCE), chat=_PERSON)
    lists.shown = 1
    await sulan.start()
    await until(lambda: len(platforms.telegram.called("sendMessage")) == 1, sulan)
    assert sulan.process is not None
    sulan.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    began = asyncio.get_running_loop().time()
    assert await sulan.stop() == 128 + signal.SIGTERM
    assert asyncio.get_running_loop().time() - began < 3


async def test_wrong_settings_are_told_at_once_and_nothing_runs(sulan: Sulan) -> None:
    sulan.settings = """
        [[chats]]
        platform = "telegraph"
        [adapters.telegram]
        colour = "red"
    """
    await sulan.start()
    assert sulan.process is not None
    async with asyncio.timeout(PATIENCE_S):
        assert await sulan.process.wait() == 2
    said = sulan.err.read_text()
    assert "No adapter 'telegraph'. There are: apprise, console, discord" in said
    assert "[adapters.telegram]: token is missing" in said
