"""A search among deliveries in the form that an index answers."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.addresses import lane_of, settled
from bot.store.parcels import packed, unpacked
from bot.store.tables import DELIVERIES, OPEN, UNSENT

_ROW = DELIVERIES.c
_PLACE = (_ROW.platform, _ROW.chat, _ROW.thread)

# What ends well, and stands in no index of its own.
_MANY = frozenset({State.SENT, State.INCLUDED, State.PASSED})
_OPEN_STATES = frozenset({State.PENDING, State.CLAIMED, State.SENDING})


def newest(dialect: str, query: DeliveryQuery, states: Sequence[State]) -> sa.Select[Any]:
    """The newest deliveries that a query asks for, of one or more states."""
    if query.targets is not None:
        of_states = _ROW.state.in_([state.value for state in states])
        wanted = sa.select(DELIVERIES).where(of_states, *_narrowed(query))
        near = _near(dialect, wanted, is_open=_OPEN_STATES.issuperset(states))
        return _newest(near, query.limit).params(rows=_places(query.targets))
    if query.target is not None or query.message_id is not None:
        # These few are found by their place or name, whatever their state.
        of_states = _ROW.state.in_([state.value for state in states])
        return _newest(DELIVERIES, query.limit).where(*_at(query), of_states, *_narrowed(query))
    # Each state by itself is read in order from an index; together they would be sorted.
    parts = [_newest(DELIVERIES, query.limit).where(*_of(s), *_narrowed(query)) for s in states]
    found = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    return _newest(found, query.limit)


def _at(query: DeliveryQuery) -> list[sa.ColumnElement[bool]]:
    at: list[sa.ColumnElement[bool]] = []
    if query.target is not None:
        target = settled(query.target)
        at += [_ROW.chat == target.chat, _ROW.platform == target.platform]
        if query.message_id is None:
            at.append(_ROW.thread == (target.thread or ""))
    if query.message_id is None:
        return at
    # Looked up by themselves: SQLite would rather read all of the chat's, which are in order.
    named = sa.select(_ROW.number).where(_ROW.message_id == query.message_id, *at)
    return [_ROW.number.in_(named)]


def _near(dialect: str, wanted: sa.Select[Any], *, is_open: bool) -> sa.FromClause:
    """Those at one of many targets (``_places``); where only what is open is wanted, among that."""
    these = unpacked(dialect, _ROW.lane, *_PLACE).subquery("these")
    by = _ROW.lane if is_open else _ROW.chat
    if is_open:
        wanted = wanted.where(OPEN)
    if dialect == "sqlite":
        # What is no column by itself leaves SQLite but the one index.
        here = (_ROW.platform, _ROW.chat.concat(""), _ROW.thread)
        place = sa.tuple_(*here).in_(sa.select(*(these.c[column.name] for column in _PLACE)))
        return wanted.where(by.in_(sa.select(these.c[by.name])), place).subquery()
    # Chat by chat, whatever is believed of the table.
    same = (column == these.c[column.name] for column in (_ROW.lane, *_PLACE))
    found = wanted.where(*same).correlate(these).offset(0).lateral("found")
    return sa.select(found).select_from(sa.join(these, found, sa.true())).subquery()


def _places(targets: Collection[Target]) -> str:
    at = {settled(target) for target in targets}
    return packed((lane_of(t), t.platform, t.chat, t.thread or "") for t in at)


def _newest(rows: sa.FromClause, limit: int) -> sa.Select[Any]:
    return sa.select(rows).order_by(rows.c.created_at.desc(), rows.c.number.desc()).limit(limit)


def _of(state: State) -> Sequence[sa.ColumnElement[bool] | sa.TextClause]:
    of_state = _ROW.state == state.value
    return [of_state] if state in _MANY else [of_state, UNSENT]


def _narrowed(query: DeliveryQuery) -> list[sa.ColumnElement[bool]]:
    narrowed: list[sa.ColumnElement[bool]] = []
    if query.post_key is not None:
        narrowed.append(_ROW.post_key == query.post_key)
    if query.since is not None:
        narrowed.append(_ROW.created_at >= query.since)
    if query.until is not None:
        narrowed.append(_ROW.created_at < query.until)
    if query.platform is not None:
        narrowed.append(_ROW.platform == query.platform)
    if query.kind is not None:
        narrowed.append(of_kind(query.kind))
    return narrowed


def of_kind(kind: str) -> sa.ColumnElement[bool]:
    """Deliveries of posts whose keys begin so. (LIKE is of two minds about capitals.)"""
    return sa.func.substr(_ROW.post_key, 1, len(kind)) == kind
