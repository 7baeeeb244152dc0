"""Whether a failed call is worth another try, and after how long.

Stamina would do this, but it sleeps by the real clock alone; ours is injected, and the wait depends
on what the host has asked of every other caller meanwhile.
"""

from bot.domain.errors import SourceBroken, SourceError, SourceUnavailable, SourceUnreachable
from bot.sources.exchange import RetryPolicy


class CutShort(SourceBroken):
    """The body ended early or its compression is damaged: most likely the connection's fault."""


class Untrusted(SourceUnreachable):
    """The host's certificate does not hold. Asking again gives the same one."""


def worth_retrying(error: SourceError) -> bool:
    """Whether the same request may do better."""
    if isinstance(error, Untrusted):
        return False
    return isinstance(error, SourceUnavailable | CutShort)


def backoff(attempt: int, policy: RetryPolicy) -> float:
    """Seconds before the next try: doubling, and up to half of it at random.

    ``attempt`` counts those made, from 1. The random part keeps many callers from returning at
    once.
    """
    whole = min(policy.longest_wait, policy.first_wait * 2 ** (attempt - 1))
    return whole * (1 - policy.jitter() / 2)
