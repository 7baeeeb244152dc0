"""F55: killed at any point, a digest shows every paper, and an edit doubles nothing."""

import asyncio
import re
from collections import Counter
from typing import Any

import pytest

from adapters.base import Message
from adapters.testing import EditableFake, FakeAdapter, RepeatableFake
from bot.domain.chat import Chat, Style
from bot.domain.delivery import State
from bot.domain.target import Receipt, Target
from bot.ports import Store
from bot.services.deliver.testing import START
from bot.services.deliver.testing_digests import DigestStage
from bot.services.deliver.testing_kills import Life, Mortal, MortalClock, bury
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from bot.store.sql_store import open_store
from bot.virtual_time import Threads, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

TELEGRAM, DISCORD, CONSOLE = (Target(name, "A") for name in ("telegram", "discord", "console"))
TARGETS = [TELEGRAM, DISCORD, CONSOLE]
# A digest of one message, which late papers make one of three; the better ones move the others, and
# where nothing can be edited they fill two messages more.
FIRST, LATE, LAST = range(1, 15), range(15, 32), range(32, 34)


class Killable(FakeAdapter):
    """A program may die on either side of a call."""

    life = Life()

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        await self.life.step()
        receipt = await super().send(target, message, key=key)
        await self.life.step()
        return receipt


class KillableEditor(Killable, EditableFake):
    """Also on either side of an edit."""

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        await self.life.step()
        await super().edit(target, message_id, message)
        await self.life.step()


class KillableDiscord(KillableEditor, RepeatableFake):
    """And with keys."""


class Play:
    """A store, three platforms, a planner that lives, and deliverers that die."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fakes = [
            KillableEditor("telegram", limit=20_000),
            KillableDiscord("discord", limit=20_000),
            Killable("console", limit=20_000),
        ]
        self.planning = self._stage(Life())

    async def day(self, *ends: int, downtime: float = 91) -> int:
        """Papers come at three times, while programs die in turn; returns the last one's steps."""
        chats = [Chat(target, language="en", style=Style.DIGEST) for target in TARGETS]
        await self.planning.open(chats)
        coming = asyncio.ensure_future(self._come())
        for ends_at in ends:
            await self.live(ends_at)
            await asyncio.sleep(downtime)
        steps = await self.live(until=coming)
        await coming
        return steps

    async def _come(self) -> None:
        await self.planning.come(*FIRST, targets=TARGETS)
        await asyncio.sleep(20)
        await self.planning.come(*LATE, targets=TARGETS, points=5)
        await asyncio.sleep(70)
        await self.planning.come(*LAST, targets=TARGETS, points=4.5)

    async def live(
        self, ends_at: int | None = None, *, until: asyncio.Future[None] | None = None
    ) -> int:
        life = Life(ends_at)
        for fake in self.fakes:
            fake.life = life
        stopping = asyncio.Event()
        running = asyncio.ensure_future(self._stage(life).deliverer(*self.fakes).run(stopping))
        for _ in range(500):
            if life.over.is_set() or (
                until is not None and until.done() and await self.planning.quiet()
            ):
                break
            await asyncio.sleep(0.5)
        stopping.set()
        if not life.over.is_set():
            await running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return life.steps

    async def check(self) -> int:
        """Every paper stands in exactly one message that we know; returns how many messages came
        twice, which is only what was in flight without a key."""
        twice = 0
        for fake in self.fakes:
            target = Target(fake.name, "A")
            rows = await self.planning.rows(target)
            assert {row.state for row in rows} <= {State.SENT, State.INCLUDED}, rows
            known = {row.message_id for row in rows if row.state is State.SENT}
            standing = [call for call in fake.chats[target] if call.message_id in known]
            papers = Counter(n for call in standing for n in papers_in(call.message.text))
            assert papers == Counter([*FIRST, *LATE, *LAST]), (fake.name, papers)
            orphans = len(fake.chats[target]) - len(standing)
            assert orphans <= sum(row.resent for row in rows)
            assert not orphans or fake.name != "discord"
            twice += orphans
        return twice

    def _stage(self, life: Life) -> DigestStage:
        store: Any = Mortal(self.store, life)
        clock = MortalClock(START, life)
        quiet = QuietWords(store, clock, health=Health(), wording=load_wording)
        voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
        publication = Publication(store, voices, quiet, clock=clock)
        return DigestStage(store, clock, publication.compose)


def papers_in(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"Paper (\d+)", text)]


def steps_of_a_whole_day() -> int:
    async def main() -> int:
        play = Play(MemoryStore())
        steps = await play.day()
        assert await play.check() == 0
        return steps

    return run_virtually(main)


@pytest.mark.parametrize(
    ("downtime", "stride"),
    [
        pytest.param(2, 7, id="restarted before the leases end"),
        pytest.param(91, 4, id="restarted when they have ended"),
        pytest.param(300, 7, id="restarted when no key is known any more"),
    ],
)
def test_f55_killed_at_any_step_a_digest_shows_every_paper_once(
    downtime: float, stride: int
) -> None:
    steps = steps_of_a_whole_day()
    twice: list[int] = []

    async def main(ends_at: int) -> None:
        play = Play(MemoryStore())
        await play.day(ends_at, downtime=downtime)
        twice.append(await play.check())
        await bury()

    assert steps > 100
    for ends_at in range(1, steps + 1, stride):
        run_virtually(lambda at=ends_at: main(at))
    assert max(twice) <= 2  # one message for each platform without keys that had a call in flight


@pytest.mark.parametrize("share", [0.15, 0.35, 0.55, 0.75, 0.95])
def test_f55_killed_over_a_database_a_digest_shows_every_paper_once(
    share: float, place: str
) -> None:
    threads = Threads()

    async def main(ends_at: int) -> None:
        async with threads.opening(open_store(place)) as store:
            play = Play(store)
            await play.day(ends_at)
            await play.check()
            await bury()

    ends_at = int(steps_of_a_whole_day() * share)
    run_virtually(lambda: main(ends_at), threads=threads)
