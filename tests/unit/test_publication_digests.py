"""Digests, days' threads and announcements, composed from what the store has."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput
from bot.domain.post import Post
from bot.domain.target import Target
from bot.domain.timetable import Timetable
from bot.services.deliver.testing_digests import paper_of, store_paper
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import (
    AnnouncementPost,
    DigestPost,
    DigestSlice,
    EditPost,
    PaperPost,
    PostName,
    read_post_key,
)
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

NOW = datetime(2026, 8, 20, 10, 0, tzinfo=UTC)
HERE = Target("telegram", "A")
CHAT = Chat(HERE, language="en", style=Style.DIGEST, zone="Asia/Shanghai", since=NOW)
DIGEST = DigestPost("2026-08-20", "en")


@pytest.mark.parametrize(
    "name",
    [
        DIGEST,
        DigestPost("2026-08-20.0830", "zh"),
        EditPost(DIGEST, 17),
        DigestSlice(DigestPost("2026-08-20.0830", "zh"), 3, 17),
        AnnouncementPost("2026-08-20.move"),
    ],
    ids=str,
)
def test_a_key_says_what_it_was_made_of(name: PostName) -> None:
    assert read_post_key(name.key) == name


@pytest.mark.parametrize(
    "key",
    [
        "digest:today:en",
        "edit:digest:2026-08-20:en:x",
        "edit:paper:2608.00001:en:3",
        "slice:digest:2026-08-20:en:3",
        "announce:",
        "announce:../etc",
        f"announce:{'x' * 41}",
    ],
)
def test_a_key_of_nothing_we_know_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        read_post_key(key)


class Desk:
    """A store with a digest in it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = VirtualClock(NOW)

    async def include(
        self, *numbers: int, digest: DigestPost = DIGEST, target: Target = HERE, minutes: int = 0
    ) -> None:
        came = NOW + timedelta(minutes=minutes)
        for place, number in enumerate(numbers):
            await store_paper(self.store, number)
            key = PaperPost(paper_of(number).id, digest.language).key
            at = came + timedelta(microseconds=place)
            row = Delivery(target, key, at, at, state=State.INCLUDED, reason=digest.key)
            await self.store.outbox.add([row])

    async def compose(self, name: PostName, chat: Chat = CHAT) -> Sequence[Post]:
        quiet = QuietWords(self.store, self.clock, health=Health(), wording=load_wording)
        quoting = ExtractiveSummarizer(self.clock)
        voices = Voices(load_wording, ("en", "zh"), quoting, load_speech)
        publication = Publication(self.store, voices, quiet, clock=self.clock)
        delivery = Delivery(chat.target, name.key, created_at=NOW, due_at=NOW)
        composed = await publication.compose(delivery, chat)
        return () if composed is None else (composed,) if isinstance(composed, Post) else composed


def titles(posts: Sequence[Post]) -> list[str]:
    return [section.lines[0] for post in posts for section in post.sections]


async def test_a_digest_holds_the_papers_whose_rows_say_so_in_that_chat_alone() -> None:
    desk = Desk()
    await desk.include(1, 2)
    await desk.include(3, target=Target("telegram", "B"))
    await desk.include(4, digest=DigestPost("2026-08-19", "en"))
    await desk.include(5, digest=DigestPost("2026-08-20", "zh"))
    assert titles(await desk.compose(DIGEST)) == ["1. ★4 Paper 1", "2. ★4 Paper 2"]


async def test_what_an_edit_shows_is_the_whole_digest_and_a_slice_is_what_came_then() -> None:
    desk = Desk()
    await desk.include(1, 2)
    await desk.include(3, minutes=30)
    assert len(titles(await desk.compose(EditPost(DIGEST, 2)))) == 3
    (rest,) = await desk.compose(DigestSlice(DIGEST, 2, 3))
    assert (rest.title, titles([rest])) == (
        "Hugging Face Daily Papers 2026-08-20 · 1 more paper",
        ["1. ★4 Paper 3"],
    )


async def test_a_growing_day_says_as_of_when_by_the_chat_s_own_clock() -> None:
    desk = Desk()
    await desk.include(1)
    await desk.include(2, minutes=20)
    (post,) = await desk.compose(DIGEST)
    assert post.signals == ("As of 18:20 · the list usually still grows",)
    desk.clock.advance(2 * 86_400)
    (post,) = await desk.compose(DIGEST)
    assert post.signals == ("Updated at 18:20",)


async def test_a_slot_s_digest_has_its_time_where_the_chat_has_several_a_day() -> None:
    desk, slot = Desk(), DigestPost("2026-08-20.1800", "en")
    await desk.include(1, digest=slot)
    for times, heading in (
        ((time(18),), "Hugging Face Daily Papers 2026-08-20 · 1 paper"),
        ((time(8, 30), time(18)), "Hugging Face Daily Papers 2026-08-20 18:00 · 1 paper"),
    ):
        (post,) = await desk.compose(slot, replace(CHAT, timetable=Timetable(times)))
        assert (post.title, post.signals) == (heading, ())


async def test_a_digest_without_papers_is_no_message() -> None:
    assert await Desk().compose(DIGEST) == ()


async def test_papers_of_a_day_are_gathered_under_its_name_in_the_chat_s_first_language() -> None:
    desk = Desk()
    await store_paper(desk.store, 1)
    chat = replace(CHAT, style=Style.THREAD, language="zh", second_language="en")
    (post,) = await desk.compose(PaperPost(paper_of(1).id, "en"), chat)
    assert post.gather == load_wording("zh").digest.list_name["hf"].format(day="2026-08-20")
    (post,) = await desk.compose(PaperPost(paper_of(1).id, "en"), replace(chat, style=Style.EACH))
    assert post.gather == ""


async def test_an_announcement_is_the_operator_s_text_and_its_first_line_the_title() -> None:
    desk, name = Desk(), AnnouncementPost("move")
    await desk.store.announcements.put("move", "We move.\n\nOn Friday.\nBack soon.\n", now=NOW)
    (post,) = await desk.compose(name)
    assert (post.title, post.sections[0].lines) == ("We move.", ("On Friday.", "Back soon."))


async def test_an_announcement_that_is_not_stored_is_an_error_that_names_it() -> None:
    with pytest.raises(InvalidInput, match="move is not in the store"):
        await Desk().compose(AnnouncementPost("move"))
