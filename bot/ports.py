"""What the application needs of the world.

Each port has five methods or fewer. Every one has an in-memory fake beside the real thing and one
contract suite (``tests/contract``) that runs over both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.domain.chat import Chat
from bot.domain.command import Suggestion
from bot.domain.delivery import Delivery, State
from bot.domain.listing import Listed, Listing, LookUp
from bot.domain.model_call import ModelCall, Spending
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.domain.summary import Language, Summary, SummaryKey
from bot.domain.target import Target


class Clock(Protocol):
    """Time as the application sees it; tests bring their own."""

    def now(self) -> datetime:
        """The present moment, UTC, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never jumps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait. Zero or less yields once."""
        ...


class Source(Protocol):
    """A place that lists papers by day."""

    @property
    def key(self) -> str:
        """Its stable name in settings, on the command line and in the store: ``hf``,
        ``arxiv:cs.CL``."""
        ...

    async def list_day(self, day: date) -> Listing:
        """The list of a day (UTC date). An empty list is an answer; a broken one is not.

        Raises:
            SourceUnavailable: no answer now; try later.
            SourceBroken: an answer that cannot be trusted.
            SourceHasNoArchive: the source no longer has that day.
        """
        ...


class PaperLookup(Protocol):
    """Papers by id."""

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        """Ask for papers; each id is found, missing, or unanswered with a reason.

        Raises:
            SourceUnavailable: no upstream could be asked about any of them.
            SourceBroken: no upstream gave a usable answer about any of them.
        """
        ...


class PaperStore(Protocol):
    """Papers, each once, by id."""

    async def save(self, papers: Sequence[Paper]) -> None:
        """Insert, or merge into what is known (``domain.paper.merge``), in one transaction."""
        ...

    async def get(self, ids: Collection[PaperId]) -> Mapping[PaperId, Paper]:
        """Those of the papers that are known."""
        ...


class ListingStore(Protocol):
    """Which source listed which paper on which day, and when it was first seen there."""

    async def record(
        self, source: str, day: date, papers: Sequence[Paper], *, seen_at: datetime
    ) -> Sequence[PaperId]:
        """Note a day's list, in order, and that it was looked at; returns the ids new to it.

        A paper stays on a list once it was seen there, also when the source later drops it. A
        paper already listed keeps its ``first_seen``; positions follow the newest look. Papers must
        have been saved. An empty list is recorded as looked at.
        """
        ...

    async def of_day(self, source: str, day: date) -> Sequence[Listed]:
        """A day's list: by position, then by first_seen."""
        ...

    async def checked_at(self, source: str, day: date) -> datetime | None:
        """When the list was last looked at, ``None`` for never."""
        ...

    async def earlier(
        self, source: str, ids: Collection[PaperId], *, before: date
    ) -> Mapping[PaperId, Listed]:
        """For each paper that stands on an earlier day's list of the source, its latest place."""
        ...

    async def latest_day(self, source: str) -> date | None:
        """The newest day with at least one paper."""
        ...


class SummaryStore(Protocol):
    """Summaries by what was paid for, and the claims that keep two from paying at once."""

    async def get(self, key: SummaryKey) -> Summary | None:
        """The summary under exactly this key."""
        ...

    async def put(self, key: SummaryKey, summary: Summary) -> None:
        """Store (or replace) a summary and drop any claim on its key, in one transaction."""
        ...

    async def of_papers(
        self, ids: Collection[PaperId], language: Language
    ) -> Sequence[tuple[SummaryKey, Summary]]:
        """Every stored summary of these papers in a language, oldest first."""
        ...

    async def claim(self, key: SummaryKey, owner: str, *, now: datetime, until: datetime) -> bool:
        """Whether ``owner`` may now write this summary: nobody else holds an unexpired claim.

        Claiming again as the same owner prolongs it.
        """
        ...

    async def release(self, key: SummaryKey, owner: str) -> None:
        """Give a claim back without a summary. Not holding it is no error."""
        ...


class Ledger(Protocol):
    """Calls to models and what they cost."""

    async def record(self, call: ModelCall) -> None:
        """Note one call."""
        ...

    async def spent(self, *, since: datetime) -> Spending:
        """Everything from ``since`` (UTC) on."""
        ...


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A body with the validators for a conditional request. ``stored_at`` is UTC."""

    url: str
    etag: str | None
    last_modified: str | None
    content_type: str
    body: bytes
    stored_at: datetime


class HttpCache(Protocol):
    """Answers kept for conditional requests."""

    async def get(self, url: str) -> CachedResponse | None:
        """The kept answer to exactly this address."""
        ...

    async def put(self, response: CachedResponse) -> None:
        """Keep an answer, replacing an older one."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget answers stored before a moment; returns how many."""
        ...


