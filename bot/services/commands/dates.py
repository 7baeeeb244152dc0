"""Days as people type them."""

import re
import unicodedata
from datetime import date, timedelta

from bot.domain.errors import InvalidInput

# Longer than any way to write a day.
_MOST = 30
_DAY = re.compile(r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
# The month in which arXiv began; nothing was listed before.
FIRST_DAY = date(1991, 8, 1)


def read_date(text: str, *, today: date) -> date:
    """A day such as 2026-08-21, 2026/8/21, 20260821 or 2026年8月21日; today for an empty text.

    One day ahead is taken for today: east of Greenwich tomorrow has begun. Other days ahead, and
    those before ``FIRST_DAY``, are given as they are.

    Raises:
        InvalidInput: there is no such day.
    """
    folded = unicodedata.normalize("NFKC", text[: _MOST + 1])
    typed = "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()
    if not typed:
        return today
    match = _DAY.fullmatch(typed) if len(typed) <= _MOST else None
    try:
        day = date(*(int(part) for part in match.groups() if part)) if match else None
    except ValueError:
        day = None
    if day is None:
        raise InvalidInput("That is no date. Write it as YYYY-MM-DD.")
    return today if day == today + timedelta(days=1) else day
