"""From a delivery's key to the post that it stands for, as the store has it now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.digest import Entry
from bot.domain.errors import InvalidInput
from bot.domain.post import Post
from bot.domain.summary import Language
from bot.domain.wording import Wording
from bot.ports import Store
from bot.services.compose import compose, in_other_languages
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import PaperPost, QuietPost, read_post_key
from bot.services.summarise import best
from summarizer.base import Summarizer


@dataclass(frozen=True, slots=True)
class Voices:
    """Who finds the words: each language's table, the languages offered by buttons, and the
    summariser that quotes a paper whose summary is not there in time (F23)."""

    wording: Callable[[Language], Wording]
    languages: Sequence[Language]
    quoting: Summarizer


class Publication:
    """Composes posts for the deliverer (``deliver.prepared.Compose``)."""

    def __init__(self, store: Store, voices: Voices, quiet: QuietWords) -> None:
        self._store = store
        self._voices = voices
        self._quiet = quiet

    async def compose(self, delivery: Delivery, chat: Chat) -> Post | None:
        """The post; ``None`` where there is no more reason to send it.

        Raises:
            StoreError: the store cannot be read.
            InvalidInput: the key names nothing that is stored.
            SummaryError: the paper has neither a summary nor anything to quote.
        """
        name = read_post_key(delivery.post_key)
        if isinstance(name, QuietPost):
            return await self._quiet.post(chat, name)
        if not isinstance(name, PaperPost):
            raise InvalidInput(f"{delivery.post_key} cannot be composed yet.")
        return await self._paper(name)

    async def _paper(self, name: PaperPost) -> Post:
        paper = (await self._store.papers.get([name.paper_id])).get(name.paper_id)
        if paper is None:
            raise InvalidInput(f"Paper {name.paper_id} is not in the store.")
        stored = await self._store.summaries.of_papers([paper.id], name.language)
        summary = best(stored) or await self._voices.quoting.summarize(paper, name.language)
        words = self._voices.wording(name.language)
        others = [self._voices.wording(language) for language in self._voices.languages]
        buttons = in_other_languages(paper.id, words, others)
        return compose(Entry(paper, summary), words, actions=buttons)
