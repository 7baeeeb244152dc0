"""Discord is told which commands there are: when, how often, and what where it refuses."""

from collections.abc import Sequence

import pytest
from discord_wired import PAPER, Scripted, answered, connected, pushed

from adapters.discord.testing.faults import Answer, Fault, limited, refusal
from adapters.discord.testing.server import Recorded
from adapters.discord.testing.stage import Stage, listening
from adapters.discord.testing.world import Channel
from bot.domain.command import MenuEntry

TODAY = MenuEntry("today", {"en": "Today's papers", "zh": "今天"})


async def test_f54_commands_are_told_only_when_they_changed(stage: Stage) -> None:
    told: list[int] = []
    for entries in ((PAPER,), (PAPER,), (PAPER, TODAY)):
        async with listening(stage, Scripted(entries=entries)):
            await stage.gateway.until(lambda: len(_asked_for(stage)) > len(told))
            await stage.settle(advance=0.0)
        told.append(len(stage.server.requests("PUT", "/commands")))
    assert told == [1, 1, 2]


def _asked_for(stage: Stage) -> Sequence[Recorded]:
    return stage.server.requests("GET", "/commands")


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        pytest.param(limited(7.5), 7.5, id="limited"),
        pytest.param(limited(3600.0), 3600.0, id="limited-for-long"),
        pytest.param(Answer(500, {"message": "500", "code": 0}), 5.0, id="failed"),
    ],
)
async def test_f54_commands_that_cannot_be_told_yet_are_told_later(
    stage: Stage, channel: Channel, *, fault: Fault, wait: float
) -> None:
    stage.server.script(fault, method="PUT", path="/commands")
    async with listening(stage, Scripted()):
        await connected(stage)
        await answered(stage, channel, "1")  # listening does not wait for it
        await stage.gateway.until(lambda: wait in stage.clock.sleeps)
        assert stage.server.routes.commands == {}
        await pushed(stage, until=lambda: bool(stage.server.routes.commands), by=wait)


async def test_f54_refused_commands_are_reported_and_the_known_ones_served(
    stage: Stage, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    stage.server.script(refusal(400, 50035), method="PUT", path="/commands")
    async with listening(stage, Scripted()):
        await connected(stage)
        await answered(stage, channel, "1")
        await stage.settle(advance=600.0)
    assert len(stage.server.requests("PUT", "/commands")) == 1
    assert "Discord refuses our commands" in caplog.text
