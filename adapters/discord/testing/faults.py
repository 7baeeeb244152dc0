"""What a server may do instead of answering as it should."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class How(Enum):
    """How a connection comes to grief after the request was read."""

    CLOSE = "closes without a byte"
    RESET = "resets"
    CUT = "closes in the middle of an answer"
    HANG = "stays silent"


@dataclass(frozen=True, slots=True)
class Break:
    """The connection breaks. ``taken``: after the request had its effect."""

    how: How
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A prepared answer; ``body`` is sent as JSON, bytes as HTML. ``taken`` as for ``Break``."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    taken: bool = False


Fault = Break | Answer


def refusal(status: int, code: int, message: str = "refused") -> Answer:
    """An error as Discord words it."""
    return Answer(status, {"message": message, "code": code})


def limited(retry_after: float, *, scope: str = "user") -> Answer:
    """A 429 of a bucket (scope ``user`` or ``shared``) or of the token (``global``)."""
    headers = {"Retry-After": str(retry_after), "X-RateLimit-Scope": scope, "Via": "1.1 google"}
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": scope == "global",
    }
    return Answer(429, body, headers)


def cloudflare(status: int, *, retry_after: float | None = None) -> Answer:
    """A page of Cloudflare's, which stands before Discord (F45)."""
    page = b"<!DOCTYPE html><html><title>Access denied | discord.com used Cloudflare</title></html>"
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return Answer(status, page, headers)
