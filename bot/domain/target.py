"""Where a post goes, and the proof that it went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A place on a platform: a chat, and the thread or topic in it if there is one."""

    platform: str
    chat: str
    thread: str | None = None


def name_of(target: Target) -> str:
    """How operators call it: ``telegram/77``, ``discord/77/88`` with its thread."""
    return "/".join(part for part in (target.platform, target.chat, target.thread) if part)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform took a post; ``message_id`` is its name for it."""

    message_id: str
