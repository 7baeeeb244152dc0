"""What an update says, read from the Bot API's JSON. Pure; what we do not serve is ``None``."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from adapters.telegram.origin import Json, Origin, origin_of_message, origin_of_press
from adapters.telegram.prompts import command_asked_for
from bot.domain.command import Command
from bot.domain.target import Target

# What the adapter is called where the settings give it no other name.
PLATFORM = "telegram"
# What is asked for with getUpdates and setWebhook; anything else never leaves Telegram. Reactions
# come only where the bot is an administrator (Bot API, Update).
ALLOWED_UPDATES = (
    "message",
    "channel_post",
    "callback_query",
    "inline_query",
    "my_chat_member",
    "message_reaction",
    "message_reaction_count",
)

# Telegram's own grammar: 1 to 32 letters, digits and underscores (Bot API, BotCommand).
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?(?=\s|$)")
_LINK = re.compile(
    r"https?://(?:[a-z]+\.)?(?:arxiv\.org|huggingface\.co|hf\.co|alphaxiv\.org)/\S+", re.IGNORECASE
)
# What somebody writes in private without a command (``Commands.handle``).
_PASTED = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command, or what is taken for one: an answer to a question of ours, and in private a link
    to a paper, which asks for an offer."""

    command: Command
    origin: Origin


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours under ``message_id``; ``query_id`` is to be answered soon."""

    command: Command
    key: str
    query_id: str
    message_id: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Searched:
    """Somebody types ``@bot text`` in some chat."""

    command: Command
    query_id: str


@dataclass(frozen=True, slots=True)
class Vain:
    """A button under a message that was never ours to see: somebody sent it by inline mode. Its
    waiting is to be ended."""

    query_id: str


Heard: TypeAlias = Spoken | Pressed | Searched | Vain


@dataclass(frozen=True, slots=True)
class _Us:
    """The bot's own name, without @, and what the adapter is called."""

    username: str
    platform: str


def read_update(update: Json, *, username: str, platform: str = PLATFORM) -> Heard | None:
    """What is to be done about an update; ``username`` is the bot's own, without @, and
    ``platform`` the name of the adapter that it came to.

    Never raises: an update that is not of the shape we know is one that we do not serve.
    """
    try:
        return _read(update, _Us(username, platform))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _read(update: Json, us: _Us) -> Heard | None:
    number = str(int(update["update_id"]))
    for kind in ("message", "channel_post"):
        if kind in update:
            message, posted = update[kind], kind == "channel_post"
            command = _command(message, number, us)
            return command and Spoken(command, origin_of_message(message, posted=posted))
    if "callback_query" in update:
        return _pressed(update["callback_query"], number, us)
    if "inline_query" in update:
        return _searched(update["inline_query"], number, us)
    return None


def _command(message: Json, number: str, us: _Us) -> Command | None:
    private = message["chat"]["type"] == "private"
    line = _line(message, us.username, private=private)
    found = _COMMAND.match(line)
    if found is None and not line:
        return None
    if found and found["bot"] and found["bot"].lower() != us.username.lower():
        return None
    return Command(
        id=f"{us.platform}:{number}",
        name=found["name"].lower() if found else _PASTED,
        argument=line[found.end() :].strip() if found else line,
        target=_target(message, us),
        user=_user(message),
        language=_language(message.get("from")),
        private=private,
        alias=alias_of(message["chat"]),
    )


def _line(message: Json, username: str, *, private: bool) -> str:
    """What is asked of us: the command line, or the pasted link; "" for what is not for us."""
    text = message.get("text") or message.get("caption") or ""
    if _COMMAND.match(text):
        return text
    if text and (asked := command_asked_for(message, username=username)):
        return f"{asked} {text}"
    link = _LINK.search(text) if private else None
    return link[0] if link else ""


def _pressed(query: Json, number: str, us: _Us) -> Pressed | Vain:
    message = query.get("message")
    key = query.get("data")
    if not message or not key:
        return Vain(str(query["id"]))
    command = Command(
        id=f"{us.platform}:{number}",
        name="",
        argument="",
        target=_target(message, us),
        user=str(query["from"]["id"]),
        language=_language(query["from"]),
        private=message["chat"]["type"] == "private",
        alias=alias_of(message["chat"]),
    )
    return Pressed(
        command,
        key=str(key),
        query_id=str(query["id"]),
        message_id=str(int(message["message_id"])),
        origin=origin_of_press(query),
    )


def _searched(query: Json, number: str, us: _Us) -> Searched:
    user = str(query["from"]["id"])
    command = Command(
        id=f"{us.platform}:{number}",
        name="inline",
        argument=str(query.get("query", "")),
        target=Target(us.platform, user),
        user=user,
        language=_language(query["from"]),
        private=True,
    )
    return Searched(command, str(query["id"]))


def _target(message: Json, us: _Us) -> Target:
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    return Target(
        us.platform, str(int(message["chat"]["id"])), None if thread is None else str(thread)
    )


def alias_of(chat: Json) -> str:
    """A public chat's @name, by which it may be listed."""
    name = chat.get("username")
    return f"@{name}" if name else ""


def _user(message: Json) -> str:
    """Who wrote: "" for a channel's post, the group itself for its anonymous administrators, the
    channel for who writes as one: they stand behind accounts that all such people share."""
    sender = message.get("from")
    if sender is None:
        return ""
    return str(message.get("sender_chat", sender)["id"])


def _language(user: Json | None) -> str | None:
    language = user.get("language_code") if user else None
    return language if isinstance(language, str) else None
