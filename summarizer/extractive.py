"""Quotation instead of a model: the abstract's own sentences, sorted into the four parts."""

from collections.abc import Sequence

from bot.domain.errors import SummaryError
from bot.domain.paper import Paper
from bot.domain.summary import Keyword, Language, Origin, Provenance, Summary
from bot.domain.text import collapse
from bot.ports import Clock
from summarizer.extraction.choice import choose
from summarizer.extraction.cues import read_marks
from summarizer.phrases import key_phrases
from summarizer.sentences import split_sentences

# The version of the rules; a change in what is quoted is a new one, so that stored summaries
# are not taken for what the new rules would say.
RULES = "quote-1"

# FORMAT: about five keywords; the checks on models' answers allow three to seven.
_FEWEST_KEYWORDS = 3
_MOST_KEYWORDS = 7

# Hugging Face's longest keyword over 579 papers has 64 characters; what is longer is a sentence.
_LONGEST_KEYWORD = 80


_WIDE_ENDS = ("。", "！", "？", "”", "」", "』", "）")


class ExtractiveSummarizer:
    """A ``Summarizer`` without a model, a dependency or the network.

    Sentences are quoted character by character, in the abstract's order and language whatever
    language is asked for; the wording around them says what they are. Nothing is rated, and
    nothing needs vouching for. The same paper always gives the same text.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def model(self) -> str:
        """Always ``extractive``."""
        return "extractive"

    @property
    def prompt(self) -> str:
        """The version of the rules."""
        return RULES

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        """Quote a paper's abstract; takes about a millisecond.

        Raises:
            SummaryError: there is no abstract to quote (F13).
        """
        text = collapse(paper.abstract)
        sentences = tuple(sentence.strip() for sentence in split_sentences(text))
        if not sentences:
            raise SummaryError(
                f"{paper.id} has no abstract to quote from. Read the paper at {paper.abs_url}."
            )
        choice = choose(paper.title, sentences)
        return Summary(
            paper_id=paper.id,
            language=language,
            main_work=_joined([sentences[at] for at in choice.main_work]),
            highlights=tuple(sentences[at] for at in choice.highlights),
            keywords=_keywords(paper, sentences),
            scores=None,
            provenance=Provenance(Origin.EXTRACTIVE, prompt=RULES, created_at=self._clock.now()),
        )


def _joined(sentences: Sequence[str]) -> str:
    """One paragraph; Chinese sentences follow each other without a space."""
    text = ""
    for sentence in sentences:
        gap = "" if not text or text.endswith(_WIDE_ENDS) else " "
        text = f"{text}{gap}{sentence}"
    return text


def _keywords(paper: Paper, sentences: Sequence[str]) -> tuple[Keyword, ...]:
    """Hugging Face's keywords; where they are too few, the text's own phrases after them."""
    terms = [collapse(term) for term in paper.keywords]
    if len(terms) < _FEWEST_KEYWORDS:
        statements = " ".join(s for s in sentences if not read_marks(s).aside)
        terms += key_phrases(paper.title, statements, limit=_MOST_KEYWORDS - len(terms))
    unique: dict[str, str] = {}
    for term in terms:
        if 0 < len(term) <= _LONGEST_KEYWORD:
            unique.setdefault(term.lower(), term)
    return tuple(Keyword(term) for term in unique.values())[:_MOST_KEYWORDS]
