"""How long a day's papers take to reach so many chats, and what they cost: the arithmetic.

    .venv/bin/python benchmarks/scale.py

Prints the tables of docs/scale.md. Rates are those that the adapters ask for; nothing is measured.
"""

from collections.abc import Iterator
from decimal import Decimal

from adapters.discord.adapter import BURST
from adapters.discord.adapter import CHAT_GAP as CHANNEL_GAP_S
from adapters.discord.adapter import PER_SECOND as DISCORD
from adapters.telegram.adapter import (
    GROUP_GAP_S,
    PAID_PER_SECOND,
    PRIVATE_GAP_S,
    STARS_EACH,
)
from adapters.telegram.adapter import PER_SECOND as TELEGRAM

CHATS = (1, 100, 1_000, 10_000, 100_000, 1_000_000)
# A weekday's mean on Hugging Face (FACTS §3).
PAPERS = 22
_PAID = TELEGRAM + PAID_PER_SECOND


def time_table() -> Iterator[str]:
    """Until the last chat has the last message."""
    yield (
        "| chats | Telegram, free: 22 messages | a digest | paid: 22 messages | a digest |"
        " Discord: 22 messages | a digest |"
    )
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    for chats in CHATS:
        cells = [f"{chats:,}"]
        for rate, gap in ((TELEGRAM, PRIVATE_GAP_S), (_PAID, PRIVATE_GAP_S)):
            cells += [spoken(lasts(chats, posts, rate, gap)) for posts in (PAPERS, 1)]
        for posts in (PAPERS, 1):
            cells.append(spoken(lasts(chats, posts, DISCORD, CHANNEL_GAP_S, burst=BURST)))
        yield f"| {' | '.join(cells)} |"


def star_table() -> Iterator[str]:
    """What the paid ones cost on a day, if all are sent at once."""
    yield "| chats | 22 messages | a digest |"
    yield "|---:|---:|---:|"
    for chats in CHATS[2:]:
        yield f"| {chats:,} | {stars(chats * PAPERS):,.0f} | {stars(chats):,.0f} |"


def lasts(chats: int, posts: int, per_second: float, gap_s: float, *, burst: int = 1) -> float:
    """Seconds until so many posts have reached so many chats, the first leaving at 0, and so many
    of a chat's at once."""
    return max((chats * posts - 1) / per_second, (posts - 1) // burst * burst * gap_s)


def stars(messages: int) -> Decimal:
    """For messages in a row: the part of them that exceeds the free rate."""
    seconds = (messages - 1) / _PAID
    return max(Decimal(0), messages - Decimal(round(seconds * TELEGRAM)) - 30) * STARS_EACH


def spoken(seconds: float) -> str:
    """In the unit that people would use."""
    if seconds < 1:
        return "at once"
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def groups() -> str:
    """How long a group takes, whose own rate is the slower one."""
    alone = spoken((PAPERS - 1) * GROUP_GAP_S)
    return f"A group gets {PAPERS} messages in {alone}, however few chats there are."


def main() -> None:
    """Print all of it."""
    for line in (*time_table(), "", groups(), "", *star_table()):
        print(line)


if __name__ == "__main__":
    main()
