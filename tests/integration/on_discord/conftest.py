"""Discord played over real sockets, each request held against its published specification."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.discord.testing import Buckets, Channel, DiscordServer, Kind, Spec, faults, load_spec
from adapters.discord.testing.stage import Stage, staged
from bot.testing import VirtualClock


@pytest.fixture(scope="session")
def spec(shared: Path) -> Spec:
    """Discord's published specification."""
    return load_spec(shared / "tools" / "discord_spec.py")


@pytest.fixture
def clock() -> VirtualClock:
    """The time of ``server``."""
    return VirtualClock(datetime(2026, 11, 21, 23, tzinfo=UTC))


@pytest.fixture
async def server(spec: Spec, clock: VirtualClock) -> AsyncGenerator[DiscordServer]:
    """Discord's REST alone, without limits."""
    buckets = Buckets(clock, bucket=None, everywhere=None)
    async with DiscordServer(clock=clock, buckets=buckets) as running:
        yield running
    assert faults(spec, running.recorded) == []


@pytest.fixture
async def stage(spec: Spec) -> AsyncGenerator[Stage]:
    """REST and gateway, with people who press and type."""
    async with staged() as made:
        yield made
        assert faults(spec, made.server.recorded) == []


@pytest.fixture
def channel(stage: Stage) -> Channel:
    """A text channel of ``stage``."""
    return stage.server.world.add(Kind.TEXT)
