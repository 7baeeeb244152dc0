"""What ``sulan doctor`` says of chats: which get nothing, and why."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.target import name_of
from bot.ports import DeliveryQuery, Store
from bot.services.watching.finding import Finding, Severity
from bot.services.watching.words import moment

# A listed chat that got nothing for so long after it was listed.
_NEVER = timedelta(days=2)
_MOST_ROWS = 1000
_MOST_NAMES = 3


async def chat_findings(
    store: Store, chats: Sequence[Chat], platforms: Collection[str], now: datetime
) -> Sequence[Finding]:
    """Which chats get nothing, and why.

    Raises:
        StoreError: the store cannot be read.
    """
    return [
        *_closed(chats),
        *_homeless(chats, platforms),
        *await _never_reached(store, chats, now),
    ]


def _closed(chats: Sequence[Chat]) -> Iterable[Finding]:
    """Chats that a platform closed to us, by reason; those of the settings are told one by one."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for chat in chats:
        if chat.suspended and not chat.held and not chat.listed:
            name = name_of(chat.target)
            reasons.setdefault((chat.target.platform, chat.suspended), []).append(name)
    for (platform, reason), names in sorted(reasons.items(), key=lambda item: -len(item[1])):
        yield Finding(
            f"chats on {platform}",
            Severity.NOTE,
            f"{len(names)} suspended ({_some(names)}): {reason}",
            "They come back by /start, when the bot is added again, or by sulan chats resume.",
        )


def _homeless(chats: Sequence[Chat], platforms: Collection[str]) -> Iterable[Finding]:
    """Open chats on platforms for which the settings have no adapter."""
    names: dict[str, list[str]] = {}
    for chat in chats:
        if chat.open and chat.target.platform not in platforms:
            names.setdefault(chat.target.platform, []).append(name_of(chat.target))
    for platform, found in names.items():
        yield Finding(
            f"chats on {platform}",
            Severity.WRONG,
            f"{len(found)} wait ({_some(found)}), and the settings have no adapter {platform}.",
            f"Set [adapters.{platform}], or close them: sulan chats suspend.",
        )


async def _never_reached(store: Store, chats: Sequence[Chat], now: datetime) -> Sequence[Finding]:
    """Listed chats to which something should have been sent, and nothing ever was."""
    found: list[Finding] = []
    for chat in chats:
        if not chat.listed or not chat.open or chat.since is None or now - chat.since < _NEVER:
            continue
        rows = await store.outbox.find(DeliveryQuery(target=chat.target, limit=_MOST_ROWS))
        if rows and not any(row.state is State.SENT for row in rows):
            newest = rows[0]
            said = f"nothing has arrived since it was listed at {moment(chat.since)}"
            reason = f": {newest.reason}" if newest.reason else "."
            name = name_of(chat.target)
            do = f"sulan chats show {name}"
            found.append(Finding(name, Severity.WRONG, said + reason, do, chat.since))
    return found


def _some(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
