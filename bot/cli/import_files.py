"""``sulan import``: four-part Markdown into the store."""

from pathlib import Path

from bot.app import load, started
from bot.cli.files import read_text
from bot.cli.screen import Screen
from bot.domain.digest import Digest
from bot.services.digest import keep_imported
from summarizer.markdown import read_digest


async def import_files(*files: Path) -> int:
    """Read four-part Markdown files into the store: old digests, or what `export` wrote.

    Nothing is stored unless every file can be read.

    Parameters
    ----------
    files
        Markdown files, one day each.
    """
    screen = Screen()
    digests = [(path, read_digest(read_text(path), source_name=str(path))) for path in files]
    async with started(load()) as sulan:
        for path, digest in digests:
            await keep_imported(sulan.store, digest)
            _report(path, digest, screen)
    return 0


def _report(path: Path, digest: Digest, screen: Screen) -> None:
    cut = [str(entry.paper.id) for entry in digest.entries if entry.summary.cut_off]
    screen.line(
        f"{path}: {digest.day}, {len(digest.entries)} papers"
        + (f", cut off: {', '.join(cut)}" if cut else "")
    )
