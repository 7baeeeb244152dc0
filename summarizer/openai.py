"""Summaries by a language model: at most two answers a paper, each judged before it is used."""

from dataclasses import dataclass, replace

from bot.domain.errors import (
    SummaryCutOff,
    SummaryError,
    SummaryFiltered,
    SummaryMalformed,
    SummaryRefused,
)
from bot.domain.paper import Paper
from bot.domain.summary import Language, Origin, Provenance, Summary, SummaryKey
from bot.ports import Clock
from summarizer.answer import AnswerUnreadable, Asked, TextReader, read_answer
from summarizer.chat import ChatReply
from summarizer.checks import Review, review
from summarizer.draft import Draft
from summarizer.ladder import Rung
from summarizer.languages import load_wording
from summarizer.line import ModelLine
from summarizer.model_status import ModelStatus
from summarizer.prompting import PROMPT_VERSION, correction, reassurance
from summarizer.question import Question


@dataclass(frozen=True, slots=True)
class _Judged:
    """An answer's text with what the checks make of it."""

    review: Review
    text: str

    @property
    def rank(self) -> tuple[bool, int]:
        """Lower is better."""
        return self.review.unusable is not None, len(self.review.findings)


class OpenAISummarizer:
    """Implements ``summarizer.base.Summarizer`` with any OpenAI-compatible endpoint.

    ``read_text`` reads the four-part Markdown (``summarizer.markdown``), for endpoints that know
    no other form.
    """

    def __init__(self, line: ModelLine, *, clock: Clock, read_text: TextReader) -> None:
        self._line = line
        self._clock = clock
        self._read_text = read_text

    @property
    def model(self) -> str:
        """The model's name at its endpoint."""
        return self._line.options.model

    @property
    def prompt(self) -> str:
        """The version of the packaged prompt."""
        return PROMPT_VERSION

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        """Write one summary, with at most one retry that tells the model what was wrong.

        Faults that remain are in the summary's findings. Requests that an endpoint was too busy
        for do not count as answers.

        Raises:
            SummaryRefused, SummaryFiltered, SummaryCutOff, SummaryMalformed: the second answer was
                no better.
            ModelBusy, ModelUnusable, BudgetSpent: there was no answer.
            SummaryError: there is nothing to summarise, or the request is not taken.
            InvalidInput: there is no wording for the language.
        """
        if paper.withdrawn or not paper.abstract.strip():
            lack = "is withdrawn" if paper.withdrawn else "has no abstract"
            raise SummaryError(f"{paper.id} {lack}: there is nothing to summarise.")
        question = self._question(paper, language)
        try:
            first = await self._judged(question)
        except SummaryError as error:
            second = await self._second(_after_failure(question, error), error)
            return self._summary(question, second)
        if not first.review.findings and first.review.unusable is None:
            return self._summary(question, first)
        return self._summary(question, await self._better(first, question))

    async def model_status(self) -> ModelStatus:
        """What the endpoint says of itself and of the model; never raises a SummaryError."""
        return await self._line.status()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.aclose()

    def _question(self, paper: Paper, language: Language) -> Question:
        key = SummaryKey(paper.id, paper.version, language, self.prompt, self.model)
        cap = self._line.options.max_output_tokens
        return Question(key, paper, load_wording(language), cap)

    async def _judged(self, question: Question) -> _Judged:
        asked = Asked(question.about, question.wording, self._read_text)

        def read(reply: ChatReply, rung: Rung) -> Draft:
            return read_answer(reply, rung, asked)

        answer = await self._line.ask(question, read)
        verdict = review(answer.draft, question.paper, question.key.language)
        return _Judged(verdict, answer.text)

    async def _second(self, question: Question, first: SummaryError) -> _Judged:
        """The answer after one without a draft. A request that is not taken at all (a larger cap
        than the model has) leaves the first failure as the reason."""
        try:
            return await self._judged(question)
        except SummaryError as error:
            if error.reason == SummaryError.reason:
                raise first from error
            raise

    async def _better(self, first: _Judged, question: Question) -> _Judged:
        """The better of an answer with faults and one that was told of them. The second wins a
        tie; where it fails, the first stands if it is fit to publish."""
        remark = correction(first.review.complaint(), answer=first.text)
        try:
            second = await self._judged(replace(question, remark=remark))
        except SummaryError:
            if first.review.unusable is not None:
                raise
            return first
        return min(second, first, key=lambda judged: judged.rank)

    def _summary(self, question: Question, judged: _Judged) -> Summary:
        verdict, key = judged.review, question.key
        if verdict.unusable is not None:
            raise SummaryMalformed(f"{question.about}: not fit to publish: {verdict.unusable}")
        draft = verdict.draft
        return Summary(
            paper_id=key.paper_id,
            language=key.language,
            main_work=draft.main_work,
            highlights=draft.highlights,
            keywords=draft.keywords,
            scores=draft.scores,
            provenance=Provenance(Origin.MODEL, key.model, key.prompt, self._clock.now()),
            findings=verdict.findings,
        )


def _after_failure(question: Question, error: SummaryError) -> Question:
    """The question that may be asked once more after an answer without a draft.

    Raises:
        SummaryError: the same, where asking again would change nothing.
    """
    match error:
        case AnswerUnreadable():
            return replace(question, remark=correction(f"- {error.fault}"))
        case SummaryRefused():
            return replace(question, remark=reassurance())
        case SummaryCutOff():
            return replace(question, cap=2 * question.cap)
        case SummaryFiltered() | SummaryMalformed():
            return question
        case _:
            raise error
