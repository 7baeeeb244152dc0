"""What each chat of a test year should get, worked out from its settings by plain rules.

Nothing here uses what selects, times or plans papers in earnest: words are regular expressions,
slots and quiet hours a zone's own arithmetic, and every paper is looked at again at every turn.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.chat import Chat, Style
from bot.domain.paper import Paper
from bot.domain.summary import Summary
from bot.domain.target import Target
from bot.services.testing_year import Look, Turn

_TWO_DAYS = timedelta(hours=48)
# Papers that old matter to nobody any more.
_KEPT = timedelta(days=16)
_PATTERNS = {
    "language models": r"language[- ]models?",
    "LLM": r"llms?",
    "agents": r"agents?",
    "multimodal": r"multi-?modals?",
    "video": r"videos?",
    "Diffusion": r"diffusions?",
    "reasoning": r"reasonings?",
    "robot": r"robots?",
    "benchmark": r"benchmarks?",
    "视频": "视频",
    "强化学习": "强化学习",
}

# What posts say: by their keys, which papers in which language, and how often each.
Said: TypeAlias = dict[str, Counter[tuple[str, str]]]
# A paper's place for a chat: the rank of the source among the chat's, the day, the position.
_Place: TypeAlias = tuple[int, date, int]


def nothing_said() -> Said:
    """What a chat has got that has got nothing yet."""
    return defaultdict(Counter[tuple[str, str]])


@dataclass
class Known:
    """A paper as it stands: by source its day, position and when it was first seen; its summary."""

    paper: Paper
    categories: tuple[str, ...] = ()
    places: dict[str, tuple[date, int, datetime]] = field(
        default_factory=dict[str, tuple[date, int, datetime]]
    )
    summary: Summary | None = None
    changes: int = 0


@dataclass
class Member:
    """A chat with what it should have got: ``said`` in the end, and each post when it was ``due``.

    ``days`` counts the papers that were chosen for it on each of its own days; ``refused`` are the
    papers that displeased it, by how often they had changed until then.
    """

    chat: Chat
    slots: list[datetime]
    said: Said = field(default_factory=nothing_said)
    due: dict[str, datetime] = field(default_factory=dict[str, datetime])
    decided: set[str] = field(default_factory=set[str])
    days: Counter[date] = field(default_factory=Counter[date])
    refused: dict[str, int] = field(default_factory=dict[str, int])


class Oracle:
    """Works out, turn by turn, what should come."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.members: dict[Target, Member] = {}
        self._first, self._last = first, last
        self._known: dict[str, Known] = {}
        self._first_looks: dict[tuple[str, date], datetime] = {}
        self._before = datetime.min.replace(tzinfo=UTC)

    def hear(self, turn: Turn) -> None:
        """One turn."""
        for chat in turn.chats:
            member = self.members.get(chat.target)
            if member is None:
                self.members[chat.target] = Member(chat, self._slots(chat))
            else:
                member.chat = chat
        if turn.asleep:
            return
        for look in turn.looks:
            self._look(look, turn.at)
        ripe = {str(summary.paper_id) for summary in turn.summaries}
        for summary in turn.summaries:
            self._known[str(summary.paper_id)].summary = summary
        for member in self.members.values():
            if not member.chat.paused:
                self._ask(member, turn, ripe)
        self._before = turn.at
        if turn.at.hour == 16:
            old = turn.at - _KEPT
            self._known = {
                i: k for i, k in self._known.items() if any(p[2] > old for p in k.places.values())
            }

    def _slots(self, chat: Chat) -> list[datetime]:
        if chat.timetable is None:
            return []
        length = (self._last - self._first).days
        days = [self._first.date() + timedelta(days=n) for n in range(-15, length + 2)]
        return sorted(
            _local(chat, day, moment)
            for day in days
            if day.weekday() in chat.timetable.days
            for moment in chat.timetable.times
        )

    def _look(self, look: Look, now: datetime) -> None:
        self._first_looks.setdefault((look.source, look.day), now)
        for position, paper in enumerate(look.papers):
            known = self._known.setdefault(str(paper.id), Known(paper))
            known.changes += 1
            known.categories = paper.categories or known.categories
            if look.source == "hf":
                code = paper.code_url or known.paper.code_url
                known.paper = replace(paper, code_url=code)
            known.places.setdefault(look.source, (look.day, position, now))

    def _ask(self, member: Member, turn: Turn, ripe: set[str]) -> None:
        chat, now = member.chat, turn.at
        slot, upto, after, ids = None, now, now - _TWO_DAYS, list(self._known)
        if chat.timetable is None:
            if not turn.looks and not turn.summaries:
                return
        else:
            past = [slot for slot in member.slots if slot <= now][-2:]
            if len(past) < 2:
                return
            slot = upto = past[1]
            after = min(past[0], now - _TWO_DAYS)
            if not self._before < slot <= now:  # no slot's turn: what is late for the last
                ids = list(ripe)
        found = [(p, i) for i in ids if (p := self._place(member, i, after, upto)) is not None]
        wanted = [(p, i) for p, i in sorted(found) if i not in member.decided]
        wanted = [(p, i) for p, i in wanted if self._pleases(member, i)]
        self._give(member, wanted, slot, now)

    def _place(
        self, member: Member, paper_id: str, after: datetime, upto: datetime
    ) -> _Place | None:
        known, since = self._known[paper_id], member.chat.since
        if known.summary is None or since is None:
            return None
        for rank, source in enumerate(member.chat.sources):
            if source in known.places:
                day, position, seen = known.places[source]
                grew = seen > self._first_looks[source, day]
                if after < seen <= upto and seen >= since and (day >= since.date() or grew):
                    return rank, day, position
        return None

    def _pleases(self, member: Member, paper_id: str) -> bool:
        known = self._known[paper_id]
        if member.refused.get(paper_id) == known.changes:
            return False
        pleases = known.summary is not None and _pleases(member.chat, known, known.summary)
        if not pleases:
            member.refused[paper_id] = known.changes
        return pleases

    def _give(
        self,
        member: Member,
        wanted: Sequence[tuple[_Place, str]],
        slot: datetime | None,
        now: datetime,
    ) -> None:
        chat, zone = member.chat, ZoneInfo(member.chat.zone)
        today, most = now.astimezone(zone).date(), member.chat.filters.most_a_day
        member.decided.update(i for _, i in wanted)
        if most is not None:
            if slot is not None:
                wanted = sorted(wanted, key=lambda pair: _merit(self._known[pair[1]]))
            wanted = wanted[: max(0, most - member.days[today])]
        member.days[today] += len(wanted)
        for (_, day, _), paper_id in wanted:
            for language in chat.languages:
                name = f"{day}" if slot is None else f"{slot.astimezone(zone):%Y-%m-%d.%H%M}"
                gathered = chat.style is Style.DIGEST
                key = f"digest:{name}" if gathered else f"paper:{paper_id}"
                member.said[f"{key}:{language}"][language, paper_id] += 1
                member.due.setdefault(f"{key}:{language}", after_quiet(chat, now))


