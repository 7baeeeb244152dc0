"""Stored papers for what somebody has typed so far."""

from collections.abc import Sequence

from bot.domain.command import Suggestion
from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import parse_paper_ref
from bot.domain.text import collapse
from bot.ports import PaperIndex

# One letter stands in every title: fewer than this says nothing.
_LEAST = 2
# The longest title over 579 papers has 211 characters.
_MOST = 250


async def suggest_papers(index: PaperIndex, text: str, *, limit: int) -> Sequence[Suggestion]:
    """Papers whose id or title goes with the text; the newest for too short a text.

    A pasted link counts as the id in it.

    Raises:
        StoreError: the store cannot be read.
    """
    typed = collapse(text[:_MOST])
    try:
        typed = parse_paper_ref(typed).id.value
    except InvalidPaperId:
        typed = typed if len(typed) >= _LEAST else ""
    return await index.suggest(typed, limit=max(0, limit))
