"""A year with 100 chats of different settings over real days, on virtual time.

The planner and the deliverer are the real ones. What each chat should have got is worked out beside
them, from its settings alone, by plain rules and regular expressions.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.testing import EditableFake, FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.paper import Paper
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.ports import Store
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Settled, Tools
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.services.testing_oracle import Oracle, Said, after_quiet, nothing_said
from bot.services.testing_year import PLATFORMS, Turn, draw_chats, turns
from bot.sources.hf_parse import parse_daily
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import LoopClock, Threads, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

FIRST = date(2026, 3, 2)  # a Monday
A_QUARTER = timedelta(weeks=13)
# The deliverer looks so many minutes after a turn; what is due comes at its next look.
LOOKS_AT = (0, 2, 31, 61, 91)
SOON = timedelta(minutes=30)
# Rows that old matter to nobody any more.
KEPT = timedelta(days=16)
_SAYS = re.compile(r"«(\w\w) (\S+)»")


@dataclass
class Got:
    """What stands in a chat in the end, by the key of the post, and when each was sent first."""

    said: Said = field(default_factory=nothing_said)
    sent: dict[str, datetime] = field(default_factory=dict[str, datetime])


class World:
    """The real parts, on some store."""

    def __init__(self, store: Store, clock: LoopClock) -> None:
        self.fakes: dict[str, FakeAdapter] = {
            name: FakeAdapter(name) if name == "appends" else EditableFake(name)
            for name in PLATFORMS
        }
        self._store, self._clock = store, clock
        self._settled: list[Settled] = []
        self._planner = Planner(store, clock)
        quiet = QuietWords(store, clock, health=Health(), wording=load_wording)
        voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
        publication = Publication(store, voices, quiet, clock=clock)
        tools = Tools(store, clock, watch=self._settled.append)
        self._deliverer = Deliverer(self.fakes.values(), publication.compose, tools=tools)

    async def live(self, script: Sequence[Turn]) -> dict[Target, Got]:
        """Play the turns; returns what each chat got."""
        for turn in script:
            await self._sleep_until(turn.at)
            for chat in turn.chats:
                await self._store.register.put(chat)
            if not turn.asleep:
                await self._work(turn)
        return self._got()

    async def _work(self, turn: Turn) -> None:
        for look in turn.looks:
            await self._store.papers.save(look.papers)
            await self._store.listings.record(look.source, look.day, look.papers, seen_at=turn.at)
        for summary in turn.summaries:
            key = SummaryKey(summary.paper_id, 1, summary.language, "p", "m")
            await self._store.summaries.put(key, summary)
        await self._planner.plan()
        for minutes in LOOKS_AT:
            await self._sleep_until(turn.at + timedelta(minutes=minutes))
            await self._deliverer.run_once()
        if turn.at.hour == 14:
            await self._store.backlog.prune(before=turn.at - KEPT)

    async def _sleep_until(self, moment: datetime) -> None:
        """A millisecond longer: after months of sleeping seconds are no longer exact."""
        seconds = (moment - self._clock.now()).total_seconds()
        await self._clock.sleep(seconds + 0.001)

    def _got(self) -> dict[Target, Got]:
        found = defaultdict[Target, Got](Got)
        posts: dict[tuple[Target, str | None], str] = {}
        for settled in self._settled:
            row = settled.delivery
            if row.state is State.SENT and row.sent_at is not None:
                key = re.sub(r"^edit:(.*):\d+$", r"\1", row.post_key)
                posts[row.target, row.message_id] = key
                found[row.target].sent.setdefault(key, row.sent_at)
            else:
                assert row.state in {State.PENDING, State.INCLUDED}, row
        for fake in self.fakes.values():
            for target, calls in fake.chats.items():
                for call in calls:
                    said = _SAYS.findall(call.message.text)
                    found[target].said[posts[target, call.message_id]].update(said)
        return found


def _naps(script: Sequence[Turn]) -> Iterator[tuple[datetime, datetime]]:
    """From the last look before everything sleeps to the first after it."""
    for before, after in pairwise(turn.at for turn in script if not turn.asleep):
        if after - before > timedelta(hours=2):
            yield before + timedelta(minutes=LOOKS_AT[-1]), after


def _awake(chat: Chat, due: datetime, naps: Sequence[tuple[datetime, datetime]]) -> datetime:
    """When something can really be sent."""
    for asleep, awake in naps:
        if asleep < due < awake:
            return after_quiet(chat, awake)
    return due


def _days(shared: Path) -> Iterator[Sequence[Paper]]:
    for file in sorted((shared / "data" / "hf_daily").glob("2*.json")):
        yield parse_daily(file.read_bytes(), day=date.fromisoformat(file.stem)).papers


def _compare(script: Sequence[Turn], got: Mapping[Target, Got]) -> int:
    """Returns how many messages there were."""
    oracle = Oracle(script[0].at, script[-1].at)
    for turn in script:
        oracle.hear(turn)
    naps, end = list(_naps(script)), max(turn.at for turn in script if not turn.asleep)
    for target, member in oracle.members.items():
        due = {key: _awake(member.chat, at, naps) for key, at in member.due.items()}
        due = {key: at for key, at in due.items() if at <= end}
        expected = {key: said for key, said in member.said.items() if key in due}
        found = got[target]
        assert found.said == expected, (member.chat, _difference(found.said, expected))
        for key, at in due.items():
            assert at <= found.sent[key] <= at + SOON, (member.chat, key, at)
    return sum(len(member.due) for member in oracle.members.values())


def _difference(found: Said, expected: Said) -> list[str]:
    keys = sorted({*found, *expected})
    return [
        f"{k}: {found.get(k)} for {expected.get(k)}"
        for k in keys
        if found.get(k) != expected.get(k)
    ][:5]


@pytest.fixture(scope="session")
def real_days(shared: Path) -> Sequence[Sequence[Paper]]:
    return list(_days(shared))


@pytest.mark.parametrize(
    "first", [pytest.param(FIRST + n * A_QUARTER, id=f"quarter-{n + 1}") for n in range(4)]
)
def test_in_a_year_each_of_100_chats_gets_what_its_settings_say_once(
    first: date, real_days: Sequence[Sequence[Paper]]
) -> None:
    """In quarters, so that they can run side by side."""
    chats = draw_chats(100, seed=first.month, first=first)
    script = list(turns(real_days, chats, first=first, length=A_QUARTER.days, most=3))

    async def main() -> dict[Target, Got]:
        return await World(MemoryStore(), LoopClock(script[0].at)).live(script)

    assert _compare(script, run_virtually(main)) > 2500


def test_so_it_is_on_sqlite(real_days: Sequence[Sequence[Paper]], tmp_path: Path) -> None:
    chats = draw_chats(25, seed=5, first=FIRST)
    script = list(turns(real_days, chats, first=FIRST, length=10, most=8))
    threads = Threads()

    async def main() -> dict[Target, Got]:
        async with open_store(tmp_path / "sulan.db") as store:
            return await World(threads.watch(store), LoopClock(script[0].at)).live(script)

    assert _compare(script, run_virtually(main, threads=threads)) > 150
