"""SQLite answers the outbox's questions from the indexes that were made for them.

Without statistics its planner goes by the number of equal columns; an index with the wrong first
column once made every claim read all that a chat was ever sent.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.services.testing_plan import PAPERS, A, PlanStage, at
from bot.store.sql_store import SqlStore, open_store

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
CHAT = Target("telegram", "-1001")
OPEN = frozenset({State.PENDING, State.CLAIMED, State.SENDING})


@contextmanager
def _statements() -> Generator[list[tuple[str, Any]], None, None]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, text: str, values: Any, _x: object, many: bool) -> None:
        seen.append((text, values[0] if many else values))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def _plan(store: SqlStore, seen: list[tuple[str, Any]]) -> str:
    async with store.database.reading() as connection:
        lines: list[str] = []
        for text, values in seen:
            if not text.startswith(("BEGIN", "INSERT")):
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
                lines += [str(row.detail) for row in rows]
        return "\n".join(lines)


async def test_a_claim_and_a_save_read_nothing_whole(tmp_path: Path) -> None:
    async with open_store(tmp_path / "sulan.db") as store:
        rows = [Delivery(CHAT, "paper:1:zh", NOON, NOON, part=part) for part in range(2)]
        with _statements() as seen:
            await store.outbox.add(rows)
            claimed = await store.outbox.claim(9, now=NOON, lease=LEASE, platform="telegram")
            await store.outbox.claim(9, now=NOON, lease=LEASE)
            await store.outbox.save(claimed)
        plan = await _plan(store, seen)
        assert "ix_deliveries_open (lane=?)" in plan
        assert "ix_deliveries_in_flight (lane=?)" in plan
        assert "ix_lanes_platform (platform=? AND ready_at<?)" in plan
        assert "ix_lanes_ready_at (ready_at<?)" in plan
        assert "ix_deliveries_chat" not in plan
        # A parcel is what is being written itself.
        assert "SCAN" not in plan.replace("SCAN parcel", ""), plan


@pytest.mark.parametrize(
    ("query", "index"),
    [
        pytest.param(DeliveryQuery(target=CHAT), "ix_deliveries_chat (chat=?)", id="a chat's"),
        pytest.param(
            DeliveryQuery(target=CHAT, since=NOON), "chat=? AND created_at>?", id="a chat's latest"
        ),
        pytest.param(DeliveryQuery(states=OPEN), "ix_deliveries_unsent (state=?)", id="open"),
        pytest.param(
            DeliveryQuery(states=frozenset({State.FAILED})), "ix_deliveries_unsent", id="failed"
        ),
        pytest.param(
            DeliveryQuery(target=CHAT, message_id="5"),
            "ix_deliveries_message (message_id=? AND chat=?)",
            id="a message in its chat",
        ),
        pytest.param(
            DeliveryQuery(message_id="5"), "ix_deliveries_message (message_id=?)", id="a message"
        ),
        pytest.param(DeliveryQuery(), "ix_deliveries_created_at", id="all"),
    ],
)
async def test_deliveries_are_found_by_an_index(
    tmp_path: Path, query: DeliveryQuery, index: str
) -> None:
    async with open_store(tmp_path / "sulan.db") as store:
        with _statements() as seen:
            await store.outbox.find(query)
        plan = await _plan(store, seen)
        assert index in plan


async def test_what_planning_asks_about_many_chats_is_found_by_indexes(tmp_path: Path) -> None:
    digest = "digest:2026-08-10:zh"
    async with open_store(tmp_path / "sulan.db") as store:
        with _statements() as seen:
            await store.backlog.known([Delivery(CHAT, "paper:1:zh", NOON, NOON).id])
            await store.backlog.planned([CHAT], kind="paper:", since=NOON)
            await store.backlog.planned([CHAT], kind="paper:", since=NOON, within=digest)
            await store.register.revision()
            waiting = frozenset({State.PENDING})
            await store.outbox.find(
                DeliveryQuery(targets=frozenset({CHAT}), states=waiting, kind="edit:")
            )
        plan = await _plan(store, seen)
        assert "SCAN deliveries" not in plan, plan
        assert "ix_deliveries_open (lane=?)" in plan
        assert plan.count("ix_deliveries_chat (chat=? AND created_at>?)") == 2


async def test_late_papers_are_planned_without_reading_what_waits_for_other_chats(
    tmp_path: Path,
) -> None:
    async with open_store(tmp_path / "sulan.db") as store:
        world = PlanStage(store)
        await world.chat(A, at(-99), style=Style.DIGEST)
        await world.listed(PAPERS[0], at=at(0))
        await world.plan_at(at(0))
        await world.listed(*PAPERS[:2], at=at(1))
        with _statements() as seen:
            assert await world.plan_at(at(1)) == 2
        plan = await _plan(store, seen)
        assert "ix_deliveries_open (lane=?)" in plan
        assert "ix_deliveries_unsent" not in plan, "every chat's edits would be read"


async def test_pruning_and_the_operators_list_read_nothing_whole(tmp_path: Path) -> None:
    async with open_store(tmp_path / "sulan.db") as store:
        chats = [Chat(CHAT), Chat(Target("discord", "2"))]
        with _statements() as seen:
            await store.backlog.prune(before=NOON)
            await store.chats.save(chats, now=NOON)
            await store.register.at(CHAT)
        plan = await _plan(store, seen)
        assert "ix_deliveries_created_at (created_at>? AND created_at<?)" in plan
        assert plan.count("chats_1 (platform=? AND chat=? AND thread=?)") == 2
        asked = plan.replace("SCAN parcel", "").replace("SCAN chat_moves", "")
        assert "SCAN" not in asked, plan
