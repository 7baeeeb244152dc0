"""Digests in chats: one message a day, brought up to date in place, and nothing lost or doubled."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TypeAlias

import pytest

from adapters.testing import (
    EditableFake,
    FakeAdapter,
    FakeMessage,
    RepeatableFake,
    Step,
    Taken,
)
from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.delivery_errors import (
    ChatGone,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Post
from bot.domain.target import Target
from bot.ports import Store
from bot.services.deliver.testing import START, A
from bot.services.deliver.testing_digests import DIGEST, DigestStage
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import EditPost
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from bot.virtual_time import LoopClock, run_virtually
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

MINUTE = timedelta(minutes=1)
Scenario: TypeAlias = Callable[[DigestStage, EditableFake], Awaitable[None]]


def stage(store: Store) -> DigestStage:
    clock = LoopClock(START)
    quiet = QuietWords(store, clock, health=Health(), wording=load_wording)
    voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
    return DigestStage(store, clock, Publication(store, voices, quiet, clock=clock).compose)


def act(scenario: Scenario, fake: EditableFake | None = None) -> None:
    async def main() -> None:
        on = stage(MemoryStore())
        await on.open([Chat(A, language="en", style=Style.DIGEST)])
        await scenario(on, fake or EditableFake())

    run_virtually(main)


def papers_in(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"Paper (\d+)", text)]


def shown(fake: FakeAdapter, target: Target = A) -> list[list[int]]:
    """The papers in each message that stands in the chat."""
    return [papers_in(text) for text in fake.texts(target)]


async def row(on: DigestStage, key: str, part: int = 0) -> Delivery:
    (found,) = [r for r in await on.rows(A) if r.post_key == key and r.part == part]
    return found


async def come(on: DigestStage, numbers: Iterable[int]) -> None:
    await on.come(*numbers, targets=[A])
    await on.clock.sleep(1)


def test_a_digest_is_one_message_and_late_papers_are_edited_in() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1, 2, 3])
        await on.play(fake)
        await come(on, [4])
        await on.play(fake)
        assert shown(fake) == [[1, 2, 3, 4]]
        assert "4 papers" in fake.texts(A)[0]
        assert len(fake.calls) == 1
        edit = await row(on, EditPost(DIGEST, 4).key)
        assert (edit.state, edit.message_id) == (State.SENT, "1")
        assert await on.quiet()

    act(play)


def test_papers_that_come_before_the_digest_is_sent_need_no_edit() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await come(on, [2])
        await on.play(fake)
        assert shown(fake) == [[1, 2]]
        assert not fake.edits
        edit = await row(on, EditPost(DIGEST, 2).key)
        assert (edit.state, edit.reason) == (State.INCLUDED, DIGEST.key)

    act(play)


def test_a_digest_that_outgrows_its_message_gets_another() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, range(1, 15))
        await on.play(fake)
        await come(on, range(15, 33))
        await on.play(fake)
        assert [len(papers) for papers in shown(fake)] == [15, 15, 2]
        assert sorted(n for papers in shown(fake) for n in papers) == list(range(1, 33))
        await come(on, [33])
        await on.play(fake)
        assert [len(papers) for papers in shown(fake)] == [15, 15, 3]
        assert {r.state for r in await on.rows(A)} == {State.SENT, State.INCLUDED}

    act(play)


def test_edits_come_once_a_minute_at_most_and_each_shows_all_there_is() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play_for(5, fake)
        for number in range(2, 40):
            await come(on, [number])
            await on.play_for(10, fake)
        await on.play(fake)
        assert sorted(n for papers in shown(fake) for n in papers) == list(range(1, 40))
        edits = [r for r in await on.rows(A) if r.post_key.startswith("edit:") and not r.part]
        at = sorted(edit.sent_at for edit in edits if edit.sent_at is not None)
        assert 4 <= len(at) <= 8
        assert all(later - earlier >= MINUTE for earlier, later in pairwise(at))

    act(play)


def test_where_nothing_can_be_edited_what_is_new_comes_as_one_more_message() -> None:
    async def main() -> None:
        on, fake = stage(MemoryStore()), FakeAdapter()
        await on.open([Chat(A, language="en", style=Style.DIGEST)])
        await come(on, [1, 2])
        await come(on, [3])
        await on.play(fake)
        await come(on, [4, 5])
        await on.play(fake)
        await come(on, [6])
        await on.play(fake)
        assert shown(fake) == [[1, 2, 3], [4, 5], [6]]
        assert "2 more papers" in fake.texts(A)[1]
        assert "1 more paper" in fake.texts(A)[2]

    run_virtually(main)


def test_where_nothing_can_be_edited_many_new_papers_come_as_several_messages() -> None:
    async def main() -> None:
        on, fake = stage(MemoryStore()), FakeAdapter()
        await on.open([Chat(A, language="en", style=Style.DIGEST)])
        await come(on, [1, 2])
        await on.play(fake)
        await come(on, range(3, 41))
        await on.play(fake)
        await come(on, [41])
        await on.play(fake)
        assert [len(papers) for papers in shown(fake)] == [2, 15, 15, 8, 1]
        assert sorted(n for papers in shown(fake) for n in papers) == list(range(1, 42))

    run_virtually(main)


@pytest.mark.parametrize(
    ("answers", "state", "afterwards"),
    [
        pytest.param(
            [Taken(OutcomeUnknown("no answer"))],
            State.UNKNOWN,
            [[1, 2], [3]],
            id="f37 unknown: what is new",
        ),
        pytest.param(
            [ContentRejected("never")] * 2,
            State.FAILED,
            [[1, 2, 3]],
            id="failed: all that is missing",
        ),
    ],
)
def test_a_digest_whose_message_is_not_known_is_followed_by_what_it_lacks(
    answers: Sequence[Step], state: State, afterwards: Sequence[Sequence[int]]
) -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        fake.script(*answers)
        await come(on, [1, 2])
        await on.play(fake)
        assert (await row(on, DIGEST.key)).state is state
        await come(on, [3])
        await on.play(fake)
        assert shown(fake) == afterwards
        assert not fake.edits

    act(play)


def test_an_edit_with_an_unknown_outcome_is_made_again() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        fake.script(OutcomeUnknown("no answer"), Taken(OutcomeUnknown("no answer")), None)
        await come(on, [2])
        await on.play(fake)
        assert shown(fake) == [[1, 2]]
        assert len(fake.edits) == 2
        assert (await row(on, EditPost(DIGEST, 2).key)).state is State.SENT

    act(play)


def test_an_edit_whose_outcome_is_never_known_is_given_up() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        fake.script(*[OutcomeUnknown("no answer")] * 50)
        await come(on, [2])
        await on.play(fake, most=2 * 86_400)
        edit = await row(on, EditPost(DIGEST, 2).key)
        assert (edit.state, edit.attempts) == (State.UNKNOWN, 8)

    act(play)


def test_f30_a_limited_edit_waits_and_counts_as_no_attempt() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        fake.script(RateLimited("slow down", retry_after=300))
        await come(on, [2])
        await on.play(fake)
        edit = await row(on, EditPost(DIGEST, 2).key)
        assert (edit.state, edit.attempts) == (State.SENT, 0)
        assert edit.sent_at is not None
        assert edit.sent_at - START >= timedelta(minutes=6)

    act(play)


def test_f38_an_edit_without_a_connection_is_tried_again() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        fake.script(NotDelivered("no route"), NotDelivered("no route"))
        await come(on, [2])
        await on.play(fake)
        assert shown(fake) == [[1, 2]]

    act(play)


def test_a_digest_whose_message_cannot_be_changed_any_more_is_followed_by_what_it_lacks_f33() -> (
    None
):
    """Somebody deleted it; or it stands where the chat was before it moved (F33)."""

    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        fake.chats[A].clear()
        await come(on, range(2, 20))
        await on.play(fake)
        await come(on, [20])
        await on.play(fake)
        assert [len(papers) for papers in shown(fake)] == [15, 3, 1]
        assert sorted(n for papers in shown(fake) for n in papers) == list(range(2, 21))
        assert {r.state for r in await on.rows(A)} == {State.SENT, State.INCLUDED}
        assert not fake.edits

    act(play)


def test_a_further_message_of_a_digest_that_somebody_deleted_stands_again_after_the_next_edit() -> (
    None
):
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, range(1, 33))
        await on.play(fake)
        assert [len(papers) for papers in shown(fake)] == [15, 15, 2]
        del fake.chats[A][1]
        for number in (33, 34):
            await come(on, [number])
            await on.play(fake)
            assert [len(papers) for papers in shown(fake)] == [15, number - 30, 15]
            assert sorted(n for papers in shown(fake) for n in papers) == [*range(1, number + 1)]
        assert {r.state for r in await on.rows(A)} == {State.SENT, State.INCLUDED}

    act(play)


@pytest.mark.parametrize("lost", [NotDelivered("no route"), OutcomeUnknown("no answer")])
def test_a_digest_is_edited_only_once_all_its_messages_have_been_sent(lost: DeliveryError) -> None:
    """Its second message is tried for so long that other messages go first; an edit would send
    one of its own in its place, and the papers would stand there twice."""

    async def play(on: DigestStage, fake: EditableFake) -> None:
        fake.script(None, *[lost] * 4)
        await come(on, range(1, 21))
        await on.play_for(5, fake)
        await come(on, [21])
        await on.play(fake)
        assert [len(papers) for papers in shown(fake)] == [15, 6]
        assert sorted(n for papers in shown(fake) for n in papers) == list(range(1, 22))
        assert {r.state for r in await on.rows(A)} == {State.SENT, State.INCLUDED}

    act(play, RepeatingFake())


class RepeatingFake(EditableFake, RepeatableFake):
    """Like Discord: takes keys, and edits."""


class PoisonedFake(EditableFake):
    """Cannot render what some paper is called."""

    def render(self, post: Post, *, plain: bool = False) -> Sequence[FakeMessage]:
        if any("Paper 2\n" in f"{line}\n" for section in post.sections for line in section.lines):
            raise KeyError("2")
        return super().render(post, plain=plain)


def test_f63_a_paper_that_cannot_be_rendered_costs_a_digest_only_itself() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1, 2, 3])
        await on.play(fake)
        assert shown(fake) == [[1, 3]]
        await come(on, [4])
        await on.play(fake)
        assert shown(fake) == [[1, 3, 4]]
        assert {r.state for r in await on.rows(A)} == {State.SENT, State.INCLUDED}

    act(play, PoisonedFake())


def test_f32_a_refused_edit_suspends_the_chat() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        fake.script(ChatGone("kicked"))
        await come(on, [2])
        await on.play(fake)
        (chat,) = await on.store.chats.all()
        assert chat.suspended == "kicked"

    act(play)


def test_of_several_edits_that_wait_one_is_made() -> None:
    async def play(on: DigestStage, fake: EditableFake) -> None:
        await come(on, [1])
        await on.play(fake)
        for number in (2, 3, 4):
            await come(on, [number])
            due = on.clock.now()
            edit = EditPost(DIGEST, number)
            await on.store.outbox.add([Delivery(A, edit.key, due, due)])
        await on.play(fake)
        assert shown(fake) == [[1, 2, 3, 4]]
        assert len(fake.edits) == 1
        states = [(await row(on, EditPost(DIGEST, n).key)).state for n in (2, 3, 4)]
        assert sorted(states) == [State.INCLUDED, State.INCLUDED, State.SENT]

    act(play)
