"""Chats as a TOML file: the keys of ``[[chats]]`` in the settings, and where each chat stands."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, time
from typing import Any, cast

import tomli_w

from bot.chats import chat_of
from bot.domain.chat import Chat
from bot.domain.errors import InvalidInput, SettingsError
from bot.domain.filters import Filters
from config.kept_chats import defaults, kept_chat
from config.settings import Settings

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def write_chats(chats: Sequence[Chat]) -> str:
    """The file's text."""
    return tomli_w.dumps({"chats": [_entry(chat) for chat in chats]})


def read_chats(text: str, settings: Settings) -> list[Chat]:
    """The chats of a file; what an entry leaves out is as in the settings.

    Raises:
        InvalidInput: the file is no TOML, or an entry is wrong; nothing of it is to be used.
    """
    try:
        tables = tomllib.loads(text).get("chats", [])
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"This is no TOML file: {error}.") from error
    if not isinstance(tables, list) or not tables:
        raise InvalidInput("The file names no chat; each is a table [[chats]].")
    entries = cast("list[object]", tables)
    return [_chat(entry, number, settings) for number, entry in enumerate(entries, start=1)]


def _chat(entry: object, number: int, settings: Settings) -> Chat:
    try:
        kept = kept_chat(entry)
    except SettingsError as error:
        raise InvalidInput(f"chats, number {number}: {error}") from error
    chat = chat_of(kept, settings)
    return replace(
        chat,
        sources=chat.sources if kept.sources is None else kept.sources,
        since=kept.since.astimezone(UTC) if kept.since else None,
        paused=kept.paused,
        suspended=kept.suspended,
        listed=kept.listed,
    )


def _entry(chat: Chat) -> dict[str, Any]:
    """What differs from the defaults, in the order of the settings."""
    entry: dict[str, Any] = {
        "platform": chat.target.platform,
        "chat": chat.target.chat,
        "thread": chat.target.thread,
        "language": chat.language,
        "second_language": chat.second_language,
        "sources": list(chat.sources),
        **_wanted(chat.filters),
        "style": chat.style.value,
        **_times(chat),
        "previews": chat.looks.previews,
        "pictures": chat.looks.pictures,
        "sound": chat.looks.sound,
        "on_unknown": chat.on_unknown.value,
        "since": chat.since,
        "paused": chat.paused,
        "suspended": chat.suspended,
        "listed": chat.listed,
    }
    plain = defaults()
    kept = ("platform", "chat", "language", "sources")
    return {
        key: value
        for key, value in entry.items()
        if key in kept or (value is not None and value != plain.get(key))
    }


def _wanted(filters: Filters) -> dict[str, Any]:
    return {
        "include": list(filters.include),
        "exclude": list(filters.exclude),
        "categories": list(filters.categories),
        "authors": list(filters.authors),
        "organizations": list(filters.organizations),
        "least_upvotes": filters.least_upvotes,
        "least_recommendation": filters.least_recommendation,
        "most_a_day": filters.most_a_day,
        "code": filters.code,
    }


def _times(chat: Chat) -> dict[str, Any]:
    table, quiet = chat.timetable, chat.quiet_hours
    return {
        "hours": [_hour(moment) for moment in table.times] if table else [],
        "days": [_DAYS[day] for day in table.days] if table else None,
        "quiet_hours": f"{_hour(quiet.start)}-{_hour(quiet.end)}" if quiet else None,
        "zone": chat.zone,
        "heartbeat": _hour(chat.heartbeat) if chat.heartbeat else None,
    }


def _hour(moment: time) -> str:
    return moment.strftime("%H:%M")
