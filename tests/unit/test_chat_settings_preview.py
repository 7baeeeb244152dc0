"""``/preview``: what would come, and why the rest would not."""

from dataclasses import replace

import pytest
from fate_stage import (
    MORNING,
    OLD,
    PAPER,
    known,
    stage,
    why,
)

from bot.domain.chat import Chat
from bot.domain.filters import Filters
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import SummaryKey
from bot.domain.timetable import Timetable
from bot.services.commands.testing import Bench, summary_of


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
