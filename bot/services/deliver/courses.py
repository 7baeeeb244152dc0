"""What becomes of a digest's row and of one that brings a digest up to date. Pure.

A digest shows what it holds when it is sent. What comes later has a row of its own, an *edit*: it
replaces the digest's messages where the platform can, and else is one more message with what no
earlier one had; so it is, too, once the platform has refused to change the first of them (somebody
deleted it, or the chat has moved). A further one that was deleted is sent anew. An edit that
another row makes superfluous is *included* in that one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.delivery import Delivery, State, close
from bot.services.post_keys import DigestPost, DigestSlice, EditPost, read_post_key

# A chat's digest is edited once a minute at most; what came meanwhile comes together. An edit
# counts towards a chat's rate like a message (FACTS §1.3).
GAP = timedelta(minutes=1)
# An edit without a usable answer is simply made again, so often.
MOST_UNCLEAR = 8

_OPEN = frozenset({State.PENDING, State.CLAIMED, State.SENDING})
# What may have been seen: nothing of it is said again. What expired was not wanted any more.
_OVER = frozenset({State.SENT, State.UNKNOWN, State.EXPIRED})
_LOST = frozenset({State.FAILED, State.UNKNOWN, State.EXPIRED})


@dataclass(frozen=True, slots=True)
class Show:
    """A message is to be made of the post ``key``; where ``replaces`` names a message, it takes
    that one's place. ``superfluous`` and ``noted`` are to be written first: rows that this one
    makes so, and a row that says how many papers it shows."""

    key: str
    replaces: str | None = None
    superfluous: tuple[Delivery, ...] = ()
    noted: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """What a chat's outbox holds of one digest, but for the row in hand: the ``rows`` of its
    messages and edits, and those of its ``papers``, in the order in which they came.

    ``last_edit`` is when any digest of the chat was last edited, one in its other language too.
    """

    digest: DigestPost
    rows: tuple[Delivery, ...]
    papers: tuple[Delivery, ...]
    last_edit: datetime | None = None

    @property
    def edits(self) -> tuple[tuple[int, Delivery], ...]:
        """The edits' first parts, each with its count."""
        counted = ((count_of(row), row) for row in self.rows if row.part == 0)
        return tuple((count, row) for count, row in counted if count is not None)

    def standing(self) -> dict[int, str]:
        """The message that stands for each part; the newest, where one was sent anew."""
        sent = [row for row in self.rows if row.state is State.SENT and row.message_id]
        sent.sort(key=lambda row: row.sent_at or row.created_at)
        return {row.part: row.message_id or "" for row in sent}

    def shown_with(self, key: str) -> int:
        """How many papers a row's message shows, as noted; 0 where nothing is."""
        noted = (c for c, r in self.edits if r.state is State.INCLUDED and r.reason == key)
        return max(noted, default=0)

    def shown_by(self, digest: Delivery) -> int:
        """How many papers the digest's own message shows: those planned with it, or more."""
        planned = sum(row.created_at <= digest.created_at for row in self.papers)
        return max(planned, self.shown_with(self.digest.key))


def count_of(row: Delivery) -> int | None:
    """The count of an edit's row, ``None`` for any other."""
    name = read_post_key(row.post_key)
    return name.count if isinstance(name, EditPost) else None


def digest_course(row: Delivery, family: Family) -> Show:
    """How a digest is sent: with all that it holds by then. Its further parts show as much, and so
    does another try at a message that may stand already: the platform may take it for the first."""
    if row.part or row.called_at is not None:
        return _slice(family, 0, family.shown_by(row))
    upto = len(family.papers)
    noted = _note(family, upto, row) if upto > family.shown_by(row) else None
    return _and_so(_slice(family, 0, upto), row, family, noted)


