"""Being called by Telegram instead of asking it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from telegram_listening import NOON, Scripted, Staging, asked, until

from adapters.base import Hook, Options
from adapters.telegram import create
from adapters.telegram.testing import TOKEN, Fault, Refusal, Spoilt, flood
from bot.domain.errors import InvalidInput, StoreError


@dataclass
class Host:
    """A web server that only takes note of what is mounted."""

    handler: Callable[[bytes], Awaitable[None]] | None = None

    def mount(self, name: str, *, header: str, handler: Callable[[bytes], Awaitable[None]]) -> Hook:
        assert (name, header) == ("telegram", "X-Telegram-Bot-Api-Secret-Token")
        self.handler = handler
        return Hook("https://bot.example/hooks/telegram", "s3cret")


async def call_when_ready(host: Host, update: dict[str, object]) -> None:
    assert host.handler is not None
    async with asyncio.timeout(10):
        while True:
            try:
                await host.handler(json.dumps(update).encode())
                return
            except StoreError:
                await asyncio.sleep(0.005)


async def test_t6_a_webhook_is_set_with_its_secret_and_keeps_what_it_confirms(
    staged: Staging,
) -> None:
    async with staged(webhook=True) as stage:
        host, commands = Host(), Scripted()
        stage.bot.hook_into(host)
        stage.listen(commands)
        await until(lambda: bool(stage.server.called("setWebhook")))
        params = stage.server.called("setWebhook")[0].params
        assert params["url"] == "https://bot.example/hooks/telegram"
        assert params["secret_token"] == "s3cret"
        assert host.handler is not None
        await host.handler(json.dumps({"update_id": 3, **asked("/paper 1")}).encode())
        await asyncio.wait_for(commands.done.wait(), 10)
        with pytest.raises(InvalidInput):
            await host.handler(b"{}")
        assert stage.server.called("getUpdates") == []


@pytest.mark.parametrize("method", ["deleteWebhook", "setWebhook"])
async def test_a_webhook_that_telegram_does_not_take_yet_is_one_line_and_tried_again(
    staged: Staging, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    called = method == "setWebhook"
    async with staged(webhook=called) as stage:
        refused = Refusal(500, "Internal Server Error")
        stage.server.script(method, refused, refused, Spoilt(Fault.CLOSE), flood(90))
        host = Host()
        stage.bot.hook_into(host)
        commands = Scripted()
        stage.listen(commands)
        await until(lambda: len(stage.server.called(method)) == 5)
        if called:
            await call_when_ready(host, {**asked("/paper 1"), "update_id": 7})
        else:
            stage.server.push(asked("/paper 1"))
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() >= NOON + timedelta(seconds=90)
        said = [record for record in caplog.records if "webhook" in record.message]
        assert len(said) == 3
        assert [record.exc_info for record in caplog.records] == [None] * len(caplog.records)


async def test_f60_who_loses_the_right_to_listen_before_telegram_takes_a_webhook_lets_it_be(
    staged: Staging,
) -> None:
    async with staged() as stage:
        name = f"telegram:{TOKEN.partition(':')[0]}"
        refused = Refusal(500, "Internal Server Error")
        stage.server.script("deleteWebhook", *[refused] * 500)
        stage.listen(Scripted())
        await until(lambda: bool(stage.server.called("deleteWebhook")))
        leases = stage.store.leases
        await leases.release(name, "one")
        far = NOON + timedelta(days=9)
        while not await leases.acquire(name, "other", now=stage.clock.now(), until=far):
            await leases.release(name, "one")
        before = len(stage.server.called("deleteWebhook"))
        await until(lambda: stage.clock.now() > NOON + timedelta(days=1))
        assert len(stage.server.called("deleteWebhook")) <= before + 1
        assert stage.server.called("getUpdates") == []


async def test_f41_f60_a_call_that_comes_where_nobody_listens_is_kept_and_answered_elsewhere(
    staged: Staging,
) -> None:
    async with staged(webhook=True) as stage:
        stage.bot.hook_into(Host())
        host = Host()
        values = {"token": TOKEN, "api_url": stage.server.url, "webhook": True}
        async with create(Options("telegram", values)) as door:
            door.hook_into(host)
            desk = replace(stage.desk("web"), bells=stage.store.bells)
            receiving = asyncio.ensure_future(door.receive(desk))
            await call_when_ready(host, {**asked("/paper 1"), "update_id": 7})
            assert len(await stage.store.inbox.open("telegram:", limit=9)) == 1
            assert await stage.store.bells.rung() == {"inbox:telegram": 1}
            assert stage.server.called("setWebhook") == []
            commands = Scripted(wanted=2)
            stage.listen(commands)
            await until(lambda: len(commands.heard) == 1)
            await call_when_ready(host, {**asked("/paper 2"), "update_id": 8})
            await asyncio.wait_for(commands.done.wait(), 10)
            assert [command.argument for command in commands.heard] == ["1", "2"]
            receiving.cancel()
