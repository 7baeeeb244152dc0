"""What apprise's answer says of the outcome.

The library reports success or failure, and writes the rest into its log lines, which are read here
and never shown. A failure says little by itself: its services answer ``False`` to a refusal and to
a time-out alike. So a failure is an unknown outcome, except where the lines prove more, and only
for one piece to one address: of several some may have arrived. The patterns are apprise 2.2's,
the same in nearly all of its services; where a service words it otherwise, the outcome stays
unknown.
"""

import re
from collections.abc import Sequence

from bot.domain.delivery_errors import (
    ChatGone,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)

# apprise does not tell for how long; a minute is what most of its services count in.
RETRY_AFTER = 60.0

_PIECE = re.compile(r"send\(\) completed in ")
_STATUS = re.compile(r"\berror=(\d{3})\b")
# urllib3's names of what happens before a connection stands.
_UNCONNECTED = re.compile(
    r"Socket Exception.*(?:NewConnectionError|NameResolutionError|ConnectTimeoutError)", re.DOTALL
)


def fault(service: str, lines: Sequence[str], *, addresses: int) -> DeliveryError:
    """Why a call failed.

    ``service`` is the service's name, ``lines`` are what apprise logged, ``addresses`` how many
    places its URL names.
    """
    if addresses != 1 or sum(1 for line in lines if _PIECE.search(line)) != 1:
        return OutcomeUnknown(f"{service} took some of it or nothing")
    if any(_UNCONNECTED.search(line) for line in lines):
        return NotDelivered(f"no connection to {service}")
    statuses = [int(match[1]) for line in lines if (match := _STATUS.search(line))]
    return _refusal(service, statuses[0]) if len(statuses) == 1 else _unknown(service)


def _refusal(service: str, status: int) -> DeliveryError:
    """By HTTP status (RFC 9110, 6585)."""
    words = f"{service} answered {status}"
    if status == 429:
        return RateLimited(words, retry_after=RETRY_AFTER)
    if status in {401, 403, 404, 410}:
        return ChatGone(f"{words}: its address or key is not accepted")
    if status in {400, 413, 415, 422}:
        return ContentRejected(words)
    return OutcomeUnknown(words)


def _unknown(service: str) -> DeliveryError:
    return OutcomeUnknown(f"{service} gave no usable answer")
