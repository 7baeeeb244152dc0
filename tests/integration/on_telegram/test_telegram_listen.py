"""Listening over real sockets: nothing that was fetched is lost, nothing is done twice."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Desk, Hook, Options, Responder
from adapters.telegram import TelegramBot, create
from adapters.telegram.menu import set_menu
from adapters.telegram.testing import TOKEN, Fault, Refusal, Spoilt, TelegramServer, flood, serving
from adapters.telegram.testing_oracle import Oracle
from bot.domain.command import Command, MenuEntry, Suggestion
from bot.domain.delivery_errors import AccessRevoked
from bot.domain.errors import InvalidInput, StoreError
from bot.domain.post import Action, Link, Post, Section
from bot.domain.target import Target
from bot.ports import Kept
from bot.store.memory import MemoryStore
from bot.store.memory_inbox import MemoryInbox, MemoryLeases
from bot.testing import VirtualClock

pytestmark = pytest.mark.usefixtures("every_call_is_valid")
_servers: list[TelegramServer] = []

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHAT = {"id": 7, "type": "private", "first_name": "A"}
SOMEBODY = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "en"}


def asked(text: str, **more: object) -> dict[str, object]:
    said: dict[str, object] = {
        "message_id": 5,
        "date": 1_780_000_000,
        "chat": CHAT,
        "from": SOMEBODY,
        "text": text,
    }
    if text.startswith("/"):
        length = len(text.partition(" ")[0])
        said["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return {"message": {**said, **more}}


def answer(title: str) -> Post:
    return Post("en", title, "https://arxiv.org/abs/2309.12307", sections=(Section("S", ("x",)),))


@pytest.fixture
def every_call_is_valid(oracle: Oracle) -> Generator[None, None, None]:
    """Whatever a test made us send is what the specification takes."""
    _servers.clear()
    yield
    faults = [
        (call.method, fault)
        for server in _servers
        for call in server.calls
        for fault in oracle.faults(call)
    ]
    assert faults == []


@dataclass
class Scripted:
    """Commands that answer at once, or wait for ``go``; keeps what it was asked."""

    heard: list[Command] = field(default_factory=list[Command])
    pressed: list[str] = field(default_factory=list[str])
    go: asyncio.Event | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 1

    async def handle(self, command: Command, responder: Responder) -> None:
        self.heard.append(command)
        await responder.show(answer("Fetching …"))
        if self.go is not None:
            await self.go.wait()
        await responder.show(answer(f"Answer to {command.argument}"))
        self._count()

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        self.pressed.append(key)
        if key == "ignored":
            return
        await responder.show(answer("In English"))
        self._count()

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return [Suggestion("2309.12307", "LongLoRA")]

    async def entry(self, paper_id: str, command: Command) -> Post | None:
        link = Link("arXiv", f"https://arxiv.org/abs/{paper_id}")
        press = Action("中文", f"entry:zh:{paper_id}")
        return replace(answer(f"Entry {paper_id}"), links=(link,), actions=(press,))

    def menu(self) -> Sequence[MenuEntry]:
        return [MenuEntry("paper", {"en": "One paper", "zh": "一篇论文"}, "id", {}, True)]

    def _count(self) -> None:
        self.wanted -= 1
        if self.wanted <= 0:
            self.done.set()


@dataclass
class Stage:
    server: TelegramServer
    bot: TelegramBot
    store: MemoryStore
    clock: VirtualClock
    task: "asyncio.Task[None] | None" = None

    def desk(self, owner: str = "one") -> Desk:
        return Desk(self.store.inbox, self.store.leases, self.clock, owner)

    def listen(self, commands: Scripted) -> "asyncio.Task[None]":
        self.task = asyncio.ensure_future(self.bot.listen(commands, self.desk()))
        return self.task


@asynccontextmanager
async def staged(store: MemoryStore | None = None, **values: object) -> AsyncGenerator[Stage, None]:
    async with serving() as server:
        _servers.append(server)
        bot = create(Options("telegram", {"token": TOKEN, "api_url": server.url, **values}))
        async with bot:
            stage = Stage(server, bot, store or MemoryStore(), VirtualClock(NOON))
            try:
                yield stage
            finally:
                if stage.task is not None:
                    stage.task.cancel()
                    with suppress(asyncio.CancelledError):
                        await stage.task


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens on a real socket; a test that never sees it fails."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it happens in another library
            await asyncio.sleep(0.005)


async def test_a_command_is_acknowledged_and_its_answer_edited_in() -> None:
    async with staged() as stage:
        commands = Scripted()
        stage.server.push(asked("/paper 2309.12307"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert [call.method for call in stage.server.calls if "essage" in call.method] == [
            "sendMessage",
            "editMessageText",
        ]
        assert "Answer to 2309.12307" in stage.server.called("editMessageText")[0].params["text"]


async def test_the_menu_is_set_once_in_each_language() -> None:
    async with staged() as stage:
        commands = Scripted()
        stage.server.push(asked("/paper 1"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        sets = stage.server.called("setMyCommands")
        assert [call.params.get("language_code", "") for call in sets] == ["", "en", "zh"]
        await set_menu(stage.bot.client.bot, commands.menu())
        assert len(stage.server.called("setMyCommands")) == 3


async def test_a_menu_that_telegram_would_refuse_keeps_nobody_from_listening() -> None:
    async with staged() as stage:
        stage.server.script("setMyCommands", Refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
        tables = {"zh-Hant": "論文", "de": "x" * 300, "en": ""}
        entries = [MenuEntry("paper", tables), MenuEntry("Bad-Name", tables)]
        await set_menu(
            stage.bot.client.bot,
            [*entries, *(MenuEntry(f"c{number}", tables) for number in range(120))],
        )
        sets = stage.server.called("setMyCommands")
        assert [call.params.get("language_code", "") for call in sets] == ["", "de", "en"]
        lists = [json.loads(call.params["commands"]) for call in sets]
        assert {len(each) for each in lists} == {100}
        assert [each[0]["description"] for each in lists] == ["paper", "x" * 256, "paper"]
        await set_menu(stage.bot.client.bot, [])
        await set_menu(stage.bot.client.bot, [MenuEntry("paper", {})])
        assert len(stage.server.called("setMyCommands")) == 3


async def test_f55_what_was_fetched_and_not_answered_is_answered_after_a_kill() -> None:
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


async def test_f41_the_same_update_twice_is_answered_once() -> None:
    async with staged() as stage:
        commands = Scripted(wanted=2)
        stage.server.push({**asked("/paper 1"), "update_id": 50})
        stage.listen(commands)
        await until(lambda: len(commands.heard) == 1 and stage.server.unconfirmed == [])
        stage.server.push({**asked("/paper 1"), "update_id": 50})
        stage.server.push({**asked("/paper 2"), "update_id": 51})
        await asyncio.wait_for(commands.done.wait(), 10)
        assert [command.argument for command in commands.heard] == ["1", "2"]


async def test_t12_what_people_say_to_each_other_is_never_stored() -> None:
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


async def test_updates_are_confirmed_only_once_they_are_kept() -> None:
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


def kept(*numbers: int, bot: str = "telegram") -> dict[str, str]:
    return {f"{bot}:{n}": json.dumps({**asked(f"/paper {n}"), "update_id": n}) for n in numbers}


async def test_a_question_of_more_than_a_day_ago_gets_no_answer_and_is_mentioned_once(
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


async def test_that_a_chat_took_the_bot_back_is_taken_in_however_late() -> None:
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


async def test_what_another_bot_was_asked_is_neither_read_nor_answered() -> None:
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


async def test_f57_what_was_answered_while_the_store_took_no_notes_is_answered_once() -> None:
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


async def test_one_slow_command_holds_up_nobody() -> None:
    async with staged() as stage:
        commands = Scripted(go=asyncio.Event())
        for number in range(20):
            stage.server.push(asked(f"/paper {number}"))
        stage.listen(commands)
        await until(lambda: len(commands.heard) == 20)
        assert commands.go is not None
        commands.go.set()


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
async def test_a_failed_poll_waits_and_goes_on_f30_f31_f40(step: object, least_wait: float) -> None:
    async with staged() as stage:
        commands = Scripted()
        stage.server.script("getUpdates", step)  # pyright: ignore[reportArgumentType]
        stage.server.push(asked("/paper 1"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() - NOON >= timedelta(seconds=least_wait)


async def test_f60_who_backs_off_from_telegram_stays_the_one_who_polls() -> None:
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


async def test_f39_a_revoked_token_ends_listening_with_words() -> None:
    async with staged() as stage:
        stage.server.token = "999:another-token-that-is-not-ours-00"
        with pytest.raises(AccessRevoked, match="BotFather"):
            await stage.bot.listen(Scripted(), stage.desk())


async def test_f60_a_second_process_waits_until_the_first_ones_lease_has_run_out() -> None:
    async with staged() as stage:
        later = NOON + timedelta(seconds=90)
        name = f"telegram:{TOKEN.partition(':')[0]}"
        assert await stage.store.leases.acquire(name, "other", now=NOON, until=later)
        commands = Scripted()
        stage.server.push(asked("/paper 1"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() >= later


async def test_a_button_replaces_its_message_and_stops_spinning() -> None:
    async with staged() as stage:
        commands = Scripted()
        message = stage.server.state.call("sendMessage", {"chat_id": "7", "text": "old"})
        query = {"id": "9", "from": SOMEBODY, "chat_instance": "1", "data": "entry:en:1"}
        stage.server.push({"callback_query": {**query, "message": message}})
        stage.listen(commands)
        await until(lambda: bool(stage.server.called("answerCallbackQuery")))
        assert commands.pressed == ["entry:en:1"]
        assert "In English" in stage.server.called("editMessageText")[0].params["text"]


async def test_a_button_that_changes_nothing_stops_spinning_too() -> None:
    async with staged() as stage:
        message = stage.server.state.call("sendMessage", {"chat_id": "7", "text": "old"})
        query = {"id": "9", "from": SOMEBODY, "chat_instance": "1", "data": "ignored"}
        stage.server.push({"callback_query": {**query, "message": message}})
        stage.listen(Scripted())
        await until(lambda: bool(stage.server.called("answerCallbackQuery")))


async def test_a_heading_between_buttons_does_nothing_and_stops_spinning() -> None:
    async with staged() as stage:
        commands = Scripted()
        message = stage.server.state.call("sendMessage", {"chat_id": "7", "text": "old"})
        query = {"id": "9", "from": SOMEBODY, "chat_instance": "1", "data": "-"}
        stage.server.push({"callback_query": {**query, "message": message}})
        stage.listen(commands)
        await until(lambda: bool(stage.server.called("answerCallbackQuery")))
        assert commands.pressed == []


async def test_inline_mode_answers_from_what_is_stored() -> None:
    async with staged() as stage:
        query = {"id": "8", "from": SOMEBODY, "query": "2309", "offset": ""}
        stage.server.push({"inline_query": query})
        stage.listen(Scripted())
        await until(lambda: bool(stage.server.called("answerInlineQuery")))
        (result,) = json.loads(stage.server.called("answerInlineQuery")[0].params["results"])
        assert (result["id"], result["title"]) == ("2309.12307", "LongLoRA")
        assert "Entry 2309.12307" in result["input_message_content"]["message_text"]
        # Only what works in a chat that the bot is not in.
        keyboard = result["reply_markup"]["inline_keyboard"]
        assert keyboard == [[{"text": "arXiv", "url": "https://arxiv.org/abs/2309.12307"}]]


async def test_f32_a_chat_that_takes_us_back_is_resumed_without_a_word() -> None:
    async with staged() as stage:
        commands = Scripted()
        member = {"status": "member", "user": SOMEBODY}
        change = {"chat": CHAT, "from": SOMEBODY, "date": 1, "old_chat_member": member}
        stage.server.push({"my_chat_member": {**change, "new_chat_member": member}})
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert commands.heard[0].name == "start"
        assert stage.server.called("sendMessage") == []


@dataclass
class Host:
    """A web server that only takes note of what is mounted."""

    handler: Callable[[bytes], Awaitable[None]] | None = None

    def mount(self, name: str, *, header: str, handler: Callable[[bytes], Awaitable[None]]) -> Hook:
        assert (name, header) == ("telegram", "X-Telegram-Bot-Api-Secret-Token")
        self.handler = handler
        return Hook("https://bot.example/hooks/telegram", "s3cret")


async def test_t6_a_webhook_is_set_with_its_secret_and_keeps_what_it_confirms() -> None:
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
    method: str, caplog: pytest.LogCaptureFixture
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


async def test_f60_who_loses_the_right_to_listen_before_telegram_takes_a_webhook_lets_it_be() -> (
    None
):
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


async def test_stopping_finishes_what_was_begun() -> None:
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


async def test_an_answer_goes_into_the_topic_it_was_asked_in() -> None:
    async with staged() as stage:
        group = {"id": -100123, "type": "supergroup", "title": "G", "is_forum": True}
        commands = Scripted()
        more = {"chat": group, "message_thread_id": 44, "is_topic_message": True}
        stage.server.push(asked("/paper 1", **more))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert commands.heard[0].target == Target("telegram", "-100123", "44")
        assert stage.server.called("sendMessage")[0].params["message_thread_id"] == "44"


def test_a_buttons_key_fits_telegrams_64_bytes() -> None:
    assert Action("x", "entry:zh:" + "hep-th/9901001").key
    with pytest.raises(ValueError, match="64"):
        Action("x", "k" * 65)


async def test_f41_f60_a_call_that_comes_where_nobody_listens_is_kept_and_answered_elsewhere() -> (
    None
):
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


async def call_when_ready(host: Host, update: dict[str, object]) -> None:
    assert host.handler is not None
    async with asyncio.timeout(10):
        while True:
            try:
                await host.handler(json.dumps(update).encode())
                return
            except StoreError:
                await asyncio.sleep(0.005)


async def test_f60_what_another_one_has_begun_is_left_to_it_for_its_last_seconds() -> None:
    async with staged() as stage:
        name = f"telegram:{TOKEN.partition(':')[0]}"
        await stage.store.inbox.keep(kept(5), now=NOON)
        leases = stage.store.leases
        assert await leases.acquire(name, "other", now=NOON, until=NOON + timedelta(seconds=20))
        commands = Scripted()
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert stage.clock.now() >= NOON + timedelta(seconds=30)
