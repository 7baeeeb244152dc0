"""A day's digest out of the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from bot.domain.digest import Digest, Entry
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language, Summary, SummaryKey
from bot.ports import Store
from bot.services.summarise import best

# What stands for the prompt in the key of a summary that a file brought.
_IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Assembled:
    """A digest, and the listed papers that have no summary in its language."""

    digest: Digest
    without_summary: tuple[Paper, ...]


async def papers_of_day(store: Store, source: str, day: date) -> tuple[Paper, ...]:
    """The papers of a stored list, in its order."""
    listed = await store.listings.of_day(source, day)
    papers = await store.papers.get([place.paper_id for place in listed])
    return tuple(papers[place.paper_id] for place in listed if place.paper_id in papers)


async def assemble(store: Store, source: str, day: date, language: Language) -> Assembled:
    """What the store has of a day, each paper with its best summary."""
    papers = await papers_of_day(store, source, day)
    stored = await store.summaries.of_papers([paper.id for paper in papers], language)
    summaries = by_paper(stored)
    chosen = {paper.id: best(summaries.get(paper.id, ())) for paper in papers}
    entries = tuple(
        Entry(paper, summary) for paper in papers if (summary := chosen[paper.id]) is not None
    )
    missing = tuple(paper for paper in papers if chosen[paper.id] is None)
    return Assembled(Digest(source, day, language, entries), missing)


async def keep_imported(store: Store, digest: Digest) -> None:
    """Store a digest that came from a file: papers, the day's list, summaries.

    A paper that the store knows better keeps its fields; only what is new to it is taken.
    """
    known = await store.papers.get([entry.paper.id for entry in digest.entries])
    entries = [_at_known_version(entry, known) for entry in digest.entries]
    papers = [entry.paper for entry in entries]
    await store.papers.save(papers)
    await _merge_listing(store, digest, papers)
    for entry in entries:
        await store.summaries.put(_imported_key(entry), entry.summary)


async def _merge_listing(store: Store, digest: Digest, papers: list[Paper]) -> None:
    listed = {place.paper_id for place in await store.listings.of_day(digest.source, digest.day)}
    if all(paper.id in listed for paper in papers):
        return
    # As of the day itself: a file is no look at the source, which may still be worth asking.
    seen_at = datetime.combine(digest.day, time(), UTC)
    await store.listings.record(digest.source, digest.day, papers, seen_at=seen_at)


def _at_known_version(entry: Entry, known: Mapping[PaperId, Paper]) -> Entry:
    paper = known.get(entry.paper.id)
    if paper is None:
        return entry
    return replace(entry, paper=replace(entry.paper, version=paper.version))


def _imported_key(entry: Entry) -> SummaryKey:
    provenance = entry.summary.provenance
    return SummaryKey(
        entry.paper.id,
        entry.paper.version,
        entry.summary.language,
        provenance.prompt or _IMPORTED,
        provenance.model,
    )


def by_paper(
    stored: Iterable[tuple[SummaryKey, Summary]],
) -> dict[PaperId, list[tuple[SummaryKey, Summary]]]:
    """Stored summaries, each paper's together, in the given order."""
    grouped: dict[PaperId, list[tuple[SummaryKey, Summary]]] = {}
    for key, summary in stored:
        grouped.setdefault(key.paper_id, []).append((key, summary))
    return grouped
