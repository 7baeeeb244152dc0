"""A chat's digest as messages: a compact list, each entry opening to its full summary. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.paper import Paper
from bot.domain.post import Choice, Post, Section, Select
from bot.domain.speech import Speech
from bot.domain.summary import Summary
from bot.domain.text import collapse
from bot.domain.wording import Wording
from bot.services.buttons import DigestPage, pick_value
from bot.services.compose import list_name, page_of, row_line
from bot.services.post_keys import DigestPost

# Papers in one message: with a sentence each they stay below 4096 characters, also on Discord,
# whose limit counts addresses. A select takes 25 choices.
PAGE = 15
# Two lines on a phone.
_SENTENCE_COLUMNS = 120
_STOP = re.compile(r"[.!?](?=\s+[^\sa-z])|[。！？]")
# No sentence ends here, whatever follows.
_ABBREVIATIONS = ("e.g.", "i.e.", "et al.", "vs.", "cf.", "Fig.", "Sec.", "Eq.", "approx.")
# Discord's limit for the second line of a choice.
_HINT = 100
# More names than that make no title.
_NAMED_SOURCES = 2


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A paper in a digest, with what is said of it if anything is yet."""

    paper: Paper
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class DigestView:
    """What is to be shown of a digest.

    ``heading`` names lists and day; ``rows`` are in the order in which they came, ``earlier`` more
    stand in messages that were sent before. ``as_of`` is when the last one came, in the chat's own
    time, "" where that goes without saying; ``grows`` is whether more are likely to come.
    """

    digest: DigestPost
    heading: str
    rows: tuple[DigestRow, ...]
    earlier: int = 0
    as_of: str = ""
    grows: bool = False


def digest_posts(view: DigestView, wording: Wording, speech: Speech) -> tuple[Post, ...]:
    """The digest, as many messages as it needs; none for a digest without papers."""
    ordered = best_first(view.rows)
    return tuple(
        _page(view, ordered, offset, wording, speech) for offset in range(0, len(ordered), PAGE)
    )


def best_first(rows: Sequence[DigestRow]) -> list[DigestRow]:
    """By recommendation, what is not rated after that; then by upvotes, then as they came."""
    return sorted(rows, key=_rank)


def day_heading(sources: Sequence[str], day: str, wording: Wording, speech: Speech) -> str:
    """What a chat's papers of a day are called: the list's name, or those of the sources."""
    if len(sources) == 1:
        return list_name(sources[0], day, wording)
    if len(sources) <= _NAMED_SOURCES:
        names = wording.comma.join(map(wording.commands.source_name, sources))
        return f"{names} · {day}"
    several = speech.say_many("{count} source", "{count} sources", len(sources))
    return f"{several} · {day}"


def lead(row: DigestRow) -> str:
    """One sentence about a paper: the first of its main work, else of its abstract, on two lines of
    a phone at most; "" where nothing is known."""
    text = row.summary.main_work.partition("\n")[0] if row.summary else row.paper.abstract
    return shortened(_first_sentence(collapse(text)), _SENTENCE_COLUMNS)


def shortened(text: str, columns: int) -> str:
    """A text of so many Latin letters' width at most (a Chinese one takes two), cut at a word."""
    if _columns(text) <= columns:
        return text
    head, width = "", 0
    for character in text:
        width += _columns(character)
        if width > columns - 2:
            break
        head += character
    at_word = head.rpartition(" ")[0] if text[len(head)].isascii() else head
    kept = at_word if 2 * len(at_word) > len(head) else head
    return f"{kept.rstrip(' ,;:，；：、（(')} …"


def _first_sentence(text: str) -> str:
    for stop in _STOP.finditer(text):
        if not text[: stop.end()].endswith(_ABBREVIATIONS):
            return text[: stop.end()]
    return text


def _rank(row: DigestRow) -> tuple[float, int]:
    scores = row.summary.scores if row.summary else None
    return (-scores.recommendation.value if scores else 1.0, -(row.paper.upvotes or 0))


def _page(
    view: DigestView, ordered: Sequence[DigestRow], offset: int, wording: Wording, speech: Speech
) -> Post:
    rows = ordered[offset : offset + PAGE]
    here = DigestPage(view.digest.name, view.digest.language, offset)
    return Post(
        language=wording.language,
        title=_title(view, offset, len(rows), speech),
        url="",
        signals=_signals(view, speech) if not offset else (),
        sections=tuple(_entry(row, number) for number, row in enumerate(rows, start=offset + 1)),
        selects=(_select(rows, here, speech),),
    )


def _title(view: DigestView, offset: int, shown: int, speech: Speech) -> str:
    count = len(view.rows)
    if view.earlier:
        papers = speech.say_many("{count} more paper", "{count} more papers", count)
    else:
        papers = speech.say_many("{count} paper", "{count} papers", count)
    part = f" · {offset + 1}-{offset + shown}" if count > PAGE else ""
    return f"{view.heading} · {papers}{part}"


def _signals(view: DigestView, speech: Speech) -> tuple[str, ...]:
    if not view.as_of:
        return ()
    if view.grows:
        said = speech.say("As of {time} · the list usually still grows", time=view.as_of)
    else:
        said = speech.say("Updated at {time}", time=view.as_of)
    return (said,)


def _entry(row: DigestRow, number: int) -> Section:
    """Title and sentence; a section each, so that no message ends inside one."""
    line, sentence = row_line(number, row.paper, row.summary), lead(row)
    if not sentence:
        return Section("", (line,), urls=(page_of(row.paper),))
    return Section("", (line, sentence), urls=(page_of(row.paper), ""))


def _select(rows: Sequence[DigestRow], here: DigestPage, speech: Speech) -> Select:
    """A choice for each paper, which opens it: its number on a button, its title in a menu."""
    choices = tuple(
        Choice(str(number), pick_value(row.paper.id), hint=collapse(row.paper.title)[:_HINT])
        for number, row in enumerate(rows, start=here.offset + 1)
    )
    return Select(here.pick_key, speech.say("Read one in full …"), choices)


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
