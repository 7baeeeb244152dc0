"""Subscribing, changing, pausing, leaving: what is stored and what is sent."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import PAUSED, Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.errors import StoreError, SummaryError
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Prompt
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.domain.timetable import Timetable
from bot.ports import DeliveryQuery
from bot.services.chat_settings.counting import counted
from bot.services.chat_settings.grammar import apply_all, read_changes
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.reading import Reading
from bot.services.commands.asking import CommandOptions
from bot.services.commands.service import CommandService
from bot.services.commands.testing import Bench, Managed, bench, command, summary_of
from bot.services.commands.transcript import Transcript
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
HERE = Target("fake", "1")
OPTIONS = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
TITLES = ("LLM agents", "Video generation", "Robots that learn", "Diffusion LLM")


def stage(options: CommandOptions = OPTIONS) -> Bench:
    return bench(MemoryStore(), VirtualClock(NOON), WORDINGS, options=options, speeches=SPEECHES)


async def with_papers(one: Bench, *, summarised: bool = True) -> Bench:
    """Today's list: four papers, the last recommended most."""
    store = one.means.store
    papers = [Paper(PaperId(f"2611.{n:05}"), t, f"On {t}.") for n, t in enumerate(TITLES, 1)]
    await store.papers.save(papers)
    seen_at = NOON - timedelta(hours=3)
    await store.listings.record("hf", NOON.date(), papers, seen_at=seen_at)
    for points, paper in enumerate(papers, 1):
        for language in WORDINGS if summarised else ():
            key = SummaryKey(paper.id, 1, language, "v1", "a-model")
            await store.summaries.put(key, summary_of(paper, language, points=points))
    return one


async def stored(one: Bench, target: Target = HERE) -> Chat | None:
    return await one.means.store.register.at(target)


async def rows(one: Bench, target: Target = HERE) -> list[Delivery]:
    return list(await one.means.store.outbox.find(DeliveryQuery(target=target)))


async def sure(one: Bench) -> Chat:
    chat = await stored(one)
    assert chat is not None
    return chat


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


async def test_a_change_is_shown_back_in_words_in_the_chats_new_language() -> None:
    one = stage()
    await one.ask("subscribe")
    shown = await one.ask("settings", "include LLM; quiet 23-7; zone Berlin; language zh")
    assert shown.last.language == "zh"
    assert shown.last.title == "已修改"
    assert shown.last.sections[0].lines == (
        (
            "Hugging Face 上有关“LLM”的每篇论文，有新的就发，中文，"
            "23:00 至 07:00（Europe/Berlin）不发；还没有发送过。"
        ),
    )


async def test_a_misread_change_changes_nothing_and_shows_the_form() -> None:
    one = stage()
    await one.ask("subscribe")
    before = await sure(one)
    shown = await one.ask("settings", "language zh; quiet tonight")
    assert shown.titles == [
        "I do not understand “tonight” there. Write it like this: /settings quiet 23:00-07:00"
    ]
    assert await sure(one) == before


async def test_who_sets_times_without_a_zone_is_told_how_to_name_one() -> None:
    one = stage()
    await one.ask("subscribe")
    hint = "Times are in UTC until you name a zone: /settings zone Shanghai"
    assert hint in (await one.ask("settings", "hours 08:30")).last.sections[0].lines
    assert hint not in (await one.ask("settings", "zone Tokyo")).last.sections[0].lines


async def test_what_can_be_typed_is_explained_in_the_chat() -> None:
    one = stage()
    assert (await one.ask("settings", "help")).last.title == "What can be typed after /settings"
    shown = await one.ask("settings", "帮助", language="zh")
    assert shown.last.title == "/settings 后面可以输入什么"


async def test_settings_before_a_subscription_lead_to_one() -> None:
    one = stage()
    shown = await one.ask("settings", "language zh")
    assert shown.titles == ["This chat is not subscribed yet: /subscribe."]
    talk = Transcript(one)
    await talk.say("/settings")
    await talk.press("Subscribe")
    assert (await sure(one)).sources == ("hf",)


async def test_pausing_holds_back_even_what_was_planned_and_resuming_counts_from_then() -> None:
    one = await with_papers(stage())
    await one.ask("subscribe")
    await one.ask("pause")
    assert (await sure(one)).paused
    # F70: what waits is not sent after all.
    assert [(row.state, row.reason) for row in await rows(one)] == [(State.EXPIRED, PAUSED)]
    assert "0 failed" in (await one.ask("status")).last.sections[0].lines[1]
    clock = one.means.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(3600)
    shown = await one.ask("resume")
    chat = await sure(one)
    assert (chat.paused, chat.since) == (False, NOON + timedelta(hours=1))
    assert shown.last.title == "New papers come from now on"


async def test_resuming_what_is_open_changes_nothing() -> None:
    one = stage()
    await one.ask("subscribe")
    before = await sure(one)
    clock = one.means.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(3600)
    await one.ask("resume")
    assert await sure(one) == before


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


