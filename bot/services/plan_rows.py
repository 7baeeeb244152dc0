"""What a chat's papers come to as rows: decisions only."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.delivery import Delivery, State
from bot.domain.due import Window
from bot.domain.paper_id import PaperId
from bot.domain.selection import best
from bot.domain.target import Target
from bot.domain.timetable import slot_name
from bot.services.audiences import Audience
from bot.services.cases import Case
from bot.services.news import Place
from bot.services.post_keys import DigestPost, EditPost, PaperPost

# A digest's message is brought up to date no more often, and holds by then whatever was planned a
# minute before.
EDIT_AFTER = timedelta(minutes=1)
# An edit that is due no sooner is certainly composed after what is planned now is in the store.
_SAFELY_LATER = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper that an audience is to get, or, with a ``reason``, not at all (F13)."""

    case: Case
    place: Place
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """When an audience's papers are planned: the ``window`` that is open ``now``. ``due_at`` is
    when they may be sent."""

    audience: Audience
    window: Window
    now: datetime
    due_at: datetime

    def digest_name(self, pick: Pick) -> str:
        """What a paper is gathered under."""
        slot = self.window.slot
        if slot is None:
            return pick.place.listed.day.isoformat()
        return slot_name(slot, self.audience.zone)


@dataclass(frozen=True, slots=True)
class Got:
    """What a chat has already: which of the post keys in question, how many papers since its day
    began, how many papers each digest holds, and which digests are brought up to date soon."""

    keys: Collection[str] = frozenset()
    today: int = 0
    held: Mapping[str, int] = field(default_factory=dict[str, int])
    edited_soon: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """A row, but for whose it is."""

    post_key: str
    created_at: datetime
    due_at: datetime
    state: State = State.PENDING
    reason: str = ""

    def to(self, target: Target) -> Delivery:
        """The row for a chat."""
        return Delivery(
            target,
            self.post_key,
            self.created_at,
            self.due_at,
            state=self.state,
            reason=self.reason,
        )


def in_order(picks: Sequence[Pick], sources: Sequence[str]) -> list[Pick]:
    """By the order of an audience's sources, and then of their days and lists."""
    if len(picks) == 1:
        return list(picks)
    rank = {source: place for place, source in enumerate(sources)}
    return sorted(
        picks,
        key=lambda pick: (
            rank[pick.place.source],
            pick.place.listed.day,
            pick.place.listed.position,
        ),
    )


def each(picks: Sequence[Pick], turn: Turn) -> list[Draft]:
    """A message for each paper in each language. What is not posted becomes a failed row, so that
    it is said once and can be looked up."""
    return _one_by_one(
        _failed(key, pick, turn) if pick.reason else Draft(key, turn.now, turn.due_at)
        for pick in picks
        for key in paper_keys(pick, turn.audience)
    )


def unknown_to(got: Got, picks: Iterable[Pick], audience: Audience) -> list[Pick]:
    """The papers about which nothing was ever planned for a chat, in any of its languages."""
    return [
        pick for pick in picks if not any(key in got.keys for key in paper_keys(pick, audience))
    ]


def limited(picks: Sequence[Pick], turn: Turn, got: Got) -> list[Draft]:
    """The rows for a chat that gathers papers in a digest, or wants no more than so many a day.

    At a slot the best come, else the first; the others are ``passed``, so that tomorrow they do not
    come either.
    """
    new = unknown_to(got, picks, turn.audience)
    chosen = _chosen([pick for pick in new if not pick.reason], turn, got)
    drafts = [
        _draft(key, pick, chosen, turn) for pick in new for key in paper_keys(pick, turn.audience)
    ]
    digests = _digests([p for p in new if p.case.paper_id in chosen], turn, got)
    return _one_by_one([*drafts, *digests])


def paper_keys(pick: Pick, audience: Audience) -> Iterator[str]:
    """A paper's keys in each of an audience's languages."""
    for language in audience.languages:
        yield PaperPost(pick.case.paper_id, language).key


def digests_of(picks: Iterable[Pick], turn: Turn) -> list[DigestPost]:
    """The digests that papers would stand in, each once."""
    if not turn.audience.digest:
        return []
    names = dict.fromkeys(turn.digest_name(pick) for pick in picks)
    return [DigestPost(name, language) for name in names for language in turn.audience.languages]


def _chosen(picks: Sequence[Pick], turn: Turn, got: Got) -> Collection[PaperId]:
    """What there is room for today."""
    most = turn.audience.filters.most_a_day
    ids = [pick.case.paper_id for pick in picks]
    if most is None:
        return frozenset(ids)
    room = max(0, most - got.today)
    if turn.window.slot is None:
        return frozenset(ids[:room])
    candidates = [pick.case.candidate for pick in picks if pick.case.candidate is not None]
    return frozenset(best(candidates, room))


def _draft(key: str, pick: Pick, chosen: Collection[PaperId], turn: Turn) -> Draft:
    if pick.reason:
        return _failed(key, pick, turn)
    row = Draft(key, turn.now, turn.due_at)
    if pick.case.paper_id not in chosen:
        return replace(row, state=State.PASSED)
    if turn.audience.digest:
        language = key.rpartition(":")[2]
        digest = DigestPost(turn.digest_name(pick), language).key
        return replace(row, state=State.INCLUDED, reason=digest)
    return row


def _failed(key: str, pick: Pick, turn: Turn) -> Draft:
    return Draft(key, turn.now, turn.due_at, State.FAILED, pick.reason)


def _digests(picks: Sequence[Pick], turn: Turn, got: Got) -> Iterator[Draft]:
    """A row for each digest that is new, and one for each that grows after it was planned."""
    later = max(turn.due_at, turn.now + EDIT_AFTER)
    for digest in digests_of(picks, turn):
        if digest.key not in got.keys:
            yield Draft(digest.key, turn.now, turn.due_at)
        elif digest.key not in got.edited_soon:
            more = sum(turn.digest_name(pick) == digest.name for pick in picks)
            edit = EditPost(digest, got.held.get(digest.key, 0) + more)
            yield Draft(edit.key, turn.now, later)


def edit_of(digest: Delivery, count: int) -> Delivery:
    """The row that makes a planned digest hold ``count`` papers."""
    now = digest.created_at
    later = max(digest.due_at, now + EDIT_AFTER)
    name = DigestPost(*digest.post_key.split(":")[1:])
    return Delivery(digest.target, EditPost(name, count).key, now, later)


def is_edited_soon(edit: Delivery | None, now: datetime) -> bool:
    """Whether an edit that waits, if one does, will show what is planned now."""
    return edit is not None and edit.state is State.PENDING and edit.due_at >= now + _SAFELY_LATER


def _one_by_one(drafts: Iterable[Draft]) -> list[Draft]:
    """A microsecond between rows keeps their order."""
    return [
        replace(draft, created_at=draft.created_at + timedelta(microseconds=place))
        if place
        else draft
        for place, draft in enumerate(drafts)
    ]
