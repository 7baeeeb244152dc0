"""Typed numbers: least upvotes, least score, most a day, code or not. Pure."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.domain.filters import Filters
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.typed import is_off, is_on

# As in the operator's file (config.chats).
MOST_UPVOTES = 100_000
MOST_A_DAY = 1000

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Words around a number that change nothing of it: "at least 10 a day", "≥ 4/5", "10 篇".
_AROUND = re.compile(
    r"at least|at most|or more|or better|papers?|upvotes?|a day|per day|/ ?day|daily|/ ?5\b|of 5\b"
    r"|>=|≥|>|<=|≤|<|\+|至少|最少|不少于|不低于|最多|以上|每天|每日|一天|篇|个|分|赞"
)


def read_upvotes(text: str, reading: Reading) -> Change:
    """From how many upvotes on a paper comes."""
    count = 0.0 if is_off(text) else _number(text, reading, "upvotes 10")
    if count != int(count) or count > MOST_UPVOTES:
        raise reading.misread(text, "upvotes 10")
    return _filters(lambda filters: replace(filters, least_upvotes=int(count)))


def read_score(text: str, reading: Reading) -> Change:
    """From which recommendation on a paper comes."""
    score = 0.0 if is_off(text) else _number(text, reading, "score 4")
    if score > 5 or score * 2 != int(score * 2):
        raise Misread(
            reading.speech.say(
                "A score lies between 0 and 5, in half steps. {form}",
                form=reading.speech.say(
                    "Write it like this: {example}", example="/settings score 4"
                ),
            )
        )
    return _filters(lambda filters: replace(filters, least_recommendation=score))


def read_most(text: str, reading: Reading) -> Change:
    """How many papers come a day at most."""
    if is_off(text):
        return _filters(lambda filters: replace(filters, most_a_day=None))
    count = _number(text, reading, "most 10")
    if count != int(count) or count > MOST_A_DAY:
        raise reading.misread(text, "most 10")
    if count < 1:
        say = reading.speech.say
        raise Misread(say("At most none is what /pause does. /settings most off lifts the limit."))
    return _filters(lambda filters: replace(filters, most_a_day=int(count)))


def read_code(text: str, reading: Reading) -> Change:
    """Whether only papers with code come."""
    if not is_on(text) and not is_off(text):
        raise reading.misread(text, "code on")
    return _filters(lambda filters: replace(filters, code=is_on(text)))


def _filters(change: Callable[[Filters], Filters]) -> Change:
    return lambda chat: replace(chat, filters=change(chat.filters))


def _number(text: str, reading: Reading, example: str) -> float:
    bare = _AROUND.sub(" ", text.casefold()).strip()
    if not _NUMBER.fullmatch(bare) or len(bare) > 9:
        raise reading.misread(text, example)
    return float(bare)
