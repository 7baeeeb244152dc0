"""Time zones by what people call them. Pure but for reading the machine's table of zones once."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

# Cities that people name and the table lacks, or knows under another spelling.
_CITIES = {
    "beijing": "Asia/Shanghai",
    "china": "Asia/Shanghai",
    "shenzhen": "Asia/Shanghai",
    "guangzhou": "Asia/Shanghai",
    "hangzhou": "Asia/Shanghai",
    "bangalore": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "india": "Asia/Kolkata",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "boston": "America/New_York",
    "washington": "America/New_York",
    "montreal": "America/Toronto",
    "munich": "Europe/Berlin",
    "geneva": "Europe/Zurich",
    "milan": "Europe/Rome",
    "kyoto": "Asia/Tokyo",
    "osaka": "Asia/Tokyo",
    "北京": "Asia/Shanghai",
    "上海": "Asia/Shanghai",
    "中国": "Asia/Shanghai",
    "香港": "Asia/Hong_Kong",
    "台北": "Asia/Taipei",
    "新加坡": "Asia/Singapore",
    "东京": "Asia/Tokyo",
    "首尔": "Asia/Seoul",
    "伦敦": "Europe/London",
    "巴黎": "Europe/Paris",
    "柏林": "Europe/Berlin",
    "纽约": "America/New_York",
    "旧金山": "America/Los_Angeles",
    "洛杉矶": "America/Los_Angeles",
    "多伦多": "America/Toronto",
    "悉尼": "Australia/Sydney",
}
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-])(\d{1,2})(?::?00)?")
# Whole regions first: "Singapore" is also a name of its own, kept for old programs.
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian")


def find_zone(text: str) -> str | None:
    """The IANA name for a name, a city, or whole hours from UTC; ``None`` where it is unknown.

    ``Etc/GMT-8`` is eight hours *ahead*: that is how POSIX counts.
    """
    words = " ".join(text.replace("_", " ").casefold().split())
    if words in ("utc", "gmt", "z"):
        return "UTC"
    if match := _OFFSET.fullmatch(words):
        sign, hours = ("-" if match[1] == "+" else "+"), int(match[2])
        name = f"Etc/GMT{sign}{hours}" if hours else "UTC"
        return name if name in available_timezones() else None
    return _CITIES.get(words) or _names().get(words)


def near_zones(text: str) -> Sequence[str]:
    """Up to three names that look alike."""
    words = " ".join(text.replace("_", " ").casefold().split())
    known = {**_names(), **_CITIES}
    found = get_close_matches(words, known, n=6, cutoff=0.7)
    return tuple(dict.fromkeys(known[name] for name in found))[:3]


@cache
def _names() -> dict[str, str]:
    """Zones by whole name and by city, in small letters with blanks."""
    zones = sorted(available_timezones(), key=lambda name: (not _regional(name), name))
    names: dict[str, str] = {}
    for zone in zones:
        names.setdefault(_spoken(zone.rpartition("/")[2]), zone)
    for zone in zones:
        if "/" in zone:
            names[_spoken(zone)] = zone
    return names


def _regional(zone: str) -> bool:
    return zone.partition("/")[0] in (*_REGIONS, "Pacific")


def _spoken(name: str) -> str:
    return name.replace("_", " ").casefold()
