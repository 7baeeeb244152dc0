"""Times of day and weekdays as people write them, in English and Chinese. Pure."""

import re
from datetime import time

from bot.domain.timetable import EVERY_DAY, WORKDAYS, QuietHours, Timetable

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_DAYS = "一二三四五六日"
_DAY = (
    r"(?:(?P<{0}>mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|rs|r|s)?s?\b\.?"
    r"|(?:周|星期|礼拜)(?P<{0}h>[一二三四五六日天]))"
)
_DAY_RANGE = re.compile(
    _DAY.format("a") + r"(?: ?(?:-|–|—|~|to|through|至|到) ?" + _DAY.format("b") + ")?"
)
_GROUPS = {
    "every day": EVERY_DAY,
    "everyday": EVERY_DAY,
    "daily": EVERY_DAY,
    "weekdays": WORKDAYS,
    "workdays": WORKDAYS,
    "working days": WORKDAYS,
    "weekends": (5, 6),
    "weekend": (5, 6),
    "每天": EVERY_DAY,
    "每日": EVERY_DAY,
    "工作日": WORKDAYS,
    "周末": (5, 6),
}
_GROUP = re.compile("|".join(sorted(_GROUPS, key=len, reverse=True)))
_TIME = re.compile(
    r"(?P<part>上午|早上|凌晨|中午|下午|晚上)? ?(?P<hour>\d{1,2})"
    r"(?:(?:[:.h]|(?<=\d\d))(?P<minute>\d{2})|(?:点|时)(?:(?P<half>半)|(?P<hanminute>\d{1,2})分?|整)?)?"
    r"(?: ?(?P<suffix>am|pm)\b)?(?!\d)"
)
_BETWEEN = re.compile(r" ?(?:-|–|—|~|to|until|till|and|至|到) ?")
_FILLER = re.compile(r"[\s,、]+|(?:at|on|and|from|between|和|在|从)(?: |(?=[^a-z]))")
_AFTERNOON = ("pm", "下午", "晚上")


class Unread(ValueError):
    """What is no time; the message is where the reading stopped."""


def read_timetable(text: str, *, days: tuple[int, ...] = EVERY_DAY) -> Timetable:
    """Times with weekdays: ``08:30, 18:00 mon-fri``. ``days`` are those where none are named.

    Raises:
        Unread: something is neither; or there is no time.
    """
    rest = text.casefold()
    times: set[time] = set()
    named: set[int] = set()
    while rest:
        if match := _FILLER.match(rest):
            pass
        elif match := _GROUP.match(rest):
            named.update(_GROUPS[match[0]])
        elif match := _DAY_RANGE.match(rest):
            named.update(_span(match))
        elif match := _TIME.match(rest):
            times.add(_time(match))
        else:
            raise Unread(rest)
        rest = rest[match.end() :]
    if not times:
        raise Unread(text)
    return Timetable(tuple(sorted(times)), tuple(sorted(named)) or days)


def read_quiet(text: str) -> QuietHours:
    """``23:00-07:00``, ``11pm to 7am``, ``23 点到 7 点``.

    Raises:
        Unread: it is no such span, or it ends when it begins.
    """
    rest = _without_filler(text.casefold())
    if (first := _TIME.match(rest)) is None:
        raise Unread(text)
    start, rest = _time(first), rest[first.end() :]
    if (between := _BETWEEN.match(rest)) is None:
        raise Unread(text)
    last = _TIME.fullmatch(rest[between.end() :].strip())
    if last is None or _time(last) == start:
        raise Unread(text)
    return QuietHours(start, _time(last))


def read_time(text: str) -> time:
    """One time of day.

    Raises:
        Unread: it is none.
    """
    match = _TIME.fullmatch(_without_filler(text.casefold()).strip())
    if match is None:
        raise Unread(text)
    return _time(match)


def _without_filler(text: str) -> str:
    while match := _FILLER.match(text):
        text = text[match.end() :]
    return text


def _time(match: re.Match[str]) -> time:
    hour = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or match["hanminute"] or 0)
    marks = (match["part"], match["suffix"])
    if any(mark in _AFTERNOON for mark in marks) and 1 <= hour < 12:
        hour += 12
    elif hour == 12 and ("am" in marks or "凌晨" in marks):
        hour = 0
    if hour > 23 or minute > 59:
        raise Unread(match[0].strip())
    return time(hour, minute)


def _span(match: re.Match[str]) -> list[int]:
    first = _day(match["a"], match["ah"])
    if match["b"] is None and match["bh"] is None:
        return [first]
    last = _day(match["b"], match["bh"])
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _day(latin: str | None, han: str | None) -> int:
    if latin is not None:
        return _DAYS.index(latin)
    return _HAN_DAYS.index((han or "日").replace("天", "日"))
