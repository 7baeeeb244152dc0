"""The parts of ``sulan run`` around the services: chats, listeners, the life of the program."""

import asyncio
import logging
import re
import signal
import sys
import tomllib
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.base import ArchivedDay, Commands, Desk
from adapters.testing import FakeAdapter
from bot.chats import adapters_for, chats_of, enter
from bot.clock import SystemClock
from bot.domain.delivery import Delivery, State
from bot.domain.delivery_errors import AccessRevoked
from bot.domain.errors import SettingsError, StoreError
from bot.domain.model_call import ModelCall
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.engine_testing import InProcessEngine
from bot.lifetime import Lifetime
from bot.listening import keep_listening
from bot.observing import Observed, Observer
from bot.services.deliver.tools import Settled
from bot.services.health import Health
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.web.metrics import Metrics
from config.settings import Settings

_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)


class NoArchive:
    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        return ()


def _settings(**values: Any) -> Settings:
    return Settings.model_validate(values)


def test_an_adapter_is_made_for_each_platform_and_for_each_that_is_configured() -> None:
    settings = _settings(adapters={"console": {}}, chats=[{"platform": "markdown", "chat": "x"}])
    made = adapters_for(chats_of(settings), settings, NoArchive())
    assert [adapter.name for adapter in made] == ["markdown", "console"]


def test_a_variable_names_an_adapter_with_a_dash_by_an_underscore() -> None:
    hook = "https://discord.com/api/webhooks/1/aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"
    settings = _settings(
        adapters={"discord_webhook": {"hooks": {"main": hook}}, "discord-webhook": {"timeout_s": 5}}
    )
    made = adapters_for([], settings, NoArchive())
    assert [adapter.name for adapter in made] == ["discord-webhook"]


_GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
_EXAMPLES = re.findall(r"```toml\n(.*?)```", _GUIDE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", _EXAMPLES)
def test_the_guides_examples_are_taken_by_the_settings_and_by_the_adapters(example: str) -> None:
    tokens = {"telegram": "123456:AAF-abcdefghijklmnopqrstuvwxyz01234", "discord": "x" * 24 + ".y"}
    hook = "https://discord.com/api/webhooks/1/aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"
    values = tomllib.loads(example.replace("https://discord.com/api/webhooks/…", hook))
    told = values.get("run", {}).get("operator", "").partition("/")[0]
    for name in {told, *(chat["platform"] for chat in values.get("chats", ()))} & tokens.keys():
        values.setdefault("adapters", {}).setdefault(name, {})["token"] = tokens[name]
    if "telegram" in values.get("adapters", {}):
        values["adapters"]["telegram"]["token"] = tokens["telegram"]
    settings = _settings(**values)
    assert adapters_for(chats_of(settings), settings, NoArchive())


def test_every_adapters_faults_are_told_at_once_and_unknown_ones_with_the_known() -> None:
    settings = _settings(
        chats=[{"platform": "telegraph", "chat": "1"}, {"platform": "console"}],
        adapters={"telegram": {}, "console": {"colour": "red"}},
    )
    with pytest.raises(SettingsError) as caught:
        adapters_for(chats_of(settings), settings, NoArchive())
    message = str(caught.value)
    assert "No adapter 'telegraph'. There are: apprise, console, discord, " in message
    assert "[adapters.console]: colour" in message
    assert "token is missing" in message


async def test_only_what_can_be_entered_is_entered() -> None:
    entered: list[str] = []

    class Context(FakeAdapter):
        async def __aenter__(self) -> None:
            entered.append("in")

        async def __aexit__(self, *_: object) -> None:
            entered.append("out")

    async with AsyncExitStack() as stack:
        await enter(FakeAdapter(), stack)
        await enter(Context(), stack)
    assert entered == ["in", "out"]


@dataclass
class Ears:
    """Listens as it is told: each step is an error to raise, or ``None`` to return."""

    steps: list[Exception | None]
    times: int = 0

    async def listen(self, commands: Commands, desk: Desk) -> None:
        self.times += 1
        if not self.steps:
            raise asyncio.CancelledError
        step = self.steps.pop(0)
        if step is not None:
            raise step


def _desk(clock: VirtualClock) -> Desk:
    store = MemoryStore()
    return Desk(store.inbox, store.leases, clock, "me")


_NOBODY: Any = object()


async def test_a_listener_whose_token_is_refused_rests_and_that_is_said_once_f39(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ears, health, clock = Ears([AccessRevoked("401")]), Health(), VirtualClock(_NOW)
    await keep_listening("telegram", ears, _NOBODY, desk=_desk(clock), health=health)
    assert ears.times == 1
    assert health.of("adapter:telegram").reason == "401"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_listener_that_fails_comes_back_ever_more_patiently() -> None:
    faults: list[Exception | None] = [RuntimeError("a mistake") for _ in range(4)]
    ears, clock = Ears([*faults, None]), VirtualClock(_NOW)
    await keep_listening("telegram", ears, _NOBODY, desk=_desk(clock), health=Health())
    assert ears.times == 5
    assert clock.sleeps == [1, 2, 4, 8]


async def test_the_first_signal_asks_to_stop_and_later_reasons_change_nothing_f56() -> None:
    life = Lifetime()
    life.own_signals()
    loop = asyncio.get_running_loop()
    try:
        assert life.left() == 10.0
        signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            await life.stopping.wait()
        life.stop(StoreError("too late"))
        assert life.error is None
        assert 0 < life.left() <= 10
    finally:
        life.relax()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@pytest.mark.parametrize("why", ["life.begin_anew()", "life.stop(RuntimeError('a mistake'))"])
async def test_f56_what_hangs_after_a_failure_ends_with_an_error_for_the_supervisor(
    why: str,
) -> None:
    code = (
        "import asyncio\n"
        "from bot import lifetime\n"
        "lifetime.GRACE_S = 0.1\n"
        "async def hang():\n"
        "    life = lifetime.Lifetime()\n"
        "    life.own_signals()\n"
        f"    {why}\n"
        "    await asyncio.sleep(5)\n"
        "asyncio.run(hang())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 1


async def test_what_the_program_cannot_be_without_ends_it_when_it_fails() -> None:
    life = Lifetime()

    async def fail() -> None:
        raise StoreError("gone")

    await life.watch("membership", fail())
    assert life.stopping.is_set()
    assert isinstance(life.error, StoreError)


@dataclass
class Window:
    """An observer before a store."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(_NOW))
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        seen = {PaperId("2608.00001"): _NOW - timedelta(seconds=100)}
        observed = Observed(
            self.store,
            self.clock,
            self.health,
            InProcessEngine(SystemClock()),
            ("store", "source:hf"),
            lambda: seen,
            "me",
        )
        self.observer = Observer(observed, Metrics())


def _delivery(post: str, **more: Any) -> Delivery:
    return Delivery(Target("telegram", "1"), post, _NOW, _NOW, **more)


async def test_the_numbers_tell_what_was_sent_how_late_and_what_waits() -> None:
    window = Window()
    sent = _delivery("paper:2608.00001:zh", state=State.SENT, sent_at=_NOW)
    window.observer.settled(Settled(sent, "Sent"))
    window.observer.settled(Settled(_delivery("paper:2608.00009:zh"), "Limited"))
    window.observer.settled(Settled(_delivery("nonsense", state=State.SENT, sent_at=_NOW), "Sent"))
    window.observer.settled(Settled(_delivery("quiet:hf:2026-08-20", state=State.EXPIRED), ""))
    await window.store.outbox.add([_delivery("paper:2608.00002:zh")])
    key = SummaryKey(PaperId("2608.00001"), 1, "zh", "v1", "m")
    await window.store.ledger.record(ModelCall(key, _NOW, 900, 0, 300, Decimal("0.001"), "written"))
    window.clock.advance(30)
    text = (await window.observer.text()).decode()
    for line in (
        'sulan_deliveries_total{outcome="sent",platform="telegram"} 2.0',
        'sulan_deliveries_total{outcome="limited",platform="telegram"} 1.0',
        'sulan_deliveries_total{outcome="expired",platform="telegram"} 1.0',
        'sulan_delivery_latency_seconds_count{platform="telegram"} 1.0',
        'sulan_delivery_latency_seconds_sum{platform="telegram"} 100.0',
        'sulan_queue_waiting{platform="telegram"} 1.0',
        'sulan_queue_oldest_seconds{platform="telegram"} 30.0',
        "sulan_model_tokens 1200.0",
        "sulan_model_cost_usd 0.001",
    ):
        assert f"\n{line}\n" in text, line
    await window.store.outbox.save([_delivery("paper:2608.00002:zh", state=State.SENT)])
    assert "sulan_queue_waiting{" not in (await window.observer.text()).decode()


async def test_a_store_that_cannot_be_written_is_not_ready_f57() -> None:
    window = Window()
    window.health.worked("source:hf", at=_NOW)
    assert (await window.observer.report()).ready

    class Full(type(window.store.leases)):
        async def acquire(self, *args: object, **named: object) -> bool:
            raise StoreError("the disk is full")

    window.store.leases = Full()
    found = await window.observer.report()
    assert not found.ready
    assert found.parts["store"].endswith("the disk is full")
