"""What a run came to, in words and numbers."""

import argparse
from collections.abc import Sequence

from tests.kill.books import now_utc
from tests.kill.reckoning import Reckoning, reckon
from tests.kill.siege import Siege
from tests.kill.sights import answers, days_begun_twice, sights

_MOST_SHOWN = 40


def report(
    siege: Siege, options: argparse.Namespace, *, seconds: float, finishing_s: float
) -> Sequence[str]:
    """Print it; returns the faults."""
    world, books = siege.world, siege.books
    result = reckon(world.members, sights(world), books.rows(), set(world.lists.ids))
    faults = [*siege.faults, *result.faults]
    faults += [f"a day was begun twice: {name}" for name in days_begun_twice(world)]
    faults += [f"{name} is still held" for name in books.leases(now=now_utc())]
    again = sum(len(calls) - 1 for calls in world.model.by_key().values())
    if again > siege.in_flight:
        faults.append(f"{again} model calls were paid twice, {siege.in_flight} were in flight")
    faults += [f"{faulty} model calls about no known paper" for faulty in _strays(siege)]
    for line in _lines(siege, result, again):
        print(line)
    print(f"seconds           {seconds:.0f}, of which the last ones to finish {finishing_s:.0f}")
    for fault in faults[:_MOST_SHOWN]:
        print(f"FAULT {fault}")
    if len(faults) > _MOST_SHOWN:
        print(f"FAULT … and {len(faults) - _MOST_SHOWN} more")
    print("ok" if not faults else f"{len(faults)} faults: SEED={options.seed}", flush=True)
    return faults


def _strays(siege: Siege) -> list[int]:
    strays = sum(call.paper == "?" for call in siege.world.model.calls)
    return [strays] if strays else []


def _lines(siege: Siege, result: Reckoning, again: int) -> list[str]:
    world = siege.world
    got = answers(world)
    silences = sorted(siege.silences) or [0.0]
    return [
        f"kills             {len(siege.kills)}; at the place {dict(siege.hits)}, elsewhere "
        f"instead {dict(siege.misses)}",
        f"starts            {siege.nursery.starts}, {siege.nursery.cold_starts} of them cold",
        f"papers            {len(world.lists.ids)}",
        f"messages          {dict(result.messages)}",
        f"rows              {dict(result.states)}",
        f"lost              {dict(result.lost)}",
        f"twice             {dict(result.doubled)}",
        f"unknown           {dict(result.unknown)}, arrived {dict(result.unknown_arrived)}",
        f"model calls       {len(world.model.calls)}, twice {again}, in flight at kills "
        f"{siege.in_flight}",
        f"commands          {len(got)}, unanswered {sum(not n for n in got.values())}, answered "
        f"twice {sum(n > 1 for n in got.values())}",
        f"kill to next      median {silences[len(silences) // 2]:.2f} s, longest "
        f"{silences[-1]:.2f} s",
    ]
