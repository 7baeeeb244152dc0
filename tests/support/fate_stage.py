"""A chat, a paper on its list, and the command service that tells what became of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLY = NOON - timedelta(hours=2)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
HERE = Target("fake", "1")
OLD = Chat(HERE, language="en", since=NOON - timedelta(days=30))
PAPER = Paper(
    PaperId("2611.00001"), "LLM agents", "On LLM agents.", upvotes=3, categories=("cs.CL",)
)
KEY = "paper:2611.00001:en"
MORNING = Timetable((time(8, 30),))
NIGHT = QuietHours(time(11), time(13))


def stage() -> Bench:
    options = CommandOptions("en", ("hf",))
    store, clock = MemoryStore(), VirtualClock(NOON)
    return bench(store, clock, WORDINGS, options=options, speeches=SPEECHES)


async def known(
    one: Bench,
    *papers: Paper,
    seen: timedelta = timedelta(hours=1),
    source: str = "hf",
    points: float | None = 4,
) -> None:
    """Papers on a list, first seen some time ago, with a summary unless ``points`` is None."""
    store, at = one.means.store, NOON - seen
    await store.papers.save(papers)
    await store.listings.record(source, at.date(), papers, seen_at=at)
    for paper in papers if points is not None else ():
        for language in WORDINGS:
            summary = summary_of(paper, language, points=points or 0)
            key = SummaryKey(paper.id, 1, language, "v1", "a-model")
            await store.summaries.put(key, summary)


def row(state: State, *, key: str = KEY, **changes: object) -> Delivery:
    at = NOON - timedelta(minutes=30)
    sent_at = at if state is State.SENT else None
    plain = Delivery(HERE, key, at, at, state=state, sent_at=sent_at)
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


async def why(one: Bench, chat: Chat, argument: str = "2611.00001") -> str:
    """What ``/why`` tells in a chat."""
    await one.means.store.register.put(chat)
    if chat.suspended:
        await one.means.store.chats.suspend(chat.target, chat.suspended)
    shown = await one.ask("why", argument)
    return shown.last.sections[0].lines[0] if shown.last.sections else shown.last.title
