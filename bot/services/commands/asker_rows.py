"""Papers as rows of a list, for whoever asks."""

from collections.abc import Sequence

from bot.domain.paper_id import PaperId
from bot.domain.summary import Language
from bot.services.commands.asking import Asker, Means
from bot.services.finding.rows import PaperRow, ReadRows


class AskerRows:
    """Reads rows by the sources of the asker's chat, or else the given ones."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._means = means
        self._sources = tuple(sources)

    async def rows(self, ids: Sequence[PaperId], asker: Asker) -> Sequence[PaperRow]:
        """Those of the papers that are stored, in the given order.

        Raises:
            StoreError: the store cannot be read.
        """
        reading = ReadRows(self._means.store, self.languages(asker), self.sources(asker))
        return await reading.rows(ids, now=self._means.clock.now())

    def sources(self, asker: Asker) -> tuple[str, ...]:
        """By whose lists days are told."""
        return asker.chat.sources if asker.chat else self._sources

    def languages(self, asker: Asker) -> tuple[Language, ...]:
        """The asker's own, then the others: a score in any is better than none."""
        own = asker.wording.language
        return (own, *(language for language in self._means.wordings if language != own))
