"""From the settings to chats and the adapters they need."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from adapters.base import Adapter, Archive, Options
from adapters.registry import BUILT_IN, create
from bot.domain.chat import Chat
from bot.domain.delivery import OnUnknown
from bot.domain.errors import SettingsError
from bot.domain.target import Target
from config.settings import Settings

TERMINAL = Target("console", "terminal")


def chats_of(settings: Settings) -> list[Chat]:
    """The chats to publish to; the terminal where none is named."""
    if not settings.chats:
        return [Chat(TERMINAL, settings.language, settings.sources)]
    return [
        Chat(
            target=Target(chat.platform, chat.chat, chat.thread),
            language=chat.language or settings.language,
            sources=chat.sources or settings.sources,
            heartbeat=chat.heartbeat,
            zone=chat.zone,
            on_unknown=OnUnknown(chat.on_unknown),
        )
        for chat in settings.chats
    ]


def adapters_for(chats: Sequence[Chat], settings: Settings, archive: Archive) -> list[Adapter]:
    """An adapter for each platform that a chat is on, and for each that has options: somebody may
    want to ask it for papers.

    Raises:
        SettingsError: names every fault that any of them finds.
    """
    options: dict[str, dict[str, object]] = {}
    for name, values in settings.adapters.items():
        options.setdefault(_as_known(name), {}).update(values)
    names = dict.fromkeys([*(chat.target.platform for chat in chats), *options])
    made: list[Adapter] = []
    faults: list[str] = []
    for name in names:
        try:
            made.append(create(name, Options(name, options.get(name, {}), archive)))
        except SettingsError as error:
            faults.append(str(error))
    if faults:
        raise SettingsError("\n".join(faults))
    return made


def _as_known(name: str) -> str:
    """An adapter's name; a variable cannot hold the dash of ``discord-webhook``."""
    dashed = name.replace("_", "-")
    return dashed if dashed in BUILT_IN else name


async def enter(adapter: Adapter, stack: AsyncExitStack) -> None:
    """Open an adapter that is to be opened; it is closed with the stack."""
    if isinstance(adapter, AbstractAsyncContextManager):
        await stack.enter_async_context(adapter)
