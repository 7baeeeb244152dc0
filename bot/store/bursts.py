"""How a queue keeps when its chat was last written to: ``bot.domain.burst`` as one statement.

``lanes.lately`` is a text of moments, the newest first, each as 16 digits (microseconds since 1970,
until 2286). Joining and cutting texts means the same on both databases, and needs no look at the
row before: whichever process wrote last, the next one adds to what stands there.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.burst import Burst
from bot.store.addresses import lane_of
from bot.store.database import Database
from bot.store.instants import microseconds
from bot.store.lanes import LONG_AGO, NEVER
from bot.store.later import later
from bot.store.tables import LANES

_DIGITS = 16


def noting(database: Database) -> sa.Executable:
    """Add one message to what its queue knows, and let the queue wait where that makes too many."""
    insert = database.insert(LANES)
    lately = sa.func.coalesce(LANES.c.lately, "")
    at = sa.cast(insert.excluded.lately, sa.BigInteger)
    # Where the first of those that count stands, in what was there before this message.
    place = sa.bindparam("first", type_=sa.Integer)
    first = sa.cast(sa.func.substr(lately, place, _DIGITS), sa.BigInteger)
    free = sa.case((first > at, at), else_=first) + sa.bindparam("span", type_=sa.BigInteger)
    free_at = sa.case((sa.func.length(lately) > place, free), else_=at)
    kept = sa.bindparam("kept", type_=sa.Integer)
    noted = {
        "lately": sa.func.substr(insert.excluded.lately + lately, 1, kept),
        "next_at": later(LANES.c.next_at, free_at),
        # As ``lanes.refresh`` would find: nothing but the spacing has changed.
        "ready_at": later(LANES.c.ready_at, free_at),
    }
    return insert.on_conflict_do_update(index_elements=[LANES.c.lane], set_=noted)


def rows_of(bursts: Iterable[Burst]) -> list[dict[str, Any]]:
    """What ``noting`` is executed with: a row a message, in one order everywhere."""
    rows = [
        {
            "lane": lane_of(burst.target),
            "platform": burst.target.platform,
            "next_at": LONG_AGO,
            "ready_at": NEVER,
            "lately": f"{microseconds(burst.at):0{_DIGITS}}",
            "first": _DIGITS * (burst.most - 2) + 1,
            "kept": _DIGITS * burst.most,
            "span": burst.span // timedelta(microseconds=1),
        }
        for burst in bursts
    ]
    return sorted(rows, key=lambda row: row["lane"])
