"""What is asked of an upstream, what comes back, and within which bounds."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# Cap on a decoded body. The largest real list seen (50 papers) has 0.4 MB, a feed of 2,000 some 5.
MAX_BODY = 10_000_000
# arXiv's API terms of use: one request per three seconds and one connection, for all of a
# client's machines together, feeds included.
ARXIV_GAP = 3.0

JSON_TYPES = frozenset({"application/json"})
FEED_TYPES = frozenset(
    {"application/atom+xml", "application/rss+xml", "application/xml", "text/xml"}
)


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """Seconds for the connection, for each silence while reading, and for one exchange in all."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 60.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and how patiently, one call is tried. All times in seconds.

    ``patience`` is the longest that a call waits because an upstream asks it to; what would take
    longer fails at once and names the time. ``jitter`` gives a number from 0 to 1.
    """

    attempts: int = 3
    first_wait: float = 1.0
    longest_wait: float = 15.0
    patience: float = 30.0
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """After ``failures`` in a row a host is left alone for ``first_pause`` seconds, then for twice
    as long after each further failure, up to ``longest_pause``.

    ``longest_hold`` bounds what a Retry-After may ask for.
    """

    failures: int = 5
    first_pause: float = 60.0
    longest_pause: float = 900.0
    longest_hold: float = 86_400.0


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How the one client behaves.

    ``bases`` are the addresses that may be called at all: their scheme, host and port. Those of
    ``paced`` may be called too, but by one request at a time and with ``gap`` seconds between the
    end of one and the start of the next. ``max_body`` is in bytes, after decompression.
    """

    user_agent: str
    bases: tuple[str, ...] = ()
    paced: tuple[str, ...] = ()
    gap: float = ARXIV_GAP
    max_body: int = MAX_BODY
    use_system_proxy: bool = False
    time_outs: TimeOuts = field(default_factory=TimeOuts)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


@dataclass(frozen=True, slots=True)
class Request:
    """One GET.

    ``statuses`` are those whose body is an answer; any other is a failure. ``conditional`` asks
    for a body only if it changed since it was last read.
    """

    url: str
    content_types: frozenset[str]
    statuses: frozenset[int] = frozenset({200})
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole body of an expected type and status."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP response. Header names are lower case; ``body`` is empty unless it is wanted."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """Without parameters, lower case; empty where the upstream names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
