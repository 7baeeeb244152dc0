"""Typed times: when papers come, when they wait, in which zone. Pure."""

from dataclasses import replace

from bot.domain.chat import Chat
from bot.domain.timetable import Timetable
from bot.services.chat_settings.clock_times import Unread, read_quiet, read_time, read_timetable
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.typed import is_off
from bot.services.chat_settings.zones import find_zone, near_zones

# A day has 24 hours; who wants papers more often wants them as they appear.
MOST_TIMES = 24

_AT_ONCE = ("as they appear", "as it appears", "at once", "immediately", "always", "实时", "随时")


def read_hours(text: str, reading: Reading) -> Change:
    """At which local times papers come; off is as they appear."""
    if is_off(text) or text.casefold() in _AT_ONCE:
        return lambda chat: replace(chat, timetable=None)
    try:
        timetable = read_timetable(text)
    except Unread as error:
        raise reading.misread(str(error), "hours 08:30, 18:00 mon-fri") from error
    return lambda chat: replace(chat, timetable=few_times(timetable, reading))


def read_quiet_hours(text: str, reading: Reading) -> Change:
    """Between which local times nothing arrives."""
    if is_off(text):
        return lambda chat: replace(chat, quiet_hours=None)
    try:
        quiet = read_quiet(text)
    except Unread as error:
        raise reading.misread(str(error), "quiet 23:00-07:00") from error
    return lambda chat: replace(chat, quiet_hours=quiet)


def read_heartbeat(text: str, reading: Reading) -> Change:
    """By which local time a day without papers is explained."""
    if is_off(text):
        return lambda chat: replace(chat, heartbeat=None)
    try:
        moment = read_time(text)
    except Unread as error:
        raise reading.misread(str(error), "heartbeat 12:00") from error
    return lambda chat: replace(chat, heartbeat=moment)


def read_zone(text: str, reading: Reading) -> Change:
    """In which zone all local times are."""
    if not text:
        raise reading.misread(text, "zone Asia/Shanghai")
    zone = find_zone(text)
    if zone is None:
        raise _unknown_zone(text, reading)

    def change(chat: Chat) -> Chat:
        return replace(chat, zone=zone)

    return change


def few_times(timetable: Timetable, reading: Reading) -> Timetable:
    """The same, if it has not too many times.

    Raises:
        Misread: it has more than ``MOST_TIMES``.
    """
    if len(timetable.times) <= MOST_TIMES:
        return timetable
    say = reading.speech.say
    raise Misread(say("At most {count} times a day.", count=MOST_TIMES))


def _unknown_zone(text: str, reading: Reading) -> Misread:
    near = near_zones(text)
    if not near:
        return reading.misread(text, "zone Asia/Shanghai")
    return Misread(
        reading.speech.say(
            "I know no time zone “{zone}”. Did you mean {near}?",
            zone=text[:40],
            near=", ".join(near),
        )
    )
