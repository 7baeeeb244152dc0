"""What was planned, what is still to be sent, and what may be forgotten."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import UNSENT_FOR_GOOD, Delivery, State
from bot.domain.target import Target
from bot.ports import Waiting
from bot.store.addresses import settled
from bot.store.column_types import Instant
from bot.store.database import Database, batches
from bot.store.lanes import is_suspended, make, refresh
from bot.store.outbox_query import of_kind
from bot.store.parcels import packed, unpacked
from bot.store.tables import DELIVERIES, OPEN

_ROW = DELIVERIES.c
_BY_PLATFORM = (
    sa.select(_ROW.platform, sa.func.count(), sa.func.min(_ROW.due_at, type_=_ROW.due_at.type))
    .where(OPEN, ~is_suspended(DELIVERIES))
    .group_by(_ROW.platform)
    .order_by(_ROW.platform)
)

# A key up to its language: rtrim takes away whatever is no colon, on both databases.
_POST = sa.func.rtrim(_ROW.post_key, sa.func.replace(_ROW.post_key, ":", ""))

# So many rows are looked at in one transaction: some 10 ms, for which nobody else can write.
_LOOKED_AT = 500

_OLDEST = (
    sa.select(_ROW.created_at, _ROW.number, OPEN)
    .where(
        sa.tuple_(_ROW.created_at, _ROW.number)
        > sa.tuple_(sa.bindparam("at", type_=Instant), sa.bindparam("after"))
    )
    .where(_ROW.created_at < sa.bindparam("before", type_=Instant))
    .order_by(_ROW.created_at, _ROW.number)
    .limit(_LOOKED_AT)
)


# Every other column as ``domain.delivery.renewed`` leaves it.
_AS_NEW = {
    "state": State.PENDING.value,
    "attempts": 0,
    "resent": False,
    "plain": False,
    "lease_until": None,
    "called_at": None,
    "sent_at": None,
    "message_id": None,
    "reason": "",
}


class SqlBacklog:
    """``bot.ports.Backlog``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self) -> Sequence[Waiting]:
        """See the port."""
        async with self._database.reading() as connection:
            return [Waiting(*row) for row in await connection.execute(_BY_PLATFORM)]

    async def planned(
        self, targets: Collection[Target], *, kind: str, since: datetime, within: str | None = None
    ) -> Mapping[Target, int]:
        """See the port."""
        wanted = {settled(target): target for target in targets}
        found: dict[Target, int] = {}
        async with self._database.asking() as connection:
            query = _planned(connection.dialect.name, kind, is_within=within is not None)
            for batch in batches({target.chat for target in wanted}):
                rows = {"rows": packed((chat,) for chat in batch), "since": since}
                found_rows = await connection.execute(query, rows | {"within": within})
                for platform, chat, thread, count in found_rows:
                    target = Target(platform, chat, thread or None)
                    if target in wanted:
                        found[wanted[target]] = count
        return found

    async def known(self, ids: Collection[str]) -> Collection[str]:
        """See the port."""
        found: set[str] = set()
        async with self._database.asking() as connection:
            these = unpacked(connection.dialect.name, _ROW.id)
            there = sa.select(_ROW.id).where(_ROW.id.in_(these))
            for batch in batches(ids):
                rows = {"rows": packed((each,) for each in batch)}
                found.update((await connection.execute(there, rows)).scalars())
        return found

    async def prune(self, *, before: datetime) -> int:
        """See the port."""
        pruned = 0
        place: dict[str, object] | None = {"at": datetime(1970, 1, 1, tzinfo=UTC), "after": -1}
        while place is not None:
            async with self._database.writing() as connection:
                rows = (await connection.execute(_OLDEST, {**place, "before": before})).all()
                settled_rows = [number for _, number, is_open in rows if not is_open]
                if settled_rows:
                    gone = sa.delete(DELIVERIES).where(_ROW.number.in_(settled_rows))
                    pruned += (await connection.execute(gone)).rowcount
            place = {"at": rows[-1][0], "after": rows[-1][1]} if len(rows) == _LOOKED_AT else None
        return pruned

    async def renew(
        self, deliveries: Collection[Delivery], *, now: datetime, within: str | None = None
    ) -> int:
        """See the port."""
        place = {} if within is None else {"state": State.INCLUDED.value, "reason": within}
        count = 0
        for batch in batches(deliveries):
            async with self._database.writing() as connection:
                lanes = await make(self._database, connection, [row.target for row in batch])
                ended = _ROW.state.in_([state.value for state in UNSENT_FOR_GOOD])
                again = (
                    sa.update(DELIVERIES)
                    .where(_ROW.id.in_([row.id for row in batch]), ended)
                    .values(created_at=now, due_at=now, **_AS_NEW | place)
                )
                count += (await connection.execute(again)).rowcount
                await refresh(connection, lanes)
        return count


@cache
def _planned(dialect: str, kind: str, *, is_within: bool) -> sa.Select[Any, Any, Any, int]:
    """How many posts each of some chats was given ``since``, by platform, chat and thread."""
    chats = unpacked(dialect, _ROW.chat)
    wanted = [_ROW.created_at >= sa.bindparam("since", type_=Instant), of_kind(kind)]
    wanted.append(_ROW.state.not_in([State.PASSED.value, State.FAILED.value]))
    if is_within:
        wanted += [_ROW.state == State.INCLUDED.value, _ROW.reason == sa.bindparam("within")]
    rows = sa.select(_ROW.platform, _ROW.chat, _ROW.thread, _POST.label("post")).where(*wanted)
    if dialect == "sqlite":
        found = rows.where(_ROW.chat.in_(chats)).subquery()
        among = sa.select(found)
    else:
        # Chat by chat: all chats' rows of a day would be read through otherwise.
        these = chats.subquery("these")
        one = rows.where(_ROW.chat == these.c.chat).correlate(these).offset(0)
        found = one.lateral("found")
        among = sa.select(found).select_from(sa.join(these, found, sa.true()))
    place = (found.c.platform, found.c.chat, found.c.thread)
    count = sa.func.count(found.c.post.distinct())
    return among.with_only_columns(*place, count).group_by(*place)