async def test_a_chat_listed_by_its_name_is_changed_under_it() -> None:
    one = stage()
    named = Target("fake", "@channel")
    await one.means.store.register.put(Chat(named, language="en", since=NOON, listed="ab"))
    await one.ask("settings", "style digest", alias="@channel")
    chat = await stored(one, named)
    assert chat is not None
    assert (chat.style, chat.listed) == (Style.DIGEST, "ab")
    assert await stored(one) is None


class SlowRegister:
    """A register whose every look takes a while, as over a network."""

    def __init__(self, one: Bench) -> None:
        self._register = one.means.store.register

    async def at(self, target: Target) -> Chat | None:
        chat = await self._register.at(target)
        for _ in range(5):
            await asyncio.sleep(0)
        return chat

    async def put(self, chat: Chat) -> None:
        await self._register.put(chat)

    async def forget(self, target: Target) -> None:
        await self._register.forget(target)

    async def revision(self) -> int:
        return await self._register.revision()


async def test_two_who_press_at_once_undo_nothing_of_each_others() -> None:
    one = stage()
    await one.ask("subscribe")
    store = one.means.store
    assert isinstance(store, MemoryStore)
    store.register = SlowRegister(one)  # pyright: ignore[reportAttributeAccessIssue]
    others = [CommandService(one.means, options=OPTIONS) for _ in range(2)]
    keys = ("set:also~zh", "set:style~digest", "set:quiet~23:00-07:00", "set:most~5", "set:do.code")
    presses = [
        service.act(key, command("", ""), Managed())
        for key, service in zip(keys, [one.service, *others, one.service, *others], strict=False)
    ]
    await asyncio.gather(*presses)
    chat = await sure(one)
    assert (chat.second_language, chat.style) == ("zh", Style.DIGEST)
    assert chat.quiet_hours is not None
    assert (chat.filters.most_a_day, chat.filters.code) == (5, True)


async def test_a_change_that_never_ends_is_given_up_after_seconds() -> None:
    one = stage()
    await one.ask("subscribe")
    leases, clock = one.means.store.leases, one.means.clock

    class Held:
        async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
            return False

        async def release(self, name: str, owner: str) -> None:
            await leases.release(name, owner)

    store = one.means.store
    assert isinstance(store, MemoryStore)
    store.leases = Held()  # pyright: ignore[reportAttributeAccessIssue]
    shown = await one.ask("settings", "language zh")
    assert shown.titles == [WORDINGS["en"].commands.apology]
    assert clock.now() - NOON < timedelta(seconds=30)


async def test_a_failing_store_is_apologised_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one = stage()

    async def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(one.means.store.register, "put", fail)
    shown = await one.ask("subscribe", language="zh")
    assert shown.titles == [WORDINGS["zh"].commands.apology]
    monkeypatch.undo()
    assert (await one.ask("subscribe")).last.title == "Subscribed"


async def test_a_text_is_asked_for_and_its_answer_comes_as_a_command() -> None:
    one = stage()
    one.shown = Managed
    await one.ask("subscribe", "LLM, RAG")
    shown = await one.press("set:ask.include")
    assert isinstance(shown, Managed)
    assert (shown.posts, shown.whispers) == ([], [])
    assert shown.prompts == [
        Prompt(
            "settings include",
            "Include words",
            'Such as: LLM, "video generation". “off” for none.',
            "LLM, RAG",
            replying="Reply to this message.",
        )
    ]
    name, _, argument = f"{shown.prompts[0].command} agents".partition(" ")
    await one.ask(name, argument)
    assert (await sure(one)).filters.include == ("agents",)


async def test_where_no_text_can_be_asked_for_it_is_shown_how_to_type_it() -> None:
    one = stage()
    one.shown = lambda: Managed(asks=False)
    await one.ask("subscribe")
    shown = await one.press("set:ask.zone")
    assert shown.whispers == ["Write it like this: /settings zone Asia/Shanghai"]


async def test_menus_work_after_a_restart_and_show_every_change_at_once() -> None:
    one = stage()
    talk = Transcript(one)
    await talk.say("/subscribe")
    await talk.press("Filters")
    fresh = Transcript(replace(one, service=CommandService(one.means, options=OPTIONS)))
    fresh.last = talk.last
    await fresh.press("Only with code")
    assert fresh.last is not None
    assert fresh.last.sections[0].lines[0].startswith("Each paper from Hugging Face, with code,")
    await fresh.press("No filters")
    assert (await sure(one)).filters == Filters()


async def test_t5_nothing_of_what_somebody_typed_reaches_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = stage()
    with caplog.at_level("DEBUG"):
        await one.ask("subscribe", "my private words")
        await one.ask("settings", "exclude other secret words")
        await one.ask("settings", "nonsense that is secret too")
    assert "private" not in caplog.text
    assert "secret" not in caplog.text


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


async def test_a_chat_that_left_comes_back_only_where_there_is_room() -> None:
    one = stage(replace(OPTIONS, most_chats=1))
    await one.ask("subscribe")
    await one.ask("unsubscribe")
    await one.ask("subscribe", target=Target("fake", "2"))
    shown = await one.ask("subscribe")
    assert "as many chats as it can serve" in shown.last.title
    assert not (await sure(one)).sources
