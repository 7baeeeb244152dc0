"""Votes by buttons and by reactions: one a person, paper and chat, and taken back as easily."""

from datetime import UTC, datetime

import pytest

from bot.domain.chat import Chat
from bot.domain.command import Reaction
from bot.domain.delivery import Delivery, State
from bot.domain.errors import StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Tally
from bot.services.buttons import vote_key
from bot.services.commands.testing import Bench, bench
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
GROUP = Target("fake", "-100")
PAPER = Paper(PaperId("2309.12307"), "LongLoRA")
UP, DOWN = vote_key(PAPER.id, up=True), vote_key(PAPER.id, up=False)


@pytest.fixture
async def one() -> Bench:
    """A service whose group got one paper as message 7, and a digest as message 8."""
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS)
    store = one.means.store
    await store.papers.save([PAPER])
    await store.chats.save([Chat(GROUP, language="en")], now=NOON)
    await store.outbox.add(
        [
            delivery("paper:2309.12307:en", "7"),
            delivery("digest:2026-11-20:en", "8"),
            delivery("quiet:hf:2026-11-20", "9"),
            delivery("from a newer version", "10"),
        ]
    )
    return one


def delivery(post_key: str, message_id: str, target: Target = GROUP) -> Delivery:
    return Delivery(target, post_key, NOON, NOON, state=State.SENT, message_id=message_id)


async def tally(one: Bench, target: Target = GROUP) -> tuple[int, int]:
    votes: Tally = await one.means.store.votes.of_paper(target, PAPER.id)
    return votes.up, votes.down


def reaction(user: str, up: int, down: int, message_id: str = "7") -> Reaction:
    return Reaction(GROUP, message_id, user, up, down)


async def test_a_press_counts_another_takes_it_back_and_the_message_stays(one: Bench) -> None:
    steps = [
        (UP, (1, 0), "👍 counted, thank you. Once more takes it back. /top"),
        (UP, (0, 0), "Taken back."),
        (DOWN, (0, 1), "👎 counted, thank you. Once more takes it back. /top"),
        (UP, (1, 0), "👍 counted, thank you. Once more takes it back. /top"),
    ]
    for key, votes, said in steps:
        pressed = await one.press(key, target=GROUP, private=False)
        assert (pressed.posts, pressed.whispers) == ([], [said])
        assert await tally(one) == votes


async def test_each_person_has_one_vote_and_each_chat_its_own(one: Bench) -> None:
    for user in ("1", "2", "3"):
        await one.press(UP, target=GROUP, private=False, user=user)
    await one.press(DOWN, target=GROUP, private=False, user="3")
    await one.press(UP, target=Target("fake", "3"), user="3")
    assert await tally(one) == (2, 1)
    assert await tally(one, Target("fake", "3")) == (1, 0)


async def test_f68_a_crowd_may_vote_at_once_but_one_person_is_slowed_down(one: Bench) -> None:
    for user in range(300):
        await one.press(UP, target=GROUP, private=False, user=f"crowd {user}")
    assert await tally(one) == (300, 0)
    said = [
        whisper
        for _ in range(40)
        for whisper in (await one.press(DOWN, target=GROUP, private=False)).whispers
    ]
    assert len(said) == 21
    assert said[-1] == WORDINGS["en"].commands.slow_down


async def test_who_cannot_be_told_does_not_count(one: Bench) -> None:
    pressed = await one.press(UP, target=GROUP, private=False, user="")
    assert pressed.whispers == ["I cannot tell who you are here, so your vote cannot be counted."]
    assert await tally(one) == (0, 0)


async def test_t11_a_vote_for_an_unknown_paper_counts_nothing(one: Bench) -> None:
    pressed = await one.press("vote:up:2309.99999", target=GROUP, private=False)
    assert (pressed.posts, pressed.whispers) == ([], [])
    assert await one.means.store.votes.tally(GROUP, since=datetime(2000, 1, 1, tzinfo=UTC)) == []


async def test_a_chat_listed_by_its_name_has_one_count(one: Bench) -> None:
    named = Target("fake", "@papers")
    await one.means.store.chats.save([Chat(named, language="en")], now=NOON)
    await one.means.store.outbox.add([delivery("paper:2309.12307:en", "7", named)])
    fresh = bench(one.means.store, HeldClock(NOON), WORDINGS)
    number = Target("fake", "-100456")
    await fresh.press(UP, target=number, alias="@papers", private=False, user="1")
    await fresh.service.react(Reaction(number, "7", "2", 1, 0, alias="@papers"))
    assert await tally(fresh, named) == (2, 0)
    assert await tally(fresh, number) == (0, 0)


async def test_a_reaction_is_a_persons_vote_until_it_changes(one: Bench) -> None:
    for up, down, votes in ((1, 0, (1, 0)), (0, 1, (0, 1)), (1, 1, (0, 0)), (0, 0, (0, 0))):
        await one.service.react(reaction("1", up, down))
        assert await tally(one) == votes


async def test_a_button_and_a_reaction_of_one_person_are_one_vote(one: Bench) -> None:
    await one.service.react(reaction("1", 1, 0))
    await one.press(UP, target=GROUP, private=False, user="2")
    assert await tally(one) == (2, 0)
    await one.press(UP, target=GROUP, private=False, user="1")
    assert await tally(one) == (1, 0)


async def test_totals_without_names_replace_each_other(one: Bench) -> None:
    await one.press(UP, target=GROUP, private=False, user="1")
    for up, down, votes in ((5, 2, (6, 2)), (4, 3, (5, 3)), (0, 0, (1, 0))):
        await one.service.react(reaction("", up, down))
        assert await tally(one) == votes


async def test_a_reaction_in_a_topic_finds_its_message(one: Bench) -> None:
    topic = Target("fake", "-100", "5")
    await one.means.store.outbox.add([delivery("paper:2309.12307:en", "70", topic)])
    await one.service.react(reaction("1", 1, 0, "70"))
    assert await tally(one) == (1, 0)


@pytest.mark.parametrize("message_id", ["8", "9", "10", "11", "", "x" * 100])
async def test_reactions_to_anything_else_count_for_nothing(one: Bench, message_id: str) -> None:
    await one.service.react(reaction("1", 1, 0, message_id))
    await one.service.react(Reaction(Target("fake", "-200"), "7", "1", 1, 0))
    assert await tally(one) == (0, 0)


async def test_f57_a_reaction_that_cannot_be_counted_harms_nobody(
    one: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(one.means.store.votes, "cast", fail)
    await one.service.react(reaction("1", 1, 0))
    pressed = await one.press(UP, target=GROUP, private=False)
    assert pressed.whispers == [WORDINGS["en"].commands.apology]
