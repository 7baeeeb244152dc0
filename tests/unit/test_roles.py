"""Roles: who lives, what nobody does, and what a process can do without."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from bot.crew import stay_a_member
from bot.domain.role import Role
from bot.lifetime import Lifetime
from bot.observing import Observed, Observer, part_of
from bot.services.health import Health
from bot.services.rounds.membership import Membership
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.web.metrics import Metrics

_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)


async def test_f61_whose_place_was_taken_while_it_slept_begins_anew_without_an_error() -> None:
    clock, leases = VirtualClock(_NOW), MemoryStore().leases
    patience = timedelta(seconds=30)
    sleeper, other = (
        Membership(leases, clock, owner=name, patience=patience) for name in ("sleeper", "other")
    )
    await sleeper.join()
    clock.advance(3 * 24 * 3600)
    await other.join()
    life = Lifetime()
    await stay_a_member(sleeper, life)
    assert (life.anew, life.error, life.stopping.is_set()) == (True, None, True)


async def test_f55_a_process_without_the_engine_keeps_no_dead_ones_jobs() -> None:
    clock, leases = VirtualClock(_NOW), MemoryStore().leases

    def process(name: str, *roles: Role) -> Membership:
        patience = timedelta(seconds=30)
        return Membership(leases, clock, owner=name, patience=patience, roles=roles)

    worker = process("killed", Role.SUMMARISE)
    await worker.join()
    left_by = worker.executor
    clock.advance(31)
    sender, successor = process("sender", Role.DELIVER), process("worker", Role.SUMMARISE)
    await sender.join()
    await successor.join()
    assert left_by in (successor.executor, *await successor.dead())
    clock.advance(10)
    await sender.sign()
    assert not await successor.alone_with(Role.DELIVER)


async def test_a_role_that_nobody_has_is_not_ready_and_counted_f60() -> None:
    store, clock, health = MemoryStore(), VirtualClock(_NOW), Health()
    parts = ("store", *(part_of(role) for role in Role))
    observed = Observed(store, clock, health, None, parts, dict, "me")
    observer = Observer(observed, Metrics())
    membership = Membership(
        store.leases,
        clock,
        owner="me",
        patience=timedelta(seconds=30),
        roles=[role for role in Role if role is not Role.PLAN],
    )
    await membership.join()
    found = await observer.report()
    assert not found.ready
    bad = {part: words for part, words in found.parts.items() if words != "ok"}
    assert list(bad) == ["role:plan"]
    assert "no process does it; start one with --roles plan" in bad["role:plan"]
    text = (await observer.text()).decode()
    assert '\nsulan_role_processes{role="plan"} 0.0\n' in text
    assert '\nsulan_role_processes{role="web"} 1.0\n' in text


def test_what_only_some_roles_need_is_not_imported_for_the_others() -> None:
    heavy = {"dbos", "apscheduler", "openai", "telegram", "discord", "bot.services.commands"}
    asked = f"import sys, bot.runner; print(*sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
