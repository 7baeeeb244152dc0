"""Where a command comes from, beyond what it says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]


class Rights(Enum):
    """What an update itself tells of its person's rights in the chat (T10)."""

    MANAGES = auto()
    NOT_SAID = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Origin:
    """``rights`` are to be asked for where they are not said. ``replies_to`` is the person's own
    message that an answer belongs to, "" in private, where there is no doubt, and where it is not
    known. ``prompts`` is whether a reply can be asked for: not in channels (Bot API, ForceReply).
    """

    rights: Rights = Rights.NONE
    replies_to: str = ""
    prompts: bool = False


def origin_of_message(message: Json, *, posted: bool) -> Origin:
    """``posted`` is whether it came as a channel's post, which only administrators can write."""
    kind = message["chat"]["type"]
    if kind == "private":
        return Origin(Rights.MANAGES, prompts=True)
    if kind == "channel":
        return Origin(Rights.MANAGES if posted else Rights.NONE)
    return Origin(_rights_in_group(message), str(int(message["message_id"])), prompts=True)


def _rights_in_group(message: Json) -> Rights:
    """Who writes as the group itself is an anonymous administrator. As another chat writes anybody
    who owns one, and what a linked channel posts arrives as that channel's too."""
    sender = message.get("sender_chat")
    if sender is not None:
        return Rights.MANAGES if sender["id"] == message["chat"]["id"] else Rights.NONE
    return Rights.NOT_SAID if message.get("from") else Rights.NONE


def origin_of_press(query: Json) -> Origin:
    """Buttons are pressed by people, in channels too; subscribers press them as well.

    Of a message that is some days old little more than the chat is told, and no date (Bot API,
    InaccessibleMessage). In a forum that leaves open whose settings it shows.
    """
    message = query["message"]
    kind = message["chat"]["type"]
    if message["chat"].get("is_forum") and not message.get("date"):
        return Origin()
    if kind == "private":
        return Origin(Rights.MANAGES, prompts=True)
    return Origin(Rights.NOT_SAID, _own_message(query), prompts=kind != "channel")


def _own_message(query: Json) -> str:
    """The message of who presses that the one with the button answers to."""
    asked: Json = query["message"].get("reply_to_message") or {}
    author: Json = asked.get("from") or {}
    own = author.get("id") == query["from"]["id"] and "sender_chat" not in asked
    return str(int(asked["message_id"])) if own else ""
