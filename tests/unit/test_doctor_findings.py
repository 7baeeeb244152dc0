"""What ``sulan doctor`` finds in a store."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import BY_OPERATOR, Chat
from bot.domain.delivery import Delivery, State
from bot.domain.role import ALL_ROLES, Role
from bot.domain.standing import Standing
from bot.domain.target import Target
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health
from bot.services.rounds.membership import Membership
from bot.services.watching.finding import Finding, Severity
from bot.services.watching.findings import Premises, findings
from bot.services.watching.lookouts import Watched
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_HERE = Target("telegram", "1")
_OPERATOR = Target("telegram", "42")


@dataclass
class Patient:
    """An installation with one process that does everything, and whatever ails it."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(_NOW))
    roles: frozenset[Role] = ALL_ROLES
    last_job: datetime | None = None

    async def found(self, *, runs: bool = True) -> list[Finding]:
        if runs:
            member = Membership(
                self.store.leases, self.clock, owner="a", patience=_HOUR, roles=self.roles
            )
            await member.join()
        health = Health()
        watched = Watched(
            self.store, self.clock, ChatRoll(self.store, self.clock), health, lambda: None
        )
        premises = Premises({"telegram"}, _OPERATOR, self.last_job)
        return [*await findings(watched, premises, _NOW)]

    async def told(self, subject: str, *, runs: bool = True) -> Finding:
        (only,) = (one for one in await self.found(runs=runs) if one.subject == subject)
        return only


def _row(target: Target, state: State, hours: float = 1, reason: str = "") -> Delivery:
    at = _NOW - hours * _HOUR
    return Delivery(target, "paper:x:zh", at, at, state=state, reason=reason)


async def test_a_healthy_installation_needs_nobody() -> None:
    patient = Patient()
    await patient.store.standings.report({"source:hf": Standing(_NOW)}, now=_NOW)
    await patient.store.chats.save([Chat(_HERE, listed="x")], now=_NOW - 99 * _HOUR)
    await patient.store.outbox.add([_row(_HERE, State.SENT, 50), _row(_OPERATOR, State.SENT)])
    assert [(one.subject, one.severity) for one in await patient.found()] == [
        ("processes", Severity.OK)
    ]


async def test_f60_nobody_who_runs_is_told_with_when_somebody_last_did() -> None:
    patient = Patient()
    seen = _NOW - 72 * _HOUR
    await patient.store.standings.report({"store": Standing(seen)}, now=seen)
    told = await patient.told("processes", runs=False)
    assert told.severity is Severity.WRONG
    assert "2026-08-17 12:00 UTC" in told.what
    assert "older than two days is not posted" in told.to_do
    assert [one.subject for one in await patient.found(runs=False)] == ["processes"]


async def test_a_role_that_nobody_has_is_told_at_once() -> None:
    patient = Patient(roles=ALL_ROLES - {Role.PLAN, Role.WEB})
    told = await patient.told("role:plan")
    assert told.severity is Severity.WRONG
    assert told.to_do == "Start a process that has it: sulan run --roles plan"
    assert not [one for one in await patient.found() if one.subject == "role:web"]


@pytest.mark.parametrize(
    ("part", "hours", "reason", "severity"),
    [
        pytest.param("token:telegram", 0, "401", Severity.WRONG, id="F39"),
        pytest.param("source:hf", 4, "503", Severity.WRONG, id="F1"),
        pytest.param("source:hf", 1, "503", Severity.NOTE, id="F1 for an hour"),
        pytest.param("list:hf", 5, "lists nothing today", Severity.NOTE, id="F4"),
        pytest.param("model", 0, "unusable", Severity.WRONG, id="F24"),
        pytest.param("lookup", 9, "429", Severity.NOTE, id="F10"),
    ],
)
async def test_what_fails_is_told_with_since_when(
    part: str, hours: float, reason: str, severity: Severity
) -> None:
    patient, since = Patient(), _NOW - hours * _HOUR
    failing = Standing(failing_since=since, failed_at=_NOW, reason=reason)
    await patient.store.standings.report({part: failing}, now=_NOW)
    told = await patient.told(part)
    assert (told.severity, told.since) == (severity, since)
    assert f"{since:%Y-%m-%d %H:%M} UTC" in told.what
    assert told.to_do


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
async def test_f37_deliveries_that_ended_badly_lately_are_counted(state: State) -> None:
    patient = Patient()
    rows = [_row(Target("telegram", str(n)), state, reason="cut off") for n in range(3)]
    await patient.store.outbox.add([*rows, _row(_HERE, state, 30, reason="old")])
    told = await patient.told("deliveries")
    assert "3 " in told.what
    assert "since yesterday; most often (3): cut off" in told.what
    assert f"--state {state}" in told.to_do