def _pleases(chat: Chat, known: Known, summary: Summary) -> bool:
    filters, paper = chat.filters, known.paper
    keywords = [word for k in summary.keywords for word in (k.term, k.translation or "")]
    text = "\n".join([paper.title, paper.abstract, *paper.keywords, *keywords]).lower()
    points = summary.scores.recommendation.value if summary.scores else -1.0
    return (
        (not filters.include or any(_stands(word, text) for word in filters.include))
        and not any(_stands(word, text) for word in filters.exclude)
        and (not filters.categories or _is_in(known.categories, filters.categories))
        and (not filters.authors or _names(paper.authors, filters.authors))
        and (not filters.organizations or _names([paper.organization or ""], filters.organizations))
        and (paper.code_url is not None or not filters.code)
        and (paper.upvotes or 0) >= filters.least_upvotes
        and (points >= filters.least_recommendation or not filters.least_recommendation)
    )


def _is_in(categories: Sequence[str], wanted: Sequence[str]) -> bool:
    archives = {category.partition(".")[0] for category in categories}
    return bool({*categories, *archives} & {*wanted})


def _names(names: Sequence[str], wanted: Sequence[str]) -> bool:
    words = [re.split(r"[\W_]+", name.lower()) for name in names]
    return any(one.lower() in name for one in wanted for name in words)


# Many chats ask for the same word in the same text.
@lru_cache(maxsize=1 << 14)
def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![a-z]){_PATTERNS[word]}(?![a-z])", text) is not None


def _merit(known: Known) -> tuple[float, int]:
    scores = known.summary.scores if known.summary else None
    return (-scores.recommendation.value if scores else 1, -(known.paper.upvotes or 0))


def after_quiet(chat: Chat, now: datetime) -> datetime:
    """The moment, or the end of the chat's quiet hours."""
    quiet = chat.quiet_hours
    if quiet is None:
        return now
    today = now.astimezone(ZoneInfo(chat.zone)).date()
    for day in (today - timedelta(days=1), today):
        start = _local(chat, day, quiet.start)
        end = _local(chat, day + timedelta(days=quiet.end < quiet.start), quiet.end)
        if start <= now < end:
            return end
    return now


def _local(chat: Chat, day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, ZoneInfo(chat.zone)).astimezone(UTC)
