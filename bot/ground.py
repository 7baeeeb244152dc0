"""What everything in a run stands on."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.base import Adapter
from bot.app import Sulan
from bot.domain.chat import Chat
from bot.domain.role import Role
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health
from bot.services.rounds.collecting import Collecting
from bot.services.rounds.membership import Membership
from bot.services.rounds.writing import Writing
from bot.services.wakes import Wakes


@dataclass(frozen=True, slots=True)
class Ground:
    """``roles`` are this process's; ``adapters`` are those that it needs for them, open."""

    sulan: Sulan
    roles: frozenset[Role]
    chats: Sequence[Chat]
    adapters: Sequence[Adapter]
    health: Health
    membership: Membership
    roll: ChatRoll
    wakes: Wakes
    collecting: Collecting
    writing: Writing
