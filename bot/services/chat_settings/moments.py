"""Lengths of time and moments in words. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.timetable import zone_of


def span(length: timedelta, words: Mapping[str, str]) -> str:
    """A length by its largest unit; ``words`` as in ``StatusWords.spans`` and ``ago``."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return words["moment"]
    if minutes < 120:
        return words["minutes"].format(count=minutes)
    hours = minutes // 60
    if hours < 48:
        return words["hours"].format(count=hours)
    return words["days"].format(count=hours // 24)


def moment_in(zone: str, moment: datetime, *, now: datetime) -> str:
    """A moment in a zone, with the zone's name; the date is left out today."""
    where = zone_of(zone)
    local, today = moment.astimezone(where), now.astimezone(where).date()
    form = "%H:%M" if local.date() == today else "%Y-%m-%d %H:%M"
    return f"{local:{form}} {zone}"
