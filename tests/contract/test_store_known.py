"""What was planned is known by its ids, and digests by what they include, on every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import Store

_NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
_A, _B = Target("telegram", "-1"), Target("discord", "1", "2")


def _row(target: Target, key: str, state: State = State.PENDING, reason: str = "") -> Delivery:
    return Delivery(target, key, _NOON, _NOON, state=state, reason=reason)


@pytest.mark.parametrize("state", list(State))
async def test_a_delivery_is_known_whatever_became_of_it(store: Store, state: State) -> None:
    row = _row(_A, "paper:1:zh", state)
    await store.outbox.add([row])
    others = [_row(_B, "paper:1:zh").id, _row(_A, "paper:2:zh").id, replace(row, part=1).id]
    assert set(await store.backlog.known([row.id, *others])) == {row.id}


async def test_of_no_ids_none_is_known(store: Store) -> None:
    assert not await store.backlog.known([])


async def test_many_ids_are_known_at_once(store: Store) -> None:
    rows = [_row(_A, f"paper:{n}:zh") for n in range(3000)]
    await store.outbox.add(rows[::2])
    assert set(await store.backlog.known([row.id for row in rows])) == {r.id for r in rows[::2]}


async def test_a_digest_s_papers_are_counted_for_each_chat(store: Store) -> None:
    digest = "digest:2026-08-20:zh"
    await store.outbox.add(
        [
            *(_row(_A, f"paper:{n}:zh", State.INCLUDED, digest) for n in range(3)),
            _row(_A, "paper:4:zh", State.INCLUDED, "digest:2026-08-19:zh"),
            _row(_A, "paper:5:zh", State.PASSED, digest),
            _row(_A, "paper:6:zh", State.FAILED, digest),
            _row(_B, "paper:1:zh", State.INCLUDED, digest),
        ]
    )
    since = _NOON - timedelta(days=1)
    held = await store.backlog.planned([_A, _B], kind="paper:", since=since, within=digest)
    assert held == {_A: 3, _B: 1}


async def test_a_chat_s_parts_are_itself_and_its_threads(store: Store) -> None:
    here = [Target("telegram", "-1"), Target("telegram", "-1", "7"), Target("telegram", "-1", "8")]
    there = [Target("telegram", "-2"), Target("discord", "-1"), Target("telegram", "-11", "7")]
    await store.chats.save([Chat(target) for target in (*here, *there)], now=_NOON)
    await store.chats.suspend(here[1], "closed")
    for asked in (*here, Target("telegram", "-1", "9")):
        parts = {chat.target: chat.suspended for chat in await store.register.parts(asked)}
        assert parts == {here[0]: "", here[1]: "closed", here[2]: ""}
    assert not await store.register.parts(Target("telegram", "-3"))
