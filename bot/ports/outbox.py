"""What is to be sent, and what the operator has to say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.burst import Burst
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """Which deliveries; what is ``None`` does not narrow. ``since`` and ``until`` (which is not
    included) are about ``created_at``, ``kind`` is how the post's key begins (``paper:``). A
    message is named within its chat: with a ``message_id`` the target's thread does not matter, for
    who reacts may not tell it. ``targets`` are some hundreds, instead of a ``target``."""

    target: Target | None = None
    states: frozenset[State] | None = None
    post_key: str | None = None
    since: datetime | None = None
    limit: int = 100
    platform: str | None = None
    message_id: str | None = None
    kind: str | None = None
    until: datetime | None = None
    targets: frozenset[Target] | None = None


class Outbox(Protocol):
    """Deliveries: rows before calls."""

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Insert those that are not there yet (by ``Delivery.id``); returns how many were new.

        Further parts of a post come with its first one, or after it.
        """
        ...

    async def claim(
        self, limit: int, *, now: datetime, lease: timedelta, platform: str | None = None
    ) -> Sequence[Delivery]:
        """Take due deliveries, fairly: at most one a chat, those waiting longest first.

        Of one ``platform`` where it is given, so that a slow one never holds up another. A chat
        waits since its ``next_at``, or since its delivery was due if that is later.

        Only chats that are not suspended, whose ``next_at`` has come, and that have nothing in
        flight; of a chat the earliest by (due_at, created_at), then as added, where a part waits
        until the earlier parts of its post are finished. Claimed ones whose lease ran out are taken
        again as pending; those found in ``sending`` with a lease that ran out are given too, in
        that state, for the caller to settle as unclear. Each comes with its new ``lease_until``.
        """
        ...

    async def save(
        self,
        deliveries: Sequence[Delivery],
        *,
        spaced: Mapping[Target, datetime] | None = None,
        bursts: Sequence[Burst] = (),
        held: Mapping[str, datetime] | None = None,
    ) -> Sequence[Delivery]:
        """Write states back, all in one transaction; what is not there is not written.

        ``spaced`` maps chats to moments before which they get nothing (as ``space`` does); it is
        written whether or not their deliveries are. ``bursts`` are messages that have gone to chats
        of which several may go at once; each is added, in the same transaction, to what their queue
        knows of all processes' messages, and makes it wait where ``burst.with_another`` says so; if
        nowhere, the chat's turn among the others counts from that message.

        ``held`` maps ids to the ``lease_until`` that a row bears for as long as it is the caller's:
        where it bears another, or none, somebody else has taken it, and it is left as it is. Only
        that it was *sent* is written all the same, for it is true. ``resent`` is never taken back.

        Returns those of state ``sending`` that must not be sent after all: their target has been
        suspended meanwhile (F70; they are written, and go back by another ``save``), or somebody
        else has finished, moved or taken them; and all others of ``held`` that were left alone.
        """
        ...

    async def space(self, target: Target, *, until: datetime) -> None:
        """Nothing to this chat before ``until`` (its own spacing, or its rate limit).

        Threads share it. Never shortens a wait.
        """
        ...

    async def find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        """Deliveries, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """One platform's deliveries that are not settled. ``oldest_due`` is UTC."""

    platform: str
    count: int
    oldest_due: datetime


class Backlog(Protocol):
    """Deliveries counted where they lie."""

    async def waiting(self) -> Sequence[Waiting]:
        """Each platform that has any, by name. Those of suspended chats do not count, for nobody is
        late with them."""
        ...

    async def planned(
        self, targets: Collection[Target], *, kind: str, since: datetime, within: str | None = None
    ) -> Mapping[Target, int]:
        """How many posts of a kind (how their keys begin) each target was given since
        (``created_at``), whatever became of them but ``passed`` and ``failed``; none is left out
        or 0. A post counts once, whatever its parts and languages (the end of its key).

        ``within``: only those that are ``included`` in the post of this key.
        """
        ...

    async def known(self, ids: Collection[str]) -> Collection[str]:
        """Those of the deliveries (``Delivery.id``) that are there, whatever became of them."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget settled deliveries created before a moment; returns how many."""
        ...

    async def renew(
        self, deliveries: Collection[Delivery], *, now: datetime, within: str | None = None
    ) -> int:
        """Put deliveries that ended without having been sent (``failed``, ``expired``, ``passed``)
        back into the queue as if they were new; returns how many. All others stay as they are.

        ``within``: not into the queue, but into the post of this key (``included``).
        """
        ...


class Announcements(Protocol):
    """What the operator has to say to all chats, and what the operator is told: rows in the outbox
    name it (``announce:<id>``, ``operator:<id>:<language>``)."""

    async def put(self, announcement: str, text: str, *, now: datetime) -> bool:
        """Keep a text under an id of ``[A-Za-z0-9._-]``, at most 40; one that is there stays as it
        is, but counts as put now. Returns whether the id is new."""
        ...

    async def get(self, announcement: str) -> str | None:
        """The text, ``None`` for an unknown id."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget those that were last put before a moment; returns how many."""
        ...
