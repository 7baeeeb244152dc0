"""What an update says, read from the Bot API's JSON. Pure; what we do not serve is ``None``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from bot.domain.command import Command
from bot.domain.target import Target

PLATFORM = "telegram"
# What is asked for with getUpdates and setWebhook; anything else never leaves Telegram.
ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")

# Telegram's own grammar: 1 to 32 letters, digits and underscores (Bot API, BotCommand).
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?(?=\s|$)")
_LINK = re.compile(
    r"https?://(?:[a-z]+\.)?(?:arxiv\.org|huggingface\.co|hf\.co|alphaxiv\.org)/\S+", re.IGNORECASE
)
# The account behind which a group's anonymous administrators write (Bot API, User).
_ANONYMOUS = 1087968824
_MEMBERS = frozenset({"member", "administrator", "creator"})
# What somebody writes in private without a command (``Commands.handle``).
_PASTED = ""
_RETURN = "start"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command, or what is taken for one: a link to a paper sent in private asks for an offer."""

    command: Command


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours under ``message_id``; ``query_id`` is to be answered soon."""

    command: Command
    key: str
    query_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Searched:
    """Somebody types ``@bot text`` in some chat."""

    command: Command
    query_id: str


Heard: TypeAlias = Spoken | Pressed | Searched
Json: TypeAlias = Mapping[str, Any]


def read_update(update: Json, *, username: str) -> Heard | None:
    """What is to be done about an update; ``username`` is the bot's own, without @.

    Never raises: an update that is not of the shape we know is one that we do not serve.
    """
    try:
        return _read(update, username)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _read(update: Json, username: str) -> Heard | None:
    number = str(int(update["update_id"]))
    for kind in ("message", "channel_post"):
        if kind in update:
            return _message(update[kind], number, username)
    if "callback_query" in update:
        return _pressed(update["callback_query"], number)
    if "inline_query" in update:
        return _searched(update["inline_query"], number)
    return None


def _message(message: Json, number: str, username: str) -> Spoken | None:
    text = message.get("text") or message.get("caption") or ""
    private = message["chat"]["type"] == "private"
    found = _COMMAND.match(text)
    if found is not None:
        if found["bot"] and found["bot"].lower() != username.lower():
            return None
        name, argument = found["name"].lower(), text[found.end() :].strip()
    elif private and (link := _LINK.search(text)):
        name, argument = _PASTED, link[0]
    else:
        return None
    return Spoken(
        Command(
            id=f"{PLATFORM}:{number}",
            name=name,
            argument=argument,
            target=_target(message),
            user=_user(message),
            language=_language(message.get("from")),
            private=private,
            alias=_alias(message["chat"]),
        )
    )


def _pressed(query: Json, number: str) -> Pressed | None:
    message = query.get("message")
    key = query.get("data")
    if not message or not key or not message.get("date"):  # date 0: no longer accessible
        return None
    command = Command(
        id=f"{PLATFORM}:{number}",
        name="",
        argument="",
        target=_target(message),
        user=str(query["from"]["id"]),
        language=_language(query["from"]),
        private=message["chat"]["type"] == "private",
        alias=_alias(message["chat"]),
    )
    return Pressed(command, str(key), str(query["id"]), str(int(message["message_id"])))


def _searched(query: Json, number: str) -> Searched:
    user = str(query["from"]["id"])
    command = Command(
        id=f"{PLATFORM}:{number}",
        name="inline",
        argument=str(query.get("query", "")),
        target=Target(PLATFORM, user),
        user=user,
        language=_language(query["from"]),
        private=True,
    )
    return Searched(command, str(query["id"]))


def read_return(update: Json) -> Command | None:
    """A chat that took us in, as if it had sent /start; ``None`` for any other update."""
    try:
        change = update["my_chat_member"]
        chat, member = cast("Json", change["chat"]), cast("Json", change["new_chat_member"])
        status = member["status"]
        inside = status in _MEMBERS or (status == "restricted" and bool(member["is_member"]))
        target = Target(PLATFORM, str(int(chat["id"])))
        key = f"{PLATFORM}:{int(update['update_id'])}"
        return Command(key, _RETURN, "", target, alias=_alias(chat)) if inside else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _target(message: Json) -> Target:
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    return Target(
        PLATFORM, str(int(message["chat"]["id"])), None if thread is None else str(thread)
    )


def _alias(chat: Json) -> str:
    """A public chat's @name, by which it may be listed."""
    name = chat.get("username")
    return f"@{name}" if name else ""


def _user(message: Json) -> str:
    """Who wrote: "" for a channel's post, the group itself for its anonymous administrators."""
    sender = message.get("from")
    if sender is None:
        return ""
    if sender["id"] == _ANONYMOUS and "sender_chat" in message:
        return str(message["sender_chat"]["id"])
    return str(sender["id"])


def _language(user: Json | None) -> str | None:
    return user.get("language_code") if user else None
