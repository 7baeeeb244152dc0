"""How long an upstream asks us to wait, as its headers say."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)
# draft-ietf-httpapi-ratelimit-headers, as Hugging Face sends it: "api";r=0;t=123
_REMAINING = re.compile(r";\s*r\s*=\s*(\d{1,12})\b", re.ASCII)
_RESET = re.compile(r";\s*t\s*=\s*(\d{1,12})\b", re.ASCII)


def requested_wait(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to leave the host alone, ``None`` where it does not ask for that.

    ``Retry-After`` counts on every refusal (429 and 5xx); a ``RateLimit`` counts on a 429, and on
    any other answer once nothing remains of it. The longer of the two holds. Header names are
    lower case, ``now`` is UTC.
    """
    waits: list[float] = []
    if status == 429 or status >= 500:
        waits += _retry_after(headers.get("retry-after", ""), now)
    waits += _resets(headers.get("ratelimit", ""), limited=status == 429)
    return max(waits, default=None)


def _retry_after(value: str, now: datetime) -> list[float]:
    """RFC 9110 §10.2.3: whole seconds (decimals are seen in the wild) or a date."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return [float(value)]
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return [max(0.0, (moment - now).total_seconds())]
    except (TypeError, ValueError, OverflowError):  # the last for years and zones of many digits
        return []


def _resets(value: str, *, limited: bool) -> list[float]:
    """Seconds to the reset of every quota in a ``RateLimit`` header that holds us back."""
    quotas = [(_REMAINING.search(item), _RESET.search(item)) for item in value.split(",")]
    known = [(int(r[1]) if r else None, float(t[1])) for r, t in quotas if t]
    spent = [reset for remaining, reset in known if remaining == 0]
    return spent or ([reset for _, reset in known] if limited else [])
