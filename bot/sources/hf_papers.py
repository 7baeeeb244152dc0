"""Papers by id from Hugging Face, which indexes many new-style ids and tells no versions."""

from collections.abc import Sequence

from yarl import URL

from bot.domain.errors import SourceBroken, SourceError, SourceUnavailable
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.sources.exchange import JSON_TYPES, Answer, Request
from bot.sources.hf_daily import HF_BASE
from bot.sources.hf_parse import parse_paper
from bot.sources.http import HttpClient


class HfPapers:
    """Implements ``bot.ports.PaperLookup``.

    ``missing`` here means that Hugging Face does not know the paper; arXiv may.
    """

    def __init__(self, client: HttpClient, *, base: str = HF_BASE) -> None:
        self._client = client
        self._base = base

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        """See ``PaperLookup.look_up``. One request per paper; the first outage ends the round."""
        found: dict[PaperId, Paper] = {}
        missing: set[PaperId] = set()
        unanswered: dict[PaperId, str] = {}
        outage: SourceUnavailable | None = None
        failure: SourceError | None = None
        for ref in refs:
            reason = str(outage) if outage else _cannot_tell(ref)
            if reason:
                unanswered[ref.id] = reason
                continue
            try:
                paper = await self._one(ref.id)
            except SourceError as error:
                outage = error if isinstance(error, SourceUnavailable) else None
                failure = failure or error
                unanswered[ref.id] = str(error)
                continue
            if paper is None:
                missing.add(ref.id)
            else:
                found[ref.id] = paper
        if failure is not None and not found and not missing:
            raise failure
        return LookUp(found, frozenset(missing), unanswered)

    async def _one(self, paper_id: PaperId) -> Paper | None:
        request = Request(
            str(URL(self._base) / "api/papers" / paper_id.value),
            content_types=JSON_TYPES,
            statuses=frozenset({200, 404}),
        )
        paper = await self._client.get(request, _read_paper)
        if paper is not None and paper.id != paper_id:
            raise SourceBroken(
                f"Hugging Face answered with {paper.id} where {paper_id} was asked for (T11)."
            )
        return paper


def _read_paper(answer: Answer) -> Paper | None:
    return None if answer.status == 404 else parse_paper(answer.body)


def _cannot_tell(ref: PaperRef) -> str:
    if not ref.id.is_new_style:
        return f"Hugging Face has no old-style ids such as {ref.id}."
    if ref.version not in (None, 1):
        return f"Hugging Face tells no versions, and {ref} was asked for."
    return ""
