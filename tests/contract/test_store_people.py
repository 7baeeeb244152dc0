"""What every Saved and every Votes does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import Store, Tally, Vote

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO, THREE, OLD = (
    PaperId(value) for value in ("2608.00001", "2608.00002", "2608.00003", "hep-th/9901001")
)
ANN, BEN = "telegram:1", "discord:1"
HERE, OTHER = Target("telegram", "-500"), Target("telegram", "-7")
TOPIC = replace(HERE, thread="9")


async def test_papers_are_kept_once_and_come_back_the_newest_first(store: Store) -> None:
    assert await store.saved.add(ANN, TWO, now=NOON)
    assert await store.saved.add(ANN, ONE, now=NOON + HOUR)
    assert not await store.saved.add(ANN, TWO, now=NOON + 2 * HOUR)
    assert await store.saved.add(BEN, OLD, now=NOON)
    assert list(await store.saved.of(ANN)) == [ONE, TWO]
    assert list(await store.saved.of("telegram:2")) == []


async def test_a_paper_is_kept_no_longer(store: Store) -> None:
    await store.saved.add(ANN, ONE, now=NOON)
    assert await store.saved.remove(ANN, ONE)
    assert not await store.saved.remove(ANN, ONE)
    assert list(await store.saved.of(ANN)) == []
    assert await store.saved.add(ANN, ONE, now=NOON)


async def test_t12_what_somebody_kept_and_voted_is_forgotten(store: Store) -> None:
    for user in (ANN, BEN):
        for paper_id in (ONE, TWO):
            await store.saved.add(user, paper_id, now=NOON)
            await store.votes.cast(Vote(HERE, paper_id, user, 1, NOON))
    assert await store.saved.forget(ANN) == 2
    assert await store.votes.forget(ANN) == 2
    assert await store.saved.forget(ANN) == await store.votes.forget(ANN) == 0
    assert list(await store.saved.of(ANN)) == []
    assert list(await store.saved.of(BEN)) == [TWO, ONE]
    assert await store.votes.of_paper(HERE, ONE) == Tally(ONE, 1, 0)


async def cast(store: Store, *votes: tuple[Target, PaperId, str, int]) -> None:
    for target, paper_id, user, value in votes:
        await store.votes.cast(Vote(target, paper_id, user, value, NOON))


async def tally(store: Store, target: Target, since: datetime = NOON) -> Sequence[Tally]:
    return list(await store.votes.tally(target, since=since))


async def test_votes_of_a_chat_are_summed_the_best_first_then_the_newer(store: Store) -> None:
    await cast(
        store,
        (HERE, OLD, ANN, 1),
        (HERE, ONE, ANN, 1),
        (TOPIC, TWO, ANN, 1),
        (HERE, TWO, BEN, 1),
        (HERE, THREE, ANN, -1),
        (HERE, THREE, BEN, 1),
        (OTHER, ONE, BEN, -1),
    )
    expected = [Tally(TWO, 2, 0), Tally(ONE, 1, 0), Tally(OLD, 1, 0), Tally(THREE, 1, 1)]
    assert await tally(store, HERE) == expected
    assert await tally(store, TOPIC) == expected
    assert await tally(store, OTHER) == [Tally(ONE, 0, 1)]
    assert await store.votes.of_paper(TOPIC, TWO) == Tally(TWO, 2, 0)
    assert await store.votes.of_paper(OTHER, TWO) == Tally(TWO, 0, 0)


async def test_a_newer_vote_replaces_and_none_withdraws(store: Store) -> None:
    await cast(store, (HERE, ONE, ANN, 1), (HERE, ONE, BEN, 1), (TOPIC, ONE, ANN, -1))
    assert await tally(store, HERE) == [Tally(ONE, 1, 1)]
    await cast(store, (HERE, ONE, ANN, 0), (HERE, TWO, ANN, 0))
    assert await tally(store, HERE) == [Tally(ONE, 1, 0)]


async def test_a_vote_that_arrives_late_does_not_replace_a_newer_one(store: Store) -> None:
    await store.votes.cast(Vote(HERE, ONE, ANN, 1, NOON + HOUR))
    await store.votes.cast(Vote(HERE, ONE, ANN, -1, NOON))
    await store.votes.cast(Vote(HERE, ONE, ANN, 0, NOON))
    assert await store.votes.of_paper(HERE, ONE) == Tally(ONE, 1, 0)


async def test_votes_count_since_a_moment(store: Store) -> None:
    await cast(store, (HERE, ONE, ANN, 1))
    await store.votes.cast(Vote(HERE, ONE, BEN, 1, NOON + HOUR))
    assert await tally(store, HERE, NOON + HOUR) == [Tally(ONE, 1, 0)]
    assert await tally(store, HERE, NOON + 2 * HOUR) == []
    assert await store.votes.of_paper(HERE, ONE) == Tally(ONE, 2, 0)


async def test_totals_that_a_platform_tells_are_votes_with_larger_values(store: Store) -> None:
    await cast(
        store,
        (HERE, ONE, "telegram:message:up", 3),
        (HERE, ONE, "telegram:message:down", -2),
        (HERE, ONE, ANN, 1),
        (HERE, ONE, "telegram:message:up", 5),
    )
    assert await tally(store, HERE) == [Tally(ONE, 6, 2)]


async def test_f33_votes_move_with_their_chat_and_what_is_there_stays(store: Store) -> None:
    await cast(store, (HERE, ONE, ANN, 1), (TOPIC, TWO, ANN, 1), (OTHER, ONE, ANN, -1))
    await store.chats.move(HERE, OTHER)
    assert await tally(store, HERE) == []
    assert await tally(store, OTHER) == [Tally(TWO, 1, 0), Tally(ONE, 0, 1)]


async def test_a_chats_votes_go_to_another_bot_where_they_are_the_same_peoples(
    store: Store,
) -> None:
    there = replace(HERE, platform="telegram-team")
    await cast(
        store,
        (HERE, ONE, ANN, 1),
        (HERE, ONE, "telegram:77:up", 3),
        (HERE, TWO, ANN, -1),
        (TOPIC, THREE, ANN, 1),
        (OTHER, ONE, ANN, 1),
        (there, TWO, "telegram-team:1", 1),
    )
    assert await store.votes.hand_over(HERE, "telegram-team") == 3
    assert await tally(store, there) == [Tally(ONE, 4, 0), Tally(TWO, 1, 0)]
    assert await tally(store, HERE) == [Tally(THREE, 1, 0)]
    assert await tally(store, OTHER) == [Tally(ONE, 1, 0)]
    await cast(store, (there, ONE, "telegram-team:1", -1), (there, ONE, "telegram-team:77:up", 5))
    assert await store.votes.of_paper(there, ONE) == Tally(ONE, 5, 1)
    assert await store.votes.hand_over(HERE, "telegram-team") == 0
