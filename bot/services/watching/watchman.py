"""The round that looks after everything, and tells the operator: once, and when it is over."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.domain.delivery import Delivery
from bot.domain.errors import StoreError
from bot.domain.speech import Speech
from bot.domain.standing import REMEMBERED, Standing
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.ports import Clock, Store
from bot.services.health import Health
from bot.services.post_keys import OperatorPost
from bot.services.watching.concerns import FORGOTTEN, Concern, Kind, concerns, over, untold
from bot.services.watching.lookouts import Lookouts
from bot.services.watching.words import notice

_log = logging.getLogger(__name__)

EVERY_S = 30.0
# Who looks after everything is one process; another takes over when it missed so many looks.
_DUTY = "watch"
_LOOKS = 3
# What has not changed is reported anew so often, so that others know that it is still so.
_REFRESH = timedelta(minutes=5)

# A sentence on what keeps the model from writing, ``None`` where nothing seems to.
Explain: TypeAlias = Callable[[], Awaitable[str | None]]
# A row was added that is due now.
Added: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is told, and in which words; without a ``target`` the log alone is.

    ``language`` is spoken where the chat is none of ours and has chosen none.
    """

    target: Target | None
    language: Language
    speech: Callable[[Language], Speech]


@dataclass(frozen=True, slots=True)
class WatchTools:
    """What the round works with; ``owner`` is this process's name, ``every_s`` is between looks."""

    store: Store
    clock: Clock
    health: Health
    lookouts: Lookouts
    owner: str
    explain: Explain
    added: Added
    every_s: float = EVERY_S


class Watchman:
    """Reports this process's board to the store; of all processes one looks after everything."""

    def __init__(self, operator: Operator, tools: WatchTools) -> None:
        self._operator = operator
        self._tools = tools
        self._reported: Mapping[str, Standing] = {}
        self._reported_at: datetime | None = None
        self._cried = False

    async def keep(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await self._tools.clock.sleep(self._tools.every_s)

    async def look(self) -> None:
        """Look once. A store that does not work is put on the board, and told in the log."""
        tools, now = self._tools, self._tools.clock.now()
        until = now + timedelta(seconds=_LOOKS * tools.every_s)
        try:
            on_duty = await tools.store.leases.acquire(_DUTY, tools.owner, now=now, until=until)
            if on_duty:
                await tools.lookouts.look(await self._known(now), now)
            tools.health.worked("store", at=now)
            await self._report(now)
            if on_duty:
                await self._tell(now)
                await tools.store.standings.prune(before=now - REMEMBERED)
        except StoreError as error:
            tools.health.found_failing("store", str(error), at=now)
        self._cry(now)

    async def leave(self) -> None:
        """Let another process take over at once; where the store does not work, in a while."""
        with suppress(StoreError):
            await self._tools.store.leases.release(_DUTY, self._tools.owner)

    async def _known(self, now: datetime) -> Mapping[str, Standing]:
        return await self._tools.store.standings.all(seen_since=now - FORGOTTEN)

    async def _report(self, now: datetime) -> None:
        """Tell the other processes what is on our board, as far as it is news to them."""
        board = self._tools.health.all()
        due = self._reported_at is None or now - self._reported_at >= _REFRESH
        news = {
            part: standing
            for part, standing in board.items()
            if due or _gist(standing) != _gist(self._reported.get(part, Standing()))
        }
        await self._tools.store.standings.report(news, now=now)
        self._reported = board
        if due:
            self._reported_at = now

    async def _tell(self, now: datetime) -> None:
        """Tell the operator what is new, and what is over.

        The row comes first: whoever is killed in between writes the same row again.
        """
        known = await self._known(now)
        new, ended = untold(concerns(known, now), known), over(known, now)
        if not new and not ended:
            return
        new = [await self._explained(one) for one in new]
        self._log(new, ended)
        await self._write(new, ended, now)
        await self._tools.store.standings.told([one.part for one in new], at=now)
        await self._tools.store.standings.told([one.part for one in ended], at=None)

    async def _explained(self, concern: Concern) -> Concern:
        """With what the model's endpoint says of itself, which costs nothing."""
        if concern.kind is not Kind.MODEL:
            return concern
        return replace(concern, reason=await self._tools.explain() or concern.reason)

    async def _write(self, new: Sequence[Concern], ended: Sequence[Concern], now: datetime) -> None:
        target, store = self._operator.target, self._tools.store
        sayable = [one for one in new if target is not None and not _silences(one, target)]
        if target is None or not (sayable or ended):
            return
        chat = await store.register.at(target)
        language = chat.language if chat else self._operator.language
        text = notice(sayable, ended, self._operator.speech(language))
        name = OperatorPost(_name(sayable, ended), language)
        await store.announcements.put(name.notice, text, now=now)
        await store.outbox.add([Delivery(target, name.key, now, now)])
        await self._tools.added()

    def _log(self, new: Sequence[Concern], ended: Sequence[Concern]) -> None:
        target = self._operator.target
        for one in new:
            said = {"kind": one.kind.value, "part": one.part, "reason": one.reason}
            _log.error("something needs a person", extra={**said, "since": str(one.since)})
            if target is not None and _silences(one, target):
                _log.error("the operator cannot be told in their chat", extra={"part": one.part})
        for one in ended:
            _log.warning("what needed a person is over", extra={"part": one.part})

    def _cry(self, now: datetime) -> None:
        """A store that does not work cannot hold a message about itself: the log has it, once."""
        store = concerns({"store": self._tools.health.of("store")}, now)
        if bool(store) != self._cried:
            self._cried = not self._cried
            self._log(store, [] if store else [Concern(Kind.STORE, "store", "", now)])


def _silences(concern: Concern, target: Target) -> bool:
    """Whether it is the very reason for which no message arrives."""
    ways = (Kind.TOKEN, Kind.PLATFORM, Kind.QUEUE)
    return concern.kind in ways and concern.subject == target.platform


def _gist(standing: Standing) -> object:
    return standing.failing_since, standing.reason, standing.worked_at is None


def _name(new: Sequence[Concern], ended: Sequence[Concern]) -> str:
    """The same for the same concerns, whoever writes it."""
    lines = (
        f"{word} {one.part} {one.since.isoformat()}"
        for word, found in (("new", new), ("over", ended))
        for one in found
    )
    said = "\n".join(lines)
    return hashlib.blake2b(said.encode(), digest_size=10).hexdigest()
