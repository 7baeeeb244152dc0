"""Papers by id: arXiv, and Hugging Face while arXiv cannot answer (F10)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import SourceError
from bot.domain.listing import LookUp
from bot.domain.paper_id import PaperId, PaperRef
from bot.ports import PaperLookup


class ArxivFirst:
    """Implements ``bot.ports.PaperLookup`` over two others.

    Only arXiv may say that there is no such paper: Hugging Face has those that somebody named
    there, so what it lacks stays unanswered.
    """

    def __init__(self, *, arxiv: PaperLookup, hugging_face: PaperLookup) -> None:
        self._arxiv = arxiv
        self._hugging_face = hugging_face

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        """See ``PaperLookup.look_up``; the errors are arXiv's, as is the answer's ``failure``."""
        failure: SourceError | None = None
        try:
            answer = await self._arxiv.look_up(refs)
        except SourceError as error:
            failure = error
            answer = LookUp({}, unanswered={ref.id: str(error) for ref in refs})
        open_refs = [ref for ref in refs if ref.id in answer.unanswered]
        second = await self._second(open_refs)
        if failure is not None and second is None:
            raise failure
        return replace(_joined(answer, second or LookUp({})), failure=failure)

    async def _second(self, refs: Sequence[PaperRef]) -> LookUp | None:
        """Hugging Face's answer, ``None`` where it has none about any of them."""
        if not refs:
            return None
        try:
            answer = await self._hugging_face.look_up(refs)
        except SourceError:
            return None
        return answer if answer.found or answer.missing else None


def _joined(first: LookUp, second: LookUp) -> LookUp:
    unanswered = {
        paper_id: _reason(paper_id, reason, second)
        for paper_id, reason in first.unanswered.items()
        if paper_id not in second.found
    }
    return LookUp({**first.found, **second.found}, first.missing, unanswered)


def _reason(paper_id: PaperId, reason: str, second: LookUp) -> str:
    if paper_id in second.missing:
        return f"{reason} Hugging Face does not know {paper_id}."
    return reason
