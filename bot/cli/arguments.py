"""Arguments that more than one command takes, and how they are read."""

from datetime import date, timedelta
from typing import Annotated

from cyclopts import Parameter

from bot.domain.errors import InvalidInput

DayOption = Annotated[
    str | None,
    Parameter(name=["--date", "-d"], help="A day as YYYY-MM-DD (UTC). Default: today."),
]
LangOption = Annotated[
    str | None,
    Parameter(
        name=["--lang", "-l"],
        help="Language of the summaries: zh or en. Default: zh, or the setting `language`.",
    ),
]
JsonOption = Annotated[
    bool,
    Parameter(
        name="--json",
        negative="",
        show_default=False,
        help="Print JSON for programs instead of text.",
    ),
]

LimitOption = Annotated[
    int | None, Parameter(name=["--limit", "-n"], help="Show (and summarise) at most N papers.")
]


def read_count(count: int | None) -> int | None:
    """A number of papers.

    Raises:
        InvalidInput: it is less than one.
    """
    if count is not None and count < 1:
        raise InvalidInput(f"--limit takes a number from 1 up, not {count}.")
    return count


def read_day(text: str | None, *, today: date) -> date:
    """A day argument; ``today`` is the present date in UTC.

    One day ahead is taken for today: east of Greenwich tomorrow has begun.

    Raises:
        InvalidInput: no date, or one in the future.
    """
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"Not a date: {text!r}. Write it as {today.isoformat()}.") from error
    if day > today + timedelta(days=1):
        raise InvalidInput(f"{day} is in the future. The newest list is that of {today} (UTC).")
    return min(day, today)
