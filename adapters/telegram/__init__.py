"""Telegram.

Here belong how a post looks there (``render`` and its parts, pure), the HTTP side of
python-telegram-bot, the translation of its errors, sending, and listening. Not here: what is sent
when, what a command does, and what becomes of a delivery that failed.
"""

from adapters.base import Options
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import read_options

__all__ = ["TelegramAdapter", "create"]


def create(options: Options) -> TelegramAdapter:
    """The adapter from ``[adapters.telegram]``.

    Raises:
        SettingsError: names every fault in the options.
    """
    return TelegramAdapter(read_options(options.values))
