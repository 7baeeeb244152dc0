"""Buttons: only what was pressed replaces a message, and keys from clients are not trusted."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import SourceLimited, SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.services.commands.asking import CommandOptions
from bot.services.commands.limits import Allowance, Effort, Limits
from bot.services.commands.testing import Bench, bench, command, summary_of
from bot.services.compose import in_other_languages
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
PAPER = Paper(PaperId("2309.12307"), "LongLoRA", "We present LongLoRA.")
TURN = "entry:zh:2309.12307"


@pytest.fixture
async def one() -> Bench:
    """A service that knows a paper in English."""
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS)
    await one.means.store.papers.save([PAPER])
    key = one.means.summaries.key_of(PAPER, "en")
    await one.means.store.summaries.put(key, summary_of(PAPER, "en"))
    return one


async def test_a_posts_button_turns_it_into_the_other_language_and_back(one: Bench) -> None:
    (chinese,) = in_other_languages(PAPER.id, WORDINGS["en"], WORDINGS.values())
    assert (chinese.label, chinese.key) == ("中文", TURN)
    turned = await one.press(chinese.key)
    assert turned.last.sections[0].lines == ("2309.12307 in zh by a-model.",)
    english, *opinions = turned.last.actions
    assert [action.label for action in opinions] == ["👍", "👎", "Save"]
    back = await one.press(english.key)
    assert (back.last.language, english.label) == ("en", "English")
    assert len(one.writer.calls) == 1


async def test_a_button_works_after_a_restart_and_for_a_paper_not_known_any_more(
    one: Bench,
) -> None:
    fresh = bench(MemoryStore(), HeldClock(NOON), WORDINGS)
    fresh.lookup.papers[PAPER.id] = PAPER
    turned = await fresh.press(TURN)
    assert [post.title for post in turned.posts] == ["LongLoRA"]


async def test_what_takes_its_time_is_whispered_and_leaves_the_message(one: Bench) -> None:
    turned = await one.press(TURN)
    assert turned.whispers == [WORDINGS["zh"].commands.paper.turning]
    assert len(turned.posts) == 1
    assert (await one.press(TURN)).whispers == []


@pytest.mark.parametrize("cause", ["nobody can write it", "no upstream answers", "no such paper"])
async def test_what_fails_is_whispered_and_leaves_the_message(one: Bench, cause: str) -> None:
    one.writer.error = one.quoting.error = SummaryError("nothing")
    one.lookup.error = SourceLimited("429") if cause == "no upstream answers" else None
    key = TURN if cause == "nobody can write it" else "entry:zh:2608.00001"
    pressed = await one.press(key)
    assert pressed.posts == []
    assert pressed.whispers[-1] == WORDINGS["zh"].commands.paper.not_turned


@dataclass
class Mute:
    """A responder of a platform that has no way to whisper."""

    posts: list[Post] = field(default_factory=list[Post])

    async def show(self, post: Post) -> None:
        self.posts.append(post)


async def test_a_platform_without_whispers_is_served_all_the_same(one: Bench) -> None:
    mute = Mute()
    await one.service.act(TURN, command(""), mute)
    assert [post.language for post in mute.posts] == ["zh"]


async def test_f68_presses_are_limited_and_the_notice_is_a_whisper() -> None:
    tight = {Effort.COMMAND: Allowance(2, 1), Effort.FETCH: Allowance(2, 1)}
    options = CommandOptions("en", ("hf",), limits=Limits(user=tight, chat=tight))
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS, options=options)
    one.lookup.papers[PAPER.id] = PAPER
    presses = [await one.press(TURN) for _ in range(5)]
    assert [len(pressed.posts) for pressed in presses] == [1, 1, 0, 0, 0]
    assert presses[2].whispers == [WORDINGS["zh"].commands.slow_down]
    assert presses[3].whispers == []


async def test_t8_presses_for_unknown_papers_are_limited_like_commands(one: Bench) -> None:
    presses = [await one.press(f"entry:zh:2608.{n:05}") for n in range(1, 9)]
    assert len(one.lookup.asked) == 5
    words = WORDINGS["zh"].commands
    assert [pressed.whispers for pressed in presses[5:]] == [[words.slow_down], [], []]


async def test_f41_a_press_that_comes_twice_is_done_once(one: Bench) -> None:
    await asyncio.gather(*(one.press(TURN, id="5") for _ in range(5)))
    assert len(one.writer.calls) == 1
    assert (await one.press(TURN, id="5")).posts == []
    assert (await one.ask("paper", "2309.12307", id="5")).titles == ["LongLoRA"]


@pytest.mark.parametrize(
    "key",
    ["", "entry", "entry:xx:2309.12307", "entry:en:", "entry:en:2309.12307:x", "entry:en:../etc",
     "day:en:2026-13-01:0", "day:en:2026-11-20:-1", "day:en:2026-11-20:99999",
     "open:en:2309.12307:2026-11-20", "open:en:2309.12307:2026-02-30:0", "x" * 10_000],
)  # fmt: skip
async def test_t10_a_key_that_is_not_ours_does_nothing(one: Bench, key: str) -> None:
    pressed = await one.press(key)
    assert (pressed.posts, pressed.whispers, one.lookup.asked) == ([], [], [])


async def test_a_page_beyond_the_end_is_the_last(one: Bench) -> None:
    await one.means.store.listings.record("hf", NOON.date(), [PAPER], seen_at=NOON)
    pressed = await one.press("day:en:2026-11-20:9990")
    assert pressed.last.sections[0].lines == ("1. ★4 LongLoRA",)


_KEYS = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}:{}:{}:{}".format,
        st.sampled_from(["entry", "open", "day"]),
        st.sampled_from(["en", "zh", "xx", ""]),
        st.text(alphabet="0123456789.v/:-\u202e ", max_size=30),
        st.text(alphabet="0123456789:-", max_size=20),
    ),
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(key=_KEYS)
async def test_t10_nothing_that_a_client_sends_as_a_key_breaks_anything(
    one: Bench, key: str
) -> None:
    pressed = await one.press(key)
    assert WORDINGS["en"].commands.apology not in pressed.whispers


async def test_f13_a_withdrawn_paper_is_shown_as_such(one: Bench) -> None:
    await one.means.store.papers.save([replace(PAPER, withdrawn=True)])
    pressed = await one.press(TURN)
    assert pressed.last.signals == (WORDINGS["zh"].commands.paper.withdrawn,)
