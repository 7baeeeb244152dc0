"""Times of day, weekdays and zones as people write them."""

from datetime import time
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.timetable import EVERY_DAY, WORKDAYS
from bot.services.chat_settings.clock_times import Unread, read_quiet, read_time, read_timetable
from bot.services.chat_settings.zones import find_zone, near_zones

TIMES = {
    "8": time(8),
    "08:30": time(8, 30),
    "8.30": time(8, 30),
    "8h30": time(8, 30),
    "0830": time(8, 30),
    "8am": time(8),
    "8 pm": time(20),
    "12am": time(0),
    "12pm": time(12),
    "12:30 am": time(0, 30),
    "8点": time(8),
    "8点半": time(8, 30),
    "8点05分": time(8, 5),
    "20时": time(20),
    "晚上8点": time(20),
    "下午3点半": time(15, 30),
    "中午12点": time(12),
    "凌晨12点": time(0),
    "at 23:59": time(23, 59),
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_of_day_is_read(text: str) -> None:
    assert read_time(text) == TIMES[text]


@pytest.mark.parametrize("text", ["", "24:00", "8:60", "noon", "8:3", "-1", "8:30 8:30", "100"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        read_time(text)


DAYS = {
    "9:00": EVERY_DAY,
    "9:00 daily": EVERY_DAY,
    "9:00 every day": EVERY_DAY,
    "9:00 mon-fri": WORKDAYS,
    "9:00 Monday to Friday": WORKDAYS,
    "9:00 on weekdays": WORKDAYS,
    "9:00 sat sun": (5, 6),
    "9:00 Saturdays and Sundays": (5, 6),
    "9:00 weekends": (5, 6),
    "9:00 fri-mon": (0, 4, 5, 6),
    "9:00 tue, thurs": (1, 3),
    "9:00 Wednesday": (2,),
    "周一至周五 9:00": WORKDAYS,
    "星期一、星期三 9点": (0, 2),
    "周末 9点": (5, 6),
    "礼拜天 9点": (6,),
    "每天 9点": EVERY_DAY,
}


@pytest.mark.parametrize("text", DAYS)
def test_weekdays_are_read_beside_the_times(text: str) -> None:
    timetable = read_timetable(text.casefold())
    assert (timetable.times, timetable.days) == ((time(9),), DAYS[text])


def test_times_are_sorted_and_each_there_once() -> None:
    timetable = read_timetable("18:00 8:30 and 8:30 12")
    assert timetable.times == (time(8, 30), time(12), time(18))


@pytest.mark.parametrize("text", ["", "mon-fri", "8:30 foo", "monkey 8:30", "8:30-9:30"])
def test_a_timetable_needs_times_and_nothing_else(text: str) -> None:
    with pytest.raises(Unread):
        read_timetable(text)


SPANS = {
    "23:00-07:00": (time(23), time(7)),
    "23-7": (time(23), time(7)),
    "2300-0700": (time(23), time(7)),
    "between 11pm and 7am": (time(23), time(7)),
    "from 23:00 until 07:00": (time(23), time(7)),
    "23:00 – 07:00": (time(23), time(7)),
    "23点到7点": (time(23), time(7)),
    "从晚上11点半至早上7点": (time(23, 30), time(7)),
    "13:00~14:00": (time(13), time(14)),
}


@pytest.mark.parametrize("text", SPANS)
def test_quiet_hours_are_read(text: str) -> None:
    quiet = read_quiet(text)
    assert (quiet.start, quiet.end) == SPANS[text]


@pytest.mark.parametrize("text", ["", "23:00", "7-7", "23:00-07:00-09:00", "night", "23 7"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        read_quiet(text)


ZONES = {
    "Asia/Shanghai": "Asia/Shanghai",
    "asia/shanghai": "Asia/Shanghai",
    "Shanghai": "Asia/Shanghai",
    "Beijing": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "new york": "America/New_York",
    "America/New_York": "America/New_York",
    "new_york": "America/New_York",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Singapore": "Asia/Singapore",
    "London": "Europe/London",
    "UTC": "UTC",
    "gmt": "UTC",
    "UTC+8": "Etc/GMT-8",
    "+8": "Etc/GMT-8",
    "GMT-5": "Etc/GMT+5",
    "utc +05:00": "Etc/GMT-5",
    "+0": "UTC",
}


@pytest.mark.parametrize("text", ZONES)
def test_a_zone_is_found_by_what_people_call_it(text: str) -> None:
    assert find_zone(text) == ZONES[text]


@pytest.mark.parametrize("text", ["", "Atlantis", "+5:30", "UTC+99", "../etc/passwd", "\x00"])
def test_an_unknown_zone_is_none(text: str) -> None:
    assert find_zone(text) is None


def test_a_slip_of_the_thumb_brings_near_names() -> None:
    assert near_zones("Shangai") == ("Asia/Shanghai",)
    assert "Europe/Berlin" in near_zones("europe/berln")
    assert near_zones("qqqqqq") == ()


def test_every_zone_is_found_by_its_own_name() -> None:
    found = {zone: find_zone(zone) for zone in available_timezones() if "/" in zone}
    assert {zone for zone, name in found.items() if name != zone} <= {"Etc/UTC", "Etc/GMT"}
    assert all(name and ZoneInfo(name) for name in found.values())
