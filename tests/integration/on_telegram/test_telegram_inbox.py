"""What is fetched is kept until it is answered: nothing is lost, nothing is done twice."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from telegram_listening import NOON, Scripted, Staging, asked, kept, until

from adapters.base import Desk
from adapters.telegram.testing import TOKEN
from bot.domain.errors import StoreError
from bot.domain.target import Target
from bot.ports import Kept
from bot.store.memory import MemoryStore
from bot.store.memory_inbox import MemoryInbox


async def test_f55_what_was_fetched_and_not_answered_is_answered_after_a_kill(
    staged: Staging,
) -> None:
    store = MemoryStore()
    async with staged(store) as stage:
        stuck = Scripted(go=asyncio.Event())
        for number in range(5):
            stage.server.push(asked(f"/paper {number}"))
        killed = stage.listen(stuck)
        await until(lambda: len(stuck.heard) == 5 and stage.server.unconfirmed == [])
        open_at_kill = await store.inbox.open("telegram:", limit=9)
        assert len(open_at_kill) == 5
        assert stuck.go is not None
        stuck.go.set()  # lets the first process end; its marks are taken back below
        killed.cancel()
        with suppress(asyncio.CancelledError):
            await killed
        stage.task = None
    again = MemoryStore()
    await again.inbox.keep({kept.id: kept.text for kept in open_at_kill}, now=NOON)
    async with staged(again) as stage:
        commands = Scripted(wanted=5)
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert sorted(command.argument for command in commands.heard) == list("01234")
        assert stage.task is not None
        stage.task.cancel()
        with suppress(asyncio.CancelledError):
            await stage.task
        assert not await again.inbox.newest("telegram:")


async def test_f41_the_same_update_twice_is_answered_once(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted(wanted=2)
        stage.server.push({**asked("/paper 1"), "update_id": 50})
        stage.listen(commands)
        await until(lambda: len(commands.heard) == 1 and stage.server.unconfirmed == [])
        stage.server.push({**asked("/paper 1"), "update_id": 50})
        stage.server.push({**asked("/paper 2"), "update_id": 51})
        await asyncio.wait_for(commands.done.wait(), 10)
        assert [command.argument for command in commands.heard] == ["1", "2"]


async def test_t12_what_people_say_to_each_other_is_never_stored(staged: Staging) -> None:
    async with staged() as stage:
        kept: list[str] = []

        class Noting(type(stage.store.inbox)):
            async def keep(self, updates: Mapping[str, str], *, now: datetime) -> Sequence[str]:
                kept.extend(updates.values())
                return await super().keep(updates, now=now)

        group = {"id": -100123, "type": "supergroup", "title": "G"}
        for talk in ("between us", "https://arxiv.org/abs/2309.12307", "/paper@other_bot 1"):
            stage.server.push(asked(talk, chat=group))
        stage.server.push(asked("/paper 1", chat=group))
        commands = Scripted()
        desk = Desk(Noting(), stage.store.leases, stage.clock, "one")
        stage.task = asyncio.ensure_future(stage.bot.listen(commands, desk))
        await asyncio.wait_for(commands.done.wait(), 10)
        await until(lambda: stage.server.unconfirmed == [])
        assert len(kept) == 1
        assert "/paper 1" in kept[0]


async def test_updates_are_confirmed_only_once_they_are_kept(staged: Staging) -> None:
    async with staged() as stage:

        class Full(type(stage.store.inbox)):
            async def keep(self, updates: object, *, now: datetime) -> Sequence[str]:
                raise StoreError("disk full")

        desk = Desk(Full(), stage.store.leases, stage.clock, "one")
        stage.server.push(asked("/paper 1"))
        stage.task = asyncio.ensure_future(stage.bot.listen(Scripted(), desk))
        await until(lambda: len(stage.server.called("getUpdates")) >= 3)
        assert len(stage.server.unconfirmed) == 1


async def test_f64_what_there_is_no_room_for_stays_at_telegram(
    staged: Staging,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.telegram.intake._MOST", 40)
    async with staged() as stage:
        commands = Scripted(go=asyncio.Event(), wanted=250)
        for number in range(250):
            stage.server.push(asked(f"/paper {number}"))
        stage.listen(commands)
        await until(lambda: len(commands.heard) == 32)
        assert len(stage.server.called("getUpdates")) == 1
        assert len(stage.server.unconfirmed) == 250
        assert commands.go is not None
        commands.go.set()
        await asyncio.wait_for(commands.done.wait(), 20)
        assert sorted(int(c.argument) for c in commands.heard) == list(range(250))


async def test_f64_of_a_long_inbox_no_more_is_in_memory_than_there_is_room_for(
    staged: Staging,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.telegram.intake._MOST", 40)
    async with staged() as stage:
        await stage.store.inbox.keep(kept(*range(250)), now=NOON)
        commands = Scripted(go=asyncio.Event(), wanted=250)
        stage.listen(commands)
        await until(lambda: len(commands.heard) == 32)
        begun = sum("Intake._handle" in repr(task) for task in asyncio.all_tasks())
        assert commands.go is not None
        commands.go.set()
        await asyncio.wait_for(commands.done.wait(), 20)
        assert begun == 40
        assert [int(c.argument) for c in commands.heard] == list(range(250))


async def test_a_question_of_more_than_a_day_ago_gets_no_answer_and_is_mentioned_once(
    staged: Staging,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with staged() as stage:
        inbox = stage.store.inbox
        await inbox.keep(kept(1, 2), now=NOON - timedelta(hours=24, minutes=1))
        await inbox.keep(kept(3), now=NOON - timedelta(hours=23, minutes=59))
        commands = Scripted()
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        async with asyncio.timeout(10):
            while await inbox.newest("telegram:"):  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(0.005)
        assert [command.argument for command in commands.heard] == ["3"]
        said = [record for record in caplog.records if "more than a day" in record.message]
        assert [vars(record)["count"] for record in said] == [2]


async def test_that_a_chat_took_the_bot_back_is_taken_in_however_late(staged: Staging) -> None:
    async with staged() as stage:
        member = {"status": "member", "user": {"id": 1, "is_bot": True, "first_name": "S"}}
        gone = {**member, "status": "kicked"}
        chat = {"id": -100123, "type": "supergroup", "title": "G"}
        back = {"chat": chat, "old_chat_member": gone, "new_chat_member": member, "from": {"id": 5}}
        update = {"update_id": 1, "my_chat_member": back}
        two_days_ago = NOON - timedelta(days=2)
        await stage.store.inbox.keep({"telegram:1": json.dumps(update)}, now=two_days_ago)
        commands = Scripted()
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert commands.heard[0].target == Target("telegram", "-100123")


async def test_what_another_bot_was_asked_is_neither_read_nor_answered(staged: Staging) -> None:
    read: list[str] = []

    class Noting(MemoryInbox):
        async def open(self, prefix: str, *, limit: int, after: int = 0) -> Sequence[Kept]:
            found = await super().open(prefix, limit=limit, after=after)
            read.extend(each.id for each in found)
            return found

    async with staged() as stage:
        inbox, commands = Noting(), Scripted()
        await inbox.keep(kept(1, bot="telegram2") | kept(2), now=NOON)
        await inbox.keep(kept(3, bot="other"), now=NOON - timedelta(days=3))
        desk = Desk(inbox, stage.store.leases, stage.clock, "one")
        stage.task = asyncio.ensure_future(stage.bot.listen(commands, desk))
        await asyncio.wait_for(commands.done.wait(), 10)
        assert read == ["telegram:2"]
        assert [command.argument for command in commands.heard] == ["2"]
        assert [each.id for each in await inbox.open("", limit=9)] == ["telegram2:1", "other:3"]


class Forgetful(MemoryInbox):
    """Cannot note for a while that anything is done."""

    refusals = 3

    async def done(self, update_id: str, *, now: datetime) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreError("disk full")
        await super().done(update_id, now=now)


async def test_f57_what_was_answered_while_the_store_took_no_notes_is_answered_once(
    staged: Staging,
) -> None:
    async with staged() as stage:
        inbox, commands = Forgetful(), Scripted()
        desk = Desk(inbox, stage.store.leases, stage.clock, "one")
        stage.server.push(asked("/paper 1"))
        stage.task = asyncio.ensure_future(stage.bot.listen(commands, desk))
        await asyncio.wait_for(commands.done.wait(), 10)
        async with asyncio.timeout(10):
            while await inbox.newest("telegram:"):  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(0.005)
        assert len(commands.heard) == 1


async def test_f60_what_another_one_has_begun_is_left_to_it_for_its_last_seconds(
    staged: Staging,
) -> None:
    async with staged() as stage:
        name = f"telegram:{TOKEN.partition(':')[0]}"
        await stage.store.inbox.keep(kept(5), now=NOON)
        leases = stage.store.leases
        assert await leases.acquire(name, "other", now=NOON, until=NOON + timedelta(seconds=20))
        commands = Scripted()
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() >= NOON + timedelta(seconds=30)


async def test_one_slow_command_holds_up_nobody(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted(go=asyncio.Event())
        for number in range(20):
            stage.server.push(asked(f"/paper {number}"))
        stage.listen(commands)
        await until(lambda: len(commands.heard) == 20)
        assert commands.go is not None
        commands.go.set()


async def test_stopping_finishes_what_was_begun(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted(go=asyncio.Event())
        stage.server.push(asked("/paper 1"))
        task = stage.listen(commands)
        await until(lambda: len(commands.heard) == 1)
        task.cancel()
        await asyncio.sleep(0)
        assert commands.go is not None
        commands.go.set()
        with suppress(asyncio.CancelledError):
            await task
        stage.task = None
        assert "Answer to 1" in stage.server.called("editMessageText")[0].params["text"]
        assert not await stage.store.inbox.newest("telegram:")
