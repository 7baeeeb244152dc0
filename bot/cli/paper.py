"""``sulan paper``: one paper by id or link."""

from bot.app import Sulan, load, started
from bot.cli.arguments import JsonOption, LangOption
from bot.cli.documents import dumps, entry_document
from bot.cli.failures import FAILED
from bot.cli.screen import Screen
from bot.cli.summaries import summarise
from bot.domain.errors import SourceError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperRef, parse_paper_ref
from bot.services.compose import compose


async def paper(id: str, /, *, lang: LangOption = None, json: JsonOption = False) -> int:  # noqa: A002 - the name that --help shows
    """Show one paper in four parts.

    Parameters
    ----------
    id
        An arXiv id (2309.12307, 2309.12307v2, hep-th/9901001) or a link to arXiv or Hugging Face.
    """
    screen = Screen()
    ref = parse_paper_ref(id)
    async with started(load()) as sulan:
        wording = sulan.wording(lang)
        found = await _find(ref, sulan, screen)
        if found is None:
            screen.warn(_unknown(ref))
            return FAILED
        entries = await summarise([found], sulan, wording, screen)
    for entry in entries:
        if json:
            screen.raw(dumps(entry_document(entry)))
        else:
            screen.adapter().show(compose(entry, wording))
    return 0 if entries else FAILED


async def _find(ref: PaperRef, sulan: Sulan, screen: Screen) -> Paper | None:
    """From the store if it holds an abstract of the version asked for, else from an upstream."""
    stored = (await sulan.store.papers.get([ref.id])).get(ref.id)
    if stored is not None and stored.abstract and ref.version in {None, stored.version}:
        return stored
    try:
        answer = await sulan.lookup.look_up([ref])
    except SourceError as error:
        return _stored_instead(stored, str(error), screen)
    if ref.id in answer.unanswered:
        return _stored_instead(stored, answer.unanswered[ref.id], screen)
    found = answer.found.get(ref.id)
    if found is not None:
        await sulan.store.papers.save([found])
        return found
    if stored is not None and ref.version in {None, stored.version}:
        return _stored_instead(stored, _unknown(ref), screen)
    return None


def _unknown(ref: PaperRef) -> str:
    return f"No paper with the id {ref} on arXiv. Ids look like 2309.12307."


def _stored_instead(stored: Paper | None, reason: str, screen: Screen) -> Paper | None:
    if stored is None:
        raise SourceError(reason)
    screen.warn(f"{reason} Showing what is stored.")
    return stored
