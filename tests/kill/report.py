"""What a run came to, in words and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.kill.books import now_utc
from tests.kill.reckoning import Reckoning, answered_for_nothing, reckon
from tests.kill.siege import Siege
from tests.kill.sights import answered_twice, answers, days_begun_twice, sights
from tests.kill.world import CLAIM_S


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to. ``row`` is a line of the table in docs/kills.md."""

    lines: Sequence[str]
    faults: Sequence[str]
    row: str


def report(siege: Siege, *, seconds: float, finishing_s: float) -> Report:
    """Compare, when everything has ended."""
    world, books, tally = siege.world, siege.books, siege.tally
    result = reckon(world.members, sights(world), books.rows(), set(world.lists.ids))
    # A call whose process was dead before it could be asked whose it is was in flight, too.
    tally.in_flight += sum(call.pid is None for call in world.model.calls)
    again, slow = world.model.paid_again(tally.deaths)
    faults = [*tally.faults, *result.faults]
    faults += [f"a day was begun twice: {name}" for name in days_begun_twice(world)]
    faults += answered_for_nothing(answered_twice(world), tally.in_hand)
    faults += [f"{name} is still held" for name in books.leases(now=now_utc())]
    faults += [
        f"a model call of a program that lived was made again after {after:.1f} s"
        for after in slow
        if after < CLAIM_S
    ]
    if again > tally.in_flight:
        faults.append(f"{again} model calls were paid twice, {tally.in_flight} were in flight")
    if strays := sum(call.paper == "?" for call in world.model.calls):
        faults.append(f"{strays} model calls were about no known paper")
    figures = _figures(siege, result, again, len(slow))
    figures["seconds"] = f"{seconds:.0f}, the last {finishing_s:.0f} of them to finish"
    return Report(
        [f"{name:<17} {value}" for name, value in figures.items()],
        faults,
        f"| {' | '.join(_cells(siege, result, again))} |",
    )


def _figures(siege: Siege, result: Reckoning, again: int, slow: int) -> dict[str, str]:
    world, nursery, tally = siege.world, siege.nursery, siege.tally
    got = answers(world).values()
    median, longest = _silences(siege)
    return {
        "kills": f"{len(tally.kills)}, {sum(tally.hits.values())} of them where they were meant",
        "at the place": f"{dict(tally.hits)}",
        "elsewhere": f"{dict(tally.misses)}",
        "starts": f"{nursery.starts}, {nursery.cold_starts} of them cold; {tally.stalled} ended "
        "because they were too slow to give a sign of life",
        "papers": f"{len(world.lists.ids)}",
        "messages": f"{dict(result.messages)}",
        "rows": f"{dict(result.states)}",
        "lost": f"{dict(result.lost)}",
        "twice": f"{dict(result.doubled)}",
        "unknown": f"{dict(result.unknown)}, of which arrived {dict(result.unknown_arrived)}",
        "model calls": f"{len(world.model.calls)}, twice {again}, in flight {tally.in_flight}; "
        f"{slow} more were taken from programs too slow to hold their claims",
        "commands": f"{len(got)}, unanswered {sum(not n for n in got)}, "
        f"answered twice {len(answered_twice(world))}, in hand when a process ended "
        f"{len(tally.in_hand)}",
        "kill to message": f"median {median:.2f} s, longest {longest:.2f} s",
    }


def _cells(siege: Siege, result: Reckoning, again: int) -> list[str]:
    got = answers(siege.world).values()
    median, longest = _silences(siege)
    return [
        "SQLite" if siege.books.file else "PostgreSQL",
        str(len(siege.tally.kills)),
        str(sum(siege.tally.hits.values())),
        str(siege.nursery.starts),
        str(result.messages.total()),
        str(result.lost.total()),
        str(result.doubled["discord"]),
        f"{result.doubled['telegram']} + {result.doubled['discord-webhook']}",
        str(result.unknown.total()),
        f"{again} of {siege.tally.in_flight}",
        f"{sum(not n for n in got)} of {len(got)}",
        f"{len(answered_twice(siege.world))} of {len(siege.tally.in_hand)}",
        f"{median:.1f} / {longest:.1f}",
    ]


def _silences(siege: Siege) -> tuple[float, float]:
    silences = sorted(siege.tally.silences) or [0.0]
    return silences[len(silences) // 2], silences[-1]