class ChatRegister(Protocol):
    """Chats as they change themselves, beside the operator's list (``ChatStore``)."""

    async def put(self, chat: Chat) -> None:
        """Insert or replace a chat as it is given, ``since``, ``paused`` and all; an address that
        was left means the chat at its new one. ``suspended`` is not written.

        Raises:
            ValueError: it has no ``since``.
        """
        ...

    async def at(self, target: Target) -> Chat | None:
        """The chat at exactly this target, or at the one that it moved to."""
        ...

    async def parts(self, target: Target) -> Sequence[Chat]:
        """What is known at a target's address: the chat itself and its threads, suspended too."""
        ...

    async def forget(self, target: Target) -> None:
        """Remove everything about exactly this target: its settings, suspension, deliveries, votes;
        with the last part of a chat, the addresses that led to it (T12). What was never known is no
        error."""
        ...

    async def revision(self) -> int:
        """A number that grows whenever any chat changes, by whichever process and method."""
        ...


class Saved(Protocol):
    """Papers that people keep for themselves. ``user`` is ``platform:id``."""

    async def add(self, user: str, paper_id: PaperId, *, now: datetime) -> bool:
        """Keep a paper; returns whether it was not kept already."""
        ...

    async def remove(self, user: str, paper_id: PaperId) -> bool:
        """Keep it no longer; returns whether it was."""
        ...

    async def of(self, user: str) -> Sequence[PaperId]:
        """What somebody keeps, the newest first."""
        ...

    async def forget(self, user: str) -> int:
        """Remove everything of somebody's; returns how much it was."""
        ...


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody thinks of a paper in a chat: ``value`` 1, -1, or 0 for nothing any more.

    ``user`` is ``platform:id``. Where a platform tells totals only, they come as votes of
    ``platform:message:up`` and ``…:down``, whose values are those totals (the latter negative).
    """

    target: Target
    paper_id: PaperId
    user: str
    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How a paper was received: sums of positive and of negative votes, both counted from 0."""

    paper_id: PaperId
    up: int
    down: int


class Votes(Protocol):
    """What chats think of papers."""

    async def cast(self, vote: Vote) -> int:
        """Note a vote; the same person's newer one on the same paper in the same chat replaces.
        Returns the value that stood before, 0 for none."""
        ...

    async def tally(self, target: Target, *, since: datetime) -> Sequence[Tally]:
        """A chat's votes (all of its threads) cast since, a line a paper, the best (up less down)
        first, equals by the newer paper."""
        ...

    async def of_paper(self, target: Target, paper_id: PaperId) -> Tally:
        """A paper's votes in a chat."""
        ...

    async def forget(self, user: str) -> int:
        """Remove somebody's votes everywhere; returns how many."""
        ...


class ChatStore(Protocol):
    """Chats and what each gets, as the operator and the platforms have it."""

    async def save(self, chats: Sequence[Chat], *, now: datetime) -> Sequence[Target]:
        """Insert or update by target. A known chat keeps its ``since``, ``suspended`` and
        ``paused``; a new one without ``since`` gets ``now``. Under an address that was left
        (``move``), the chat at its new one is meant. Returns where each of them is."""
        ...

    async def all(self) -> Sequence[Chat]:
        """Every chat, suspended ones too."""
        ...

    async def suspend(self, target: Target, reason: str) -> None:
        """Stop sending to exactly this target, known or not, at once; its settings stay.

        Other threads of the chat go on: one topic may be closed while others are open.
        """
        ...

    async def resume(self, target: Target, *, now: datetime) -> None:
        """Send again, what is listed from ``now`` on: what waited has expired.

        For a target that is not suspended nothing changes.
        """
        ...

    async def move(self, old: Target, new: Target) -> None:
        """Give a chat its new address, with its deliveries, in one transaction (F33).

        Its threads, spacing and suspension move along, as do finished deliveries: a post sent at
        the old address must not be planned again for the new one. Ids of deliveries follow their
        targets; what stands at the new address already stays, its twin is dropped. A delivery in
        flight is afterwards saved with its new target. Moving twice is no error.

        Raises:
            ValueError: the two are on different platforms.
        """
        ...


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """Which deliveries; what is ``None`` does not narrow. ``since`` and ``until`` (which is not
    included) are about ``created_at``, ``kind`` is how the post's key begins (``paper:``). A
    message is named within its chat: with a ``message_id`` the target's thread does not matter, for
    who reacts may not tell it."""

    target: Target | None = None
    states: frozenset[State] | None = None
    post_key: str | None = None
    since: datetime | None = None
    limit: int = 100
    platform: str | None = None
    message_id: str | None = None
    kind: str | None = None
    until: datetime | None = None


