"""Discord: publishing under a bot (``create``) or through a channel's webhook
(``create_webhook``).

Here belongs everything that knows Discord: what a message looks like (``render`` and the modules it
uses, all pure), how it is sent (``adapter``, ``webhook``), the one connection that sending and
listening share (``client``), and what Discord's faults mean (``errors``). discord.py and aiohttp
are imported nowhere else on its behalf. What to send, when, and what follows from a fault are not
decided here.
"""

from adapters.base import Options
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.listen import DiscordBot
from adapters.discord.options import read_options
from adapters.discord.webhook import WebhookAdapter
from adapters.discord.webhook import create as create_webhook
from bot.clock import SystemClock

__all__ = ["DiscordAdapter", "DiscordBot", "WebhookAdapter", "create", "create_webhook"]


def create(options: Options) -> DiscordBot:
    """The adapter of ``[adapters.discord]``, or of another table of its kind.

    Raises:
        SettingsError: names every fault of the options.
    """
    return DiscordBot(read_options(options), SystemClock())
