"""The command menu: one list a language, set only where it differs.

It is set for the default scope, which holds in private chats, in groups and for administrators
alike: who may do what is answered, not hidden.
"""

import logging
import re
from collections.abc import Sequence

from telegram import Bot, BotCommand
from telegram.error import BadRequest

from bot.domain.command import MenuEntry

_log = logging.getLogger(__name__)

# For clients whose language has no list of its own.
_DEFAULT = "en"
# Bot API, setMyCommands: 100 commands, languages by two letters. BotCommand: names of 1 to 32 small
# letters, digits and underscores, descriptions of 1 to 256 characters.
_MOST = 100
_LANGUAGE = re.compile(r"[a-z]{2}")
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LONGEST = 256


async def set_menu(bot: Bot, entries: Sequence[MenuEntry]) -> None:
    """Offer the commands in every language that describes them all; a list that Telegram refuses
    is left out, for commands work without.

    Raises:
        TelegramError: Telegram did not answer.
    """
    known = [entry for entry in entries if _NAME.fullmatch(entry.name)][:_MOST]
    if not known:
        return
    languages = sorted(set(known[0].descriptions).intersection(*(e.descriptions for e in known)))
    default = _DEFAULT if _DEFAULT in languages else next(iter(languages), None)
    if default is not None:
        await _set(bot, known, default, code=None)
    for code in filter(_LANGUAGE.fullmatch, languages):
        await _set(bot, known, code, code=code)


async def _set(bot: Bot, entries: Sequence[MenuEntry], language: str, *, code: str | None) -> None:
    wanted = [
        BotCommand(entry.name, entry.descriptions[language][:_LONGEST] or entry.name)
        for entry in entries
    ]
    try:
        if list(await bot.get_my_commands(language_code=code)) != wanted:
            await bot.set_my_commands(wanted, language_code=code)
    except BadRequest as error:
        said = {"language": code or "", "reason": error.message[:80]}
        _log.warning("Telegram refuses the list of commands", extra=said)
