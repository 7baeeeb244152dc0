"""The bot's sentences in other languages: one gettext catalogue each, and nothing else.

English stands in the code. ``make words`` collects its sentences into every ``<language>/sulan.po``
and compiles those; a new language is a new folder (``docs/languages.md``).
"""

import gettext
from functools import cache
from importlib.resources import files

from bot.domain.speech import Speech
from bot.domain.summary import Language


@cache
def load_speech(language: Language) -> Speech:
    """The sentences of a language; those that it lacks, or all of an unknown one, are English."""
    table: gettext.NullTranslations = gettext.NullTranslations()
    catalogue = files(__name__).joinpath(language, "sulan.mo")
    if language.isalnum() and catalogue.is_file():
        with catalogue.open("rb") as stream:
            table = gettext.GNUTranslations(stream)
    return Speech(language, table.gettext, table.ngettext)
