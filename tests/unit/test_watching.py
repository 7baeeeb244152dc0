"""Noticing what needs a person, and telling the operator once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import BY_OPERATOR, Chat
from bot.domain.delivery import Delivery, State
from bot.domain.errors import BudgetSpent, ModelBusy, ModelUnusable, StoreError
from bot.domain.role import ALL_ROLES, Role
from bot.domain.speech import ENGLISH
from bot.domain.standing import REMEMBERED, Standing
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health
from bot.services.plan import PLANNING
from bot.services.post_keys import OperatorPost, read_post_key
from bot.services.rounds.membership import Membership
from bot.services.watching.concerns import Concern, Kind, concerns, over
from bot.services.watching.lookouts import Lookouts, Watched
from bot.services.watching.watchman import Operator, Watchman, WatchTools
from bot.services.watching.words import notice, to_do, well_again, what
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_OPERATOR = Target("telegram", "4242")


def _failing(hours: float, reason: str = "503") -> Standing:
    since = _NOW - hours * _HOUR
    return Standing(failing_since=since, failed_at=_NOW, reason=reason)


@pytest.mark.parametrize(
    ("part", "standing", "kind"),
    [
        pytest.param("token:telegram", _failing(0), Kind.TOKEN, id="F39 at once"),
        pytest.param("model", _failing(0, ModelUnusable.reason), Kind.MODEL, id="F24 F25 at once"),
        pytest.param("model", _failing(0, BudgetSpent.reason), Kind.BUDGET, id="F29 at once"),
        pytest.param("model", _failing(2.9, ModelBusy.reason), None, id="F23 may pass"),
        pytest.param("model", _failing(3, ModelBusy.reason), Kind.MODEL, id="F23 for hours"),
        pytest.param("source:hf", _failing(2.9), None, id="F1 may pass"),
        pytest.param("source:hf", _failing(3), Kind.SOURCE, id="F1 for three hours"),
        pytest.param("list:hf", _failing(9), None, id="F4 is a warning"),
        pytest.param("adapter:discord", _failing(3), Kind.PLATFORM, id="F38 for three hours"),
        pytest.param("queue:discord", _failing(0), Kind.QUEUE, id="F31 late"),
        pytest.param("store", _failing(0.01), None, id="F57 locked for a moment"),
        pytest.param("store", _failing(0.1), Kind.STORE, id="F57"),
        pytest.param("chat:telegram/-100", _failing(0), Kind.CHAT, id="F34"),
        pytest.param("chats:telegram", _failing(0), Kind.CHATS, id="F32 in bulk"),
        pytest.param("role:plan", _failing(0.1), Kind.ROLE, id="nobody plans"),
        pytest.param("lookup", _failing(99), None, id="F10 answers people itself"),
        pytest.param("token:telegram", Standing(worked_at=_NOW), None, id="all is well"),
    ],
)
def test_what_needs_a_person(part: str, standing: Standing, kind: Kind | None) -> None:
    found = concerns({part: standing}, _NOW)
    assert [one.kind for one in found] == ([] if kind is None else [kind])


def test_what_follows_from_a_refused_token_is_not_told_beside_it() -> None:
    standings = {
        "token:telegram": _failing(4, "401"),
        "adapter:telegram": _failing(4, "401"),
        "queue:telegram": _failing(3),
        "queue:discord": _failing(3),
    }
    assert [one.part for one in concerns(standings, _NOW)] == ["queue:discord", "token:telegram"]


@pytest.mark.parametrize(("minutes", "told"), [(29, False), (30, True)])
def test_what_fails_now_and_then_is_not_over(minutes: int, told: bool) -> None:
    failed = _NOW - timedelta(minutes=minutes)
    known = {"source:hf": Standing(_NOW, None, failed, "503", told_at=failed)}
    assert bool(over(known, _NOW)) == told


@pytest.mark.parametrize("kind", list(Kind))
def test_everything_that_needs_a_person_has_its_words(kind: Kind) -> None:
    concern = Concern(kind, f"{kind}:x/1", "x/1", _NOW, "{braces} <b>\n" + "y" * 500)
    said = f"{what(concern, ENGLISH)} {to_do(concern, ENGLISH)} {well_again(concern, ENGLISH)}"
    assert "\n" not in said
    assert len(said) < 700


def test_a_notice_of_many_things_is_one_readable_message() -> None:
    many = [Concern(Kind.CHAT, f"chat:telegram/{n}", f"telegram/{n}", _NOW, "z") for n in range(99)]
    lines = notice(many, [], ENGLISH).split("\n")
    assert len(lines) == 10
    assert lines[-1] == "There is more: sulan doctor lists everything."


@dataclass
class Watch:
    """A program's boards and store; each ``process`` is one of its processes."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(_NOW))
    operator: Target | None = _OPERATOR
    free: int | None = 10**12
    boards: dict[str, Health] = field(default_factory=dict[str, Health])
    watchmen: dict[str, Watchman] = field(default_factory=dict[str, Watchman])
    woken: int = 0

    def process(self, name: str) -> Health:
        if name not in self.boards:
            self.boards[name] = health = Health()
            watched = Watched(
                self.store, self.clock, ChatRoll(self.store, self.clock), health, lambda: self.free
            )
            self.watchmen[name] = Watchman(
                Operator(self.operator, "zh", lambda _: ENGLISH),
                WatchTools(
                    self.store,
                    self.clock,
                    health,
                    Lookouts(watched),
                    name,
                    self._explain,
                    self._added,
                ),
            )
        return self.boards[name]

    async def look(self, *names: str, minutes: float = 0) -> None:
        self.clock.advance(minutes * 60)
        for name in names:
            self.process(name)
            member = Membership(
                self.store.leases, self.clock, owner=name, patience=_HOUR, roles=ALL_ROLES
            )
            await member.join()
            await self.watchmen[name].look()

    async def told(self) -> list[str]:
        rows = await self.store.outbox.find(DeliveryQuery(kind="operator:"))
        texts: list[str] = []
        for row in reversed(rows):
            assert row.target == self.operator
            name = read_post_key(row.post_key)
            assert isinstance(name, OperatorPost)
            texts.append(await self.store.announcements.get(name.notice) or "")
        return texts

    async def _explain(self) -> str | None:
        return "the key was refused"

    async def _added(self) -> None:
        self.woken += 1


