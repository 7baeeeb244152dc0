"""The command menu: one list a language, set only where it differs."""

from collections.abc import Sequence

from telegram import Bot, BotCommand

from bot.domain.command import MenuEntry

# For clients whose language has no list of its own.
_DEFAULT = "en"
# Bot API, BotCommand: descriptions have 1 to 256 characters.
_LONGEST = 256


async def set_menu(bot: Bot, entries: Sequence[MenuEntry]) -> None:
    """Offer the commands in every language that describes them all.

    Raises:
        TelegramError: Telegram did not take a list.
    """
    everywhere = set(entries[0].descriptions) if entries else set[str]()
    languages = sorted(everywhere.intersection(*(entry.descriptions for entry in entries)))
    for code in ("", *languages):
        wanted = [
            BotCommand(entry.name, entry.descriptions[code or _DEFAULT][:_LONGEST])
            for entry in entries
        ]
        shown = await bot.get_my_commands(language_code=code or None)
        if list(shown) != wanted:
            await bot.set_my_commands(wanted, language_code=code or None)
