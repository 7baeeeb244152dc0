"""The port: a paper in, its four parts out."""

from typing import Protocol

from bot.domain.paper import Paper
from bot.domain.summary import Language, Summary


class Summarizer(Protocol):
    """Writes summaries. ``model`` and ``prompt`` name what wrote them, as in ``SummaryKey``."""

    @property
    def model(self) -> str:
        """The model's name at its endpoint; ``extractive`` for quotation without a model."""
        ...

    @property
    def prompt(self) -> str:
        """The version of the prompt (or of the extraction rules)."""
        ...

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        """Write one summary; ``findings`` name what could not be vouched for.

        Raises:
            SummaryError: no summary came of it (one of its kinds says why).
        """
        ...
