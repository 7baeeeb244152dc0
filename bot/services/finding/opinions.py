"""What people think of papers: votes by buttons, and reactions to our messages."""

from bot.domain.command import Reaction
from bot.domain.delivery import State
from bot.domain.errors import InvalidInput
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Clock, DeliveryQuery, Store, Vote
from bot.services.post_keys import PaperPost, read_post_key

_ARRIVED = frozenset({State.SENT})


class CountOpinions:
    """Counts what people think, once for each person, paper and chat."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def press(self, target: Target, user: str, paper_id: PaperId, *, value: int) -> int:
        """Vote, or take back what was voted so already; returns the value that stands then.

        Raises:
            StoreError: the store cannot be used.
        """
        before = await self._cast(target, user, paper_id, value)
        if before != value:
            return value
        await self._cast(target, user, paper_id, 0)
        return 0

    async def react(self, reaction: Reaction) -> None:
        """Count a reaction to a message about one paper; one to anything else counts for nothing.

        Raises:
            StoreError: the store cannot be used.
        """
        found = await self._about(reaction)
        if found is None:
            return
        target, paper_id = found
        platform = reaction.target.platform
        if reaction.user:
            user = f"{platform}:{reaction.user}"
            await self._cast(target, user, paper_id, reaction.up - reaction.down)
            return
        message = f"{platform}:{reaction.message_id}"
        await self._cast(target, f"{message}:up", paper_id, reaction.up)
        await self._cast(target, f"{message}:down", paper_id, -reaction.down)

    async def _about(self, reaction: Reaction) -> tuple[Target, PaperId] | None:
        """Where the message was delivered, and the paper that it is about."""
        for place in reaction.places:
            query = DeliveryQuery(
                target=place,
                states=_ARRIVED,
                limit=1,
                platform=place.platform,
                message_id=reaction.message_id,
            )
            for delivery in await self._store.outbox.find(query):
                paper_id = _paper_of(delivery.post_key)
                return (delivery.target, paper_id) if paper_id else None
        return None

    async def _cast(self, target: Target, user: str, paper_id: PaperId, value: int) -> int:
        vote = Vote(target, paper_id, user, value, self._clock.now())
        return await self._store.votes.cast(vote)


def _paper_of(post_key: str) -> PaperId | None:
    try:
        post = read_post_key(post_key)
    except InvalidInput:
        return None
    return post.paper_id if isinstance(post, PaperPost) else None
