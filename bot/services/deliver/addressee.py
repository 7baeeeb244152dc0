"""Who gets a delivery, and what speaks against it. Pure."""

from dataclasses import replace

from bot.domain.chat import PAUSED, Chat
from bot.domain.delivery import Delivery
from bot.services.post_keys import OPERATOR


def addressee(delivery: Delivery, chat: Chat | None) -> Chat | None:
    """The chat as it is to be treated; ``chat`` is what is known of it.

    What the operator is told arrives also where the chat is none of ours, wants no papers for now,
    or wants quiet: it is their program that needs them.
    """
    if not delivery.post_key.startswith(OPERATOR):
        return chat
    return replace(chat or Chat(delivery.target), paused=False, quiet_hours=None)


def barred(chat: Chat | None) -> str:
    """Why nothing is to be sent to a chat, as the chat itself wants it; "" where it is open.

    Suspensions are the outbox's to look at, in the transaction before a send.
    """
    if chat is None:
        return "the chat is not listed any more"
    return PAUSED if chat.paused else ""
