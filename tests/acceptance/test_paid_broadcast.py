"""Telegram's paid broadcast by two processes with one token: together they keep to the day's limit.

Each process has a Bot API server of its own, so that one sees who sent what; both are played, on
loopback, and nothing here ran against Telegram.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from running_program import Lists, Sulan, program, real_day, until

from adapters.telegram.testing import TOKEN, Call, TelegramServer, serving
from bot.domain.role import Role
from bot.services.deliver.slots import paid_key
from bot.services.rounds.membership import counted, living
from bot.store.sql_store import SqlStore, open_store

_CHATS = 200
_STARS, _BOUGHT = 14, 140
_FREE_PER_SECOND = 30
# Until then nobody may send, so that both have taken some of the messages.
_HELD = timedelta(seconds=4)


@dataclass
class Two:
    """Two processes on one store, each with its own view of Telegram."""

    lists: Lists
    processes: list[Sulan]
    servers: list[TelegramServer]
    place: str

    def sent(self) -> list[Call]:
        """What arrived anywhere, in order."""
        calls = [call for server in self.servers for call in server.called("sendMessage")]
        return sorted(calls, key=lambda call: call.at)


def _settings(server: TelegramServer) -> str:
    chats = "".join(
        f'\n[[chats]]\nplatform = "telegram"\nchat = {5000 + n}\nlanguage = "en"\n'
        for n in range(_CHATS)
    )
    return f"""
            [subscriptions]
            sources = ["hf"]
            [adapters.telegram]
            token = "{TOKEN}"
            api_url = "{server.url}"
            paid_broadcast = true
            most_stars_a_day = {_STARS}
            {chats}
        """


@asynccontextmanager
async def _two(folder: Path, shared: Path) -> AsyncGenerator[Two, None]:
    async with AsyncExitStack() as stack:
        lists = real_day(shared)
        lists.shown = 0
        whole = await stack.enter_async_context(program(folder, lists))
        place = whole.store = str(folder / "shared.sqlite3")
        servers = [await stack.enter_async_context(serving()) for _ in range(2)]
        whole.settings = _settings(servers[0])
        (folder / "deliver").mkdir()
        other = replace(
            whole,
            folder=folder / "deliver",
            settings=_settings(servers[1]),
            arguments=("--roles=deliver",),
        )
        for process in (whole, other):
            await process.start()
            stack.push_async_callback(_killed, process)
        yield Two(lists, [whole, other], servers, place)


async def _killed(sulan: Sulan) -> None:
    if sulan.process is not None and sulan.process.returncode is None:
        sulan.process.kill()
        await sulan.process.wait()


async def _both_run(two: Two, store: SqlStore) -> None:
    deliverers = 0
    while deliverers < len(two.processes):
        await until(lambda: True, two.processes[0])  # a program that ended would never bring it
        await asyncio.sleep(0.1)
        deliverers = counted(await living(store.leases, now=datetime.now(UTC)))[Role.DELIVER]


async def test_two_processes_buy_no_more_than_the_day_s_limit_and_send_each_message_once_f29(
    tmp_path: Path, shared: Path
) -> None:
    async with _two(tmp_path, shared) as two, open_store(two.place) as store:
        await _both_run(two, store)
        for key in ("telegram", paid_key("telegram")):
            await store.rates.hold(key, until=datetime.now(UTC) + _HELD)
        two.lists.shown = 1
        await until(lambda: len(two.sent()) >= _CHATS, two.processes[0])
        assert [await process.stop() for process in two.processes] == [0, 0]
        counted_today = await store.allowances.used(
            paid_key("telegram"), day=datetime.now(UTC).date()
        )

    sent = two.sent()
    assert Counter(call.params["chat_id"] for call in sent) == {
        str(5000 + n): 1 for n in range(_CHATS)
    }
    paid = [call for call in sent if call.params.get("allow_paid_broadcast") == "true"]
    # All that may be bought is; unless planning takes longer than nobody may send.
    assert 0 < len(paid) == counted_today <= _BOUGHT
    assert all(server.called("sendMessage") for server in two.servers)
    free = [call.at for call in sent if "allow_paid_broadcast" not in call.params]
    # On a busy machine what arrives evenly may be seen late: half a second's worth.
    assert len(free) <= _FREE_PER_SECOND * (free[-1] - free[0] + 0.5) + 1
