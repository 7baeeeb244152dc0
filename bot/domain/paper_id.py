"""arXiv identifiers: both grammars, and every form in which people paste them.

Grammar: arXiv's own ``identifier.py`` in arxiv-browse, and
https://info.arxiv.org/help/arxiv_identifier.html. New style ``YYMM.NNNN`` from 0704 to 1412 and
``YYMM.NNNNN`` from 1501; old style ``archive(.SC)?/YYMMNNN`` up to 0703.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.errors import InvalidPaperId

# Longer than any link to a paper; what is longer is not read at all.
MAX_INPUT = 300

_NEW = r"(?P<yymm>\d{4})\.(?P<number>\d{4,5})"
_OLD = r"(?P<archive>[a-z]+(?:-[a-z]{2,})?)(?:\.[a-z-]{2,10})?/(?P<old>\d{7})"
_VERSION = r"(?:v(?P<version>[1-9]\d{0,3}))?"
_HOSTS = (
    r"(?:(?:www\.|export\.|browse\.|cn\.)?arxiv\.org/(?:abs|pdf|html|format|src|e-print)/"
    r"|(?:www\.)?(?:huggingface\.co|hf\.co)/papers/"
    r"|(?:www\.)?alphaxiv\.org/(?:abs|overview)/"
    r"|(?:dx\.)?doi\.org/10\.48550/arxiv\.)"
)
_PATTERN = re.compile(
    rf"(?:(?:https?://)?{_HOSTS}|arxiv:\s*)?(?:{_NEW}|{_OLD}){_VERSION}"
    r"(?:\.pdf|\.md)?/?(?:[?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class PaperId:
    """A paper's canonical arXiv id without its version: ``2309.12307`` or ``hep-th/9901001``."""

    value: str

    def __post_init__(self) -> None:
        if parse_paper_ref(self.value).id.value != self.value:
            raise InvalidPaperId(_complaint(self.value))

    def __str__(self) -> str:
        return self.value

    @property
    def is_new_style(self) -> bool:
        """Hugging Face indexes new-style ids only."""
        return "/" not in self.value


@dataclass(frozen=True, slots=True)
class PaperRef:
    """What somebody asked for: a paper, and the version if they named one."""

    id: PaperId
    version: int | None = None

    def __str__(self) -> str:
        return self.id.value if self.version is None else f"{self.id.value}v{self.version}"


def parse_paper_ref(text: str) -> PaperRef:
    """Read an arXiv id as people paste it.

    Takes bare ids, ``arXiv:`` and DOI prefixes, and links to arXiv (abs, pdf, html), Hugging Face
    papers and alphaXiv, with a version, a query or surrounding brackets and white space.

    Raises:
        InvalidPaperId: there is no id in it, or more than an id.
    """
    if len(text) > MAX_INPUT:
        raise InvalidPaperId(_complaint(text))
    match = _PATTERN.fullmatch(_visible(text).strip(" \t\r\n<>()[]\"'`.,;"))
    if match is None:
        raise InvalidPaperId(_complaint(text))
    value = _new_style(match) if match["yymm"] else _old_style(match)
    if value is None:
        raise InvalidPaperId(_complaint(text))
    return PaperRef(_trusted(value), int(match["version"]) if match["version"] else None)


def _visible(text: str) -> str:
    """Full-width forms folded; zero-width and direction marks dropped, as pasting leaves them."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")


def _new_style(match: re.Match[str]) -> str | None:
    yymm, number = match["yymm"], match["number"]
    if not (yymm >= "0704" and "01" <= yymm[2:] <= "12"):
        return None
    if len(number) != (4 if yymm < "1501" else 5) or not int(number):
        return None
    return f"{yymm}.{number}"


def _old_style(match: re.Match[str]) -> str | None:
    yymm = match["old"][:4]
    # The archive opened in August 1991; old-style ids ended with March 2007.
    if not ("9108" <= yymm <= "9912" or "0001" <= yymm <= "0703") or not "01" <= yymm[2:] <= "12":
        return None
    return f"{match['archive'].lower()}/{match['old']}"


def _trusted(value: str) -> PaperId:
    """A PaperId whose grammar has just been checked, without checking it a second time."""
    paper_id = object.__new__(PaperId)
    object.__setattr__(paper_id, "value", value)
    return paper_id


def _complaint(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text[:80]).strip()
    shown = printable if len(text) <= 80 else printable[:40] + "…"
    return f"Not an arXiv id: {shown!r}. Ids look like 2309.12307 or hep-th/9901001."
