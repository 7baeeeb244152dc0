"""What a chat's new address changes in the tables."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import Delivery
from bot.domain.target import Target
from bot.store.addresses import lane_of, readdressed
from bot.store.column_types import Instant
from bot.store.database import Database, batches
from bot.store.lanes import LONG_AGO
from bot.store.later import later
from bot.store.tables import CHAT_MOVES, CHATS, DELIVERIES, LANES


async def move_rows(
    database: Database, connection: AsyncConnection, table: sa.Table, old: Target, chat: str
) -> None:
    """Move what a table keeps by target; what the new address has already stays."""
    here = sa.and_(table.c.platform == old.platform, table.c.chat == old.chat)
    rows = (await connection.execute(sa.select(table).where(here))).mappings().all()
    if rows:
        moved = [{**row, "chat": chat} for row in rows]
        await connection.execute(database.insert(table).on_conflict_do_nothing(), moved)
        await connection.execute(sa.delete(table).where(here))


async def move_deliveries(connection: AsyncConnection, old: Target, chat: str) -> None:
    """Move all deliveries of a chat; where a twin stands at the new address, it stays."""
    row = DELIVERIES.c
    query = sa.select(row.number, row.thread, row.post_key, row.part).where(
        row.lane == lane_of(old), row.platform == old.platform, row.chat == old.chat
    )
    ids = {
        _id(Target(old.platform, chat, thread), post_key, part): number
        for number, thread, post_key, part in await connection.execute(query)
    }
    for batch in batches(ids):
        twins = await connection.execute(sa.select(row.id).where(row.id.in_(batch)))
        dropped = [ids.pop(twin) for twin in twins.scalars()]
        if dropped:
            await connection.execute(sa.delete(DELIVERIES).where(row.number.in_(dropped)))
    if ids:
        lane = lane_of(Target(old.platform, chat))
        moved = [{"old": number, "new_id": new_id} for new_id, number in ids.items()]
        statement = (
            sa.update(DELIVERIES)
            .where(row.number == sa.bindparam("old"))
            .values(id=sa.bindparam("new_id"), lane=lane, chat=chat)
        )
        await connection.execute(statement, moved)


async def move_spacing(connection: AsyncConnection, old: Target, new: Target) -> None:
    """The new address waits as long as the old one, if that is longer; the old one no more."""
    left = sa.select(LANES.c.next_at, LANES.c.lately).where(LANES.c.lane == lane_of(old))
    until, lately = (await connection.execute(left)).one()
    waits = {"next_at": later(LANES.c.next_at, sa.literal(until, Instant))}
    if lately is not None:
        waits["lately"] = lately
    lane = sa.update(LANES).where(LANES.c.lane == lane_of(new))
    await connection.execute(lane.values(waits))
    left_lane = sa.update(LANES).where(LANES.c.lane == lane_of(old))
    await connection.execute(left_lane.values(next_at=LONG_AGO, lately=None))


async def remember(database: Database, connection: AsyncConnection, old: Target, home: str) -> None:
    """Note where a chat is now, for it and for all addresses that led to it."""
    row = CHAT_MOVES.c
    led_to_it = sa.update(CHAT_MOVES).where(row.platform == old.platform, row.home == old.chat)
    await connection.execute(led_to_it.values(home=home))
    left = {"platform": old.platform, "chat": old.chat, "home": home}
    await connection.execute(database.upsert(CHAT_MOVES), left)


async def forget_moves(connection: AsyncConnection, target: Target) -> None:
    """Remove the addresses that led to a chat, if no part of it is known any more."""
    known = sa.exists().where(CHATS.c.platform == target.platform, CHATS.c.chat == target.chat)
    row = CHAT_MOVES.c
    led_to_it = sa.and_(row.platform == target.platform, row.home == target.chat)
    await connection.execute(sa.delete(CHAT_MOVES).where(led_to_it, ~known))


async def homes(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    """Every address that was left, with where its chat is now."""
    rows = await connection.execute(sa.select(CHAT_MOVES))
    return {(platform, chat): home for platform, chat, home in rows}


async def home_of(connection: AsyncConnection, target: Target) -> Target:
    """Where a target is now."""
    row = CHAT_MOVES.c
    query = sa.select(row.home).where(row.platform == target.platform, row.chat == target.chat)
    home = (await connection.execute(query)).scalar_one_or_none()
    return readdressed(target, home or target.chat)


def _id(target: Target, post_key: str, part: int) -> str:
    return Delivery(target, post_key, created_at=LONG_AGO, due_at=LONG_AGO, part=part).id
