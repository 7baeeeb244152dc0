"""``sulan deliveries``: what was sent where, what waits, and why something failed."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from cyclopts import Parameter

from bot.app import load, started
from bot.cli.arguments import DayOption, JsonOption, read_count, read_day
from bot.cli.chats import find_chat
from bot.cli.documents import Document, dumps
from bot.cli.screen import Screen
from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput
from bot.domain.target import name_of
from bot.ports import DeliveryQuery

# More than any day's rows of one chat; a day of 10,000 chats wants a filter.
_LIMIT = 200


async def deliveries(
    *,
    chat: str | None = None,
    state: Annotated[list[str] | None, Parameter(name=["--state", "-s"])] = None,
    date: DayOption = None,
    limit: Annotated[int, Parameter(name=["--limit", "-n"])] = _LIMIT,
    json: JsonOption = False,
) -> int:
    """List deliveries, the newest first.

    Parameters
    ----------
    chat
        Only those to one chat, as `sulan chats` shows it: telegram/-1001234567890.
    state
        Only those that are pending, sending, sent, failed, unknown, expired, included in a digest,
        or passed over for the chat's limit. May be given several times.
    limit
        Show at most so many.
    """
    screen = Screen()
    read_count(limit)
    async with started(load()) as sulan:
        day = None if date is None else read_day(date, today=sulan.clock.now().date())
        since = None if day is None else datetime.combine(day, time(), UTC)
        target = None if chat is None else (await find_chat(sulan.store, chat)).target
        until = None if since is None else since + timedelta(days=1)
        query = DeliveryQuery(target, _states(state), since=since, until=until, limit=limit + 1)
        found = await sulan.store.outbox.find(query)
    if json:
        screen.raw(dumps([_document(row) for row in found[:limit]]))
        return 0
    _print(found, limit, screen)
    return 0


def _states(names: Sequence[str] | None) -> frozenset[State] | None:
    """The states of those names.

    Raises:
        InvalidInput: one is unknown.
    """
    if not names:
        return None
    try:
        return frozenset(State(name.lower()) for name in names)
    except ValueError as error:
        known = ", ".join(state.value for state in State)
        raise InvalidInput(f"No such state. There is {known}.") from error


def _print(found: Sequence[Delivery], limit: int, screen: Screen) -> None:
    if not found:
        screen.note("No such deliveries.")
    for row in found[:limit]:
        reason = f"  {row.reason}" if row.reason else ""
        part = f" part {row.part + 1}" if row.part else ""
        screen.line(
            f"{row.created_at:%Y-%m-%d %H:%M}  {row.state.value:8}  {name_of(row.target)}  "
            f"{row.post_key}{part}{reason}"
        )
    if len(found) > limit:
        screen.note(f"There are more than {limit}; narrow them by --chat, --state, --date.")


def _document(row: Delivery) -> Document:
    return {
        "chat": name_of(row.target),
        "post": row.post_key,
        "part": row.part,
        "state": row.state.value,
        "reason": row.reason,
        "attempts": row.attempts,
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "message_id": row.message_id,
    }
