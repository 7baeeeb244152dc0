"""The choices on each page of the settings menu. Pure."""

from collections.abc import Callable, Mapping, Sequence

from bot.domain.chat import Chat, Style
from bot.domain.post import Choice, Select
from bot.domain.speech import Speech
from bot.services.chat_settings.choosing import NONE
from bot.services.chat_settings.describe import day_names
from bot.services.chat_settings.keys import Field, Page
from bot.services.chat_settings.offer import Offer

# Discord's limit for a select.
_MOST_CHOICES = 25
_OFF = "off"
_UPVOTES = (5, 10, 20, 50, 100)
_SCORES = (3.0, 3.5, 4.0, 4.5)
_MOST = (3, 5, 10, 20)
_TIMES = ("07:00", "08:00", "08:30", "09:00", "12:00", "18:00", "20:00")
_QUIET = ("22:00-07:00", "23:00-07:00", "00:00-08:00")
_HEARTBEATS = ("09:00", "12:00", "18:00")


def selects_of(page: Page, chat: Chat, offer: Offer, speech: Speech) -> tuple[Select, ...]:
    """A page's questions, with what holds now marked."""
    if page is Page.SOURCES:
        return (_sources(chat, offer, speech),)
    if page is Page.LANGUAGE:
        return _languages(chat, offer, speech)
    draw = _PAGES.get(page)
    return draw(chat, speech) if draw else ()


def _sources(chat: Chat, offer: Offer, speech: Speech) -> Select:
    wording = offer.wordings.get(speech.language)
    shown = tuple(dict.fromkeys((*chat.sources, *offer.menu)))
    # A key that joins many categories may be too long for a button; it can still be typed.
    keys = [key for key in shown if len(key) <= 50][:_MOST_CHOICES]
    choices = tuple(
        Choice(wording.commands.source_name(key) if wording else key, key, key in chat.sources)
        for key in keys
    )
    return Select(Field.SOURCES.key, speech.say("Sources"), choices, several=True)


def _filters(chat: Chat, speech: Speech) -> tuple[Select, ...]:
    filters, off = chat.filters, speech.say("any number")
    upvotes = _numbers(_UPVOTES, filters.least_upvotes)
    scores = _numbers(_SCORES, filters.least_recommendation)
    most = _numbers(_MOST, filters.most_a_day or 0)
    return (
        _one_of(Field.MOST, speech.say("Papers a day, at most"), most, off),
        _one_of(
            Field.SCORE, speech.say("Recommended at least at"), scores, speech.say("any score")
        ),
        _one_of(Field.UPVOTES, speech.say("Upvotes, at least"), upvotes, off),
    )


def _numbers(usual: Sequence[float], present: float) -> list[tuple[str, bool]]:
    """The usual ones and the present one, each with whether it holds."""
    values = sorted({*usual, *((present,) if present else ())})
    return [(f"{value:g}", value == present) for value in values]


def _one_of(field: Field, label: str, values: Sequence[tuple[str, bool]], off: str) -> Select:
    """One of some values, or off."""
    chosen = any(holds for _, holds in values)
    choices = [Choice(off, _OFF, not chosen)]
    choices += [Choice(value.replace("+", ", "), value, holds) for value, holds in values]
    return Select(field.key, label, tuple(choices[:_MOST_CHOICES]))


def _languages(chat: Chat, offer: Offer, speech: Speech) -> tuple[Select, ...]:
    names = {tag: wording.name for tag, wording in offer.wordings.items()}
    first = tuple(Choice(name, tag, tag == chat.language) for tag, name in names.items())
    second = [Choice(speech.say("no other"), NONE, chat.second_language is None)]
    second += [
        Choice(name, tag, tag == chat.second_language)
        for tag, name in names.items()
        if tag != chat.language
    ]
    return (
        Select(Field.LANGUAGE.key, speech.say("Language"), first[:_MOST_CHOICES]),
        Select(Field.SECOND.key, speech.say("And also in"), tuple(second[:_MOST_CHOICES])),
    )


def _style(chat: Chat, speech: Speech) -> tuple[Select, ...]:
    names = {
        Style.EACH: speech.say("a message a paper"),
        Style.DIGEST: speech.say("one digest a day"),
        Style.THREAD: speech.say("a thread a day (Discord)"),
    }
    choices = tuple(Choice(name, style.value, style is chat.style) for style, name in names.items())
    return (Select(Field.STYLE.key, speech.say("Papers come as"), choices),)


def _when(chat: Chat, speech: Speech) -> tuple[Select, ...]:
    present = [f"{time:%H:%M}" for time in chat.timetable.times] if chat.timetable else []
    times = _texts(_TIMES, "+".join(present))
    quiet = chat.quiet_hours
    span = f"{quiet.start:%H:%M}-{quiet.end:%H:%M}" if quiet else ""
    asks = [
        _one_of(Field.TIMES, speech.say("At"), times, speech.say("as they appear")),
        _one_of(
            Field.QUIET, speech.say("Not between"), _texts(_QUIET, span), speech.say("never quiet")
        ),
    ]
    if chat.timetable is not None:
        asks.insert(1, _days(chat.timetable.days, speech))
    return tuple(asks)


def _texts(usual: Sequence[str], present: str) -> list[tuple[str, bool]]:
    known = present in usual or not present or len(present) > 50
    values = usual if known else (present, *usual)
    return [(value, value == present) for value in values]


def _days(days: Sequence[int], speech: Speech) -> Select:
    names = day_names(speech)
    choices = tuple(Choice(name, str(day), day in days) for day, name in enumerate(names))
    return Select(Field.DAYS.key, speech.say("On"), choices, several=True)


def _looks(chat: Chat, speech: Speech) -> Select:
    looks = chat.looks
    choices = (
        Choice(speech.say("link previews"), "previews", looks.previews),
        Choice(speech.say("pictures"), "pictures", looks.pictures),
        Choice(speech.say("sound"), "sound", looks.sound),
    )
    return Select(Field.LOOKS.key, speech.say("Messages with"), choices, several=True)


def _heartbeat(chat: Chat, speech: Speech) -> Select:
    present = f"{chat.heartbeat:%H:%M}" if chat.heartbeat else ""
    values = _texts(_HEARTBEATS, present)
    label = speech.say("Explain a day without papers at")
    return _one_of(Field.HEARTBEAT, label, values, speech.say("never"))


def _silence(chat: Chat, speech: Speech) -> tuple[Select, ...]:
    return (_looks(chat, speech), _heartbeat(chat, speech))


_PAGES: Mapping[Page, Callable[[Chat, Speech], tuple[Select, ...]]] = {
    Page.FILTERS: _filters,
    Page.STYLE: _style,
    Page.WHEN: _when,
    Page.SILENCE: _silence,
}