async def test_f31_a_queue_that_stands_needs_a_person() -> None:
    patient = Patient()
    await patient.store.outbox.add([_row(_HERE, State.PENDING, 2)])
    told = await patient.told("queue:telegram")
    assert told.severity is Severity.WRONG
    assert "1 × (2026-08-20 10:00 UTC)" in told.what


async def test_f32_f34_suspended_chats_are_told_with_their_reasons() -> None:
    patient = Patient()
    subscribed = [Chat(Target("telegram", f"-{n}")) for n in range(5)]
    listed, held = Chat(_HERE, listed="x"), Chat(Target("telegram", "7"), listed="x")
    await patient.store.chats.save([*subscribed, listed, held], now=_NOW)
    for chat in subscribed:
        await patient.store.chats.suspend(chat.target, "the bot was blocked")
    await patient.store.chats.suspend(listed.target, "chat not found")
    await patient.store.chats.suspend(held.target, f"{BY_OPERATOR}spam")
    many = await patient.told("chats on telegram")
    assert many.severity is Severity.NOTE
    assert many.what.startswith("5 suspended (telegram/-0, telegram/-1, telegram/-2, …)")
    assert many.what.endswith("the bot was blocked")
    assert (await patient.told("chat:telegram/1")).severity is Severity.WRONG
    assert not [one for one in await patient.found() if "spam" in one.what]


async def test_chats_whose_adapter_is_missing_are_told() -> None:
    patient = Patient()
    await patient.store.chats.save([Chat(Target("discord", "9"))], now=_NOW)
    told = await patient.told("chats on discord")
    assert told.severity is Severity.WRONG
    assert "[adapters.discord]" in told.to_do


async def test_a_listed_chat_that_was_never_reached_is_told() -> None:
    patient = Patient()
    await patient.store.chats.save([Chat(_HERE, listed="x")], now=_NOW - 60 * _HOUR)
    await patient.store.outbox.add([_row(_HERE, State.EXPIRED, 50, reason="too old to be news")])
    told = await patient.told("telegram/1")
    assert told.severity is Severity.WRONG
    assert told.what == (
        "nothing has arrived since it was listed at 2026-08-18 00:00 UTC: too old to be news"
    )


async def test_f62_a_clock_that_is_behind_the_others_is_told() -> None:
    patient, ahead = Patient(), _NOW + timedelta(minutes=10)
    await patient.store.standings.report({"store": Standing(ahead)}, now=ahead)
    assert (await patient.told("clock")).severity is Severity.WRONG


async def test_f58_a_store_that_is_older_than_its_jobs_comes_from_a_backup() -> None:
    patient, seen = Patient(last_job=_NOW), _NOW - 20 * _HOUR
    await patient.store.standings.report({"store": Standing(seen)}, now=seen)
    told = await patient.told("store")
    assert told.severity is Severity.NOTE
    assert "it seems to come from a backup" in told.what


async def test_an_operator_who_cannot_be_told_is_told_here() -> None:
    patient = Patient()
    row = Delivery(_OPERATOR, "operator:0123:en", _NOW, _NOW, state=State.FAILED, reason="blocked")
    await patient.store.outbox.add([row])
    told = await patient.told("run.operator")
    assert told.what == "the newest message to it did not arrive: blocked"


async def test_f34_an_operator_whose_chat_is_closed_is_told_though_more_waits_for_them() -> None:
    patient = Patient()
    first, next_one = (
        Delivery(_OPERATOR, f"operator:{name}:en", at, at, state=state, reason=reason)
        for name, at, state, reason in (
            ("0123", _NOW - _HOUR, State.FAILED, "blocked"),
            ("4567", _NOW, State.PENDING, ""),
        )
    )
    await patient.store.outbox.add([first, next_one])
    told = await patient.told("run.operator")
    assert (told.severity, told.what[-7:]) == (Severity.WRONG, "blocked")
