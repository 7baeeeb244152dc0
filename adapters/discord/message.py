"""What is rendered: one message, apart from where it goes."""

from dataclasses import dataclass
from typing import Any

from adapters.discord.components import Button, Row, rows
from adapters.discord.embeds import Embed
from adapters.discord.selects import SelectMenu

# Bots: 2000 characters of content (Discord API v10, "Create Message").
CONTENT = 2000
# "Message Flags": for who asked alone; without a sound.
EPHEMERAL = 1 << 6
_SILENT = 1 << 12
# A thread's name: 1-100 characters (Discord API v10, "Start Thread in Forum").
THREAD_NAME = 100


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """One message as parts of a JSON payload.

    ``title`` is the post's, without markup, for a forum's thread; ``part`` counts a post's messages
    from 0. ``address`` is the page that the post is about, "" where there is none. ``menus`` stand
    above the ``buttons``; together they have five rows at most. ``gather`` is the post's.
    """

    content: str = ""
    embed: Embed | None = None
    buttons: tuple[Button, ...] = ()
    title: str = ""
    part: int = 0
    address: str = ""
    menus: tuple[SelectMenu, ...] = ()
    silent: bool = False
    gather: str = ""

    def payload(self, *, actions: bool = True) -> dict[str, Any]:
        """As "Edit Message" takes it; flags have no place there.

        Nobody is ever pinged (T3). ``actions`` is False where nobody answers buttons: a webhook.
        """
        shown = [button for button in self.buttons if actions or not button.action]
        menus: tuple[Row, ...] = self.menus if actions else ()
        return {
            "content": self.content,
            "embeds": [self.embed.json()] if self.embed else [],
            "components": rows(shown, menus=menus),
            "allowed_mentions": {"parse": []},
        }

    def new(self, *, actions: bool = True) -> dict[str, Any]:
        """As "Create Message", "Execute Webhook" and "Start Thread in Forum" take it."""
        flags = {"flags": _SILENT} if self.silent else {}
        return {**self.payload(actions=actions), **flags}
