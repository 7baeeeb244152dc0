"""From a menu's choices to changes. Pure.

A choice is read as if it had been typed, so that a menu can do nothing that typing cannot.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from bot.domain.chat import Chat, Looks
from bot.domain.filters import Filters
from bot.domain.timetable import EVERY_DAY, Timetable
from bot.services.chat_settings.keys import Chosen, Field, Page
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.read_lists import find_sources, require_sources
from bot.services.chat_settings.read_looks import read_style
from bot.services.chat_settings.read_numbers import read_most, read_score, read_upvotes
from bot.services.chat_settings.read_times import read_heartbeat, read_hours, read_quiet_hours
from bot.services.chat_settings.reading import Change, Reading

# Chosen instead of a language, for no second one.
NONE = "none"
_LOOKS = ("previews", "pictures", "sound")

_Reader: TypeAlias = Callable[[str, Reading], Change]
# One of several; the value is what would be typed.
_TYPED: Mapping[Field, _Reader] = {
    Field.STYLE: read_style,
    Field.UPVOTES: read_upvotes,
    Field.SCORE: read_score,
    Field.MOST: read_most,
    Field.QUIET: read_quiet_hours,
    Field.HEARTBEAT: read_heartbeat,
}
_PAGES: Mapping[Field, Page] = {
    Field.SOURCES: Page.SOURCES,
    Field.LANGUAGE: Page.LANGUAGE,
    Field.SECOND: Page.LANGUAGE,
    Field.STYLE: Page.STYLE,
    Field.UPVOTES: Page.FILTERS,
    Field.SCORE: Page.FILTERS,
    Field.MOST: Page.FILTERS,
    Field.TIMES: Page.WHEN,
    Field.DAYS: Page.WHEN,
    Field.QUIET: Page.WHEN,
    Field.HEARTBEAT: Page.SILENCE,
    Field.LOOKS: Page.SILENCE,
}


def page_of(chosen: Chosen) -> Page:
    """The page on which a choice stands."""
    return _PAGES[chosen.field]


def read_choice(chosen: Chosen, reading: Reading) -> Change:
    """What the choice changes.

    Raises:
        Misread: it is none that can be taken (a menu from long ago, or a key of somebody's own).
    """
    match chosen.field:
        case Field.SOURCES:
            return _sources(chosen, reading)
        case Field.LANGUAGE | Field.SECOND:
            return _language(chosen, reading)
        case Field.TIMES:
            return _times(chosen, reading)
        case Field.DAYS:
            return _days(chosen, reading)
        case Field.LOOKS:
            return _looks(chosen, reading)
        case field:
            return _TYPED[field](_one(chosen, reading), reading)


def without_filters(chat: Chat) -> Chat:
    """The chat as if it had never named any."""
    return replace(chat, filters=Filters())


def other_code(chat: Chat) -> Chat:
    """With code only, or no longer so."""
    return replace(chat, filters=replace(chat.filters, code=not chat.filters.code))


def _one(chosen: Chosen, reading: Reading) -> str:
    if len(chosen.values) != 1:
        raise _outdated(reading)
    return chosen.values[0]


def _sources(chosen: Chosen, reading: Reading) -> Change:
    if not chosen.flipped:
        named = find_sources(chosen.values, reading) or ()
        return lambda chat: replace(chat, sources=require_sources(named, reading))
    value = _one(chosen, reading)

    def flip(chat: Chat) -> Chat:
        if value in chat.sources:
            kept = tuple(source for source in chat.sources if source != value)
        else:
            kept = (*chat.sources, *(find_sources([value], reading) or ()))
        return replace(chat, sources=require_sources(kept, reading))

    return flip


def _language(chosen: Chosen, reading: Reading) -> Change:
    """The first takes the second's place where they would be the same, and the other way round."""
    value, first = _one(chosen, reading), chosen.field is Field.LANGUAGE
    if value not in reading.offer.wordings and (first or value != NONE):
        raise _outdated(reading)

    def change(chat: Chat) -> Chat:
        if not first:
            second = None if value in (NONE, chat.language) else value
            return replace(chat, second_language=second)
        second = None if chat.second_language == value else chat.second_language
        return replace(chat, language=value, second_language=second)

    return change


def _times(chosen: Chosen, reading: Reading) -> Change:
    """Other times on the same days."""
    typed = read_hours(_one(chosen, reading).replace("+", " "), reading)

    def change(chat: Chat) -> Chat:
        changed = typed(chat)
        if changed.timetable is None or chat.timetable is None:
            return changed
        timetable = replace(changed.timetable, days=chat.timetable.days)
        return replace(chat, timetable=timetable)

    return change


def _days(chosen: Chosen, reading: Reading) -> Change:
    if not all(value in "0123456" and len(value) == 1 for value in chosen.values):
        raise _outdated(reading)
    days = {int(value) for value in chosen.values}

    def change(chat: Chat) -> Chat:
        if chat.timetable is None:
            raise _outdated(reading)
        wanted = set(chat.timetable.days) ^ days if chosen.flipped else days
        return replace(chat, timetable=_on(chat.timetable, wanted, reading))

    return change


def _on(timetable: Timetable, days: Iterable[int], reading: Reading) -> Timetable:
    chosen = tuple(sorted(set(days) & set(EVERY_DAY)))
    if not chosen:
        raise Misread(reading.speech.say("At least one day must remain. /pause stops everything."))
    return replace(timetable, days=chosen)


def _looks(chosen: Chosen, reading: Reading) -> Change:
    if not set(chosen.values) <= set(_LOOKS):
        raise _outdated(reading)

    def change(chat: Chat) -> Chat:
        shown = {name for name in _LOOKS if getattr(chat.looks, name)}
        wanted = shown ^ set(chosen.values) if chosen.flipped else set(chosen.values)
        return replace(chat, looks=Looks(**{name: name in wanted for name in _LOOKS}))

    return change


def _outdated(reading: Reading) -> Misread:
    say = reading.speech.say
    return Misread(say("That menu is out of date. /settings shows a new one."))
