"""When messages arrive, and how loud: quiet hours, pauses, batches, looks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

import pytest

from adapters.base import Pace
from adapters.testing import FakeAdapter, FakeMessage
from bot.domain.chat import Chat, Looks
from bot.domain.delivery import State
from bot.domain.post import Post
from bot.domain.target import Target
from bot.domain.timetable import QuietHours
from bot.services.deliver.manner import Batches, as_liked
from bot.services.deliver.testing import ONE, START, THREE, TWO, A, B, Stage
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually

# 09:00 UTC is 11:00 in Berlin.
ZONE = "Europe/Berlin"
UNTIL_NOON = QuietHours(time(23), time(12))
Scenario: TypeAlias = Callable[[Stage, "Listening"], Awaitable[None]]


class Listening(FakeAdapter):
    """A platform that keeps the posts it renders."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Post] = []

    def render(self, post: Post, *, plain: bool = False) -> tuple[FakeMessage, ...]:
        self.posts.append(post)
        return tuple(super().render(post, plain=plain))

    @property
    def silent(self) -> list[bool]:
        return [post.silent for post in self.posts]


def act(scenario: Scenario, *chats: Chat) -> None:
    async def main() -> None:
        stage = Stage(MemoryStore(), LoopClock(START))
        await stage.open(chats or [Chat(A)])
        await scenario(stage, Listening())

    run_virtually(main)


async def arrivals(stage: Stage, target: Target = A) -> list[datetime]:
    return [row.sent_at for row in await stage.rows(target) if row.sent_at is not None]


def test_what_is_claimed_in_quiet_hours_arrives_when_they_end_and_costs_no_attempt() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        await stage.queue([A], [ONE, TWO])
        await stage.play(fake, most=7200)
        assert fake.texts(A) == [f"<b>{ONE}</b>", f"<b>{TWO}</b>"]
        noon = datetime(2026, 8, 20, 10, tzinfo=UTC)
        assert all(noon <= at < noon + timedelta(seconds=30) for at in await arrivals(stage))
        assert [row.attempts for row in await stage.rows()] == [0, 0]

    act(play, Chat(A, zone=ZONE, quiet_hours=UNTIL_NOON))


def test_one_chat_s_quiet_hours_hold_up_no_other() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        await stage.queue([A, B], [ONE])
        await stage.play_for(60, fake)
        assert (fake.texts(A), fake.texts(B)) == ([], [f"<b>{ONE}</b>"])

    act(play, Chat(A, zone=ZONE, quiet_hours=UNTIL_NOON), Chat(B))


def test_what_waits_out_quiet_hours_is_no_outcome_that_anybody_is_told() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        await stage.queue([A], [ONE])
        await stage.play(fake, most=7200)
        assert [settled.answer for settled in stage.settled] == ["Sent"]

    act(play, Chat(A, zone=ZONE, quiet_hours=UNTIL_NOON))


def test_f70_a_paused_chat_gets_nothing_of_what_waited() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        await stage.queue([A], [ONE])
        await stage.play(fake)
        (row,) = await stage.rows()
        assert (row.state, row.reason) == (State.EXPIRED, "the chat is paused")
        assert not fake.calls

    act(play, Chat(A, paused=True))


async def pause(stage: Stage) -> None:
    chat = await stage.store.register.at(A)
    assert chat is not None
    await stage.store.register.put(replace(chat, paused=True))


async def forget(stage: Stage) -> None:
    await stage.store.register.forget(A)


async def suspend(stage: Stage) -> None:
    await stage.store.chats.suspend(A, "left")


@pytest.mark.parametrize(
    ("leave", "left"),
    [
        pytest.param(pause, [(State.EXPIRED, "the chat is paused")], id="paused"),
        pytest.param(forget, [], id="forgotten"),
        pytest.param(suspend, [(State.PENDING, "")], id="suspended"),
    ],
)
def test_f70_a_chat_that_leaves_while_its_message_waits_for_a_slot_does_not_get_it(
    leave: Callable[[Stage], Awaitable[None]], left: list[tuple[State, str]]
) -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        fake.paces[A] = Pace(per_second=0.2)
        await stage.store.rates.reserve("fake", 1, per_second=0.2, now=stage.clock.now())
        await stage.queue([A], [ONE])
        running = asyncio.ensure_future(stage.play_for(30, fake))
        await stage.clock.sleep(2)
        assert len(fake.posts) == 1  # it is made, and waits
        await leave(stage)
        await running
        assert [(row.state, row.reason) for row in await stage.rows()] == left
        assert fake.calls == []

    act(play)


def test_a_batch_sounds_once_and_the_next_one_again() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        await stage.queue([A], [ONE, TWO])
        running = asyncio.ensure_future(stage.play_for(600, fake))
        await stage.clock.sleep(310)
        await stage.queue([A], [THREE])
        await running
        assert fake.silent == [False, True, False]

    act(play)


def test_the_parts_of_a_long_post_sound_once_and_another_chat_by_itself() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        stage.long[ONE] = 300
        await stage.queue([A, B], [ONE])
        await stage.play(fake)
        assert len(fake.silent) > 2
        assert fake.silent.count(False) == 2

    act(play, Chat(A), Chat(B))


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param(Looks(), (True, "https://x/i.png", False), id="all"),
        pytest.param(Looks(previews=False), (False, "https://x/i.png", False), id="no previews"),
        pytest.param(Looks(pictures=False), (True, None, False), id="no pictures"),
        pytest.param(Looks(sound=False), (True, "https://x/i.png", True), id="no sound"),
    ],
)
def test_a_post_looks_as_its_chat_likes_it(
    looks: Looks, expected: tuple[bool, str | None, bool]
) -> None:
    post = as_liked(Post("en", "A", "https://x", image_url="https://x/i.png"), looks)
    assert (post.previews, post.image_url, post.silent) == expected


def test_a_chat_s_looks_reach_its_messages() -> None:
    async def play(stage: Stage, fake: Listening) -> None:
        await stage.queue([A], [ONE])
        await stage.play(fake)
        (post,) = fake.posts
        assert (post.silent, post.previews) == (True, False)

    act(play, Chat(A, looks=Looks(previews=False, sound=False)))


def test_batches_are_forgotten_when_they_are_over() -> None:
    batches = Batches()
    for number in range(10_001):
        batches.arrived(Target("fake", str(number)), START)
    batches.arrived(A, START + timedelta(minutes=6))
    assert batches.goes_on(A, START + timedelta(minutes=7))
    assert not batches.goes_on(Target("fake", "1"), START + timedelta(minutes=7))


def test_threads_of_a_chat_share_its_sound() -> None:
    batches = Batches()
    batches.arrived(replace(A, thread="1"), START)
    assert batches.goes_on(replace(A, thread="2"), START + timedelta(minutes=4))
