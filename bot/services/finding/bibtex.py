"""Papers as BibTeX. Pure.

``@misc`` with ``eprint`` is what arXiv itself exports, and what BibTeX and biber both take
(https://info.arxiv.org/help/hypertex/bibstyles). Letters stay UTF-8, which biber and every
reference manager read; only what TeX would take for a command is escaped.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.domain.paper import Paper

# Braces may not stand in a field as they are, not even behind a backslash: BibTeX counts them all.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_ESCAPES = str.maketrans(_SPECIAL)
_WORD = re.compile(r"[a-z0-9]+")
# Letters and digits, or none.
_PARTS = re.compile(r"[^\W_]+|[\W_]+")
# Words that begin titles and say nothing of them.
_EMPTY = frozenset(
    _WORD.findall("a an the on of in for to and with from by at is are how what why do")
)
_NAME_LENGTH = 20


def bibtex(papers: Sequence[Paper]) -> Sequence[str]:
    """One entry a paper, in their order; no two have the same key."""
    keys: set[str] = set()
    entries: list[str] = []
    for paper in papers:
        key = _free(_key(paper), keys)
        keys.add(key)
        entries.append(_entry(key, paper))
    return entries


def _entry(key: str, paper: Paper) -> str:
    fields = "\n".join(f"  {name} = {{{value}}}," for name, value in _fields(paper))
    return f"@misc{{{key},\n{fields}\n}}"


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "title", _title(paper.title)
    if paper.authors:
        yield "author", " and ".join(map(_author, paper.authors))
    yield "year", str(_year(paper))
    yield "eprint", paper.id.value
    yield "archivePrefix", "arXiv"
    if paper.categories:
        yield "primaryClass", paper.categories[0]
    yield "url", paper.abs_url


def _title(title: str) -> str:
    """Styles set titles in small letters: what has a capital after its first letter is kept as it
    is (LongLoRA, LLMs)."""
    return _PARTS.sub(_kept, " ".join(title.split()))


def _kept(part: re.Match[str]) -> str:
    escaped = part[0].translate(_ESCAPES)
    return f"{{{escaped}}}" if part[0][1:] != part[0][1:].lower() else escaped


def _author(name: str) -> str:
    """BibTeX parts names at "and" and turns them round at commas: a name with either is one whole,
    such as a team's."""
    escaped = " ".join(name.split()).translate(_ESCAPES)
    whole = "," in name or "and" in name.casefold().split()
    return f"{{{escaped}}}" if whole else escaped


def _year(paper: Paper) -> int:
    """When it was published; ids begin with it too (bot.domain.paper_id)."""
    if paper.published_at is not None:
        return paper.published_at.year
    two = int(paper.id.value.rpartition("/")[2][:2])
    return two + (1900 if two > 90 and not paper.id.is_new_style else 2000)


def _key(paper: Paper) -> str:
    """Author, year, word: ``chen2023longlora``; in letters that every program takes."""
    family = paper.authors[0].split()[-1] if paper.authors and paper.authors[0].split() else ""
    words = [word for word in _plain_words(paper.title) if word not in _EMPTY]
    name = "".join(_plain_words(family))[:_NAME_LENGTH] or "arxiv"
    return f"{name}{_year(paper)}{(words or [''])[0][:_NAME_LENGTH]}"


def _plain_words(text: str) -> Sequence[str]:
    """Without accents; of other scripts nothing is left."""
    parted = unicodedata.normalize("NFKD", text).casefold()
    return _WORD.findall("".join(c for c in parted if not unicodedata.combining(c)))


def _free(key: str, taken: set[str]) -> str:
    """The key, with a letter behind it where it is taken, with a number where those are too."""
    for tail in ("", *"bcdefghijklmnopqrstuvwxyz"):
        if f"{key}{tail}" not in taken:
            return f"{key}{tail}"
    return next(f"{key}-{n}" for n in range(2, len(taken) + 3) if f"{key}-{n}" not in taken)
