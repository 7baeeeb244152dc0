"""Prompts: packaged texts with a version, filled with one paper, which is data and nothing else."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import count
from string import Template

from bot.domain.paper import Paper
from bot.domain.text import collapse
from bot.domain.wording import Wording
from summarizer.chat import Message
from summarizer.ladder import Rung
from summarizer.schema import SCORE_NAMES, summary_schema

# Part of what a summary is stored and paid for under: another text is another version.
PROMPT_VERSION = "v1"

# arXiv takes abstracts of up to 1,920 characters (https://info.arxiv.org/help/prep); other sources
# and LaTeX turned to Unicode leave room. What is longer is no abstract, and costs tokens (F29).
MAX_ABSTRACT = 6000
MAX_TITLE = 500


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said after an answer that will not do. ``answer`` is repeated to the model where it
    is to be corrected, and empty where it is to be written anew."""

    text: str
    answer: str = ""


def conversation(
    paper: Paper, wording: Wording, *, rung: Rung, remark: Remark | None = None
) -> tuple[Message, ...]:
    """The messages that ask for one paper's entry."""
    system = _fill("system", language=wording.english_name)
    form = _form(rung, wording)
    turns = [
        Message("system", f"{system}\n{form}" if form else system),
        Message("user", _paper(paper, wording)),
    ]
    if remark is not None:
        if remark.answer:
            turns.append(Message("assistant", remark.answer))
        turns.append(Message("user", remark.text))
    return tuple(turns)


def correction(faults: str, *, answer: str = "") -> Remark:
    """Asks for the entry again, without the faults, which are listed one a line."""
    return Remark(_fill("retry", faults=faults), answer)


def reassurance() -> Remark:
    """Asks once more after a refusal."""
    return Remark(_fill("declined"))


def boundary(text: str) -> str:
    """A mark that does not occur in a text, however it was written to contain one (T1).

    It is made from the text, so that one paper has one prompt.
    """
    salted = (f"{salt}\n{text}".encode("utf-8", "replace") for salt in count())
    return first_absent(text, (f"paper-{sha256(data).hexdigest()[:12]}" for data in salted))


def first_absent(text: str, marks: Iterable[str]) -> str:
    """The first of the marks that a text does not hold."""
    return next(mark for mark in marks if mark not in text)


def _paper(paper: Paper, wording: Wording) -> str:
    # Collapsed: one line a field, and nothing hidden in it (T1).
    # Authors are left out: names would colour the scores, and are one field less to inject by.
    title = collapse(paper.title)[:MAX_TITLE]
    abstract = collapse(paper.abstract)[:MAX_ABSTRACT]
    categories = collapse(", ".join(paper.categories))[:200] or "not known"
    return _fill(
        "user",
        mark=boundary(f"{title}\n{categories}\n{abstract}"),
        title=title,
        categories=categories,
        abstract=abstract,
        language=wording.english_name,
    )


def _form(rung: Rung, wording: Wording) -> str:
    if rung is Rung.JSON_SCHEMA:
        return ""
    if rung is Rung.JSON_OBJECT:
        return _fill("json", schema=json.dumps(summary_schema(), separators=(",", ":")))
    headings = wording.headings
    return _fill(
        "text",
        main_work=headings.main_work,
        highlights=headings.highlights,
        keywords=headings.keywords,
        scores=headings.scores,
        colon=wording.colon,
        comma=wording.comma,
        **{name: str(getattr(wording.scores, name)) for name in SCORE_NAMES},
    )


def _fill(name: str, **values: str) -> str:
    return _template(name).substitute(values)


@cache
def _template(name: str) -> Template:
    path = files("summarizer").joinpath("prompts", PROMPT_VERSION, f"{name}.txt")
    return Template(path.read_text("utf-8"))
