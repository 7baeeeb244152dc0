"""A stage for digests: papers that come in turns, planned as a planner would."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import Origin, Provenance, Score, Scores, Summary, SummaryKey
from bot.domain.target import Target
from bot.ports import Clock, DeliveryQuery, Store
from bot.services.deliver.prepared import Compose
from bot.services.deliver.testing import OPEN, START, Stage
from bot.services.post_keys import DigestPost, EditPost, PaperPost

DIGEST = DigestPost(START.date().isoformat(), "en")
_MODEL = Provenance(Origin.MODEL, "m", "v1")
# As the planner leaves the first of several late papers some time for the others.
_EDIT_AFTER = timedelta(minutes=1)


class DigestStage(Stage):
    """Deliveries as ``publish`` composes them."""

    def __init__(self, store: Store, clock: Clock, publish: Compose) -> None:
        super().__init__(store, clock)
        self._publish = publish

    async def compose(self, delivery: Delivery, chat: Chat) -> Post | Sequence[Post] | None:
        """The post that the delivery stands for."""
        if delivery.post_key in self.broken:
            raise KeyError(delivery.post_key)
        return await self._publish(delivery, chat)

    async def come(self, *numbers: int, targets: Sequence[Target], points: float = 4) -> None:
        """Papers are stored, and planned for each target: as part of its digest, which is planned
        with the first of them, and is to be brought up to date with later ones."""
        for number in numbers:
            await store_paper(self.store, number, points=points)
        for target in targets:
            await self.store.outbox.add(await self._rows(target, numbers))

    async def included(self, target: Target) -> list[Delivery]:
        """The rows of the papers in the chat's digest."""
        states = frozenset({State.INCLUDED})
        query = DeliveryQuery(target=target, states=states, kind="paper:", limit=1000)
        return list(await self.store.outbox.find(query))

    async def _rows(self, target: Target, numbers: Sequence[int]) -> list[Delivery]:
        now, place = self.clock.now(), timedelta(microseconds=1)
        keys = [PaperPost(paper_of(number).id, "en").key for number in numbers]
        rows = [
            Delivery(target, key, now + n * place, now, state=State.INCLUDED, reason=DIGEST.key)
            for n, key in enumerate(keys)
        ]
        last, held = now + len(rows) * place, len(await self.included(target))
        if not held:
            return [*rows, Delivery(target, DIGEST.key, last, now)]
        edits = DeliveryQuery(target=target, states=OPEN, kind="edit:")
        waiting = await self.store.outbox.find(edits)
        if any(row.due_at >= now + _EDIT_AFTER / 4 for row in waiting):
            return rows
        edit = EditPost(DIGEST, held + len(rows))
        return [*rows, Delivery(target, edit.key, last, now + _EDIT_AFTER)]


def paper_of(number: int) -> Paper:
    """A paper that its title tells from others."""
    return Paper(id=PaperId(f"2608.{number:05}"), title=f"Paper {number}", abstract="It works.")


async def store_paper(store: Store, number: int, *, points: float = 4) -> None:
    """Store a paper with a summary."""
    paper, score = paper_of(number), Score(points)
    scores = Scores(score, score, score)
    said = f"What {number} does. And more."
    summary = Summary(paper.id, "en", said, ("Good.",), (), scores, _MODEL)
    await store.papers.save([paper])
    await store.summaries.put(SummaryKey(paper.id, 1, "en", "v1", "m"), summary)
