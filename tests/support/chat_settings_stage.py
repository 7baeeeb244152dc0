"""The command service with a day of papers, and what it stores of a chat."""

from datetime import UTC, datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
HERE = Target("fake", "1")
OPTIONS = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
TITLES = ("LLM agents", "Video generation", "Robots that learn", "Diffusion LLM")


def stage(options: CommandOptions = OPTIONS) -> Bench:
    return bench(MemoryStore(), VirtualClock(NOON), WORDINGS, options=options, speeches=SPEECHES)


async def with_papers(one: Bench, *, summarised: bool = True) -> Bench:
    """Today's list: four papers, the last recommended most."""
    store = one.means.store
    papers = [Paper(PaperId(f"2611.{n:05}"), t, f"On {t}.") for n, t in enumerate(TITLES, 1)]
    await store.papers.save(papers)
    seen_at = NOON - timedelta(hours=3)
    await store.listings.record("hf", NOON.date(), papers, seen_at=seen_at)
    for points, paper in enumerate(papers, 1):
        for language in WORDINGS if summarised else ():
            key = SummaryKey(paper.id, 1, language, "v1", "a-model")
            await store.summaries.put(key, summary_of(paper, language, points=points))
    return one


async def stored(one: Bench, target: Target = HERE) -> Chat | None:
    return await one.means.store.register.at(target)


async def rows(one: Bench, target: Target = HERE) -> list[Delivery]:
    return list(await one.means.store.outbox.find(DeliveryQuery(target=target)))


async def sure(one: Bench) -> Chat:
    chat = await stored(one)
    assert chat is not None
    return chat
