"""Telegram.

Here belong how a post looks there (``render`` and its parts, pure), the HTTP side of
python-telegram-bot, the translation of its errors, sending, and listening. Not here: what is sent
when, what a command does, and what becomes of a delivery that failed.
"""

from adapters.base import Options
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.listen import TelegramBot
from adapters.telegram.options import read_options

__all__ = ["TelegramAdapter", "TelegramBot", "create"]


def create(options: Options) -> TelegramBot:
    """The adapter from ``[adapters.telegram]``, or from another table of its kind.

    Raises:
        SettingsError: names every fault in the options.
    """
    return TelegramBot(read_options(options.values, name=options.name))
