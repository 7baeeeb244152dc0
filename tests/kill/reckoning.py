"""What the platforms saw, against what the store says. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.domain.target import Target
from tests.kill.books import OPEN, Row
from tests.kill.chats import Member

_PAPER = re.compile(r"https://huggingface\.co/papers/(\d{4}\.\d{5})")
# What may be sent once more after a kill, at most once, and says so: no key is taken there.
UNKEYED = frozenset({"telegram", "discord-webhook"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands on a platform."""

    id: str
    text: str

    @property
    def papers(self) -> list[str]:
        """The papers that it links, the first one being what it is about."""
        return list(dict.fromkeys(_PAPER.findall(self.text)))


Messages: TypeAlias = Mapping[Target, Sequence[Shown]]


@dataclass
class Reckoning:
    """What came out. ``faults`` are what must not be; the rest is counted by platform."""

    faults: list[str] = field(default_factory=list[str])
    messages: Counter[str] = field(default_factory=Counter[str])
    lost: Counter[str] = field(default_factory=Counter[str])
    doubled: Counter[str] = field(default_factory=Counter[str])
    unknown: Counter[str] = field(default_factory=Counter[str])
    unknown_arrived: Counter[str] = field(default_factory=Counter[str])
    states: Counter[str] = field(default_factory=Counter[str])

    def fault(self, what: str) -> None:
        """Something that must not be."""
        self.faults.append(what)


def reckon(
    members: Iterable[Member], messages: Messages, rows: Iterable[Row], listed: set[str]
) -> Reckoning:
    """Compare chat by chat. ``listed`` are the papers that every chat might have got."""
    result = Reckoning()
    by_chat: dict[Target, list[Row]] = defaultdict(list)
    for row in rows:
        by_chat[row.target].append(row)
        result.states[row.state] += 1
    wanted: dict[tuple[str, ...], tuple[Member, frozenset[str]]] = {}
    for member in members:
        theirs = by_chat[member.target]
        _reckon_chat(result, member, messages.get(member.target, ()), theirs)
        planned = frozenset(row.paper for row in theirs if row.kind == "paper")
        if member.takes_all:
            _lack(result, member, listed - planned, "was never planned")
        elif (other := wanted.setdefault(member.words, (member, planned)))[1] != planned:
            _lack(result, member, other[1] - planned, f"was planned for {_name(other[0])} only")
            _lack(result, other[0], planned - other[1], f"was planned for {_name(member)} only")
    return result


def answered_for_nothing(twice: Iterable[str], in_hand: Collection[str]) -> list[str]:
    """Faults: who was answered twice (``twice``) though nobody ended with the command in hand."""
    return [
        f"the command of {user} was answered twice, and no process had it in hand when it ended"
        for user in sorted(twice)
        if user not in in_hand
    ]


def _reckon_chat(
    result: Reckoning, member: Member, messages: Sequence[Shown], rows: list[Row]
) -> None:
    platform = member.target.platform
    result.messages[platform] += len(messages)
    for row in rows:
        _check_row(result, member, row)
    seen = {message.id for message in messages}
    recorded = {row.message_id.rpartition("/")[2] for row in rows if row.state == "sent"}
    _lack(result, member, recorded - seen - {""}, "is said to be sent and was never seen")
    sent = {row.paper for row in rows if row.kind == "paper" and row.state == "sent"}
    linked = {paper for message in messages for paper in message.papers}
    _lack(result, member, sent - linked, "is said to be sent and stands nowhere")
    extras = [message for message in messages if message.id not in recorded]
    if member.style == "digest":
        _check_digest(result, member, messages, rows)
        _count_extras(result, member, extras, rows)
        return
    by_paper: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_paper[row.paper].append(row)
    copies: dict[str, list[Shown]] = defaultdict(list)
    for message in extras:
        copies[(message.papers or ["?"])[0]].append(message)
    for paper, found in copies.items():
        _count_extras(result, member, found, by_paper[paper])


def _check_row(result: Reckoning, member: Member, row: Row) -> None:
    where = f"{_name(member)} {row.post_key}"
    if row.state in OPEN and row.kind != "edit":
        result.fault(f"{where} is left {row.state}")
        result.lost[member.target.platform] += 1
    elif row.state in ("claimed", "sending"):
        result.fault(f"{where} is left {row.state}")
    elif row.state in ("failed", "expired"):
        result.fault(f"{where} is {row.state}: {row.reason}")
        result.lost[member.target.platform] += 1
    elif row.state == "unknown":
        result.unknown[member.target.platform] += 1
        if not row.reason or member.target.platform not in UNKEYED:
            result.fault(f"{where} is unknown: {row.reason or 'for no reason'}")


def _count_extras(
    result: Reckoning, member: Member, extras: Sequence[Shown], rows: Sequence[Row]
) -> None:
    """Messages that no row names: an unknown one's, or a second copy, which must be declared."""
    platform, left = member.target.platform, len(extras)
    unknown = sum(row.state == "unknown" for row in rows)
    arrived = min(left, unknown)
    result.unknown_arrived[platform] += arrived
    left -= arrived
    result.doubled[platform] += left
    declared = sum(row.resent for row in rows) if platform in UNKEYED else 0
    if left > declared:
        what = ", ".join(sorted({paper for one in extras for paper in one.papers[:1]})) or "?"
        states = ", ".join(sorted({row.state for row in rows})) or "no row"
        result.fault(f"{_name(member)} has {left} undeclared copies of {what} ({states})")


def _check_digest(
    result: Reckoning, member: Member, messages: Sequence[Shown], rows: Sequence[Row]
) -> None:
    if any(row.kind == "edit" and row.state in OPEN for row in rows):
        return  # it is still to be brought up to date
    shown = {paper for message in messages for paper in message.papers}
    # Of a digest that may not have arrived the row says so: that is no silent loss.
    doubtful = {row.post_key for row in rows if row.state == "unknown"}
    included = {
        row.paper
        for row in rows
        if row.kind == "paper" and row.state == "included" and row.reason not in doubtful
    }
    _lack(result, member, included - shown, "stands in no message of the digest")


def _lack(result: Reckoning, member: Member, what: Iterable[str], how: str) -> None:
    for one in sorted(what):
        result.fault(f"{_name(member)}: {one} {how}")
        result.lost[member.target.platform] += 1


def _name(member: Member) -> str:
    target = member.target
    return "/".join(part for part in (target.platform, target.chat, target.thread) if part)
