"""How targets stand in the store, and which deliveries stand in one queue."""

import hashlib
from dataclasses import replace

from bot.domain.chat import Chat
from bot.domain.target import Target

# What is said of deliveries that a suspended chat no longer gets.
SUSPENDED = "the chat was suspended"


def settled(target: Target) -> Target:
    """No thread is ``None``; some platforms write it as ""."""
    return target if target.thread or target.thread is None else replace(target, thread=None)


def readdressed(target: Target, chat: str) -> Target:
    """The same thread of another chat."""
    return replace(settled(target), chat=chat)


def lane_of(target: Target) -> int:
    """The number of a chat's queue, of 63 bits; its threads share it, for they share its rate.

    Made from the address, so that a row can be written without a look-up. Two chats with one number
    (one in 10 million stores of a million chats) would merely wait for each other.
    """
    place = f"{target.platform}\x1f{target.chat}".encode()
    return int.from_bytes(hashlib.blake2b(place, digest_size=8).digest()) >> 1


def require_start(chat: Chat) -> None:
    """A chat is put whole.

    Raises:
        ValueError: it does not say since when it is known.
    """
    if chat.since is None:
        raise ValueError(f"the chat {chat.target.chat} has no moment since which it is known")


def require_one_platform(old: Target, new: Target) -> None:
    """A chat moves within its platform.

    Raises:
        ValueError: the two are on different platforms.
    """
    if old.platform != new.platform:
        raise ValueError(f"a chat of {old.platform} cannot move to {new.platform}")