async def test_f39_a_refused_token_is_told_once_by_whichever_process_and_once_when_it_is_over() -> (
    None
):
    watch = Watch()
    watch.process("a").failed("token:discord", "401 Unauthorized", at=_NOW)
    for _ in range(3):
        await watch.look("b", "a", minutes=1)
    (said,) = await watch.told()
    assert said == (
        "Sulan needs you\ndiscord has refused the bot's token since 2026-08-20 12:00 UTC "
        "(401 Unauthorized); nothing is sent there. Make a new token, set it, and restart Sulan."
    )
    assert watch.woken == 1
    # Everything is restarted with a new token.
    watch.boards.clear()
    watch.process("c").worked("token:discord", at=watch.clock.now())
    await watch.look("c", minutes=2)
    await watch.look("c", minutes=31)
    await watch.look("c", "d", minutes=60)
    assert (await watch.told())[1:] == ["Well again\ndiscord accepts the bot's token again."]


async def test_f24_a_model_that_cannot_be_used_is_told_with_what_its_endpoint_says() -> None:
    watch = Watch()
    watch.process("a").failed("model", ModelUnusable.reason, at=_NOW)
    await watch.look("a")
    assert "(the key was refused)" in (await watch.told())[0]


async def test_f1_an_upstream_is_told_after_three_hours_and_flapping_makes_no_stream() -> None:
    watch = Watch()
    health = watch.process("a")
    for minute in range(0, 600, 10):
        health.failed("source:hf", "503", at=watch.clock.now())
        await watch.look("a", minutes=10)
        assert len(await watch.told()) == (minute + 10 >= 180)
    for _ in range(6):  # it answers, and fails again
        health.worked("source:hf", at=watch.clock.now())
        await watch.look("a", minutes=10)
        health.failed("source:hf", "503", at=watch.clock.now())
        await watch.look("a", minutes=10)
    assert len(await watch.told()) == 1


async def test_f31_a_queue_that_stands_for_an_hour_is_told_and_one_for_closed_chats_is_not() -> (
    None
):
    watch = Watch()
    rows = [Delivery(Target(p, "1"), "paper:x:zh", _NOW, _NOW) for p in ("discord", "markdown")]
    await watch.store.outbox.add(rows)
    await watch.store.chats.suspend(rows[1].target, "gone")
    await watch.look("a", minutes=59)
    assert await watch.told() == []
    await watch.look("a", minutes=2)
    (said,) = await watch.told()
    assert "Messages to discord are more than an hour late: 1 × (2026-08-20 12:00 UTC)" in said
    assert "markdown" not in said


async def test_f34_a_listed_chat_that_closed_is_told_and_those_the_operator_closed_are_not() -> (
    None
):
    watch = Watch()
    chats = [Chat(Target("telegram", name), listed="x") for name in ("-1", "-2")]
    await watch.store.chats.save([*chats, Chat(Target("telegram", "-3"))], now=_NOW)
    await watch.store.chats.suspend(chats[0].target, "chat not found")
    await watch.store.chats.suspend(chats[1].target, f"{BY_OPERATOR}spam")
    await watch.store.chats.suspend(Target("telegram", "-3"), "blocked")
    await watch.look("a")
    (said,) = await watch.told()
    assert "telegram/-1, which the settings list, takes nothing: chat not found" in said
    await watch.store.chats.resume(chats[0].target, now=watch.clock.now())
    await watch.look("a", minutes=5)
    await watch.look("a", minutes=40)
    assert (await watch.told())[1:] == ["Well again\ntelegram/-1 is open again."]


