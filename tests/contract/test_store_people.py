"""What people keep and vote, over every store."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Store, Tally, Vote

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROUP = Target("fake", "-100")
ONE, TWO, OLD = PaperId("2309.12307"), PaperId("2611.00001"), PaperId("hep-th/9901001")


def vote(value: int, *, user: str = "fake:1", paper: PaperId = ONE, minutes: float = 0) -> Vote:
    return Vote(GROUP, paper, user, value, NOON + timedelta(minutes=minutes))


async def test_what_is_kept_is_kept_once_the_newest_first(store: Store) -> None:
    for minutes, paper in enumerate((ONE, OLD, TWO)):
        assert await store.saved.add("fake:1", paper, now=NOON + timedelta(minutes=minutes))
    assert not await store.saved.add("fake:1", ONE, now=NOON + timedelta(hours=1))
    assert list(await store.saved.of("fake:1")) == [TWO, OLD, ONE]
    assert list(await store.saved.of("fake:2")) == []


async def test_what_is_removed_or_forgotten_is_gone_for_its_person_alone(store: Store) -> None:
    for user in ("fake:1", "fake:2"):
        for paper in (ONE, TWO):
            await store.saved.add(user, paper, now=NOON)
    assert await store.saved.remove("fake:1", ONE)
    assert not await store.saved.remove("fake:1", ONE)
    assert await store.saved.forget("fake:1") == 1
    assert await store.saved.forget("fake:1") == 0
    assert set(await store.saved.of("fake:2")) == {ONE, TWO}


async def test_a_vote_tells_what_it_replaces(store: Store) -> None:
    steps = [(1, 0), (1, 1), (-1, 1), (0, -1), (0, 0), (1, 0)]
    told = [await store.votes.cast(vote(v, minutes=n)) for n, (v, _) in enumerate(steps)]
    assert told == [before for _, before in steps]
    assert await store.votes.of_paper(GROUP, ONE) == Tally(ONE, 1, 0)


async def test_votes_of_the_same_moment_replace_each_other_as_they_come(store: Store) -> None:
    for value, tally in ((1, (1, 0)), (0, (0, 0)), (-1, (0, 1)), (0, (0, 0))):
        await store.votes.cast(vote(value))
        assert await store.votes.of_paper(GROUP, ONE) == Tally(ONE, *tally)


async def test_one_vote_a_person_paper_and_chat_whatever_the_thread(store: Store) -> None:
    await store.votes.cast(vote(1))
    topic = Vote(Target("fake", "-100", "5"), ONE, "fake:1", -1, NOON + timedelta(minutes=1))
    assert await store.votes.cast(topic) == 1
    await store.votes.cast(vote(1, user="fake:2"))
    await store.votes.cast(Vote(Target("fake", "-200"), ONE, "fake:1", 1, NOON))
    assert await store.votes.of_paper(GROUP, ONE) == Tally(ONE, 1, 1)
    assert await store.votes.of_paper(Target("other", "-100"), ONE) == Tally(ONE, 0, 0)


async def test_a_tally_has_the_best_first_and_nothing_older(store: Store) -> None:
    await store.votes.cast(vote(12, user="fake:7:up", paper=TWO))
    await store.votes.cast(vote(-3, user="fake:7:down", paper=TWO))
    await store.votes.cast(vote(9, paper=ONE))
    await store.votes.cast(vote(-1, paper=OLD))
    since = NOON - timedelta(minutes=1)
    await store.votes.cast(vote(1, user="fake:9", paper=OLD, minutes=-2))
    assert list(await store.votes.tally(GROUP, since=since)) == [
        Tally(TWO, 12, 3),
        Tally(ONE, 9, 0),
        Tally(OLD, 0, 1),
    ]


async def test_t12_somebodys_votes_are_forgotten_everywhere_and_a_chats_with_it(
    store: Store,
) -> None:
    for user in ("fake:1", "fake:2"):
        await store.votes.cast(vote(1, user=user))
    await store.votes.cast(Vote(Target("fake", "-200"), ONE, "fake:1", 1, NOON))
    assert await store.votes.forget("fake:1") == 2
    assert await store.votes.of_paper(GROUP, ONE) == Tally(ONE, 1, 0)
    await store.register.forget(GROUP)
    assert await store.votes.of_paper(GROUP, ONE) == Tally(ONE, 0, 0)


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "unlisted"])
async def test_f33_votes_move_with_their_chat(store: Store, listed: bool) -> None:
    if listed:
        await store.chats.save([Chat(GROUP)], now=NOON)
    await store.votes.cast(vote(1))
    new = Target("fake", "-1001")
    await store.chats.move(GROUP, new)
    assert await store.votes.of_paper(new, ONE) == Tally(ONE, 1, 0)
    assert await store.votes.of_paper(GROUP, ONE) == Tally(ONE, 0, 0)
