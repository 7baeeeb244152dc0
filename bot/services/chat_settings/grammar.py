"""Typed changes: ``include LLM, RAG; quiet 23:00-07:00``. Pure.

Forgiving in form and strict in meaning: what is not understood changes nothing, and the message
shows the right form.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.read_lists import (
    read_authors,
    read_categories,
    read_exclude,
    read_include,
    read_organizations,
    read_sources,
)
from bot.services.chat_settings.read_looks import (
    read_language,
    read_pictures,
    read_previews,
    read_sound,
    read_style,
)
from bot.services.chat_settings.read_numbers import read_code, read_most, read_score, read_upvotes
from bot.services.chat_settings.read_times import (
    read_heartbeat,
    read_hours,
    read_quiet_hours,
    read_zone,
)
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.topics import Topic, split_topic
from bot.services.chat_settings.typed import changes, tidy

# In one message; more is no slip of the thumb.
MOST_CHANGES = 20

_Reader: TypeAlias = Callable[[str, Reading], Change]
_READERS: Mapping[Topic, _Reader] = {
    Topic.LANGUAGE: read_language,
    Topic.SOURCES: read_sources,
    Topic.INCLUDE: read_include,
    Topic.EXCLUDE: read_exclude,
    Topic.CATEGORIES: read_categories,
    Topic.AUTHORS: read_authors,
    Topic.ORGANIZATIONS: read_organizations,
    Topic.UPVOTES: read_upvotes,
    Topic.SCORE: read_score,
    Topic.MOST: read_most,
    Topic.CODE: read_code,
    Topic.STYLE: read_style,
    Topic.HOURS: read_hours,
    Topic.QUIET: read_quiet_hours,
    Topic.ZONE: read_zone,
    Topic.HEARTBEAT: read_heartbeat,
    Topic.PREVIEWS: read_previews,
    Topic.PICTURES: read_pictures,
    Topic.SOUND: read_sound,
}


def read_changes(text: str, reading: Reading) -> Sequence[Change]:
    """What a typed text asks to change, in its order.

    Raises:
        Misread: a part of it is not understood; none of it counts.
    """
    return [_read_one(part, reading) for part in few_changes(text, reading)]


def few_changes(text: str, reading: Reading) -> Sequence[str]:
    """A typed text in its parts.

    Raises:
        Misread: there are more than ``MOST_CHANGES``.
    """
    parts = changes(tidy(text))
    if len(parts) > MOST_CHANGES:
        say = reading.speech.say
        raise Misread(say("That is more than {count} changes at once.", count=MOST_CHANGES))
    return parts


def apply_all(chat: Chat, wanted: Sequence[Change]) -> Chat:
    """The chat with all changes, in order.

    Raises:
        Misread: one does not fit the chat as it is.
    """
    for change in wanted:
        chat = change(chat)
    return chat


def _read_one(part: str, reading: Reading) -> Change:
    found = split_topic(part)
    if found is None:
        raise Misread(_unknown(part, reading))
    topic, rest = found
    return _READERS[topic](rest, reading)


def _unknown(part: str, reading: Reading) -> str:
    """The word is shown back in part only: it may be anything."""
    word = part.split(maxsplit=1)[0][:30]
    near = get_close_matches(word.casefold(), [topic.value for topic in Topic], n=1)
    say = reading.speech.say
    if near:
        return say(
            "“{word}” is no setting. Did you mean /settings {near}?", word=word, near=near[0]
        )
    return say("“{word}” is no setting. /settings help lists all of them.", word=word)