@pytest.mark.parametrize(("closed", "told"), [(4, 0), (5, 1)])
async def test_f32_many_chats_that_close_at_once_are_one_message(closed: int, told: int) -> None:
    watch = Watch()
    chats = [Chat(Target("discord", str(n))) for n in range(20)]
    await watch.store.chats.save(chats, now=_NOW)
    for chat in chats[:closed]:
        row = Delivery(chat.target, "paper:x:zh", _NOW, _NOW, state=State.FAILED)
        await watch.store.outbox.add([row])
        await watch.store.chats.suspend(chat.target, "Missing Access")
    await watch.look("a")
    assert len(await watch.told()) == told
    assert all("5 × Missing Access" in said for said in await watch.told())


async def test_a_role_that_nobody_has_and_a_disk_that_fills_are_told() -> None:
    watch = Watch(free=150_000_000)
    watch.process("a")
    member = Membership(
        watch.store.leases, watch.clock, owner="a", patience=_HOUR, roles={Role.DELIVER}
    )
    await member.join()
    await watch.watchmen["a"].look()
    watch.clock.advance(301)
    await watch.watchmen["a"].look()
    said = "\n".join(await watch.told())
    assert "The disk of the store is almost full: 150 MB" in said
    for role in ("collect", "summarise", "plan", "commands"):
        assert f"Start a process that has it: sulan run --roles {role}" in said
    assert "--roles web" not in said


async def test_what_is_looked_at_counts_as_one_failure_until_it_is_well_again() -> None:
    watch = Watch(free=0)
    disk = "failures", "disk:store"
    for _ in range(10):
        await watch.look("a", minutes=1)
    assert watch.boards["a"].tallies()[disk] == 1
    watch.free = 10**12
    await watch.look("a", minutes=1)
    watch.free = 0
    await watch.look("a", minutes=1)
    assert watch.boards["a"].tallies()[disk] == 2


async def test_when_planning_last_worked_is_kept_for_as_long_as_planning_asks_for_it() -> None:
    watch = Watch()
    hour = timedelta(hours=1)
    standing = {PLANNING: Standing(worked_at=_NOW)}
    await watch.store.standings.report(standing, now=_NOW)
    watch.clock.advance((REMEMBERED - hour).total_seconds())
    await watch.look("a")
    since = watch.clock.now() - REMEMBERED
    assert PLANNING in await watch.store.standings.all(seen_since=since)
    watch.clock.advance(2 * hour.total_seconds())
    await watch.look("a")
    assert PLANNING not in await watch.store.standings.all(seen_since=_NOW)


async def test_the_operators_own_platform_cannot_tell_that_it_is_gone_but_the_log_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch()
    watch.process("a").failed("token:telegram", "401", at=_NOW)
    await watch.look("a")
    await watch.look("a", minutes=1)
    assert await watch.told() == []
    said = [(r.levelno, r.getMessage()) for r in caplog.records if r.levelno >= logging.ERROR]
    assert said == [
        (logging.ERROR, "something needs a person"),
        (logging.ERROR, "the operator cannot be told in their chat"),
    ]


async def test_without_an_operators_chat_the_log_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch(operator=None)
    watch.process("a").failed("token:telegram", "401", at=_NOW)
    await watch.look("a")
    await watch.look("a", "b", minutes=1)
    assert await watch.store.outbox.find(DeliveryQuery()) == []
    assert [r.getMessage() for r in caplog.records] == ["something needs a person"]


class Full(MemoryStore):
    """A store on a full disk: nothing can be written."""

    full = True

    def __init__(self) -> None:
        super().__init__()
        inner, store = self.leases.acquire, self

        async def acquire(name: str, owner: str, *, now: datetime, until: datetime) -> bool:
            if store.full:
                raise StoreError("the disk is full")
            return await inner(name, owner, now=now, until=until)

        self.leases.acquire = acquire


async def test_f57_a_store_that_cannot_be_written_is_told_in_the_log_until_it_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Full()
    watch = Watch(store=store)
    watch.process("a")
    for _ in range(4):
        await watch.watchmen["a"].look()
        watch.clock.advance(30)
    assert watch.process("a").of("store").reason == "the disk is full"
    store.full = False
    await watch.look("a")
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("ERROR", "something needs a person"),
        ("WARNING", "what needed a person is over"),
    ]


async def test_another_process_looks_after_everything_when_the_first_is_gone() -> None:
    watch = Watch()
    await watch.look("a", "b")
    rows = [Delivery(Target("discord", "1"), "paper:x:zh", _NOW, _NOW)]
    await watch.store.outbox.add(rows)
    await watch.look("b", minutes=61)
    assert len(await watch.told()) == 1
    await watch.watchmen["b"].leave()
    await watch.look("a")
    assert len(await watch.told()) == 1


async def test_a_kill_between_the_message_and_its_note_doubles_nothing() -> None:
    watch = Watch()
    watch.process("a").failed("token:discord", "401", at=_NOW)

    async def killed(parts: object, *, at: datetime | None) -> None:
        raise StoreError("killed")

    watch.store.standings.told, told = killed, watch.store.standings.told
    await watch.look("a")
    watch.store.standings.told = told
    await watch.look("a", minutes=1)
    assert len(await watch.told()) == 1


def test_standings_without_a_kind_are_nobodys_business() -> None:
    unknown: Mapping[str, Standing] = {"listening:telegram": _failing(9)}
    assert concerns(unknown, _NOW) == []
