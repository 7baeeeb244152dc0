"""From papers that chats are to get to rows in the store, many chats at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.domain.timetable import day_start, local_day
from bot.ports import DeliveryQuery, Store
from bot.services.plan_rows import (
    Got,
    Pick,
    Turn,
    digests_of,
    each,
    edit_of,
    is_edited_soon,
    limited,
    paper_keys,
    unknown_to,
)

# Rows in one transaction, where a chat's own stay together. The more of them, the fewer pages are
# written anew, and the less often the database waits for us; but nobody else writes meanwhile, for
# some 130 ms.
_CHUNK = 4000
# Chats about which the store is asked at once; also those that get all there is, before others have
# a turn.
_ASKED = 500
# Chats whose rows are thought of before others have a turn.
_SLICE = 50
# No digest is added to for longer: a week's slot, and what it looks back at.
_OLDEST_DIGEST = timedelta(days=14)
# No round of planning takes longer.
_ROUND = timedelta(hours=1)
# More rows than ever wait.
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class _Wish:
    """Papers that one chat is to get, as far as it has room for them."""

    target: Target
    turn: Turn
    picks: Sequence[Pick]


class RowWriter:
    """Writes rows in one round. All of a chat's rows of a round are in one transaction, so that a
    digest never holds papers that its message does not show.

    While some rows are written the next are thought of. Use it as an async context manager; where
    that is left without an error, everything has been written, and ``added`` counts the new rows.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: list[Delivery] = []
        self._wishes: list[_Wish] = []
        self._writing: asyncio.Future[int] | None = None
        self.added = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what is left.

        Raises:
            StoreError: the store cannot be used.
        """
        try:
            if kind is None:
                await self._fulfil()
                await self._send()
                await self._written()
        finally:
            if self._writing is not None:
                self._writing.cancel()
                await asyncio.gather(self._writing, return_exceptions=True)

    async def give(self, targets: Iterable[Target], picks: Sequence[Pick], turn: Turn) -> None:
        """Plan papers, in their order, for some chats of one audience.

        Raises:
            StoreError: the store cannot be used. Giving the same again does no harm.
        """
        if not picks:
            return
        if turn.audience.limited:
            for target in targets:
                self._wishes.append(_Wish(target, turn, picks))
                if len(self._wishes) >= _ASKED:
                    await self._fulfil()
            return
        drafts = each(picks, turn)
        for number, target in enumerate(targets, 1):
            if number % _ASKED == 0:
                await asyncio.sleep(0)
            await self._write([draft.to(target) for draft in drafts])

    async def _write(self, rows: Sequence[Delivery]) -> None:
        self._rows += rows
        if len(self._rows) >= _CHUNK:
            await self._send()

    async def _send(self) -> None:
        """Begin to write what there is, once what was begun before is written."""
        await self._written()
        rows, self._rows = self._rows, []
        if rows:
            self._writing = asyncio.ensure_future(self._add(rows))

    async def _add(self, rows: Sequence[Delivery]) -> int:
        added = await self._store.outbox.add(rows)
        if added < len(rows):
            added += await self._store.outbox.add(await self._overtaken(rows))
        return added

    async def _overtaken(self, rows: Sequence[Delivery]) -> Sequence[Delivery]:
        """Edits of digests that another process has planned since we looked, and that may have gone
        without the papers that we have just added to them."""
        ours = {row.id: row for row in rows if row.post_key.startswith("digest:")}
        if not ours:
            return ()
        first = min(row.created_at for row in rows)
        query = DeliveryQuery(
            targets=frozenset(row.target for row in ours.values()),
            kind="digest:",
            since=first - _ROUND,
            limit=_MOST,
        )
        found = await self._store.outbox.find(query)
        theirs = [r.id for r in found if r.id in ours and r.created_at != ours[r.id].created_at]
        if not theirs:
            return ()
        included = frozenset({State.INCLUDED})
        targets = frozenset(ours[row_id].target for row_id in theirs)
        query = DeliveryQuery(targets=targets, states=included, since=first, limit=_MOST)
        written = {(row.id, row.created_at) for row in rows}
        papers = await self._store.outbox.find(query)
        late = {(r.target, r.reason) for r in papers if (r.id, r.created_at) in written}
        digests = [ours[i] for i in theirs if (ours[i].target, ours[i].post_key) in late]
        return [await self._edit_of(digest) for digest in digests]

    async def _edit_of(self, digest: Delivery) -> Delivery:
        held = await self._store.backlog.planned(
            [digest.target],
            kind="paper:",
            since=digest.created_at - _OLDEST_DIGEST,
            within=digest.post_key,
        )
        return edit_of(digest, held.get(digest.target, 0))

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            self.added += await writing

    async def _fulfil(self) -> None:
        """Ask what the chats have, and give them what is new to them and has room."""
        wishes, self._wishes = self._wishes, []
        known = await self._known(wishes)
        new = [w for w in wishes if unknown_to(Got(known[w.target]), w.picks, w.turn.audience)]
        today = await self._today(new)
        held = await self._held(new, known)
        edits = await self._edits({wish.target for wish in new if wish.turn.audience.digest})
        for number, wish in enumerate(new):
            if number % _SLICE == 0:
                await asyncio.sleep(0)
            keys, at = known[wish.target], wish.target
            edited = {d.key for d in digests_of(wish.picks, wish.turn) if d.key in keys}
            got = Got(
                keys,
                today.get(at, 0),
                {key: held.get((at, key), 0) for key in edited},
                {key for key in edited if is_edited_soon(edits.get((at, key)), wish.turn.now)},
            )
            await self._write([d.to(at) for d in limited(wish.picks, wish.turn, got)])

    async def _known(self, wishes: Iterable[_Wish]) -> Mapping[Target, Collection[str]]:
        """Which of the posts in question each chat was ever given a row for."""
        asked: dict[str, tuple[Target, str]] = {}
        for number, wish in enumerate(wishes):
            if number % _SLICE == 0:
                await asyncio.sleep(0)
            at, now = wish.target, wish.turn.now
            asked |= {Delivery(at, key, now, now).id: (at, key) for key in _keys_in_question(wish)}
        found: dict[Target, set[str]] = defaultdict(set)
        for row_id in await self._store.backlog.known(list(asked)):
            target, key = asked[row_id]
            found[target].add(key)
        return found

    async def _today(self, wishes: Iterable[_Wish]) -> Mapping[Target, int]:
        """How many papers each chat was given since its day began."""
        days: dict[datetime, list[_Wish]] = defaultdict(list)
        for wish in wishes:
            audience, now = wish.turn.audience, wish.turn.now
            if audience.filters.most_a_day is not None:
                days[day_start(audience.zone, local_day(audience.zone, now))].append(wish)
        counts: dict[Target, int] = {}
        for since, those in days.items():
            targets = [wish.target for wish in those]
            rows = await self._store.backlog.planned(targets, kind="paper:", since=since)
            counts.update({wish.target: rows.get(wish.target, 0) for wish in those})
        return counts

    async def _held(
        self, wishes: Iterable[_Wish], known: Mapping[Target, Collection[str]]
    ) -> Mapping[tuple[Target, str], int]:
        """How many papers the digests hold that are planned already."""
        late: dict[str, list[_Wish]] = defaultdict(list)
        for wish in wishes:
            for digest in digests_of(wish.picks, wish.turn):
                if digest.key in known[wish.target]:
                    late[digest.key].append(wish)
        held: dict[tuple[Target, str], int] = {}
        for key, those in late.items():
            targets, since = [w.target for w in those], those[0].turn.now - _OLDEST_DIGEST
            rows = await self._store.backlog.planned(
                targets, kind="paper:", since=since, within=key
            )
            held.update({(target, key): count for target, count in rows.items()})
        return held

    async def _edits(self, targets: Collection[Target]) -> Mapping[tuple[Target, str], Delivery]:
        """The edits that wait, by chat and digest: of several the one that is due last."""
        if not targets:
            return {}
        query = DeliveryQuery(
            targets=frozenset(targets),
            states=frozenset({State.PENDING}),
            kind="edit:",
            limit=_MOST,
        )
        rows = sorted(await self._store.outbox.find(query), key=lambda row: row.due_at)
        return {
            (row.target, row.post_key.removeprefix("edit:").rpartition(":")[0]): row for row in rows
        }


def _keys_in_question(wish: _Wish) -> Iterable[str]:
    for pick in wish.picks:
        yield from paper_keys(pick, wish.turn.audience)
    for digest in digests_of(wish.picks, wish.turn):
        yield digest.key
