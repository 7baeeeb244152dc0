"""Bounds and readings of a paper's texts that hold for every source."""

import re
from collections.abc import Iterable

from bot.sources.plaintext import plain

# Far above what arXiv takes (abstracts: 1,920 characters by its submission help; the longest title
# in 26 archived days has 191). Longer is not cut, which would go unseen, but refused.
MAX_TITLE = 1000
MAX_ABSTRACT = 20_000
MAX_NAME = 300

_WITHDRAWN = re.compile(
    r"\b(?:this|the|our)\s+(?:\w+\s+)?(?:paper|article|manuscript|submission|preprint|work|version)"
    r"\s+(?:has\s+been|is|was)\s+(?:\w+\s+)?withdrawn\b"
    r"|^\W*(?:paper\s+)?withdrawn\b",
    re.IGNORECASE,
)
# cs.CL, math.AG, hep-th, cond-mat.mtrl-sci. Feeds also carry MSC and ACM classes ("68T05").
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
# A notice is short; a paper *about* withdrawn work has a full abstract around the words.
_NOTICE_LENGTH = 600


class UnusableEntry(ValueError):
    """An entry that cannot become a paper; the message is the quarantine's reason (F8)."""


def title_of(text: str) -> str:
    """A clean title.

    Raises:
        UnusableEntry: there is none, or it is too long to be one.
    """
    if len(text) > MAX_TITLE:
        raise UnusableEntry(f"the title has {len(text)} characters, more than {MAX_TITLE}")
    title = plain(text)
    if not title:
        raise UnusableEntry("it has no title")
    return title


def abstract_of(text: str) -> str:
    """A clean abstract, empty where there is none (F13).

    Raises:
        UnusableEntry: it is too long to be one.
    """
    if len(text) > MAX_ABSTRACT:
        raise UnusableEntry(f"the abstract has {len(text)} characters, more than {MAX_ABSTRACT}")
    return plain(text)


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Clean names in order; empty and absurdly long ones are dropped.

    Two authors may bear one name, so that equal ones stay.
    """
    clean = (plain(name) for name in names if len(name) <= MAX_NAME)
    return tuple(name for name in clean if name)


def categories_of(terms: Iterable[str]) -> tuple[str, ...]:
    """arXiv's categories among ``terms``, in order, each once."""
    found = (term.strip() for term in terms)
    return tuple(dict.fromkeys(term for term in found if _CATEGORY.fullmatch(term)))


def is_withdrawn(*notices: str) -> bool:
    """Whether an abstract or arXiv's comment says that the paper was withdrawn (F13)."""
    return any(len(n) <= _NOTICE_LENGTH and _WITHDRAWN.search(n) for n in notices)
