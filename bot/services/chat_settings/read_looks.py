"""Typed looks: language, style, previews, pictures, sound. Pure."""

import re
from dataclasses import replace

from bot.domain.chat import Chat, Looks, Style
from bot.domain.summary import Language
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.typed import is_off, is_on

_BETWEEN = re.compile(r"[\s,、+&/]+|\band\b|和|与|加")
# What people call languages in the other language; a wording knows its own names.
_OTHER_NAMES = {"英文": "en", "英语": "en", "汉语": "zh", "简体中文": "zh", "chinese": "zh"}
_STYLES = {
    Style.EACH: ("each", "single", "messages", "逐篇", "每篇", "单篇"),
    Style.DIGEST: ("digest", "list", "daily", "汇总", "日报", "合集"),
    Style.THREAD: ("thread", "threads", "forum", "子区", "讨论串", "帖子"),
}


def read_language(text: str, reading: Reading) -> Change:
    """One language, or two, in each of which everything comes."""
    words = [word for word in _BETWEEN.split(text.casefold()) if word]
    found = [find_language(word, reading) for word in words]
    languages = list(dict.fromkeys(found))
    if not languages or None in languages:
        raise _unknown_language(text, reading)
    if len(languages) > 2:
        raise Misread(reading.speech.say("A chat can have two languages, not more."))

    def change(chat: Chat) -> Chat:
        first, *rest = [language for language in languages if language is not None]
        return replace(chat, language=first, second_language=rest[0] if rest else None)

    return change


def find_language(word: str, reading: Reading) -> Language | None:
    """The language that a word names by its tag or by a name of it."""
    word = word.casefold()
    for tag, wording in reading.offer.wordings.items():
        if word in (tag.casefold(), wording.name.casefold(), wording.english_name.casefold()):
            return tag
    tag = _OTHER_NAMES.get(word, word.partition("-")[0])
    return tag if tag in reading.offer.wordings else None


def read_style(text: str, reading: Reading) -> Change:
    """In which form papers come."""
    word = text.casefold()
    for style, names in _STYLES.items():
        if word in names:
            return _style(style)
    raise reading.misread(text, "style digest")


def _style(style: Style) -> Change:
    return lambda chat: replace(chat, style=style)


def read_previews(text: str, reading: Reading) -> Change:
    """Whether links are previewed."""
    wanted = _switch(text, reading, "previews off")
    return lambda chat: _looks(chat, replace(chat.looks, previews=wanted))


def read_pictures(text: str, reading: Reading) -> Change:
    """Whether there are pictures."""
    wanted = _switch(text, reading, "pictures off")
    return lambda chat: _looks(chat, replace(chat.looks, pictures=wanted))


def read_sound(text: str, reading: Reading) -> Change:
    """Whether messages may make a sound."""
    wanted = _switch(text, reading, "sound off")
    return lambda chat: _looks(chat, replace(chat.looks, sound=wanted))


def _looks(chat: Chat, looks: Looks) -> Chat:
    return replace(chat, looks=looks)


def _switch(text: str, reading: Reading, example: str) -> bool:
    if not is_on(text) and not is_off(text):
        raise reading.misread(text, example)
    return is_on(text)


def _unknown_language(text: str, reading: Reading) -> Misread:
    if not text:
        return reading.misread(text, "language en zh")
    there_are = ", ".join(
        f"{tag} ({wording.name})" for tag, wording in reading.offer.wordings.items()
    )
    say = reading.speech.say
    return Misread(say("I know these languages: {languages}.", languages=there_are))
