"""Who asks Telegram for updates, how often, and when no more."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from telegram_listening import NOON, Scripted, Staging, asked

from adapters.telegram.testing import TOKEN, Fault, Refusal, Spoilt, flood
from bot.domain.delivery_errors import AccessRevoked
from bot.store.memory_inbox import MemoryLeases


@pytest.mark.parametrize(
    ("step", "least_wait"),
    [
        pytest.param(Refusal(409, "Conflict: terminated by other getUpdates request"), 1, id="F40"),
        pytest.param(flood(34), 34, id="F30: 429"),
        pytest.param(flood(10_072), 10_072, id="F31: a long 429"),
        pytest.param(Refusal(502, "Bad Gateway"), 1, id="502"),
        pytest.param(Spoilt(Fault.RESET), 1, id="reset"),
        pytest.param(Spoilt(Fault.CLOSE), 1, id="closed"),
        pytest.param(Spoilt(Fault.TRUNCATED), 1, id="truncated"),
        pytest.param(Spoilt(Fault.NO_JSON), 1, id="a login page"),
    ],
)
async def test_a_failed_poll_waits_and_goes_on_f30_f31_f40(
    staged: Staging, step: object, least_wait: float
) -> None:
    async with staged() as stage:
        commands = Scripted()
        stage.server.script("getUpdates", step)  # pyright: ignore[reportArgumentType]
        stage.server.push(asked("/paper 1"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() - NOON >= timedelta(seconds=least_wait)


async def test_f60_who_backs_off_from_telegram_stays_the_one_who_polls(staged: Staging) -> None:
    async with staged() as stage:
        lapses: list[datetime] = []

        class Watched(MemoryLeases):
            async def acquire(
                self, name: str, owner: str, *, now: datetime, until: datetime
            ) -> bool:
                if name not in await self.held(name, now=now):
                    lapses.append(now)
                return await super().acquire(name, owner, now=now, until=until)

        desk = replace(stage.desk(), leases=Watched())
        commands = Scripted()
        stage.server.script("getUpdates", flood(600))
        stage.server.push(asked("/paper 1"))
        stage.task = asyncio.ensure_future(stage.bot.listen(commands, desk))
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() - NOON >= timedelta(seconds=600)
        assert lapses == [NOON]


async def test_f39_a_revoked_token_ends_listening_with_words(staged: Staging) -> None:
    async with staged() as stage:
        stage.server.token = "999:another-token-that-is-not-ours-00"
        with pytest.raises(AccessRevoked, match="BotFather"):
            await stage.bot.listen(Scripted(), stage.desk())


async def test_f60_a_second_process_waits_until_the_first_ones_lease_has_run_out(
    staged: Staging,
) -> None:
    async with staged() as stage:
        later = NOON + timedelta(seconds=90)
        name = f"telegram:{TOKEN.partition(':')[0]}"
        assert await stage.store.leases.acquire(name, "other", now=NOON, until=later)
        commands = Scripted()
        stage.server.push(asked("/paper 1"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() >= later
