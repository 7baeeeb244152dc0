"""Chats as rows, and back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import time
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.domain.chat import Chat
from bot.domain.delivery import OnUnknown
from bot.domain.target import Target
from bot.store.addresses import settled
from bot.store.chat_documents import decode, encode
from bot.store.parcels import packed, unpacked
from bot.store.tables import CHATS, SUSPENSIONS

_TARGET = ("platform", "chat", "thread")

# What somebody chose, and what else a chat keeps beside its target.
SETTINGS = ("language", "sources", "heartbeat", "zone", "on_unknown", "settings", "listed")


def columns_of(target: Target) -> dict[str, str]:
    """Where a target's rows stand."""
    target = settled(target)
    return {"platform": target.platform, "chat": target.chat, "thread": target.thread or ""}


def at_target(table: sa.Table, target: Target) -> sa.ColumnElement[bool]:
    """Rows of exactly this target."""
    return sa.and_(*(table.c[name] == value for name, value in columns_of(target).items()))


def row_of(chat: Chat) -> dict[str, Any]:
    """A row for a chat whose ``since`` is known; ``suspended`` stands elsewhere."""
    return {
        **columns_of(chat.target),
        "language": chat.language,
        "sources": chat.sources,
        "heartbeat": chat.heartbeat,
        "zone": chat.zone,
        "on_unknown": chat.on_unknown.value,
        "since": chat.since,
        "settings": encode(chat),
        "paused": chat.paused,
        "listed": chat.listed,
    }


# The columns in the form in which many chats that chose the same have equal ones (``ChatReader``).
_SAME = sa.and_(*(CHATS.c[name] == SUSPENSIONS.c[name] for name in _TARGET))
CHAT_ROWS = sa.select(
    *(CHATS.c[name] for name in _TARGET),
    CHATS.c.since,
    SUSPENSIONS.c.reason,
    CHATS.c.paused,
    CHATS.c.listed,
    CHATS.c.language,
    sa.cast(CHATS.c.sources, sa.Text),
    CHATS.c.heartbeat,
    CHATS.c.zone,
    CHATS.c.on_unknown,
    CHATS.c.settings,
).select_from(CHATS.outerjoin(SUSPENSIONS, _SAME))


@cache
def chats_at(dialect: str) -> sa.Select[Any]:
    """``CHAT_ROWS`` at many targets (``targets_packed``), locked, in their order.

    On PostgreSQL each is looked up by itself, whatever is believed of the table: it has no
    statistics of rows that were written just now, and would read through all of a platform's.
    """
    here = [CHATS.c[name] for name in _TARGET]
    if dialect == "sqlite":
        return CHAT_ROWS.where(sa.tuple_(*here).in_(unpacked(dialect, *here)))
    these = unpacked(dialect, *here).subquery("these")
    one = CHAT_ROWS.where(*(column == these.c[column.name] for column in here))
    known = one.with_for_update(of=CHATS).correlate(these).lateral("known")
    return sa.select(known).select_from(sa.join(these, known, sa.true()))


def targets_packed(targets: Iterable[Target]) -> dict[str, str]:
    """The parameters of ``chats_at``."""
    return {"rows": packed(tuple(columns_of(target).values()) for target in targets)}


class ChatReader:
    """Makes chats of ``CHAT_ROWS``; what many of them chose alike is read, and kept, but once."""

    def __init__(self) -> None:
        self._chosen: dict[Sequence[Any], dict[str, Any]] = {}

    def read(self, rows: Iterable[Sequence[Any]]) -> list[Chat]:
        """The chats of these rows.

        Raises:
            StoreError: settings that cannot be read.
        """
        return [self._chat(row) for row in rows]

    def _chat(self, row: Sequence[Any]) -> Chat:
        platform, chat, thread, since, reason, paused, listed = row[:7]
        chosen = row[7:]
        settings = self._chosen.get(chosen)
        if settings is None:
            settings = self._chosen[chosen] = _settings(*chosen)
        return Chat(
            Target(platform, chat, thread or None),
            since=since,
            suspended=reason or "",
            paused=paused,
            listed=listed,
            **settings,
        )


def _settings(
    language: str, sources: str, heartbeat: time | None, zone: str, on_unknown: str, document: str
) -> dict[str, Any]:
    choices = decode(document)
    return {
        "language": language,
        "sources": tuple(json.loads(sources)),
        "heartbeat": heartbeat,
        "zone": zone,
        "on_unknown": OnUnknown(on_unknown),
        **{field.name: getattr(choices, field.name) for field in fields(choices)},
    }
