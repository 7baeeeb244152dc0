"""Several things in one sentence. Pure."""

from collections.abc import Sequence
from functools import reduce

from bot.domain.speech import Speech

# More of a kind are counted, not named: a sentence is read at a glance.
_MOST_NAMED = 5


def all_of(items: Sequence[str], speech: Speech) -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    head = _listed(items[:-1], speech)
    return speech.say("{some} and {last}", some=head, last=items[-1])


def any_of(items: Sequence[str], speech: Speech) -> str:
    """a, b or c; many become a few and a number."""
    if len(items) < 2:
        return "".join(items)
    if len(items) > _MOST_NAMED:
        head, more = _listed(items[: _MOST_NAMED - 1], speech), len(items) - _MOST_NAMED + 1
        return speech.say_many(
            "{some} or {count} other", "{some} or {count} others", more, some=head
        )
    return speech.say("{some} or {last}", some=_listed(items[:-1], speech), last=items[-1])


def clauses(parts: Sequence[str], speech: Speech) -> str:
    """Parts of a sentence, one after the other."""
    return reduce(
        lambda so_far, part: speech.say("{clause}, {more}", clause=so_far, more=part), parts
    )


def _listed(items: Sequence[str], speech: Speech) -> str:
    return reduce(lambda some, one: speech.say("{some}, {another}", some=some, another=one), items)
