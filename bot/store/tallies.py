"""The order of what was voted on."""

from collections.abc import Iterable

from bot.domain.paper_id import PaperId
from bot.ports import Tally


def best_first(tallies: Iterable[Tally]) -> list[Tally]:
    """By up less down, equals by the newer paper."""
    return sorted(tallies, key=lambda t: (t.up - t.down, *_age(t.paper_id)), reverse=True)


def _age(paper_id: PaperId) -> tuple[bool, str]:
    """Grows with a paper's month: old-style ids, up to March 2007, have it behind the slash, in two
    centuries."""
    month = paper_id.value.rpartition("/")[2]
    return paper_id.is_new_style or month < "9", month


def known_to(platform: str, user: str, *, of: str) -> str:
    """Who casts a vote (``Vote.user``) at the bot ``of``, as another bot calls them."""
    return f"{platform}:{user.removeprefix(f'{of}:')}"
