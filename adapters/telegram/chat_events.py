"""What updates say besides what people ask: who takes us in or puts us out, and what is thought of
a message. Pure; what we do not serve is ``None``, and nothing raises.

``platform`` is the name of the adapter that they came to.
"""

from collections.abc import Sequence

from adapters.telegram.origin import Json
from adapters.telegram.updates import PLATFORM, alias_of
from bot.domain.command import Command, Reaction
from bot.domain.target import Target

_MEMBERS = frozenset({"member", "administrator", "creator"})
_GONE = frozenset({"left", "kicked"})
# A bot that is blocked by a person is "kicked" there.
_RETURN = "start"
_UP, _DOWN = "👍", "👎"


def read_return(update: Json, platform: str = PLATFORM) -> Command | None:
    """A chat that took us in, as if it had sent /start."""
    return _membership(update, platform, inside=True)


def read_departure(update: Json, platform: str = PLATFORM) -> Command | None:
    """A chat that put us out, or a person who blocked us. Nobody asks for anything by it."""
    return _membership(update, platform, inside=False)


def _membership(update: Json, platform: str, *, inside: bool) -> Command | None:
    try:
        change = update["my_chat_member"]
        chat, member = change["chat"], change["new_chat_member"]
        if _is_inside(member) is not inside:
            return None
        return Command(
            id=f"{platform}:{int(update['update_id'])}",
            name=_RETURN if inside else "",
            argument="",
            target=Target(platform, str(int(chat["id"]))),
            alias=alias_of(chat),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _is_inside(member: Json) -> bool | None:
    """``None`` for a status that is not known here."""
    status = member["status"]
    if status == "restricted":
        return bool(member["is_member"])
    return True if status in _MEMBERS else False if status in _GONE else None


def read_reaction(update: Json, platform: str = PLATFORM) -> Reaction | None:
    """What somebody, or in a channel everybody, thinks of a message now, in thumbs; other signs say
    nothing. Telegram does not tell the message's topic."""
    try:
        if "message_reaction" in update:
            return _of_one(update["message_reaction"], platform)
        if "message_reaction_count" in update:
            return _of_all(update["message_reaction_count"], platform)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        pass
    return None


def _of_one(change: Json, platform: str) -> Reaction | None:
    # python-telegram-bot drops empty lists.
    new, old = _thumbs(change.get("new_reaction", ())), _thumbs(change.get("old_reaction", ()))
    if new == old:
        return None
    # An anonymous administrator reacts as the chat.
    actor = change.get("user") or change["actor_chat"]
    return _by(str(int(actor["id"])), platform, change, new)


def _of_all(change: Json, platform: str) -> Reaction | None:
    reactions: Sequence[Json] = change.get("reactions", ())
    totals = {each["type"].get("emoji"): int(each["total_count"]) for each in reactions}
    shown = max(0, totals.get(_UP, 0)), max(0, totals.get(_DOWN, 0))
    return _by("", platform, change, shown)


def _thumbs(reactions: Sequence[Json]) -> tuple[int, int]:
    signs = {each.get("emoji") for each in reactions}
    return int(_UP in signs), int(_DOWN in signs)


def _by(user: str, platform: str, change: Json, thumbs: tuple[int, int]) -> Reaction:
    chat = change["chat"]
    up, down = thumbs
    return Reaction(
        target=Target(platform, str(int(chat["id"]))),
        message_id=str(int(change["message_id"])),
        user=user,
        up=up,
        down=down,
        alias=alias_of(chat),
    )
