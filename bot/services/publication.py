"""From a delivery's key to the post that it stands for, as the store has it now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery
from bot.domain.digest import Entry
from bot.domain.errors import InvalidInput
from bot.domain.paper import Paper
from bot.domain.post import Post, Section
from bot.domain.speech import ENGLISH, Speech
from bot.domain.summary import Language
from bot.domain.timetable import local_day
from bot.domain.wording import Wording
from bot.ports import Clock, Store
from bot.services.compose import compose, feedback, in_other_languages, list_name
from bot.services.digest_post import day_heading
from bot.services.digest_reading import Digests, Tongues
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import (
    AnnouncementPost,
    DigestPost,
    DigestSlice,
    EditPost,
    OperatorPost,
    PaperPost,
    QuietPost,
    read_post_key,
)
from bot.services.summarise import best
from summarizer.base import Summarizer


def _english(_: Language) -> Speech:
    return ENGLISH


@dataclass(frozen=True, slots=True)
class Voices:
    """Who finds the words: each language's table and sentences, the languages offered by buttons,
    and the summariser that quotes a paper whose summary is not there in time (F23)."""

    wording: Callable[[Language], Wording]
    languages: Sequence[Language]
    quoting: Summarizer
    speech: Callable[[Language], Speech] = _english


class Publication:
    """Composes posts for the deliverer (``deliver.prepared.Compose``)."""

    def __init__(self, store: Store, voices: Voices, quiet: QuietWords, *, clock: Clock) -> None:
        self._store = store
        self._voices = voices
        self._quiet = quiet
        self._digests = Digests(store, clock, tongues=Tongues(voices.wording, voices.speech))

    async def compose(  # noqa: PLR0911 - a table: one return a row
        self, delivery: Delivery, chat: Chat
    ) -> Post | Sequence[Post] | None:
        """The post, or a digest's, one or more; ``None`` or none where there is no more reason to
        send it.

        Raises:
            StoreError: the store cannot be read.
            InvalidInput: the key names nothing that is stored.
            SummaryError: the paper has neither a summary nor anything to quote.
        """
        match read_post_key(delivery.post_key):
            case PaperPost() as name:
                return self._gathered(await self._paper(name, chat), delivery, chat)
            case QuietPost() as name:
                return await self._quiet.post(chat, name)
            case DigestPost() as digest:
                return await self._digests.posts(digest, chat)
            case EditPost(digest):
                return await self._digests.posts(digest, chat)
            case DigestSlice(digest, after, upto):
                return await self._digests.posts(digest, chat, after=after, upto=upto)
            case AnnouncementPost(announcement):
                return await self._announcement(announcement, chat.language)
            case OperatorPost(notice, language):
                return await self._announcement(notice, language)

    async def _paper(self, name: PaperPost, chat: Chat) -> Post:
        paper = (await self._store.papers.get([name.paper_id])).get(name.paper_id)
        if paper is None:
            raise InvalidInput(f"Paper {name.paper_id} is not in the store.")
        stored = await self._store.summaries.of_papers([paper.id], name.language)
        summary = best(stored) or await self._voices.quoting.summarize(paper, name.language)
        words = self._voices.wording(name.language)
        others = [self._voices.wording(language) for language in self._voices.languages]
        buttons = (
            *in_other_languages(paper.id, words, others),
            *feedback(paper.id, self._voices.speech(name.language)),
        )
        listed = await self._listed(paper, chat, words)
        return compose(Entry(paper, summary), words, actions=buttons, listed=listed)

    async def _listed(self, paper: Paper, chat: Chat, words: Wording) -> str:
        """The newest list of the chat's that the paper stands on, "" for none."""
        for source in chat.sources:
            listings = self._store.listings
            places = await listings.earlier(source, [paper.id], before=date.max)
            if (place := places.get(paper.id)) is not None:
                return list_name(source, place.day, words)
        return ""

    async def _announcement(self, announcement: str, language: Language) -> Post:
        """A stored text, the operator's or for the operator: its first line is the title."""
        text = await self._store.announcements.get(announcement)
        title, *lines = [line for line in (text or "").splitlines() if line.strip()] or [""]
        if not title:
            raise InvalidInput(f"Announcement {announcement} is not in the store.")
        sections = (Section("", tuple(lines)),) if lines else ()
        return Post(language, title, "", sections=sections)

    def _gathered(self, post: Post, delivery: Delivery, chat: Chat) -> Post:
        """The post with the name of its day's thread, where the chat wants one. It is the day on
        which it was planned, by the chat's calendar, in the chat's first language."""
        if chat.style is not Style.THREAD:
            return post
        day = local_day(chat.zone, delivery.created_at).isoformat()
        words, speech = self._voices.wording(chat.language), self._voices.speech(chat.language)
        return replace(post, gather=day_heading(chat.sources, day, words, speech))
