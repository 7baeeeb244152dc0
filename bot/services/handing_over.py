"""Giving a chat to another bot of its platform: it misses no post by it, and gets none twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.chat import BY_OPERATOR, Chat
from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput
from bot.domain.target import Target
from bot.ports import Clock, DeliveryQuery, Store

_MOVING = f"{BY_OPERATOR}it is being given to another bot"
# A call lasts a minute at most; whoever began one then says what came of it.
_LOOKS, _LOOK_S = 90, 1.0
_EVERYTHING = 1_000_000


async def hand_over(chat: Chat, platform: str, store: Store, clock: Clock) -> Target:
    """Give a stored chat to the bot that the settings call ``platform``; returns its new target.

    Its settings go along, and so do its votes and what waits for it or was sent to it: a chat's and
    a person's ids are the platform's, not a bot's. Of the old bot's chat nothing stays. If this is
    cut short, the same once more ends it.

    Raises:
        InvalidInput: the other bot has a chat there already, with other settings.
        StoreError: the store cannot be used.
    """
    old, new = chat.target, replace(chat.target, platform=platform)
    moved = replace(chat, target=new, suspended="")
    known = await store.register.at(new)
    if known is not None and replace(known, suspended="") != moved:
        raise InvalidInput(
            f"{platform} has that chat already, with settings of its own. Suspend the one that is"
            " not wanted, or /unsubscribe there."
        )
    await store.chats.suspend(old, _MOVING)
    rows = [_taken_along(row, new, clock.now()) for row in await _settled_rows(old, store, clock)]
    # What was sent is known before anybody plans for the chat there, and the chat before anybody
    # sends to it.
    await store.outbox.add([row for row in rows if row.state is not State.PENDING])
    await store.register.put(moved)
    await store.outbox.add([row for row in rows if row.state is State.PENDING])
    if chat.suspended.startswith(BY_OPERATOR) and chat.suspended != _MOVING:
        await store.chats.suspend(new, chat.suspended)
    await store.votes.hand_over(old, platform)
    await store.register.forget(old)
    return new


async def _settled_rows(target: Target, store: Store, clock: Clock) -> Sequence[Delivery]:
    """Everything of a chat's, oldest first, once no call is under way; nobody begins another, for
    the chat is suspended."""
    sending = DeliveryQuery(target=target, states=frozenset({State.SENDING}), limit=1)
    for _ in range(_LOOKS):
        if not await store.outbox.find(sending):
            break
        await clock.sleep(_LOOK_S)
    return (await store.outbox.find(DeliveryQuery(target=target, limit=_EVERYTHING)))[::-1]


def _taken_along(row: Delivery, target: Target, now: datetime) -> Delivery:
    """A delivery at its new place. One that somebody died over may have arrived."""
    match row.state:
        case State.CLAIMED:
            state, due = State.PENDING, row.due_at
        case State.SENDING:
            state, due = State.UNKNOWN, now
        case state:
            due = row.due_at
    return replace(row, target=target, state=state, due_at=due, lease_until=None)
