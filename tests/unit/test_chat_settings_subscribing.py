"""Subscribing, leaving and coming back: what is stored and what is sent."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from chat_settings_stage import (
    HERE,
    NOON,
    OPTIONS,
    rows,
    stage,
    stored,
    sure,
    with_papers,
)

from bot.domain.chat import Chat, Style
from bot.domain.delivery import State
from bot.domain.errors import SummaryError
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.commands.service import CommandService
from bot.services.commands.testing import Managed, command
from bot.services.commands.transcript import Transcript


async def test_f69_a_new_subscriber_gets_one_sample_and_no_backlog() -> None:
    one = await with_papers(stage())
    shown = await one.ask("subscribe")
    assert shown.last.title == "Subscribed"
    assert shown.last.sections[0].lines == (
        "Each paper from Hugging Face as it appears, in English.",
        "One paper comes in a moment as a sample, then only new ones.",
    )
    assert await sure(one) == Chat(HERE, language="en", since=NOON)
    # The key is the planner's own, so that the paper does not come again.
    assert [row.post_key for row in await rows(one)] == ["paper:2611.00004:en"]


async def test_f69_the_sample_is_one_that_passes_in_the_chats_language() -> None:
    one = await with_papers(stage())
    await one.ask("subscribe", "video generation, in Chinese")
    assert [row.post_key for row in await rows(one)] == ["paper:2611.00002:zh"]
    two = await with_papers(stage())
    shown = await two.ask("subscribe", "quantum gravity")
    assert await rows(two) == []
    assert shown.last.sections[0].lines[1] == "The first paper comes as soon as one fits."


async def test_a_sample_without_a_summary_is_written_after_the_answer() -> None:
    one = await with_papers(stage(), summarised=False)
    one.writer.gate = asyncio.Event()
    asking = asyncio.ensure_future(one.ask("subscribe", "Robots, in Chinese"))
    for _ in range(30):
        await asyncio.sleep(0)
    assert (await sure(one)).open
    assert await rows(one) == []
    one.writer.gate.set()
    await asking
    assert one.writer.calls == [(PaperId("2611.00003"), "zh")]
    assert [row.post_key for row in await rows(one)] == ["paper:2611.00003:zh"]


async def test_a_sample_that_cannot_be_written_is_quoted_as_every_paper_is() -> None:
    one = await with_papers(stage(), summarised=False)
    one.writer.error = one.quoting.error = SummaryError("the model is busy")
    await one.ask("subscribe")
    assert len(await rows(one)) == 1


async def test_a_sample_is_looked_for_on_the_lists_of_a_week() -> None:
    one = await with_papers(stage())
    store = one.means.store
    newer = Paper(PaperId("2611.00009"), "Quantum gravity", "On quantum gravity.")
    await store.papers.save([newer])
    await store.listings.record("hf", NOON.date() + timedelta(days=3), [newer], seen_at=NOON)
    await one.ask("subscribe", "video")
    assert [row.post_key for row in await rows(one)] == ["paper:2611.00002:en"]


async def test_the_deliverer_is_woken_for_the_sample() -> None:
    one = await with_papers(stage())
    woken: list[bool] = []
    means = replace(one.means, wake=lambda: woken.append(True))
    service = CommandService(means, options=OPTIONS)
    await service.handle(command("subscribe"), Managed())
    assert woken == [True]


async def test_subscribing_again_changes_what_is_named_and_sends_no_sample() -> None:
    one = await with_papers(stage())
    await one.ask("subscribe", "LLM")
    before = await rows(one)
    shown = await one.ask("subscribe", "cs.CL; style digest")
    chat = await sure(one)
    assert (chat.sources, chat.filters.include, chat.style) == (
        ("arxiv:cs.CL",),
        ("LLM",),
        Style.DIGEST,
    )
    assert shown.last.title == "This chat is subscribed"
    assert await rows(one) == before


async def test_a_wish_that_is_not_offered_subscribes_nobody() -> None:
    one = stage(replace(OPTIONS, open_sources=("hf",)))
    shown = await one.ask("subscribe", "cs.CL")
    assert "does not offer arxiv:cs.CL" in shown.last.title
    assert await stored(one) is None


async def test_the_operator_may_close_subscriptions_and_limit_them() -> None:
    closed = stage(replace(OPTIONS, subscriptions=False))
    shown = await closed.ask("subscribe")
    assert shown.last.title.startswith("Whoever runs this bot chooses which chats get papers.")
    assert await stored(closed) is None
    listed = Chat(HERE, language="en", listed="ab", since=NOON)
    await closed.means.store.register.put(listed)
    await closed.ask("settings", "language zh")
    assert (await sure(closed)).language == "zh"
    full = stage(replace(OPTIONS, most_chats=1))
    await full.ask("subscribe")
    shown = await full.ask("subscribe", target=Target("fake", "2"))
    assert shown.last.title.startswith("This bot has as many chats as it can serve.")
    assert await stored(full, Target("fake", "2")) is None
    assert (await full.ask("subscribe")).last.title == "This chat is subscribed"


async def test_f70_who_leaves_gets_nothing_more_and_finds_the_filters_again() -> None:
    one = await with_papers(stage())
    await one.ask("subscribe", "LLM")
    shown = await one.ask("unsubscribe")
    assert shown.last.title == "Unsubscribed: nothing more comes here by itself."
    chat = await sure(one)
    assert (chat.open, chat.sources) == (False, ())
    assert [row.state for row in await rows(one)] == [State.EXPIRED]
    assert (await one.ask("unsubscribe")).titles == [
        "This chat is not subscribed, so nothing comes."
    ]
    await one.ask("subscribe")
    chat = await sure(one)
    assert (chat.open, chat.sources, chat.filters.include) == (True, ("hf",), ("LLM",))


async def test_f32_subscribing_lifts_a_suspension() -> None:
    one = stage()
    await one.ask("subscribe")
    await one.means.store.chats.suspend(HERE, "kicked")
    await one.ask("subscribe")
    assert (await sure(one)).open
    await one.means.store.chats.suspend(HERE, "kicked")
    await one.ask("resume")
    assert (await sure(one)).open


async def test_a_first_word_leads_to_a_subscription_by_one_press() -> None:
    one = stage()
    talk = Transcript(one)
    await talk.say("/start")
    await talk.press("Subscribe")
    assert (await sure(one)).open
    started = await one.ask("start")
    assert started.last.actions == ()
    closed = stage(replace(OPTIONS, subscriptions=False))
    assert (await closed.ask("start")).last.actions == ()


async def test_a_topic_is_a_chat_of_its_own() -> None:
    one = stage()
    topic = replace(HERE, thread="5")
    await one.ask("subscribe", "LLM", target=topic)
    assert await stored(one) is None
    assert (await one.ask("settings", "code on")).titles == [
        "This chat is not subscribed yet: /subscribe."
    ]
    chat = await stored(one, topic)
    assert chat is not None
    assert chat.filters == Filters(include=("LLM",))


async def test_a_chat_that_left_comes_back_only_where_there_is_room() -> None:
    one = stage(replace(OPTIONS, most_chats=1))
    await one.ask("subscribe")
    await one.ask("unsubscribe")
    await one.ask("subscribe", target=Target("fake", "2"))
    shown = await one.ask("subscribe")
    assert "as many chats as it can serve" in shown.last.title
    assert not (await sure(one)).sources
