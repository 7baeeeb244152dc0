"""What happens around us at the gateway, apart from interactions: thumbs, coming and going.

Both need no privileged intent ("Gateway Intents": guilds, and the reactions in servers and
in direct messages). What cannot be handed on in time is dropped: a thumb is no promise.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn, TypeAlias

import discord

from adapters.base import Commands, Evictions, Opinions
from adapters.discord.interactions import PLATFORM
from bot.domain.command import Reaction
from bot.domain.target import Target

_log = logging.getLogger(__name__)

_UP, _DOWN = "\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"
# "Emoji Modifiers" of Unicode: the five skin tones that may follow a thumb.
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_WAITING = 1000
# People and messages whose two thumbs are told apart; of others, the last thumb counts.
_REMEMBERED = 10_000
_PUT_OUT = "the bot was removed from the server; adding it again resumes"

_Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class Events:
    """Hands on what happens, one after the other, to commands that want to know.

    ``platform`` is the name of the adapter that it happens to.
    """

    def __init__(self, commands: Commands, *, platform: str = PLATFORM) -> None:
        self._platform = platform
        self._opinions = commands if isinstance(commands, Opinions) else None
        self._evictions = commands if isinstance(commands, Evictions) else None
        self._waiting: asyncio.Queue[_Work] = asyncio.Queue(_WAITING)
        self._thumbs = Thumbs()

    def open(self, client: discord.Client) -> None:
        """Take this client's events from now on."""

        async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:
            self._reacted(client, event)

        async def on_raw_reaction_remove(event: discord.RawReactionActionEvent) -> None:
            self._reacted(client, event)

        async def on_guild_remove(guild: discord.Guild) -> None:
            self._removed(guild)

        async def on_guild_join(guild: discord.Guild) -> None:
            self._joined(guild)

        client.event(on_raw_reaction_add)
        client.event(on_raw_reaction_remove)
        client.event(on_guild_remove)
        client.event(on_guild_join)

    async def work(self) -> NoReturn:
        """Hand on what has come, until cancelled."""
        while True:
            do = await self._waiting.get()
            try:
                await do()
            except Exception as error:  # noqa: BLE001 - one thumb must not end listening
                _log.error("an event was not handled", extra={"error": type(error).__name__})

    def _reacted(self, client: discord.Client, event: discord.RawReactionActionEvent) -> None:
        opinions = self._opinions
        if opinions is None or not _counts(client, event):
            return
        thumbs = self._thumbs.now(event)
        if thumbs is None:
            return
        user, message = str(event.user_id), str(event.message_id)
        for place, message_id in _addresses(client, event, message):
            target = Target(self._platform, *place)
            reaction = Reaction(target, message_id, user, *thumbs)
            self._later(lambda reaction=reaction: opinions.react(reaction))

    def _removed(self, guild: discord.Guild) -> None:
        if (evictions := self._evictions) is not None:
            places = _places(guild, self._platform)
            self._later(lambda: evictions.evicted(places, _PUT_OUT))

    def _joined(self, guild: discord.Guild) -> None:
        if (evictions := self._evictions) is not None:
            places = _places(guild, self._platform)
            self._later(lambda: evictions.readmitted(places))

    def _later(self, work: _Work) -> None:
        try:
            self._waiting.put_nowait(work)
        except asyncio.QueueFull:
            _log.warning("too much happens at once; an event is dropped")


class Thumbs:
    """Which thumbs somebody shows under a message, by what has been seen come and go."""

    def __init__(self) -> None:
        self._shown: OrderedDict[tuple[int, int], list[str]] = OrderedDict()

    def now(self, event: discord.RawReactionActionEvent) -> tuple[int, int] | None:
        """Up and down, each 0 or 1, the one that came last; ``None`` for any other emoji."""
        thumb = event.emoji.name.rstrip(_SKIN_TONES)
        if event.emoji.id is not None or thumb not in (_UP, _DOWN):
            return None
        key = (event.message_id, event.user_id)
        shown = [other for other in self._shown.pop(key, []) if other != thumb]
        if event.event_type == "REACTION_ADD":
            shown.append(thumb)
        if shown:
            self._shown[key] = shown
        while len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)
        return (int(shown[-1:] == [_UP]), int(shown[-1:] == [_DOWN]))


def _places(guild: discord.Guild, platform: str) -> Sequence[Target]:
    """Everything in a server that may be a chat of ours."""
    return [Target(platform, str(place.id)) for place in (*guild.channels, *guild.threads)]


def _counts(client: discord.Client, event: discord.RawReactionActionEvent) -> bool:
    """Whether a person reacted, and, as far as Discord tells, to a message of ours."""
    own = client.user.id if client.user else None
    by_bot = event.member is not None and event.member.bot
    return event.user_id != own and not by_bot and event.message_author_id in (None, own)


def _addresses(
    client: discord.Client, event: discord.RawReactionActionEvent, message: str
) -> Sequence[tuple[tuple[str, ...], str]]:
    """Under what the message may have been delivered, each as chat, perhaps thread, and message: in
    a channel; in a thread that is listed, alone or with its channel; or in a thread where a
    channel's posts are gathered."""
    channel = str(event.channel_id)
    alone = ((channel,), message)
    guild = client.get_guild(event.guild_id) if event.guild_id else None
    thread = guild.get_thread(event.channel_id) if guild else None
    if thread is None:
        return (alone,)
    parent = str(thread.parent_id)
    gathered = ((parent,), f"{channel}/{message}")
    return (((parent, channel), message), gathered, alone)