class Outbox(Protocol):
    """Deliveries: rows before calls."""

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Insert those that are not there yet (by ``Delivery.id``); returns how many were new."""
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
        self, deliveries: Sequence[Delivery], *, spaced: Mapping[Target, datetime] | None = None
    ) -> Sequence[Delivery]:
        """Write states back, all in one transaction; what is not there is not written.

        ``spaced`` maps chats to moments before which they get nothing (as ``space`` does); it is
        written whether or not their deliveries are.

        Returns those of state ``sending`` that must not be sent after all: their target has been
        suspended meanwhile (F70; they are written, and go back by another ``save``), or somebody
        else has finished or moved them (those are left as they are).
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


class Rates(Protocol):
    """One rate for each key (a bot token), shared by all processes (GCRA)."""

    async def reserve(self, key: str, count: int, *, per_second: float, now: datetime) -> datetime:
        """Take ``count`` slots; returns the instant of the first, the others follow at
        1/``per_second``. Never lets through more than the rate plus one in any second."""
        ...

    async def hold(self, key: str, *, until: datetime) -> None:
        """No slot before ``until``: the platform asked us to wait. Never shortens a wait."""
        ...


class Inbox(Protocol):
    """Updates kept before they are confirmed, so that a kill loses none."""

    async def keep(self, updates: Mapping[str, str], *, now: datetime) -> Sequence[str]:
        """Store updates (id to its JSON); returns the ids that are new, in the given order."""
        ...

    async def open(self) -> Mapping[str, str]:
        """Those not yet done, oldest first."""
        ...

    async def done(self, update_id: str, *, now: datetime) -> None:
        """It has been handled. It stays known, so that a repeat does nothing."""
        ...

    async def prune(self, *, before: datetime) -> int:
        """Forget those done before a moment; returns how many."""
        ...


class Leases(Protocol):
    """Who does what only one may do: poll a token, hold a gateway shard."""

    async def acquire(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """Whether ``owner`` holds the lease now; acquiring again prolongs it."""
        ...

    async def release(self, name: str, owner: str) -> None:
        """Give it back. Not holding it is no error."""
        ...


class Announcements(Protocol):
    """What the operator has to say to all chats: rows in the outbox name it (``announce:<id>``)."""

    async def put(self, announcement: str, text: str, *, now: datetime) -> bool:
        """Keep a text under an id of ``[A-Za-z0-9._-]``, at most 40; one that is there stays as it
        is. Returns whether the id is new."""
        ...

    async def get(self, announcement: str) -> str | None:
        """The text, ``None`` for an unknown id."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found; ``total`` counts all pages, up to 1,000."""

    papers: Sequence[PaperId]
    total: int


class PaperIndex(Protocol):
    """Stored papers by what somebody types."""

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        """Papers whose id begins with the text, or whose title holds it (case-folded), the newest
        first; where no id does, then what ``search`` finds."""
        ...

    async def search(self, text: str, *, limit: int, offset: int = 0) -> Found:
        """Papers with all of these words in title, abstract or any summary, the best match first,
        equals by the newer. In any language that is stored; "quoted words" stand together. Nothing
        that somebody types is an error (an unclosed quotation mark, operators of a database).
        """
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
        """Each platform that has any, by name. Those of suspended chats count too."""
        ...

    async def planned(
        self, targets: Collection[Target], *, kind: str, since: datetime, within: str | None = None
    ) -> Mapping[Target, int]:
        """How many first parts of posts of a kind (how their keys begin) each target was given
        since (``created_at``), whatever became of them but ``passed`` and ``failed``; none is left
        out or 0.

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


class Store(Protocol):
    """The one store, by its parts."""

    @property
    def papers(self) -> PaperStore: ...
    @property
    def listings(self) -> ListingStore: ...
    @property
    def summaries(self) -> SummaryStore: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def http_cache(self) -> HttpCache: ...
    @property
    def chats(self) -> ChatStore: ...
    @property
    def register(self) -> ChatRegister: ...
    @property
    def saved(self) -> Saved: ...
    @property
    def votes(self) -> Votes: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def rates(self) -> Rates: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def announcements(self) -> Announcements: ...
    @property
    def index(self) -> PaperIndex: ...
    @property
    def backlog(self) -> Backlog: ...
