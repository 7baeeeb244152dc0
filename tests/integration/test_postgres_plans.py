"""PostgreSQL finds what planning asks for by indexes, in tables of which it has no statistics yet.

It makes those up to a minute after rows were written. Until then it once took all of a platform's
chats for fourteen, and read through them for each 500 of the operator's list.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.sql_store import SqlStore, open_store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
TARGETS = [Target("telegram", str(number)) for number in range(3000)]


@contextmanager
def _statements() -> Generator[list[tuple[str, Any]], None, None]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, text: str, values: Any, _x: object, many: bool) -> None:
        seen.append((text, values[0] if many else values))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def _plan(store: SqlStore, seen: list[tuple[str, Any]]) -> str:
    async with store.database.asking() as connection:
        lines: list[str] = []
        for text, values in seen:
            if text.startswith(("SELECT", "UPDATE")):
                lines += (await connection.exec_driver_sql(f"EXPLAIN {text}", values)).scalars()
        return "\n".join(lines)


async def test_chats_are_looked_up_one_by_one(new_postgres_store: Callable[[], str]) -> None:
    async with open_store(new_postgres_store()) as store:
        chats = [Chat(target) for target in TARGETS]
        await store.chats.save(chats[:2500], now=NOON)
        with _statements() as seen:
            await store.chats.save(chats[2500:], now=NOON)
        plan = await _plan(store, seen)
    assert "Index Scan using chats_pkey on chats" in plan
    assert "(platform = (parcel.value ->> 0)) AND (chat = (parcel.value ->> 1))" in plan, plan


async def test_what_chats_were_given_is_asked_chat_by_chat(
    new_postgres_store: Callable[[], str],
) -> None:
    async with open_store(new_postgres_store()) as store:
        rows = [Delivery(target, "paper:1:zh", NOON, NOON) for target in TARGETS]
        await store.outbox.add(rows)
        asked = frozenset(TARGETS[:500])
        with _statements() as seen:
            await store.backlog.planned(asked, kind="paper:", since=NOON)
            waiting = frozenset({State.PENDING})
            await store.outbox.find(DeliveryQuery(targets=asked, states=waiting, kind="edit:"))
        plan = await _plan(store, seen)
    assert "(chat = (parcel.value ->> 0)) AND (created_at >=" in plan, plan
    assert "Index Scan using ix_deliveries_open" in plan, plan
    assert "Seq Scan" not in plan, plan