def edit_course(row: Delivery, family: Family, now: datetime, *, edits: bool) -> Show | Delivery:
    """How an edit is carried out, or what becomes of its row where it is not, or not now.

    ``edits`` is whether the platform can change what was sent.
    """
    first = _first_of(family)
    if (ended := _without(row, family, first, now)) is not None:
        return ended
    count = count_of(row) or 0
    begun = row.part > 0 or row.called_at is not None
    upto = max(count, family.shown_with(row.post_key) if begun else len(family.papers))
    noted = _note(family, upto, row) if upto > count and not begun else None
    if edits and first is not None and _all_stand(family) and not _is_refused(row, family):
        # A further message that takes no edit has been deleted by somebody: it is sent anew.
        replaces = None if row.plain else family.standing().get(row.part)
        if replaces and row.called_at is not None and row.attempts >= MOST_UNCLEAR:
            return close(row, State.UNKNOWN, row.reason)
        return _and_so(_slice(family, 0, upto, replaces), row, family, noted)
    after = _shown_before(row, family, first)
    if after >= upto:
        return _included(row, family.digest.key)
    return _and_so(_slice(family, after, upto), row, family, noted)


def _and_so(show: Show, row: Delivery, family: Family, noted: Delivery | None) -> Show:
    """With what follows for other rows: edits that wait have nothing to add. One that has begun is
    carried through."""
    if row.part or row.called_at is not None:
        return show
    begun = {edit.post_key for edit in family.rows if edit.part or edit.called_at is not None}
    superfluous = tuple(
        _included(edit, row.post_key)
        for _, edit in family.edits
        if edit.state in _OPEN and edit.post_key not in begun
    )
    return replace(show, superfluous=superfluous, noted=noted)


def _without(
    row: Delivery, family: Family, first: Delivery | None, now: datetime
) -> Delivery | None:
    """The row's end, or its return to the queue, where nothing is to be shown for it now."""
    begun = row.called_at is not None or any(r.post_key == row.post_key for r in family.rows)
    if row.part or begun:
        return None
    if first is not None and first.state in _OPEN:
        return _included(row, family.digest.key)
    count = count_of(row) or 0
    for later, edit in family.edits:
        if later > count and edit.state is State.SENT:
            return _included(row, edit.post_key)
    calls = [family.last_edit, *(r.sent_at for r in family.rows)]
    last = max((at for at in calls if at is not None), default=None)
    if last is not None and now < last + GAP:
        return replace(row, state=State.PENDING, lease_until=None, due_at=last + GAP)
    if any(other.state in _OPEN and _goes_on(other) for other in family.rows):
        # Its messages are to be changed: one sent in its place now would stand beside it later.
        return replace(row, state=State.PENDING, lease_until=None, due_at=now + GAP)
    return None


def _goes_on(row: Delivery) -> bool:
    """Whether it belongs to something of which a part was sent, or may have been."""
    return row.part > 0 or row.called_at is not None


def _first_of(family: Family) -> Delivery | None:
    of_digest = (r for r in family.rows if r.post_key == family.digest.key and r.part == 0)
    return next(of_digest, None)


def _all_stand(family: Family) -> bool:
    """Whether each part that was tried stands as a message, so that editing shows everything."""
    standing = family.standing()
    return 0 in standing and all(r.part in standing for r in family.rows if r.state in _LOST)


def _is_refused(row: Delivery, family: Family) -> bool:
    """Whether the platform would not change the digest: this edit came back from a first try with
    markup, or an earlier one did."""
    firsts = [edit for _, edit in family.edits]
    return any(edit.plain for edit in (row, *firsts) if edit.part == 0)


def _shown_before(row: Delivery, family: Family, first: Delivery | None) -> int:
    """How many papers other posts have shown, or may have."""
    shown = [family.shown_by(first)] if first is not None and first.state in _OVER else [0]
    for count, edit in family.edits:
        if edit.post_key != row.post_key and edit.state in {State.SENT, State.UNKNOWN}:
            shown += (count, family.shown_with(edit.post_key))
    return max(shown)


def _slice(family: Family, after: int, upto: int, replaces: str | None = None) -> Show:
    return Show(DigestSlice(family.digest, after, upto).key, replaces)


def _included(row: Delivery, where: str) -> Delivery:
    return replace(row, state=State.INCLUDED, lease_until=None, reason=where)


def _note(family: Family, upto: int, shown_by: Delivery) -> Delivery | None:
    """A row that says up to which paper a message shows; ``None`` where one says so already."""
    if any(count == upto for count, _ in family.edits):
        return None
    row = Delivery(
        shown_by.target,
        EditPost(family.digest, upto).key,
        created_at=shown_by.created_at,
        due_at=shown_by.due_at,
    )
    return _included(row, shown_by.post_key)
