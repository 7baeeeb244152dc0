"""``/why``: what a paper's fate in a chat is told as."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fate_stage import (
    EARLY,
    MORNING,
    NIGHT,
    NOON,
    OLD,
    PAPER,
    known,
    row,
    stage,
    why,
)

from bot.domain.chat import PAUSED, Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.filters import Filters
from bot.domain.paper_id import PaperId

ROWS: dict[str, tuple[list[Delivery], Chat, str]] = {
    "sent": ([row(State.SENT)], OLD, "It came: 11:30 UTC."),
    "sent, in the chat's zone": (
        [row(State.SENT)],
        replace(OLD, zone="Asia/Shanghai"),
        "It came: 19:30 Asia/Shanghai.",
    ),
    "on its way": ([row(State.PENDING)], OLD, "It is on its way."),
    "being sent": ([row(State.SENDING)], OLD, "It is on its way."),
    "quiet hours": (
        [row(State.PENDING, due_at=NOON + timedelta(hours=1))],
        replace(OLD, quiet_hours=NIGHT),
        "It waits for the end of the quiet hours: 13:00 UTC.",
    ),
    "tried again": (
        [row(State.PENDING, due_at=NOON + timedelta(minutes=5), reason="no connection")],
        OLD,
        "It is tried again at 12:05 UTC: no connection.",
    ),
    "later": (
        [row(State.PENDING, due_at=NOON + timedelta(minutes=5))],
        OLD,
        "It waits until 12:05 UTC.",
    ),
    "paused meanwhile": (
        [row(State.PENDING)],
        replace(OLD, paused=True),
        "This chat is paused. /resume lets new papers come.",
    ),
    "suspended meanwhile": (
        [row(State.PENDING)],
        replace(OLD, suspended="no rights."),
        "Nothing is sent here: no rights. Once that is mended, /start resumes it.",
    ),
    "the limit of the day": (
        [row(State.PASSED)],
        replace(OLD, filters=Filters(most_a_day=5)),
        "The limit of 5 a day was reached when it was its turn: 11:30 UTC.",
    ),
    "failed": (
        [row(State.FAILED, reason="can't parse entities")],
        OLD,
        "It could not be sent: can't parse entities.",
    ),
    "unknown": (
        [row(State.UNKNOWN, reason="no answer")],
        OLD,
        "It may or may not have arrived: no answer.",
    ),
    "expired": (
        [row(State.EXPIRED, reason="48 h without a connection")],
        OLD,
        "It was dropped before it was sent: 48 h without a connection.",
    ),
    "paused then": (
        [row(State.EXPIRED, reason=PAUSED)],
        OLD,
        "This chat was paused when it was its turn.",
    ),
    "closed by the operator": (
        [row(State.PENDING)],
        replace(OLD, suspended="by the operator: spam"),
        "Whoever runs this bot sends nothing here for now: spam.",
    ),
    "in a digest that came": (
        [
            row(State.INCLUDED, reason="digest:2026-11-20:en"),
            row(State.SENT, key="digest:2026-11-20:en"),
        ],
        replace(OLD, style=Style.DIGEST),
        "It came in a digest: 11:30 UTC.",
    ),
    "in a digest that waits": (
        [
            row(State.INCLUDED, reason="digest:2026-11-20:en"),
            row(
                State.PENDING,
                key="digest:2026-11-20:en",
                due_at=NOON + timedelta(hours=1),
            ),
        ],
        replace(OLD, style=Style.DIGEST, quiet_hours=NIGHT),
        "It is part of a digest. It waits for the end of the quiet hours: 13:00 UTC.",
    ),
    "late, in a digest that was brought up to date": (
        [
            row(State.INCLUDED, reason="digest:2026-11-20:en"),
            row(State.SENT, key="digest:2026-11-20:en", created_at=EARLY, sent_at=EARLY),
            row(State.INCLUDED, key="edit:digest:2026-11-20:en:2", created_at=EARLY),
            row(
                State.SENT,
                key="edit:digest:2026-11-20:en:3",
                sent_at=NOON - timedelta(minutes=20),
            ),
        ],
        replace(OLD, style=Style.DIGEST),
        "It came in a digest: 11:40 UTC.",
    ),
    "late, in a digest that is not up to date yet": (
        [
            row(State.INCLUDED, reason="digest:2026-11-20:en"),
            row(State.SENT, key="digest:2026-11-20:en", created_at=EARLY, sent_at=EARLY),
            row(
                State.PENDING,
                key="edit:digest:2026-11-20:en:2",
                due_at=NOON + timedelta(minutes=1),
            ),
        ],
        replace(OLD, style=Style.DIGEST),
        "It is part of a digest. It waits until 12:01 UTC.",
    ),
    "in a digest of which nothing is known": (
        [row(State.INCLUDED, reason="digest:2026-11-20:en")],
        replace(OLD, style=Style.DIGEST),
        "It is part of a digest: 11:30 UTC.",
    ),
}


@pytest.mark.parametrize("name", ROWS)
async def test_why_tells_by_the_rows_what_became_of_a_paper(name: str) -> None:
    rows, chat, expected = ROWS[name]
    one = stage()
    await known(one, PAPER)
    await one.means.store.outbox.add(rows)
    assert await why(one, chat) == expected


DECISIONS: dict[str, tuple[Chat, timedelta, float | None, str]] = {
    "in a minute": (OLD, timedelta(hours=1), 4, "It comes within a minute or so."),
    "no summary yet": (
        OLD,
        timedelta(minutes=2),
        None,
        "Its summary is being written; it comes after that.",
    ),
    "the next slot": (
        replace(OLD, timetable=MORNING, zone="Asia/Shanghai"),
        timedelta(hours=1),
        4,
        "It waits for this chat's next time: 2026-11-21 08:30 Asia/Shanghai.",
    ),
    "older than the subscription": (
        replace(OLD, since=NOON - timedelta(minutes=5)),
        timedelta(hours=1),
        4,
        "It was listed before this chat began to get papers: 11:00 UTC.",
    ),
    "too old": (
        OLD,
        timedelta(days=3),
        4,
        (
            "It is no longer news: listed 2026-11-17 12:00 UTC, and what is older than two days "
            "does not come by itself."
        ),
    ),
    "filtered for good": (
        replace(OLD, filters=Filters(exclude=("agents",))),
        timedelta(hours=1),
        4,
        "It does not pass this chat's filters: has “agents”, which is excluded.",
    ),
    "filtered so far": (
        replace(OLD, filters=Filters(least_upvotes=10)),
        timedelta(hours=1),
        4,
        (
            "It does not pass this chat's filters so far: has 3 of 10 upvotes. I look again until "
            "2026-11-22 11:00 UTC."
        ),
    ),
    "filtered until it was old": (
        replace(OLD, filters=Filters(least_upvotes=10)),
        timedelta(days=3),
        4,
        "It does not pass this chat's filters: has 3 of 10 upvotes.",
    ),
    "not recommended": (
        replace(OLD, filters=Filters(least_recommendation=4.5)),
        timedelta(hours=1),
        4,
        (
            "It does not pass this chat's filters so far: is recommended at 4, not 4.5. I look "
            "again until 2026-11-22 11:00 UTC."
        ),
    ),
    "on no list of the chat's": (
        replace(OLD, sources=("arxiv:cs.RO",)),
        timedelta(hours=1),
        4,
        "It is on none of this chat's lists: arXiv cs.RO.",
    ),
    "paused": (
        replace(OLD, paused=True),
        timedelta(hours=1),
        4,
        "This chat is paused. /resume lets new papers come.",
    ),
    "not subscribed": (
        replace(OLD, sources=()),
        timedelta(hours=1),
        4,
        "This chat is not subscribed, so nothing comes by itself.",
    ),
}


@pytest.mark.parametrize("name", DECISIONS)
async def test_why_tells_without_a_row_which_decision_stands_between(name: str) -> None:
    chat, seen, points, expected = DECISIONS[name]
    one = stage()
    await known(one, PAPER, seen=seen, points=points)
    assert await why(one, chat) == expected


async def test_why_knows_withdrawn_papers_and_those_without_an_abstract() -> None:
    one = stage()
    gone = replace(PAPER, id=PaperId("2611.00002"), withdrawn=True)
    bare = replace(PAPER, id=PaperId("2611.00003"), abstract="")
    await known(one, gone, bare, points=None)
    assert await why(one, OLD, "2611.00002") == "Its authors have withdrawn it."
    assert await why(one, OLD, "2611.00003") == "It has no abstract, and so no summary."


async def test_why_asks_for_an_id_and_says_of_unknown_papers_that_no_list_has_them() -> None:
    one = stage()
    form = "Which paper? Name it by its arXiv id: /why 2309.12307"
    assert await why(one, OLD, "") == form
    assert await why(one, OLD, "robots") == form
    assert await why(one, OLD, "https://arxiv.org/abs/2309.12307v2") == (
        "No list that I read has 2309.12307. /paper 2309.12307 shows it anyway."
    )


async def test_f6_a_paper_that_moved_to_another_day_counts_as_of_its_first() -> None:
    one = stage()
    await known(one, PAPER, seen=timedelta(days=4))
    await known(one, PAPER, seen=timedelta(hours=1))
    assert (await why(one, OLD)).startswith("It is no longer news: listed 2026-11-16 12:00 UTC")


async def test_two_languages_are_told_of_once_where_they_fared_alike() -> None:
    one = stage()
    await known(one, PAPER)
    both = [row(State.SENT), row(State.FAILED, key="paper:2611.00001:zh", reason="too long")]
    await one.means.store.outbox.add(both)
    await one.means.store.register.put(replace(OLD, second_language="zh"))
    shown = await one.ask("why", "2611.00001")
    assert set(shown.last.sections[0].lines) == {
        "It came: 11:30 UTC.",
        "It could not be sent: too long.",
    }
    assert (shown.last.title, shown.last.url) == (
        "LLM agents",
        "https://huggingface.co/papers/2611.00001",
    )


async def test_a_long_reason_from_below_is_cut_and_harmless() -> None:
    one = stage()
    await known(one, PAPER)
    await one.means.store.outbox.add([row(State.FAILED, reason="{x} " * 200)])
    assert len(await why(one, OLD)) < 160
