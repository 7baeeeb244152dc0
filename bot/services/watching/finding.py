"""One thing that ``sulan doctor`` has to say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: ``wrong`` needs a person, ``note`` is worth knowing."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` and ``to_do`` are sentences; ``since`` is UTC, ``None`` where nobody knows."""

    subject: str
    severity: Severity
    what: str
    to_do: str = ""
    since: datetime | None = None
