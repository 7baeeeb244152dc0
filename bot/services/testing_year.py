"""A year for tests: lists that grow over real days, and many chats, each with settings of its own.

Deterministic: the same days and seed give the same year. Nothing in it depends on what plans or
selects papers.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zlib import crc32

from bot.domain.chat import Chat, Style
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Keyword,
    Language,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
)
from bot.domain.target import Target
from bot.domain.timetable import EVERY_DAY, WORKDAYS, QuietHours, Timetable

LANGUAGES = ("zh", "en")
PLATFORMS = ("edits", "appends", "threads")
CATEGORIES = ("cs.CL", "cs.CV")
# Terms that summaries have as keywords where a paper's text holds them.
KEYWORDS = {
    "video": "视频",
    "robot": "机器人",
    "diffusion": "扩散模型",
    "reasoning": "推理",
    "reinforcement learning": "强化学习",
}
_ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Kathmandu",
          "Australia/Lord_Howe", "Pacific/Kiritimati", "Africa/Casablanca", "UTC")  # fmt: skip
_WORDS = ("language models", "LLM", "agents", "multimodal", "video", "Diffusion", "reasoning",
          "robot", "benchmark", "视频", "强化学习")  # fmt: skip
_TIMES = (time(0), time(0, 30), time(2, 30), time(8, 30), time(12), time(18), time(23, 30))
# When a list is looked at: hours after its day's midnight, the share of it that is there, and the
# share of its upvotes.
_LOOKS = ((2, 0.3, 0.1), (6, 0.7, 0.4), (12, 1.0, 0.7), (20, 1.0, 1.0), (30, 1.0, 1.6))
_ARXIV_AT = 4


@dataclass(frozen=True, slots=True)
class Look:
    """What a source's list of a day holds when it is looked at."""

    source: str
    day: date
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens at a moment: chats that come or change, lists, and summaries that get ready.

    ``asleep``: nothing runs, and nothing is looked at.
    """

    at: datetime
    chats: tuple[Chat, ...] = ()
    looks: tuple[Look, ...] = ()
    summaries: tuple[Summary, ...] = ()
    asleep: bool = False


@dataclass(slots=True)
class _Maker:
    """Makes a year's turns out of real days, of which each weekday gets one in turn."""

    days: Sequence[Sequence[Paper]]
    first: date
    most: int
    seen: set[PaperId] = field(default_factory=set[PaperId])
    late: list[Summary] = field(default_factory=list[Summary])

    def list_of(self, day: date) -> list[Paper]:
        """A weekday's papers, at most ``most``; the real days' own, with ids of this year's."""
        if day.weekday() not in WORKDAYS:
            return []
        place = (day - self.first).days // 7 * 5 + day.weekday()
        cycle, real = divmod(place, len(self.days))
        papers = self.days[real]
        stride = -(-len(papers) // self.most)
        return [replace(p, id=_renamed(p.id, cycle)) for p in papers[cycle % stride :: stride]]

    def looks(self, at: datetime) -> Iterator[Look]:
        """The lists that are looked at then."""
        for hour, share, votes in _LOOKS:
            started = at - timedelta(hours=hour)
            if started.hour == 0 and (papers := self.list_of(started.date())):
                there = papers[: max(1, round(share * len(papers)))]
                shown = tuple(_with_votes(paper, votes) for paper in there)
                yield Look("hf", started.date(), shown)
        if at.hour == _ARXIV_AT:
            ahead = self.list_of(at.date() + timedelta(days=3 if at.weekday() == 4 else 1))
            for category in CATEGORIES:
                papers = tuple(_as_arxiv(p) for p in ahead if category in categories_of(p.id))
                if at.weekday() in WORKDAYS and papers:
                    yield Look(f"arxiv:{category}", at.date(), papers)

    def ready(self, looks: Sequence[Look]) -> list[Summary]:
        """The summaries that are there by now; a tenth of the papers' take an hour."""
        ready, self.late = self.late, []
        for paper in (paper for look in looks for paper in look.papers):
            if paper.id not in self.seen:
                self.seen.add(paper.id)
                takes_long = _lot(paper.id, "late", 10) == 0
                made = [summary_of(paper, language) for language in LANGUAGES]
                (self.late if takes_long else ready).extend(made)
        return ready


def turns(
    days: Sequence[Sequence[Paper]],
    chats: Sequence[Chat],
    *,
    first: date,
    length: int,
    most: int,
) -> Iterator[Turn]:
    """Every second hour of so many days from ``first``, a Monday, on. No list is longer than
    ``most``.

    Chats come as their ``since`` says; some pause for a fortnight. Once in seven weeks everything
    sleeps for 30 hours.
    """
    maker, midnight = _Maker(days, first, most), datetime.combine(first, time(), UTC)
    changes = _changes(chats)
    for number in range(0, length * 24, 2):
        at = midnight + timedelta(hours=number)
        asleep = 17 <= (number // 24 - 20) % 49 * 24 + number % 24 < 47
        looks = () if asleep else tuple(maker.looks(at))
        summaries = () if asleep else tuple(maker.ready(looks))
        yield Turn(at, changes.get(at, ()), looks, summaries, asleep)


def draw_chats(count: int, *, seed: int, first: date) -> list[Chat]:
    """Chats of all kinds, most from the beginning, some up to two months later."""
    draw, midnight = random.Random(seed), datetime.combine(first, time(), UTC)  # noqa: S311 - no secrets
    return [_chat(draw, number, midnight) for number in range(count)]


def summary_of(paper: Paper, language: Language) -> Summary:
    """A summary that says whose it is and in which language, and rates most papers."""
    text = f"{paper.title} {paper.abstract}".lower()
    points = _lot(paper.id, "score", 11) / 2
    score = Score(points)
    return Summary(
        paper_id=paper.id,
        language=language,
        main_work=f"«{language} {paper.id}» is about something.",
        highlights=("It works.",),
        keywords=tuple(Keyword(t, KEYWORDS[t]) for t in KEYWORDS if f" {t} " in text),
        scores=Scores(score, score, score) if points else None,
        provenance=Provenance(Origin.MODEL if points else Origin.EXTRACTIVE, "m", "p"),
    )


def categories_of(paper_id: PaperId) -> tuple[str, ...]:
    """The categories that arXiv has a paper under; none for those that it lists elsewhere."""
    return (("cs.CL",), ("cs.CV",), ("cs.CV", "cs.CL"), (), ())[_lot(paper_id, "category", 5)]


def _chat(draw: random.Random, number: int, midnight: datetime) -> Chat:
    platform = PLATFORMS[number % len(PLATFORMS)]
    language, second = draw.choice([("zh", None), ("en", None), ("zh", "en")])
    timetable = Timetable(
        tuple(sorted(draw.sample(_TIMES, draw.choice([1, 1, 2])))),
        draw.choice([EVERY_DAY, WORKDAYS, (draw.randrange(7),)]),
    )
    start, end = draw.sample(_TIMES, 2)
    later = timedelta(hours=2 * draw.randrange(12 * 60)) if draw.random() < 0.15 else timedelta()
    return Chat(
        Target(platform, str(number), draw.choice([None, None, "7"])),
        language=language,
        second_language=second,
        sources=draw.choice(
            [
                ("hf",),
                ("hf",),
                ("arxiv:cs.CL",),
                ("hf", "arxiv:cs.CV"),
                ("arxiv:cs.CV", "arxiv:cs.CL", "hf"),
            ]
        ),
        zone=draw.choice(_ZONES),
        style=draw.choice(list(Style)),
        filters=_filters(draw),
        timetable=timetable if draw.random() < 0.5 else None,
        quiet_hours=QuietHours(start, end) if draw.random() < 0.4 else None,
        since=midnight + later,
    )


def _filters(draw: random.Random) -> Filters:
    def some(chance: float, values: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(draw.sample(values, draw.randint(1, most))) if draw.random() < chance else ()

    return Filters(
        include=some(0.35, _WORDS, 4),
        exclude=some(0.2, _WORDS, 2),
        categories=some(0.15, ("cs", "cs.CL", "cs.CV"), 2),
        authors=some(0.08, ("Wang", "Zhang", "Li", "Chen"), 3),
        organizations=some(0.05, ("NVIDIA", "Google", "University", "Tencent"), 3),
        least_upvotes=draw.choice([0, 0, 0, 5, 20]),
        least_recommendation=draw.choice([0, 0, 0, 2.5, 4]),
        most_a_day=draw.choice([None, None, 1, 2, 3]),
        code=draw.random() < 0.1,
    )


def _changes(chats: Sequence[Chat]) -> Mapping[datetime, tuple[Chat, ...]]:
    """Who comes, pauses and returns, and when. Who has no quiet hours has nothing waiting."""
    changes: dict[datetime, tuple[Chat, ...]] = {}
    for number, chat in enumerate(chats):
        since = chat.since
        if since is None:
            raise ValueError(f"nobody knows when {chat.target} came")
        steps = [(since, chat)]
        if number % 9 == 0 and chat.quiet_hours is None:
            pausing = since.replace(hour=14) + timedelta(days=10 + number % 40)
            back = pausing + timedelta(days=14, hours=2)
            steps += [(pausing, replace(chat, paused=True)), (back, replace(chat, since=back))]
        for at, changed in steps:
            changes[at] = (*changes.get(at, ()), changed)
    return changes


def _with_votes(paper: Paper, share: float) -> Paper:
    """As Hugging Face has it by then; some code appears late. It names no categories."""
    code = None if share < 0.5 and _lot(paper.id, "code", 2) else paper.code_url
    return replace(paper, upvotes=round(share * (paper.upvotes or 0)), code_url=code, categories=())


def _as_arxiv(paper: Paper) -> Paper:
    """As arXiv announces it, a working day before."""
    return Paper(
        id=paper.id,
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors,
        categories=categories_of(paper.id),
    )


def _renamed(paper_id: PaperId, cycle: int) -> PaperId:
    """The same paper's id in another round through the real days, which span three years."""
    return PaperId(f"{int(paper_id.value[:2]) + 3 * cycle:02}{paper_id.value[2:]}")


def _lot(paper_id: PaperId, what: str, sides: int) -> int:
    return crc32(f"{what}:{paper_id}".encode()) % sides
