"""What every Outbox does."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store
from bot.store.tables import DELIVERIES

NOON = datetime(2026, 8, 10, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
A, B, C = (Target("telegram", chat) for chat in ("-1001", "@b", "-1003"))
TOPIC = replace(A, thread="7")
DISCORD = Target("discord", "-1001")


def due(
    target: Target, post: str = "paper:1:zh", later: timedelta = timedelta(), *, part: int = 0
) -> Delivery:
    return Delivery(target, post, NOON, NOON + later, part=part)


async def claim(store: Store, now: datetime = NOON, limit: int = 100) -> Sequence[Delivery]:
    return await store.outbox.claim(limit, now=now, lease=LEASE)


async def claimed(store: Store, now: datetime = NOON, limit: int = 100) -> list[tuple[Target, str]]:
    return [(row.target, row.post_key) for row in await claim(store, now, limit)]


async def all_rows(store: Store) -> list[Delivery]:
    return list(await store.outbox.find(DeliveryQuery()))


def sent(delivery: Delivery, now: datetime = NOON) -> Delivery:
    return replace(
        delivery, state=State.SENT, lease_until=None, sent_at=now, message_id=f"m{delivery.id[:4]}"
    )


def test_deliveries_have_a_column_for_each_field() -> None:
    place = {"number", "id", "lane", "platform", "chat", "thread"}
    names = {field.name for field in fields(Delivery)} - {"target"}
    assert {column.name for column in DELIVERIES.columns} == place | names


async def test_a_delivery_comes_back_as_it_was_added(store: Store) -> None:
    full = Delivery(
        TOPIC,
        "paper:hep-th/9901001:en",
        NOON,
        NOON + timedelta(days=2, microseconds=1),
        part=3,
        state=State.UNKNOWN,
        attempts=4,
        resent=True,
        plain=True,
        lease_until=NOON,
        called_at=NOON - SECOND,
        sent_at=NOON + SECOND,
        message_id="12/34",
        reason="超时 — timed out",
    )
    assert await store.outbox.add([full, due(A)]) == 2
    assert set(await all_rows(store)) == {full, due(A)}


async def test_planning_twice_adds_nothing_and_changes_nothing(store: Store) -> None:
    rows = [due(A), due(A, "paper:2:zh"), due(B), due(TOPIC), due(A, part=1)]
    assert await store.outbox.add([*rows, rows[0]]) == 5
    await store.outbox.save([sent(rows[0])])
    again = [replace(row, due_at=NOON + LEASE) for row in rows]
    assert await store.outbox.add([*again, due(C)]) == 1
    assert await store.outbox.add([]) == 0
    assert set(await all_rows(store)) == {sent(rows[0]), *rows[1:], due(C)}


async def test_no_thread_is_no_thread_however_it_is_written(store: Store) -> None:
    empty = replace(A, thread="")
    assert await store.outbox.add([due(A), due(empty)]) == 1
    assert [row.target for row in await claim(store)] == [A]
    assert await store.outbox.find(DeliveryQuery(target=empty))


async def test_what_is_claimed_has_a_lease_and_is_given_once(store: Store) -> None:
    await store.outbox.add([due(A), due(B)])
    rows = await claim(store)
    held = {replace(d, state=State.CLAIMED, lease_until=NOON + LEASE) for d in (due(A), due(B))}
    assert set(rows) == held
    assert set(await all_rows(store)) == held
    assert not await claim(store)


async def test_nothing_is_given_before_it_is_due(store: Store) -> None:
    await store.outbox.add([due(A, later=SECOND)])
    assert not await claim(store, NOON + SECOND - timedelta(microseconds=1))
    assert len(await claim(store, NOON + SECOND)) == 1


async def test_moments_in_other_zones_are_the_same_moments(store: Store) -> None:
    east = timezone(timedelta(hours=8))
    await store.outbox.add([due(A, later=SECOND)])
    assert not await claim(store, NOON.astimezone(east))
    [row] = await claim(store, (NOON + SECOND).astimezone(east))
    assert row.lease_until == NOON + SECOND + LEASE


async def test_one_chats_hundred_never_starve_another(store: Store) -> None:
    hundred = [due(A, f"paper:{n}:zh") for n in range(100)]
    await store.outbox.add([*hundred, due(B, "late:b"), due(C, "late:c", SECOND)])
    seen: list[tuple[Target, str]] = []
    for second in range(3):
        now = NOON + second * SECOND
        for row in await claim(store, now, limit=2):
            seen.append((row.target, row.post_key))
            await store.outbox.save([sent(row)])
            await store.outbox.space(row.target, until=now + SECOND)
    assert set(seen[:2]) == {(A, "paper:0:zh"), (B, "late:b")}
    assert {(A, "paper:1:zh"), (C, "late:c")} == set(seen[2:4])
    assert seen[4:] == [(A, "paper:2:zh")]


async def test_those_waiting_longest_come_first(store: Store) -> None:
    chats = [Target("telegram", str(n)) for n in range(9)]
    await store.outbox.add([due(chat, later=n * SECOND) for n, chat in enumerate(chats)])
    await store.outbox.space(chats[0], until=NOON + 4.5 * SECOND)
    claims = [await claim(store, NOON + LEASE, limit=3) for _ in range(3)]
    order = [int(delivery.target.chat) for found in claims for delivery in found]
    assert order == [1, 2, 3, 4, 0, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "second", [A, TOPIC], ids=["the chat itself", "another thread of the chat"]
)
async def test_nothing_goes_to_a_chat_while_something_is_in_flight(
    store: Store, second: Target
) -> None:
    await store.outbox.add([due(A), due(second, "paper:2:zh")])
    [first] = await claim(store)
    assert not await claim(store)
    await store.outbox.save([replace(first, state=State.SENDING)])
    assert not await claim(store)
    await store.outbox.save([sent(first)])
    assert await claimed(store) == [(second, "paper:2:zh")]


async def test_what_is_added_to_a_chat_in_flight_waits_its_turn(store: Store) -> None:
    await store.outbox.add([due(A, later=SECOND)])
    await claim(store, NOON + SECOND)
    await store.outbox.add([due(A, "paper:0:zh", -LEASE)])
    assert not await claim(store, NOON + 2 * SECOND)
    assert await claimed(store, NOON + SECOND + LEASE) == [(A, "paper:0:zh")]


async def test_what_is_added_beside_a_suspended_thread_waits_for_its_lease_and_no_longer(
    store: Store,
) -> None:
    await store.outbox.add([due(TOPIC)])
    await claim(store)
    await store.chats.suspend(TOPIC, "closed")
    await store.outbox.add([due(A, "paper:2:zh")])
    assert await claimed(store) == []
    assert await claimed(store, NOON + LEASE) == [(A, "paper:2:zh")]


async def test_more_rows_than_fit_one_parcel_are_added_and_wake_their_chats(store: Store) -> None:
    rows = [due(replace(A, chat=str(n)), later=n % 2 * SECOND) for n in range(2003)]
    assert await store.outbox.add(rows) == 2003
    assert await store.outbox.add([*rows, due(B)]) == 1
    assert len(await claim(store, limit=5000)) == 1003
    assert len(await claim(store, NOON + SECOND, limit=5000)) == 1001


async def test_a_chats_posts_go_in_the_order_of_due_then_created_then_added(store: Store) -> None:
    order = [
        due(A, "first", -SECOND),
        replace(due(A, "second"), created_at=NOON - SECOND),
        due(A, "zebra"),
        due(A, "apple"),
        due(A, "last", SECOND),
    ]
    await store.outbox.add([order[4], order[1], order[2], order[3], order[0]])
    for expected in order:
        [row] = await claim(store, NOON + SECOND)
        assert row.post_key == expected.post_key
        await store.outbox.save([sent(row)])


async def test_a_part_waits_until_the_earlier_parts_of_its_post_are_finished(store: Store) -> None:
    await store.outbox.add([due(A, part=n) for n in (2, 0, 1)])
    [first] = await claim(store)
    assert first.part == 0
    await store.outbox.save([replace(first, state=State.PENDING, due_at=NOON + SECOND)])
    assert not await claim(store)
    [first] = await claim(store, NOON + SECOND)
    for state in (State.UNKNOWN, State.FAILED):
        await store.outbox.save([replace(first, state=state, lease_until=None)])
        [later] = await claim(store, NOON + SECOND)
        assert later.part == first.part + 1
        first = later


async def test_f55_a_lease_that_ran_out_makes_a_claimed_row_pending_again(store: Store) -> None:
    await store.outbox.add([due(A), due(A, "paper:2:zh")])
    [first] = await claim(store)
    assert not await claim(store, NOON + LEASE - timedelta(microseconds=1))
    [again] = await claim(store, NOON + LEASE)
    assert again == replace(first, lease_until=NOON + 2 * LEASE)
    assert not await claim(store, NOON + LEASE)


async def test_f55_a_row_in_mid_call_is_given_as_it_stands_when_its_lease_ran_out(
    store: Store,
) -> None:
    await store.outbox.add([due(A), due(A, "paper:2:zh")])
    [first] = await claim(store)
    calling = replace(first, state=State.SENDING, called_at=NOON, lease_until=NOON + 2 * LEASE)
    assert not await store.outbox.save([calling])
    assert not await claim(store, NOON + LEASE)
    [found] = await claim(store, NOON + 2 * LEASE)
    assert found == replace(calling, lease_until=NOON + 3 * LEASE)
    assert not await claim(store, NOON + 2 * LEASE)
    await store.outbox.save([replace(found, state=State.UNKNOWN, lease_until=None)])
    assert await claimed(store, NOON + 2 * LEASE) == [(A, "paper:2:zh")]


async def test_f30_spacing_holds_back_one_chat_with_its_threads_and_no_other(store: Store) -> None:
    await store.outbox.add([due(TOPIC), due(B), due(DISCORD)])
    await store.outbox.space(A, until=NOON + SECOND)
    assert {d.target for d in await claim(store)} == {B, DISCORD}
    assert [d.target for d in await claim(store, NOON + SECOND)] == [TOPIC]


async def test_f31_spacing_lasts_and_is_never_shortened(store: Store) -> None:
    wake = NOON + timedelta(seconds=10_072)
    await store.outbox.space(A, until=wake)
    await store.outbox.add([due(A)])
    await store.outbox.space(A, until=NOON + SECOND)
    assert not await claim(store, wake - timedelta(microseconds=1))
    assert len(await claim(store, wake)) == 1


async def test_spacing_while_in_flight_counts_afterwards(store: Store) -> None:
    await store.outbox.add([due(A), due(A, "paper:2:zh")])
    [first] = await claim(store)
    await store.outbox.space(A, until=NOON + SECOND)
    assert not await claim(store, NOON + SECOND)
    await store.outbox.save([sent(first)])
    assert not await claim(store)
    assert len(await claim(store, NOON + SECOND)) == 1


@pytest.mark.parametrize("state", [s for s in State if s not in {"claimed", "sending"}])
async def test_only_what_is_pending_is_given_again(store: Store, state: State) -> None:
    await store.outbox.add([due(A)])
    [row] = await claim(store)
    await store.outbox.save([replace(row, state=state, lease_until=None)])
    assert len(await claim(store, NOON + 9 * LEASE)) == (1 if state is State.PENDING else 0)


async def test_many_are_saved_at_once_each_with_its_own_state(store: Store) -> None:
    rows = [due(replace(A, chat=str(n))) for n in range(1203)]
    assert await store.outbox.add(rows) == 1203
    taken = await claim(store, limit=2000)
    assert len(taken) == 1203
    results = [
        sent(row) if n % 2 else replace(row, state=State.FAILED, lease_until=None, reason=str(n))
        for n, row in enumerate(taken)
    ]
    assert not await store.outbox.save(results)
    assert set(await store.outbox.find(DeliveryQuery(limit=2000))) == set(results)


@pytest.mark.parametrize("limit", [0, -1, 1, 2, 3])
async def test_a_claim_keeps_to_its_limit(store: Store, limit: int) -> None:
    await store.outbox.add([due(A), due(B), due(C)])
    assert len(await claim(store, limit=limit)) == max(0, limit)


async def test_a_claim_can_be_for_one_platform(store: Store) -> None:
    await store.outbox.add([due(A), due(DISCORD)])
    found = await store.outbox.claim(9, now=NOON, lease=LEASE, platform="discord")
    assert [row.target for row in found] == [DISCORD]
    assert not await store.outbox.claim(9, now=NOON, lease=LEASE, platform="discord")
    assert [d.target for d in await claim(store)] == [A]


async def test_f32_f70_a_suspended_target_gets_nothing_from_that_moment(store: Store) -> None:
    await store.chats.save([Chat(A)], now=NOON)
    await store.outbox.add([due(A), due(B), due(TOPIC)])
    await store.chats.suspend(A, "bot was kicked")
    await store.chats.suspend(B, "in no list of chats")
    assert [d.target for d in await claim(store)] == [TOPIC]
    await store.outbox.add([due(A, "new"), due(B, "new")])
    assert not await claim(store)


async def test_f70_a_send_is_called_off_where_the_chat_was_suspended_meanwhile(
    store: Store,
) -> None:
    await store.outbox.add([due(A), due(B)])
    rows = [replace(row, state=State.SENDING) for row in await claim(store)]
    await store.chats.suspend(A, "unsubscribed")
    assert [row.target for row in await store.outbox.save(rows)] == [A]
    back = [replace(row, state=State.PENDING, lease_until=None) for row in rows]
    assert not await store.outbox.save([row for row in back if row.target == A])
    assert not await claim(store)


async def test_a_send_is_called_off_where_somebody_else_has_finished_it(store: Store) -> None:
    """A process that slept past its lease must not send what another sent meanwhile."""
    await store.outbox.add([due(A)])
    [mine] = await claim(store)
    [theirs] = await claim(store, NOON + LEASE)
    await store.outbox.save([sent(theirs)])
    sending = replace(mine, state=State.SENDING)
    assert list(await store.outbox.save([sending])) == [sending]
    assert not await store.outbox.save([replace(mine, state=State.PENDING, lease_until=None)])
    assert await all_rows(store) == [sent(theirs)]


async def test_saving_what_was_never_added_writes_nothing(store: Store) -> None:
    sending = replace(due(A), state=State.SENDING, lease_until=NOON + LEASE)
    assert list(await store.outbox.save([sending, sent(due(B))])) == [sending]
    assert not await store.outbox.save([])
    assert not await all_rows(store)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(DeliveryQuery(), "fedcba", id="everything, newest first"),
        pytest.param(DeliveryQuery(limit=2), "fe", id="limit"),
        pytest.param(DeliveryQuery(limit=0), "", id="none at all"),
        pytest.param(DeliveryQuery(target=A), "fda", id="target"),
        pytest.param(DeliveryQuery(target=TOPIC), "b", id="thread"),
        pytest.param(DeliveryQuery(target=DISCORD), "e", id="platform"),
        pytest.param(DeliveryQuery(target=A, limit=1), "f", id="the last of a target"),
        pytest.param(DeliveryQuery(states=frozenset({State.SENT})), "da", id="state"),
        pytest.param(
            DeliveryQuery(states=frozenset({State.FAILED, State.SENT})), "dca", id="states"
        ),
        pytest.param(DeliveryQuery(states=frozenset()), "", id="no state"),
        pytest.param(DeliveryQuery(target=A, states=frozenset({State.SENT})), "da", id="both"),
        pytest.param(DeliveryQuery(post_key="paper:a:zh"), "a", id="post"),
        pytest.param(DeliveryQuery(since=NOON + 3 * SECOND), "fed", id="since"),
        pytest.param(DeliveryQuery(targets=frozenset({A, B})), "fdca", id="targets"),
        pytest.param(
            DeliveryQuery(
                targets=frozenset({A, TOPIC, replace(DISCORD, thread="")}),
                states=frozenset({State.PENDING}),
            ),
            "feb",
            id="what is open at targets",
        ),
        pytest.param(DeliveryQuery(targets=frozenset()), "", id="no targets"),
        pytest.param(DeliveryQuery(target=B, post_key="paper:a:zh"), "", id="no such"),
    ],
)
async def test_deliveries_are_found(store: Store, query: DeliveryQuery, expected: str) -> None:
    places = zip("abcdef", (A, TOPIC, B, A, DISCORD, A), strict=True)
    states = {"a": State.SENT, "c": State.FAILED, "d": State.SENT}
    rows = [
        Delivery(
            target,
            f"paper:{name}:zh",
            created_at=NOON + n * SECOND,
            due_at=NOON,
            state=states.get(name, State.PENDING),
        )
        for n, (name, target) in enumerate(places)
    ]
    await store.outbox.add(rows)
    found = await store.outbox.find(query)
    assert "".join(row.post_key.split(":")[1] for row in found) == expected
