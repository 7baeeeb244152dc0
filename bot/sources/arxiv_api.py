"""Papers by id from arXiv's API, which knows every version."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from yarl import URL

from bot.domain.errors import SourceError, SourceUnavailable
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.sources.atom_parse import AtomFeed, parse_atom
from bot.sources.exchange import FEED_TYPES, Answer, Request
from bot.sources.http import HttpClient

ARXIV_API = "https://export.arxiv.org/api/query"
# Ids in one request: an address of 2 kB, and an answer of some 0.2 MB.
BATCH = 100
# arXiv's words for an id it cannot read, for the whole batch (API user's manual, section 3.4).
_BAD_ID = "incorrect id format"


@dataclass(slots=True)
class _Round:
    """What one look-up has learnt so far."""

    found: dict[PaperId, Paper] = field(default_factory=dict[PaperId, Paper])
    missing: set[PaperId] = field(default_factory=set[PaperId])
    unanswered: dict[PaperId, str] = field(default_factory=dict[PaperId, str])
    failure: SourceError | None = None

    def give_up_on(self, refs: Sequence[PaperRef], reason: str) -> None:
        self.unanswered.update({ref.id: reason for ref in refs})


class ArxivApi:
    """Implements ``bot.ports.PaperLookup``. ``url`` is arXiv's query interface or a mirror's."""

    def __init__(self, client: HttpClient, *, url: str = ARXIV_API) -> None:
        self._client = client
        self._url = url

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        """See ``PaperLookup.look_up``. A paper asked for twice is asked for as it came first.

        What an answer lacks is asked for a second time before it counts as missing: arXiv is known
        to answer with nothing now and then (F12).
        """
        asked = tuple({ref.id: ref for ref in reversed(refs)}.values())[::-1]
        known = _Round()
        lacking = await self._ask_for(asked, known)
        again = await self._ask_for(lacking, known)
        known.missing.update(ref.id for ref in again)
        if known.failure is not None and not known.found and not known.missing:
            raise known.failure
        return LookUp(known.found, frozenset(known.missing), known.unanswered)

    async def _ask_for(self, refs: Sequence[PaperRef], known: _Round) -> list[PaperRef]:
        """Ask in batches; returns those that arXiv answered without."""
        lacking: list[PaperRef] = []
        waiting = [refs[start : start + BATCH] for start in range(0, len(refs), BATCH)]
        while waiting:
            batch = waiting.pop(0)
            try:
                feed = await self._fetch(batch)
            except SourceError as error:
                known.failure = known.failure or error
                # While arXiv is out of reach the other batches need not try.
                hopeless = waiting if isinstance(error, SourceUnavailable) else []
                for lost in (batch, *hopeless):
                    known.give_up_on(lost, str(error))
                hopeless.clear()
                continue
            if feed.error is not None:
                waiting += _after_complaint(feed.error, batch, known)
                continue
            lacking += _take(feed, batch, known)
        return lacking

    async def _fetch(self, batch: Sequence[PaperRef]) -> AtomFeed:
        query = {
            "id_list": ",".join(str(ref) for ref in batch),
            "start": "0",
            "max_results": str(len(batch)),  # without it, arXiv gives the first ten (F12)
        }
        request = Request(
            str(URL(self._url).with_query(query)),
            content_types=FEED_TYPES,
            statuses=frozenset({200, 400}),  # a complaint is a feed too
        )
        return await self._client.get(request, _read)


def _read(answer: Answer) -> AtomFeed:
    return parse_atom(answer.body)


def _take(feed: AtomFeed, batch: Sequence[PaperRef], known: _Round) -> list[PaperRef]:
    """Note what was asked for and nothing else (T11); returns what the answer lacks."""
    papers = {paper.id: paper for paper in feed.papers}
    unreadable = {entry.where: entry.reason for entry in feed.quarantined}
    lacking: list[PaperRef] = []
    for ref in batch:
        paper = papers.get(ref.id)
        if paper is not None and ref.version in (None, paper.version):
            known.found[ref.id] = paper
        elif ref.id.value in unreadable:
            reason = f"arXiv's entry of {ref} cannot be read: {unreadable[ref.id.value]}"
            known.unanswered[ref.id] = reason
        else:
            lacking.append(ref)
    foreign = papers.keys() - {ref.id for ref in batch}
    if foreign and lacking:
        # Whoever mixes papers up cannot be believed about what there is not.
        known.give_up_on(lacking, f"arXiv answered about {min(foreign)}, which nobody asked for.")
        return []
    return lacking


def _after_complaint(
    complaint: str, batch: Sequence[PaperRef], known: _Round
) -> list[Sequence[PaperRef]]:
    """What to ask next when arXiv refuses a batch (F11): one bad id must not cost the others.

    The id that the complaint names is missing; where it names none, the halves are asked apart.
    """
    if _BAD_ID not in complaint.lower():
        known.give_up_on(batch, f"arXiv answered with an error: {complaint[:200]}")
        return []
    words = complaint.split()
    bad = [ref for ref in batch if str(ref) in words] or (list(batch) if len(batch) == 1 else [])
    known.missing.update(ref.id for ref in bad)
    rest = [ref for ref in batch if ref not in bad]
    if bad:
        return [rest] if rest else []
    middle = len(rest) // 2
    return [rest[:middle], rest[middle:]]
