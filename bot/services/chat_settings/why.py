"""``/why <id>``: why a paper came to this chat, waits, or did not come."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.errors import InvalidPaperId
from bot.domain.listing import Listed
from bot.domain.paper_id import PaperId, parse_paper_ref
from bot.domain.post import Post, Section
from bot.ports import DeliveryQuery, Store
from bot.services.chat_settings.visit import SettingsMeans, Visit
from bot.services.chat_settings.why_answers import Case, answers, showing
from bot.services.compose import page_of
from bot.services.judging import telling_of

# A paper that moves from list to list has been seen on two or three.
_MOST_MOVES = 8


class Reasons:
    """Answers by the rows there are, and where there are none by the decisions themselves."""

    def __init__(self, means: SettingsMeans) -> None:
        self._means = means

    async def post(self, visit: Visit) -> Post:
        """The answer for the chat of a visit.

        Raises:
            StoreError: the store cannot be read.
        """
        speech, argument = visit.speech, visit.command.argument
        try:
            ref = parse_paper_ref(argument)
        except InvalidPaperId:
            text = speech.say("Which paper? Name it by its arXiv id: /why 2309.12307")
            return Post(speech.language, text, "")
        case = await self._case(visit.chat, ref.id)
        title = case.paper.title if case.paper else str(ref.id)
        lines = answers(case, ref.id, speech, self._means.offer)
        return Post(
            speech.language,
            title,
            page_of(case.paper) if case.paper else "",
            sections=(Section("", tuple(lines)),),
        )

    async def _case(self, chat: Chat | None, paper_id: PaperId) -> Case:
        store, now = self._means.store, self._means.clock.now()
        paper = (await store.papers.get([paper_id])).get(paper_id)
        if chat is None or paper is None:
            return Case(chat, paper, now)
        summaries = await telling_of(store, [paper_id], chat.languages)
        rows = await _rows(store, chat, paper_id)
        return Case(
            chat,
            paper,
            now,
            place=await _first_place(store, chat, paper_id, now),
            summary=summaries.get(paper_id),
            rows=rows,
            shown_by=await _shown_by(store, chat, rows),
        )


async def _rows(store: Store, chat: Chat, paper_id: PaperId) -> Sequence[Delivery]:
    """The paper's rows in this chat, in each language, first parts only."""
    kind = f"paper:{paper_id}:"
    found = await store.outbox.find(DeliveryQuery(target=chat.target, kind=kind))
    return [row for row in found if row.part == 0]


async def _shown_by(store: Store, chat: Chat, rows: Sequence[Delivery]) -> dict[str, Delivery]:
    """The rows of the messages that show the paper as part of a digest, by the paper's own keys."""
    found: dict[str, Delivery] = {}
    for row in rows:
        if row.reason.startswith("digest:"):
            digest = DeliveryQuery(target=chat.target, post_key=row.reason)
            edits = DeliveryQuery(target=chat.target, kind=f"edit:{row.reason}:")
            messages = [*await store.outbox.find(digest), *await store.outbox.find(edits)]
            if (one := showing(row, messages)) is not None:
                found[row.post_key] = one
    return found


async def _first_place(store: Store, chat: Chat, paper_id: PaperId, now: datetime) -> Listed | None:
    """Where the paper was first seen on one of the chat's lists."""
    places: list[Listed] = []
    for source in chat.sources:
        before: date = now.date() + timedelta(days=2)
        for _ in range(_MOST_MOVES):
            found = await store.listings.earlier(source, [paper_id], before=before)
            if paper_id not in found:
                break
            places.append(found[paper_id])
            before = found[paper_id].day
    return min(places, key=lambda place: place.first_seen, default=None)
