"""Where a post goes, and the proof that it went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A place on a platform: a chat, and the thread or topic in it if there is one."""

    platform: str
    chat: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform took a post; ``message_id`` is its name for it."""

    message_id: str
