"""What ``sulan doctor`` finds in the store: what is wrong, since when, and what to do."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.delivery import MAX_AGE, State
from bot.domain.role import Role
from bot.domain.speech import ENGLISH
from bot.domain.standing import Standing
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store
from bot.services.post_keys import OPERATOR
from bot.services.rounds.membership import living
from bot.services.watching.chat_findings import chat_findings
from bot.services.watching.concerns import FORGOTTEN, Concern, Kind, concerns
from bot.services.watching.finding import Finding, Severity
from bot.services.watching.lookouts import Lookouts, Watched
from bot.services.watching.words import moment, to_do, what

_LATELY = timedelta(days=1)
_MOST_ROWS = 1000
_FAILED = "sulan deliveries --state failed has each reason; sulan replay queues what chats lack."
_UNKNOWN = "sulan deliveries --state unknown lists them; look in the chats before sending again."
_ENDED_BADLY = {
    State.FAILED: ("failed", _FAILED),
    State.UNKNOWN: ("may or may not have arrived", _UNKNOWN),
}
# Clocks of machines differ by less; more delays and hurries what they do together.
_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Premises:
    """What is known beside the store: the adapters that the settings have, the operator's chat, and
    when the jobs' file beside the store was last written, where there is one."""

    platforms: Collection[str]
    operator: Target | None = None
    last_job: datetime | None = None


async def findings(watched: Watched, premises: Premises, now: datetime) -> Sequence[Finding]:
    """Everything that the store tells.

    Raises:
        StoreError: the store cannot be read.
    """
    store = watched.store
    known = await store.standings.all(seen_since=now - FORGOTTEN)
    await Lookouts(watched).look(known, now)
    both = {**known, **watched.health.all()}
    found: list[Finding] = []
    processes = await living(store.leases, now=now)
    if not processes:
        both = {part: one for part, one in both.items() if not part.startswith("role:")}
    found += await _running(store, processes, now, premises.last_job)
    found += [_needed(one) for one in concerns(_at_once(both, now), now)]
    found += _failing(both, now)
    found += await _deliveries(store, now)
    found += await _untold(store, premises.operator, now)
    found += await chat_findings(store, await watched.roll.all(), premises.platforms, now)
    return found


def _at_once(standings: Mapping[str, Standing], now: datetime) -> Mapping[str, Standing]:
    """A role that nobody has is told at once to who asks: no process has to be waited for."""
    hour_ago = now - timedelta(hours=1)
    return {
        part: Standing(one.worked_at, hour_ago, one.failed_at, one.reason, one.told_at)
        if part.startswith("role:") and one.failing_since is not None
        else one
        for part, one in standings.items()
    }


def _needed(concern: Concern) -> Finding:
    known = concern.kind not in (Kind.ROLE, Kind.QUEUE, Kind.CHAT, Kind.CHATS, Kind.DISK)
    said = (
        f"nobody has the role {concern.subject}."
        if concern.kind is Kind.ROLE
        else what(concern, ENGLISH)
    )
    since = concern.since if known else None
    return Finding(concern.part, Severity.WRONG, said, to_do(concern, ENGLISH), since)


def _failing(standings: Mapping[str, Standing], now: datetime) -> Iterable[Finding]:
    """What fails and may pass by itself."""
    needed = {one.part for one in concerns(_at_once(standings, now), now)}
    # With the token everything else fails that goes through it.
    tokens = {part.partition(":")[2] for part in needed if part.startswith("token:")}
    for part, standing in standings.items():
        since = standing.failing_since
        if since is None or part in needed or part.partition(":")[2] in tokens:
            continue
        yield Finding(
            part,
            Severity.NOTE,
            f"has failed since {moment(since)}: {standing.reason}",
            "It may pass by itself; sulan check tries it now.",
            since,
        )


async def _running(
    store: Store,
    processes: Mapping[str, frozenset[Role]],
    now: datetime,
    last_run: datetime | None,
) -> Sequence[Finding]:
    """Who runs, and when somebody last did."""
    ever = await store.standings.all(seen_since=datetime.min.replace(tzinfo=now.tzinfo))
    heard = max((at for one in ever.values() if (at := one.heard_at)), default=None)
    found: list[Finding] = []
    if processes:
        roles = sorted({role.value for roles in processes.values() for role in roles})
        count = len(processes)
        said = f"{count} {'process runs' if count == 1 else 'processes run'}: {', '.join(roles)}."
        found.append(Finding("processes", Severity.OK, said))
    else:
        at = f" The last one was heard of at {moment(heard)}." if heard else ""
        said = f"no process runs on this store.{at}"
        do = "Start one: sulan run."
        if heard and now - heard >= MAX_AGE:
            do += " What is older than two days is not posted any more."
        found.append(Finding("processes", Severity.WRONG, said, do, heard))
    if heard and heard - now > _SKEW:
        found.append(
            Finding(
                "clock",
                Severity.WRONG,
                f"the store knows of {moment(heard)}, and here it is {moment(now)}.",
                "Set the clocks of all machines by the network's time (NTP).",
            )
        )
    if heard and last_run and last_run - heard > timedelta(hours=1):
        found.append(
            Finding(
                "store",
                Severity.NOTE,
                f"its newest note is of {moment(heard)}, but jobs were done until "
                f"{moment(last_run)}: it seems to come from a backup.",
                "What was posted in between and is no older than two days may be posted again; "
                "older papers are not.",
                heard,
            )
        )
    return found


async def _deliveries(store: Store, now: datetime) -> Iterable[Finding]:
    """What failed lately, or may or may not have arrived."""
    found: list[Finding] = []
    for state, (word, do) in _ENDED_BADLY.items():
        query = DeliveryQuery(states=frozenset({state}), since=now - _LATELY, limit=_MOST_ROWS)
        rows = await store.outbox.find(query)
        if rows:
            often, count = Counter(row.reason for row in rows).most_common(1)[0]
            more = "at least " if len(rows) == _MOST_ROWS else ""
            said = (
                f"{more}{len(rows)} {word} since yesterday; most often ({count}): "
                f"{often or 'no reason given'}"
            )
            oldest = min(row.created_at for row in rows)
            found.append(Finding("deliveries", Severity.NOTE, said, do, oldest))
    return found


async def _untold(store: Store, operator: Target | None, now: datetime) -> Sequence[Finding]:
    """Whether the operator's chat takes what it is told. After a refusal it is closed, and what
    comes later only waits."""
    if operator is None:
        return ()
    ended = frozenset({State.SENT, State.FAILED, State.EXPIRED})
    since = now - 7 * _LATELY
    query = DeliveryQuery(target=operator, kind=OPERATOR, states=ended, since=since, limit=1)
    for row in await store.outbox.find(query):
        if row.state is not State.SENT:
            said = f"the newest message to it did not arrive: {row.reason}"
            do = "Set run.operator to a chat that the bot can write to."
            return (Finding("run.operator", Severity.WRONG, said, do, row.created_at),)
    return ()
