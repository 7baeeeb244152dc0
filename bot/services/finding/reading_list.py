"""Papers as a Markdown list, for notes. Pure."""

import re
from collections.abc import Sequence

from bot.domain.text import collapse
from bot.services.compose import page_of
from bot.services.finding.rows import PaperRow

# What Markdown could take for markup anywhere in a line; a backslash before it is always allowed
# (CommonMark 0.31, 2.4).
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#!|~$&@])")
# As many names stand before "et al.".
_NAMES = 3


def reading_list(rows: Sequence[PaperRow]) -> Sequence[str]:
    """One item a paper, in their order: title, names and day, score, what was done."""
    return ["\n".join(_item(row)) for row in rows]


def _item(row: PaperRow) -> list[str]:
    paper = row.paper
    facts = [_names(paper.authors), f"arXiv:{paper.id}", str(row.day or "")]
    if row.recommendation is not None:
        facts.append(f"★{row.recommendation:g}")
    lines = [
        f"- **[{_plain(paper.title)}]({page_of(paper)})**",
        f"  {' · '.join(fact for fact in facts if fact)}",
    ]
    if row.summary is not None:
        lines.append(f"  {_plain(row.summary.main_work)}")
    # Two blanks at its end break a line.
    return [*(f"{line}  " for line in lines[:-1]), lines[-1]]


def _names(authors: Sequence[str]) -> str:
    shown = [_plain(name) for name in authors[:_NAMES]]
    return ", ".join(shown) + (" et al." if len(authors) > _NAMES else "")


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", collapse(text))
