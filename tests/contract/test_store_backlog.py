"""How much is still to be sent, what was planned, and what may be forgotten, on every store."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery, State, renewed
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store, Waiting

_NOON = datetime(2026, 8, 20, 12, 0, 0, 123456, tzinfo=UTC)


def _row(platform: str, number: int, state: State = State.PENDING) -> Delivery:
    due = _NOON + timedelta(seconds=number)
    return Delivery(Target(platform, str(number)), "paper:x:zh", _NOON, due, state=state)


async def test_what_waits_is_counted_by_platform_with_the_one_due_longest(store: Store) -> None:
    rows = [_row("telegram", 2), _row("telegram", 1), _row("discord", 5)]
    await store.outbox.add(rows)
    assert await store.backlog.waiting() == [
        Waiting("discord", 1, _NOON + timedelta(seconds=5)),
        Waiting("telegram", 2, _NOON + timedelta(seconds=1)),
    ]


async def test_an_empty_outbox_has_no_backlog(store: Store) -> None:
    assert await store.backlog.waiting() == []


@pytest.mark.parametrize("state", list(State))
async def test_what_is_settled_does_not_wait(store: Store, state: State) -> None:
    await store.outbox.add([_row("telegram", 1, state)])
    waits = state in (State.PENDING, State.CLAIMED, State.SENDING)
    assert len(await store.backlog.waiting()) == waits


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.PASSED])
async def test_what_ended_unsent_can_be_sent_again_as_if_it_were_new(
    store: Store, state: State
) -> None:
    row = replace(_row("telegram", 1, state), attempts=3, plain=True, resent=True, reason="why")
    await store.outbox.add([row])
    later = _NOON + timedelta(days=9)
    assert await store.backlog.renew([row], now=later) == 1
    assert await store.outbox.find(DeliveryQuery()) == [renewed(row, later)]
    (claimed,) = await store.outbox.claim(9, now=later, lease=timedelta(seconds=30))
    assert claimed.id == row.id


@pytest.mark.parametrize(
    "state", [s for s in State if s not in (State.FAILED, State.EXPIRED, State.PASSED)]
)
async def test_what_somebody_has_or_will_get_is_not_sent_again(store: Store, state: State) -> None:
    row = _row("telegram", 1, state)
    await store.outbox.add([row])
    never = _row("telegram", 2, State.FAILED)
    assert await store.backlog.renew([row, never], now=_NOON + timedelta(days=1)) == 0
    assert await store.outbox.find(DeliveryQuery()) == [row]


async def test_deliveries_are_found_up_to_a_moment(store: Store) -> None:
    rows = [replace(_row("telegram", n), created_at=_NOON + timedelta(days=n)) for n in range(3)]
    await store.outbox.add(rows)
    query = DeliveryQuery(since=_NOON + timedelta(days=1), until=_NOON + timedelta(days=2))
    assert await store.outbox.find(query) == [rows[1]]


_HERE, _THERE, _TOPIC = (
    Target("telegram", "1"),
    Target("discord", "2"),
    Target("telegram", "1", "7"),
)
_HOUR = timedelta(hours=1)


def _post(target: Target, key: str, at: datetime = _NOON, state: State = State.SENT) -> Delivery:
    return Delivery(target, key, at, at, state=state)


async def test_what_was_planned_is_counted_by_target_whatever_became_of_it(store: Store) -> None:
    states = [_post(_HERE, f"paper:{state}:zh", state=state) for state in State]
    await store.outbox.add(
        [
            *states,
            replace(states[0], part=1),
            _post(_HERE, "digest:2026-08-20:zh"),
            _post(_HERE, "PAPER:x:zh"),
            _post(_HERE, "paper:early:zh", _NOON - _HOUR),
            _post(_TOPIC, "paper:x:zh"),
            _post(_TOPIC, "paper:x:en"),
            _post(_TOPIC, "paper:hep-th/9901001:zh"),
            _post(_THERE, "paper:x:zh"),
            _post(Target("discord", "1"), "paper:x:zh"),
        ]
    )

    async def planned(*targets: Target) -> Mapping[Target, int]:
        return await store.backlog.planned(targets, kind="paper:", since=_NOON)

    counted = len(State) - 2  # but passed and failed
    assert await planned(_HERE, _TOPIC) == {_HERE: counted, _TOPIC: 2}
    assert await planned(replace(_HERE, thread=""), Target("telegram", "9")) == {
        replace(_HERE, thread=""): counted
    }
    assert await planned() == {}


async def test_what_was_planned_is_counted_for_more_targets_than_fit_one_statement(
    store: Store,
) -> None:
    targets = [Target("telegram", str(number)) for number in range(1_100)]
    await store.outbox.add([_post(target, "paper:x:zh") for target in targets])
    counts = await store.backlog.planned(targets, kind="paper:", since=_NOON)
    assert counts == dict.fromkeys(targets, 1)


async def test_settled_deliveries_of_before_a_moment_are_forgotten(store: Store) -> None:
    old = [_post(_HERE, f"paper:{state}:zh", _NOON - _HOUR, state) for state in State]
    await store.outbox.add([*old, _post(_HERE, "paper:new:zh")])
    assert await store.backlog.prune(before=_NOON) == len(State) - 3
    left = {row.post_key for row in await store.outbox.find(DeliveryQuery())}
    assert left == {"paper:new:zh", "paper:pending:zh", "paper:claimed:zh", "paper:sending:zh"}
    assert await store.backlog.prune(before=_NOON) == 0


async def test_pruning_goes_on_past_what_is_still_open(store: Store) -> None:
    open_rows = [_post(_HERE, f"paper:{n}:zh", _NOON - 2 * _HOUR, State.PENDING) for n in range(9)]
    many = [_post(_THERE, f"paper:{n}:zh", _NOON - _HOUR) for n in range(1_200)]
    await store.outbox.add([*open_rows, *many])
    assert await store.backlog.prune(before=_NOON) == 1_200
    assert len(await store.outbox.find(DeliveryQuery(limit=99))) == 9


async def test_others_write_while_a_long_past_is_pruned(store: Store) -> None:
    many = [_post(_THERE, f"paper:{n}:zh", _NOON - _HOUR) for n in range(1_200)]
    await store.outbox.add(many)
    pruning = asyncio.create_task(store.backlog.prune(before=_NOON))
    await store.outbox.space(_HERE, until=_NOON)
    await pruning
    assert not await store.outbox.find(DeliveryQuery())


async def test_a_message_is_found_by_its_name_in_its_chat_whatever_the_thread(
    store: Store,
) -> None:
    rows = [
        replace(_post(target, "paper:x:zh"), message_id=name)
        for target, name in ((_HERE, "5"), (_TOPIC, "6"), (Target("telegram", "3"), "5"))
    ]
    await store.outbox.add([*rows, _post(_THERE, "paper:y:zh")])

    async def found(query: DeliveryQuery) -> list[Delivery]:
        return list(await store.outbox.find(query))

    assert await found(DeliveryQuery(target=_HERE, message_id="5")) == [rows[0]]
    assert await found(DeliveryQuery(target=_HERE, message_id="6")) == [rows[1]]
    assert await found(DeliveryQuery(target=_THERE, message_id="5")) == []
    assert await found(DeliveryQuery(message_id="5", platform="telegram")) == [rows[2], rows[0]]
    assert await found(DeliveryQuery(message_id="5", platform="discord")) == []
    failed = frozenset({State.FAILED})
    assert await found(DeliveryQuery(target=_HERE, message_id="5", states=failed)) == []


async def test_deliveries_are_found_by_platform_and_by_the_kind_of_their_post(
    store: Store,
) -> None:
    rows = [
        _post(_HERE, "paper:x:zh"),
        _post(_THERE, "paper:x:zh", state=State.FAILED),
        _post(_HERE, "digest:d:zh", state=State.INCLUDED),
        _post(_HERE, "paper", state=State.PASSED),
    ]
    await store.outbox.add(rows)

    async def found(query: DeliveryQuery) -> list[Delivery]:
        return list(await store.outbox.find(query))

    assert await found(DeliveryQuery(platform="discord")) == [rows[1]]
    assert await found(DeliveryQuery(kind="paper:")) == [rows[1], rows[0]]
    assert await found(DeliveryQuery(kind="paper:", target=_HERE)) == [rows[0]]
    assert await found(DeliveryQuery(kind="digest:", platform="telegram")) == [rows[2]]
    assert await found(DeliveryQuery(kind="100%_")) == []
    ended = frozenset({State.INCLUDED, State.PASSED})
    assert await found(DeliveryQuery(states=ended)) == [rows[3], rows[2]]


async def test_what_ended_unsent_can_become_part_of_another_post(store: Store) -> None:
    row = replace(_row("telegram", 1, State.PASSED), reason="why")
    await store.outbox.add([row])
    later = _NOON + timedelta(days=1)
    assert await store.backlog.renew([row], now=later, within="digest:x:zh") == 1
    (now,) = await store.outbox.find(DeliveryQuery())
    assert (now.state, now.reason) == (State.INCLUDED, "digest:x:zh")
    assert await store.outbox.claim(9, now=later, lease=timedelta(seconds=30)) == []
