"""Who administers which chat, as Telegram says (T10)."""

import logging

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bot.ports import Clock

_log = logging.getLogger(__name__)

# Whoever is made or unmade an administrator is taken at the old word for so long.
_FRESH_S = 60.0
# Some 100 bytes each.
_MOST = 2000
# Somebody waits for the answer.
_PATIENCE_S = 5.0
_MANAGERS = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})


class Roles:
    """Asks Telegram, and remembers the last ``most`` answers, each for a minute."""

    def __init__(self, bot: Bot, clock: Clock, *, most: int = _MOST) -> None:
        self._bot = bot
        self._clock = clock
        self._most = most
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    async def manages(self, chat: str, user: str) -> bool:
        """Whether a user (by number) is an administrator of the chat, or owns it.

        ``False`` where Telegram does not answer; that is asked again the next time. It answers
        reliably only where the bot itself is an administrator (Bot API, getChatMember).
        """
        now = self._clock.monotonic()
        asked_at, known = self._known.get((chat, user), (float("-inf"), False))
        if now - asked_at < _FRESH_S:
            return known
        if not user.isdecimal():
            return False
        try:
            member = await self._bot.get_chat_member(chat, int(user), read_timeout=_PATIENCE_S)
        except (TelegramError, LookupError, TypeError, ValueError, AttributeError) as error:
            _log.warning("Telegram does not say who manages", extra={"error": type(error).__name__})
            return False
        manages = member.status in _MANAGERS
        self._remember((chat, user), now, manages)
        return manages

    def _remember(self, key: tuple[str, str], now: float, manages: bool) -> None:
        self._known.pop(key, None)
        self._known[key] = (now, manages)
        if len(self._known) > self._most:
            # The one asked about longest ago stands first.
            del self._known[next(iter(self._known))]
