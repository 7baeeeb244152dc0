"""What chats lack of a day: everything that their settings ask for and they never got.

Asked for by a person, so that neither a paper's age nor a chat's hours or beginning matter; a
chat's filters, languages, style and limit do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias

from bot.domain.chat import Chat, Style
from bot.domain.delivery import UNSENT_FOR_GOOD, Delivery, State
from bot.domain.paper_id import PaperId
from bot.domain.selection import Prepared, best, judge_prepared, prepared
from bot.domain.summary import Language
from bot.ports import DeliveryQuery, Store
from bot.services.digest import papers_of_day
from bot.services.judging import telling_of
from bot.services.news import why_never
from bot.services.post_keys import DigestPost, EditPost, PaperPost
from bot.services.wakes import DELIVER

# More rows than a chat ever has.
_MOST = 100_000

# A chat's rows by the keys of their posts.
_Rows: TypeAlias = Mapping[str, Sequence[Delivery]]


@dataclass(frozen=True, slots=True)
class Lack:
    """What one chat lacks: ``new`` rows, rows to send ``again`` that ended unsent, and such rows of
    papers that join a digest, by its key.

    ``unknown`` counts those of which nobody knows whether they arrived; they are left as they are.
    """

    chat: Chat
    new: Sequence[Delivery] = ()
    again: Sequence[Delivery] = ()
    joining: Mapping[str, Sequence[Delivery]] = field(default_factory=dict[str, Sequence[Delivery]])
    unknown: int = 0

    @property
    def messages(self) -> int:
        """How many messages it comes to at least; long ones have several parts."""
        return len(self.again) + sum(row.state is State.PENDING for row in self.new)


class Replay:
    """Finds and queues what chats lack of one day's lists."""

    def __init__(self, store: Store, day: date, *, now: datetime) -> None:
        self._store = store
        self._day = day
        self._now = now
        self._candidates: dict[tuple[str, tuple[Language, ...]], Sequence[Prepared]] = {}

    async def lack_of(self, chat: Chat) -> Lack:
        """What the chat lacks; nothing for one that is paused or suspended.

        Raises:
            StoreError: the store cannot be read.
        """
        if not chat.open:
            return Lack(chat)
        rows = await self._rows(chat)
        ids = await self._wanted(chat, rows)
        keys = [PaperPost(i, language).key for i in ids for language in chat.languages]
        there = [row for key in keys for row in rows.get(key, ())]
        new = [Delivery(chat.target, key, self._now, self._now) for key in keys if key not in rows]
        again = [row for row in there if row.state in UNSENT_FOR_GOOD]
        again += _never_shown(there, rows)
        unknown = sum(row.state is State.UNKNOWN for row in there)
        if chat.style is not Style.DIGEST:
            return Lack(chat, new, again, unknown=unknown)
        ended = [row for row in again if row.post_key.startswith("paper:")]
        joining = {
            digest.key: [row for row in ended if row.post_key.endswith(f":{digest.language}")]
            for digest in self._digests(chat)
        }
        again = [row for row in again if row not in ended]
        return Lack(chat, [*self._gathered(chat, [*new, *ended], rows)], again, joining, unknown)

    async def queue(self, lack: Lack) -> int:
        """Queue what is lacking; returns how many rows. Doing it twice adds nothing.

        Raises:
            StoreError: the store cannot be used.
        """
        renewed = await self._store.backlog.renew(lack.again, now=self._now)
        for key, papers in lack.joining.items():
            await self._store.backlog.renew(papers, now=self._now, within=key)
        added = await self._store.outbox.add(lack.new)
        await self._store.bells.ring(DELIVER)
        return renewed + added

    async def _wanted(self, chat: Chat, rows: _Rows) -> Sequence[PaperId]:
        """The day's papers that pass the chat's filters; of those that it never got as many as its
        limit leaves room for."""
        passing: dict[PaperId, Prepared] = {}
        for source in chat.sources:
            for candidate in await self._candidates_of(source, chat.languages):
                if judge_prepared(chat.filters, candidate).passes:
                    passing.setdefault(candidate.paper.id, candidate)
        most = chat.filters.most_a_day
        if most is None:
            return tuple(passing)
        got = [i for i in passing if _was_given(PaperPost(i, chat.language).key, rows)]
        others = [candidate for i, candidate in passing.items() if i not in got]
        return (*got, *best(others, max(0, most - len(got))))

    async def _candidates_of(
        self, source: str, languages: tuple[Language, ...]
    ) -> Sequence[Prepared]:
        if (source, languages) not in self._candidates:
            listed = await papers_of_day(self._store, source, self._day)
            papers = [paper for paper in listed if not why_never(paper)]
            told = await telling_of(self._store, [paper.id for paper in papers], languages)
            self._candidates[source, languages] = [
                prepared(paper, told.get(paper.id)) for paper in papers
            ]
        return self._candidates[source, languages]

    async def _rows(self, chat: Chat) -> _Rows:
        rows: dict[str, list[Delivery]] = {}
        for row in await self._store.outbox.find(DeliveryQuery(chat.target, limit=_MOST)):
            rows.setdefault(row.post_key, []).append(row)
        return rows

    def _digests(self, chat: Chat) -> Iterator[DigestPost]:
        for language in chat.languages:
            yield DigestPost(self._day.isoformat(), language)

    def _gathered(self, chat: Chat, lacks: Sequence[Delivery], rows: _Rows) -> Iterator[Delivery]:
        """Papers as parts of the day's digest, with its row, or the one that adds to it. Those that
        have a row already get no other."""
        for digest in self._digests(chat):
            papers = [row for row in lacks if row.post_key.endswith(f":{digest.language}")]
            for row in papers:
                if row.post_key not in rows:
                    yield replace(row, state=State.INCLUDED, reason=digest.key)
            if papers and digest.key not in rows:
                yield Delivery(chat.target, digest.key, self._now, self._now)
            elif papers:
                every = (row for there in rows.values() for row in there)
                held = sum(row.reason == digest.key for row in every)
                edit = EditPost(digest, held + len(papers))
                yield Delivery(chat.target, edit.key, self._now, self._now)


def _never_shown(papers: Iterable[Delivery], rows: _Rows) -> list[Delivery]:
    """The digests that some papers are part of and that were never sent, and the newest edits of
    digests that were never made."""
    names = dict.fromkeys(row.reason for row in papers if row.state is State.INCLUDED)
    keys = [key for name in names for key in (name, *_newest_edit(name, rows))]
    return [row for key in keys for row in rows.get(key, ()) if row.state in UNSENT_FOR_GOOD]


def _newest_edit(digest: str, rows: _Rows) -> list[str]:
    edits = [key for key in rows if key.startswith(f"edit:{digest}:")]
    return [max(edits, key=lambda key: int(key.rpartition(":")[2]))] if edits else []


def _was_given(key: str, rows: _Rows) -> bool:
    return any(row.state not in UNSENT_FOR_GOOD for row in rows.get(key, ()))
