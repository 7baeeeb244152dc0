"""A search among deliveries in the form that an index answers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import State
from bot.ports import DeliveryQuery
from bot.store.addresses import settled
from bot.store.tables import DELIVERIES, UNSENT

_ROW = DELIVERIES.c


def newest(query: DeliveryQuery, states: Sequence[State]) -> sa.Select[Any]:
    """The newest deliveries that a query asks for, of one or more states."""
    if query.target is not None:
        target = settled(query.target)
        of_target = sa.and_(
            _ROW.chat == target.chat,
            _ROW.platform == target.platform,
            _ROW.thread == (target.thread or ""),
            _ROW.state.in_([state.value for state in states]),
        )
        return _newest(DELIVERIES, query.limit).where(of_target, *_narrowed(query))
    # Each state by itself is read in order from an index; together they would be sorted.
    parts = [_newest(DELIVERIES, query.limit).where(*_of(s), *_narrowed(query)) for s in states]
    found = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    return _newest(found, query.limit)


def _newest(rows: sa.FromClause, limit: int) -> sa.Select[Any]:
    return sa.select(rows).order_by(rows.c.created_at.desc(), rows.c.number.desc()).limit(limit)


def _of(state: State) -> Sequence[sa.ColumnElement[bool] | sa.TextClause]:
    of_state = _ROW.state == state.value
    return [of_state] if state is State.SENT else [of_state, UNSENT]


def _narrowed(query: DeliveryQuery) -> list[sa.ColumnElement[bool]]:
    narrowed: list[sa.ColumnElement[bool]] = []
    if query.post_key is not None:
        narrowed.append(_ROW.post_key == query.post_key)
    if query.since is not None:
        narrowed.append(_ROW.created_at >= query.since)
    return narrowed
