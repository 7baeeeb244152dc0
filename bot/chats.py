"""From the settings to chats and the adapters they need."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import fields, is_dataclass, replace
from typing import cast

from adapters.base import Adapter, Archive
from bot.domain.chat import Chat, Looks, Style
from bot.domain.delivery import OnUnknown
from bot.domain.filters import Filters
from bot.domain.target import Target
from bot.domain.timetable import EVERY_DAY, QuietHours, Timetable
from bot.instances import adapters_of, instances_of, spelt
from config.chats import ChatSettings
from config.settings import Settings

TERMINAL = Target("console", "terminal")


def chats_of(settings: Settings) -> list[Chat]:
    """The chats that the operator lists.

    Where none is listed and no adapter has options, nobody but who started us can be meant: the
    terminal.
    """
    if not settings.chats and not settings.adapters:
        return [_marked(Chat(TERMINAL, settings.language, settings.sources))]
    return [_marked(chat_of(entry, settings)) for entry in settings.chats]


def chat_of(entry: ChatSettings, settings: Settings) -> Chat:
    """A chat as one entry describes it; what it leaves out is as at the top level."""
    names = {field.name for field in fields(Filters)}
    quiet = entry.quiet_hours
    return Chat(
        target=Target(spelt(entry.platform), entry.chat, entry.thread),
        language=entry.language or settings.language,
        second_language=entry.second_language,
        sources=entry.sources or settings.sources,
        heartbeat=entry.heartbeat,
        zone=entry.zone,
        on_unknown=OnUnknown(entry.on_unknown),
        filters=Filters(**{name: getattr(entry, name) for name in names}),
        style=Style(entry.style),
        timetable=Timetable(entry.hours, entry.days or EVERY_DAY) if entry.hours else None,
        quiet_hours=QuietHours(*quiet) if quiet else None,
        looks=Looks(entry.previews, entry.pictures, entry.sound),
    )


def _marked(chat: Chat) -> Chat:
    """With a fingerprint of the entry, which tells later whether the operator has changed it."""
    return replace(chat, listed=fingerprint(chat))


def fingerprint(chat: Chat) -> str:
    """A short word for all that an entry asks for. What is as by default has no part in it, so that
    an entry stays the same for a later version, which knows more settings."""
    asked = json.dumps(_asked(chat), sort_keys=True)
    return hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()


def _asked(value: object) -> object:
    if isinstance(value, tuple):
        return [_asked(each) for each in cast("tuple[object, ...]", value)]
    if not is_dataclass(value):
        return str(value)
    named = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: _asked(each) for field, each in named if each != field.default}


def adapters_for(chats: Sequence[Chat], settings: Settings, archive: Archive) -> list[Adapter]:
    """An adapter for each platform that a chat is on (the operator's too), and for each that has
    options.

    Raises:
        SettingsError: names every fault that any of them finds.
    """
    operator = operator_of(settings)
    platforms = [chat.target.platform for chat in chats]
    platforms += [operator.platform] if operator is not None else []
    return adapters_of(instances_of(platforms, settings), archive)


def operator_of(settings: Settings) -> Target | None:
    """The chat that is told what needs a person, if the settings name one."""
    if settings.run.operator is None:
        return None
    platform, chat, *thread = settings.run.operator.split("/")
    return Target(spelt(platform), chat, thread[0] if thread else None)


async def enter(adapter: Adapter, stack: AsyncExitStack) -> None:
    """Open an adapter that is to be opened; it is closed with the stack."""
    if isinstance(adapter, AbstractAsyncContextManager):
        await stack.enter_async_context(adapter)
