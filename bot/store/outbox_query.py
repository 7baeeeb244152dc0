"""A search among deliveries in the form that an index answers."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import State
from bot.domain.target import Target
from bot.ports import DeliveryQuery
from bot.store.addresses import lane_of, settled
from bot.store.tables import DELIVERIES, OPEN, UNSENT

_ROW = DELIVERIES.c

# What ends well, and stands in no index of its own.
_MANY = frozenset({State.SENT, State.INCLUDED, State.PASSED})
_OPEN_STATES = frozenset({State.PENDING, State.CLAIMED, State.SENDING})


def newest(query: DeliveryQuery, states: Sequence[State]) -> sa.Select[Any]:
    """The newest deliveries that a query asks for, of one or more states."""
    if query.targets is not None:
        of_states = _ROW.state.in_([state.value for state in states])
        near = _near(query.targets, states)
        return _newest(DELIVERIES, query.limit).where(*near, of_states, *_narrowed(query))
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


def _near(
    targets: Collection[Target], states: Collection[State]
) -> list[sa.ColumnElement[bool] | sa.TextClause]:
    """At one of many targets; among what is open only, where nothing else is asked for."""
    at = [settled(target) for target in targets]
    places = [(target.platform, target.chat, target.thread or "") for target in at]
    here = sa.tuple_(_ROW.platform, _ROW.chat, _ROW.thread).in_(places)
    if _OPEN_STATES.issuperset(states):
        return [_ROW.lane.in_({lane_of(target) for target in at}), OPEN, here]
    return [_ROW.chat.in_({target.chat for target in at}), here]


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
