"""``/why`` and ``/preview``: what a paper's fate in a chat is told as."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.chat import PAUSED, Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLY = NOON - timedelta(hours=2)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
HERE = Target("fake", "1")
OLD = Chat(HERE, language="en", since=NOON - timedelta(days=30))
PAPER = Paper(
    PaperId("2611.00001"), "LLM agents", "On LLM agents.", upvotes=3, categories=("cs.CL",)
)
KEY = "paper:2611.00001:en"
MORNING = Timetable((time(8, 30),))
NIGHT = QuietHours(time(11), time(13))


def stage() -> Bench:
    options = CommandOptions("en", ("hf",))
    store, clock = MemoryStore(), VirtualClock(NOON)
    return bench(store, clock, WORDINGS, options=options, speeches=SPEECHES)


async def known(
    one: Bench,
    *papers: Paper,
    seen: timedelta = timedelta(hours=1),
    source: str = "hf",
    points: float | None = 4,
) -> None:
    """Papers on a list, first seen some time ago, with a summary unless ``points`` is None."""
    store, at = one.means.store, NOON - seen
    await store.papers.save(papers)
    await store.listings.record(source, at.date(), papers, seen_at=at)
    for paper in papers if points is not None else ():
        for language in WORDINGS:
            summary = summary_of(paper, language, points=points or 0)
            key = SummaryKey(paper.id, 1, language, "v1", "a-model")
            await store.summaries.put(key, summary)


def row(state: State, *, key: str = KEY, **changes: object) -> Delivery:
    at = NOON - timedelta(minutes=30)
    sent_at = at if state is State.SENT else None
    plain = Delivery(HERE, key, at, at, state=state, sent_at=sent_at)
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


async def why(one: Bench, chat: Chat, argument: str = "2611.00001") -> str:
    await one.means.store.register.put(chat)
    if chat.suspended:
        await one.means.store.chats.suspend(chat.target, chat.suspended)
    shown = await one.ask("why", argument)
    return shown.last.sections[0].lines[0] if shown.last.sections else shown.last.title


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


async def preview(one: Bench, chat: Chat) -> Post:
    await one.means.store.register.put(chat)
    return (await one.ask("preview")).last


PAPERS = tuple(
    replace(PAPER, id=PaperId(f"2611.{n:05}"), title=title, abstract=f"On {title}.", upvotes=n)
    for n, title in enumerate(("LLM agents", "Video", "Robots", "Diffusion LLM"), 1)
)


async def test_a_preview_shows_what_would_come_and_why_the_rest_would_not() -> None:
    one = stage()
    await known(one, *PAPERS)
    post = await preview(one, replace(OLD, filters=Filters(include=("LLM",))))
    sentence, counts = post.sections[0].lines
    assert post.title == "Preview · 2026-11-20"
    assert sentence == "Each LLM paper from Hugging Face as it appears, in English."
    assert counts == "Of 4 papers 2 would come; 2 filtered."
    assert {section.label: section.lines for section in post.sections[1:]} == {
        "Would come": ("★4 LLM agents", "★4 Diffusion LLM"),
        "Filtered": ("Video · nothing on LLM", "Robots · nothing on LLM"),
    }
    assert post.footer == ("Nothing was sent for this preview.",)


async def test_what_only_the_second_language_s_summary_tells_counts() -> None:
    one = stage()
    await known(one, PAPER, points=None)
    summary = summary_of(PAPER, "zh", points=4.5)
    await one.means.store.summaries.put(SummaryKey(PAPER.id, 1, "zh", "v1", "m"), summary)
    rated = replace(OLD, second_language="zh", filters=Filters(least_recommendation=4))
    assert "rat" not in await why(one, rated)
    shown = await one.ask("preview")
    assert "Of 1 paper 1 would come; 0 filtered." in shown.last.sections[0].lines


async def test_a_preview_sends_nothing() -> None:
    one = stage()
    await known(one, *PAPERS)
    await preview(one, OLD)
    assert await one.means.store.backlog.waiting() == []


@pytest.mark.parametrize(
    ("timetable", "coming"),
    [
        pytest.param(None, ("★4 LLM agents", "★4 Video"), id="as they appear: the first"),
        pytest.param(MORNING, ("★4 Robots", "★4 Diffusion LLM"), id="at a slot: the best"),
    ],
)
async def test_a_preview_keeps_to_the_limit_of_a_day(
    timetable: Timetable | None, coming: tuple[str, ...]
) -> None:
    one = stage()
    await known(one, *PAPERS)
    limited = replace(OLD, filters=Filters(most_a_day=2), timetable=timetable)
    post = await preview(one, limited)
    assert post.sections[0].lines[1] == "Of 4 papers 2 would come; 2 above the limit, 0 filtered."
    assert post.sections[1].lines == coming
    assert [section.label for section in post.sections] == [
        "",
        "Would come",
        "Above the day's limit",
    ]
    if timetable is not None:
        assert post.footer[0] == "The next papers come at 2026-11-21 08:30 UTC."


async def test_a_long_preview_counts_what_it_does_not_show() -> None:
    one = stage()
    many = [replace(PAPER, id=PaperId(f"2611.{n:05}")) for n in range(1, 41)]
    await known(one, *many)
    post = await preview(one, OLD)
    assert len(post.sections[1].lines) == 11
    assert post.sections[1].lines[-1] == "and 30 more"
    assert post.sections[1].urls[-1] == ""


async def test_a_paper_on_two_of_the_lists_is_counted_once() -> None:
    one = stage()
    await known(one, *PAPERS)
    await known(one, *PAPERS[:2], source="arxiv:cs.CL")
    post = await preview(one, replace(OLD, sources=("arxiv:cs.CL", "hf")))
    assert post.sections[0].lines[1] == "Of 4 papers 4 would come; 0 filtered."


async def test_a_preview_before_any_list_says_so_and_one_before_subscribing_shows_the_usual() -> (
    None
):
    one = stage()
    shown = await one.ask("preview")
    assert shown.titles == ["No list has been read yet, so there is nothing to show."]
    await known(one, *PAPERS)
    shown = await one.ask("preview", language="zh")
    assert shown.last.sections[0].lines == (
        "Hugging Face 的每篇论文，有新的就发，中文。",
        "共 4 篇：会发送 4 篇，被过滤 0 篇。",
    )
