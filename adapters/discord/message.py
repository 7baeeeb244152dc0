"""What is rendered: one message, apart from where it goes."""

from dataclasses import dataclass
from typing import Any

from adapters.discord.components import Button, rows
from adapters.discord.embeds import Embed

# Bots: 2000 characters of content (Discord API v10, "Create Message").
CONTENT = 2000
# A thread's name: 1-100 characters (Discord API v10, "Start Thread in Forum").
THREAD_NAME = 100


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """One message as parts of a JSON payload.

    ``title`` is the post's, without markup, for a forum's thread; ``part`` counts a post's messages
    from 0. ``address`` is the page that the post is about, "" where there is none.
    """

    content: str = ""
    embed: Embed | None = None
    buttons: tuple[Button, ...] = ()
    title: str = ""
    part: int = 0
    address: str = ""

    def payload(self, *, actions: bool = True) -> dict[str, Any]:
        """As "Create Message", "Edit Message" and "Execute Webhook" take it.

        Nobody is ever pinged (T3). ``actions`` is False where nobody answers buttons: a webhook.
        """
        shown = [button for button in self.buttons if actions or not button.action]
        return {
            "content": self.content,
            "embeds": [self.embed.json()] if self.embed else [],
            "components": rows(shown),
            "allowed_mentions": {"parse": []},
        }
