"""A chat's digest as the store has it: the papers whose rows say that they are part of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.speech import Speech
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.domain.timetable import zone_of
from bot.domain.wording import Wording
from bot.ports import Clock, DeliveryQuery, Outbox, Store
from bot.services.collect import still_grows
from bot.services.digest import by_paper
from bot.services.digest_post import DigestRow, DigestView, day_heading, digest_posts
from bot.services.post_keys import DigestPost, PaperPost, read_post_key
from bot.services.summarise import best

# A digest's papers are planned on its day, by any zone's calendar, or later.
_SLACK = timedelta(days=2)
# More than any day's lists of all categories together (FACTS §3).
_MOST = 5000
# A digest goes to many chats at once, mostly with the same papers: seconds for which what was read
# of them is kept, and how many digests are.
_KEPT_S = 30.0
_KEPT = 64
# What comes within so long came together.
_TOGETHER = timedelta(minutes=1)

# Papers in the order in which they came, and the language that they are shown in.
_Shown: TypeAlias = tuple[tuple[PaperId, ...], Language]


@dataclass(frozen=True, slots=True)
class Tongues:
    """Each language's words, and its sentences."""

    wording: Callable[[Language], Wording]
    speech: Callable[[Language], Speech]


async def included_in(outbox: Outbox, digest: DigestPost, target: Target) -> Sequence[Delivery]:
    """The rows of a chat's papers in a digest, in the order in which they came.

    Raises:
        StoreError: the store cannot be read.
    """
    query = DeliveryQuery(
        target=target,
        states=frozenset({State.INCLUDED}),
        kind="paper:",
        since=rows_since(digest),
        limit=_MOST,
    )
    return papers_of(digest, await outbox.find(query))


def papers_of(digest: DigestPost, found: Sequence[Delivery]) -> Sequence[Delivery]:
    """The rows of a digest's papers among some of its chat's, which are the newest first; in the
    order in which they came."""
    return [
        row
        for row in reversed(found)
        if row.state is State.INCLUDED
        and row.reason == digest.key
        and row.post_key.startswith("paper:")
    ]


def rows_since(digest: DigestPost) -> datetime:
    """A moment before the first row that has to do with a digest."""
    return datetime.combine(_date_of(digest), time(), UTC) - _SLACK


class Digests:
    """Reads digests."""

    def __init__(self, store: Store, clock: Clock, *, tongues: Tongues) -> None:
        self._store = store
        self._clock = clock
        self._tongues = tongues
        self._kept: dict[_Shown, tuple[float, tuple[DigestRow, ...]]] = {}

    async def posts(
        self, digest: DigestPost, chat: Chat, *, after: int = 0, upto: int | None = None
    ) -> tuple[Post, ...]:
        """The digest, or what came after the first so many papers of it, as messages; none where
        there is nothing to show.

        Raises:
            StoreError: the store cannot be read.
        """
        rows = await included_in(self._store.outbox, digest, chat.target)
        shown = rows[after:upto]
        if not shown:
            return ()
        wording = self._tongues.wording(digest.language)
        speech = self._tongues.speech(digest.language)
        heading = day_heading(chat.sources, _day_of(digest, chat), wording, speech)
        grows = "." not in digest.name and still_grows(_date_of(digest), self._clock.now())
        together = rows[-1].created_at - rows[0].created_at < _TOGETHER
        came = shown[-1].created_at.astimezone(zone_of(chat.zone))
        as_of = "" if together and not grows else came.strftime("%H:%M")
        papers = await self._papers(shown, digest.language)
        view = DigestView(digest, heading, papers, after, as_of, grows)
        return digest_posts(view, wording, speech)

    async def _papers(self, rows: Sequence[Delivery], language: Language) -> tuple[DigestRow, ...]:
        names = [name for row in rows if isinstance(name := read_post_key(row.post_key), PaperPost)]
        shown, now = (tuple(name.paper_id for name in names), language), self._clock.monotonic()
        kept = self._kept.get(shown)
        if kept is not None and now - kept[0] < _KEPT_S:
            return kept[1]
        papers = await self._read(*shown)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[shown] = (now, papers)
        return papers

    async def _read(self, ids: Sequence[PaperId], language: Language) -> tuple[DigestRow, ...]:
        papers = await self._store.papers.get(ids)
        summaries = by_paper(await self._store.summaries.of_papers(ids, language))
        return tuple(
            DigestRow(papers[paper_id], best(summaries.get(paper_id, ())))
            for paper_id in ids
            if paper_id in papers
        )


def _date_of(digest: DigestPost) -> date:
    return date.fromisoformat(digest.name[:10])


def _day_of(digest: DigestPost, chat: Chat) -> str:
    """The digest's day, with its time where the chat has several a day."""
    day, _, moment = digest.name.partition(".")
    several = chat.timetable is not None and len(chat.timetable.times) > 1
    return f"{day} {moment[:2]}:{moment[2:]}" if moment and several else day
