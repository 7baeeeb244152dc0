"""``/preview``: the newest list under a chat's present settings, without sending anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.chat import Chat
from bot.domain.filters import Verdict
from bot.domain.paper import Paper
from bot.domain.post import Action, Post, Section
from bot.domain.selection import Prepared, best, judge_prepared, prepared
from bot.domain.speech import Speech
from bot.domain.timetable import next_slot
from bot.ports import Store
from bot.services.chat_settings.describe import describe
from bot.services.chat_settings.describe_filters import reason_of
from bot.services.chat_settings.keys import Page, page_key
from bot.services.chat_settings.moments import moment_in
from bot.services.chat_settings.sample import listed_on, newest_day
from bot.services.chat_settings.visit import SettingsMeans
from bot.services.compose import page_of
from bot.services.judging import telling_of

# One phone screen each; the rest is counted.
_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A day's papers under a chat's settings. ``coming`` are in the order of their list; the limit
    of the day had no room for ``over``."""

    day: date
    coming: tuple[Prepared, ...]
    over: tuple[Prepared, ...]
    filtered: tuple[tuple[Paper, Verdict], ...]

    @property
    def count(self) -> int:
        """All papers of the day."""
        return len(self.coming) + len(self.over) + len(self.filtered)


class Previewing:
    """Judges a day for a chat."""

    def __init__(self, means: SettingsMeans) -> None:
        self._means = means

    async def post(self, chat: Chat, speech: Speech) -> Post:
        """What the newest list would have come to.

        Raises:
            StoreError: the store cannot be read.
        """
        judged = await judged_day(self._means.store, chat)
        back = Action(speech.say("◂ Settings"), page_key(Page.HOME))
        if judged is None:
            text = speech.say("No list has been read yet, so there is nothing to show.")
            return Post(speech.language, text, "", actions=(back,))
        now = self._means.clock.now()
        sentence = describe(chat, self._means.offer, speech)
        return Post(
            language=speech.language,
            title=speech.say("Preview · {day}", day=judged.day),
            url="",
            sections=(
                Section("", (sentence, _counts(judged, speech))),
                *_lists(judged, chat, speech),
            ),
            actions=(back,),
            footer=_when(chat, speech, now=now),
        )


async def judged_day(store: Store, chat: Chat) -> Judged | None:
    """The newest day with papers of any of the chat's sources, judged by its filters.

    Raises:
        StoreError: the store cannot be read.
    """
    day = await newest_day(store, chat.sources)
    if day is None:
        return None
    ids = await listed_on(store, chat.sources, day)
    papers = await store.papers.get(ids)
    summaries = await telling_of(store, ids, chat.languages)
    candidates = [prepared(papers[i], summaries.get(i)) for i in ids if i in papers]
    return _judged(day, candidates, chat)


def _judged(day: date, candidates: Iterable[Prepared], chat: Chat) -> Judged:
    passing: list[Prepared] = []
    filtered: list[tuple[Paper, Verdict]] = []
    for candidate in candidates:
        verdict = judge_prepared(chat.filters, candidate)
        if verdict.passes:
            passing.append(candidate)
        else:
            filtered.append((candidate.paper, verdict))
    most = chat.filters.most_a_day
    if most is None:
        return Judged(day, tuple(passing), (), tuple(filtered))
    # As they appear the first ones come, at a slot the best.
    chosen = {p.paper.id for p in passing[:most]}
    if chat.timetable is not None:
        chosen = set(best(passing, most))
    coming = tuple(p for p in passing if p.paper.id in chosen)
    over = tuple(p for p in passing if p.paper.id not in chosen)
    return Judged(day, coming, over, tuple(filtered))


def _counts(judged: Judged, speech: Speech) -> str:
    """The limit is spoken of only where it held something back."""
    if not judged.over:
        return speech.say_many(
            "Of {count} paper {coming} would come; {filtered} filtered.",
            "Of {count} papers {coming} would come; {filtered} filtered.",
            judged.count,
            coming=len(judged.coming),
            filtered=len(judged.filtered),
        )
    return speech.say_many(
        "Of {count} paper {coming} would come; {over} above the limit, {filtered} filtered.",
        "Of {count} papers {coming} would come; {over} above the limit, {filtered} filtered.",
        judged.count,
        coming=len(judged.coming),
        over=len(judged.over),
        filtered=len(judged.filtered),
    )


def _lists(judged: Judged, chat: Chat, speech: Speech) -> list[Section]:
    say = speech.say
    sections = [
        _section(say("Would come"), [(p.paper, _title(p)) for p in judged.coming], speech),
        _section(say("Above the day's limit"), [(p.paper, _title(p)) for p in judged.over], speech),
        _section(
            say("Filtered"),
            [
                (paper, f"{paper.title} · {reason_of(verdict, chat.filters, speech)}")
                for paper, verdict in judged.filtered
            ],
            speech,
        ),
    ]
    return [section for section in sections if section.lines]


def _section(label: str, rows: Sequence[tuple[Paper, str]], speech: Speech) -> Section:
    """A list with links, its end as a number."""
    lines = [line for _, line in rows[:_MOST_SHOWN]]
    urls = [page_of(paper) for paper, _ in rows[:_MOST_SHOWN]]
    more = len(rows) - len(lines)
    if more:
        lines.append(speech.say_many("and {count} more", "and {count} more", more))
        urls.append("")
    return Section(label, tuple(lines), bulleted=True, urls=tuple(urls))


def _title(candidate: Prepared) -> str:
    rated = candidate.recommendation
    return candidate.paper.title if rated is None else f"★{rated:g} {candidate.paper.title}"


def _when(chat: Chat, speech: Speech, *, now: datetime) -> tuple[str, ...]:
    notes: list[str] = []
    if chat.timetable is not None:
        slot = next_slot(chat.timetable, chat.zone, now)
        when = moment_in(chat.zone, slot, now=now)
        notes.append(speech.say("The next papers come at {when}.", when=when))
    notes.append(speech.say("Nothing was sent for this preview."))
    return tuple(notes)
