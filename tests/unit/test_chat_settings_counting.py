"""From when on a changed chat gets what it now wants."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from chat_settings_stage import HERE, NOON, SPEECHES, WORDINGS

from bot.domain.chat import Chat
from bot.domain.filters import Filters
from bot.domain.timetable import Timetable
from bot.services.chat_settings.counting import counted
from bot.services.chat_settings.grammar import apply_all, read_changes
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.reading import Reading

READING = Reading(SPEECHES["en"], Offer(WORDINGS, patterns=("arxiv:*",)))
OLD = Chat(HERE, language="en", since=NOON - timedelta(days=9))
SLOT = Timetable((datetime(2026, 1, 1, 8, 30, tzinfo=UTC).time(),))


@pytest.mark.parametrize(
    ("change", "since"),
    [
        ("include LLM", NOON - timedelta(minutes=20)),
        ("sources +cs.CL", NOON - timedelta(minutes=20)),
        ("language zh", NOON - timedelta(minutes=20)),
        ("language en zh", NOON - timedelta(minutes=20)),
        ("hours 08:30", OLD.since),
        ("style digest", OLD.since),
        ("quiet 23-7; zone Berlin; sound off", OLD.since),
        ("include LLM; hours 08:30", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
    ],
)
def test_f69_a_change_of_what_is_wanted_counts_from_then_and_brings_no_backlog(
    change: str, since: datetime
) -> None:
    after = apply_all(OLD, read_changes(change, READING))
    assert counted(OLD, after, NOON).since == since


def test_a_change_never_brings_what_was_listed_before_the_subscription() -> None:
    new = replace(OLD, since=NOON - timedelta(minutes=1))
    after = replace(new, sources=("hf", "arxiv:cs.CL"))
    assert counted(new, after, NOON).since == new.since


def test_what_gathers_for_the_next_slot_is_not_lost_to_a_change() -> None:
    waiting = replace(OLD, timetable=SLOT)
    after = replace(waiting, filters=Filters(code=True))
    assert counted(waiting, after, NOON).since == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    early = datetime(2026, 11, 20, 8, 31, tzinfo=UTC)
    assert counted(waiting, after, early).since == early - timedelta(minutes=20)
