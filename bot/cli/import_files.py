"""``sulan import``: four-part Markdown into the store."""

from pathlib import Path

from bot.app import load, started
from bot.cli.files import read_file
from bot.cli.screen import Screen
from bot.domain.errors import InvalidInput
from bot.services.digest import keep_imported
from summarizer.markdown import ImportedDigest, decode_digest, read_digest


async def import_files(*files: Path) -> int:
    """Read four-part Markdown files into the store: old digests, or what `export` wrote.

    Nothing is stored unless every file can be read.

    Parameters
    ----------
    files
        Markdown files, one day each.
    """
    screen = Screen()
    if not files:
        raise InvalidInput("No file is named. Write: sulan import FILE…")
    read = [(path, _read(path)) for path in files]
    async with started(load()) as sulan:
        for path, imported in read:
            await keep_imported(sulan.store, imported.digest)
            _report(path, imported, screen)
    return 0


def _read(path: Path) -> ImportedDigest:
    return read_digest(decode_digest(read_file(path), source_name=str(path)), source_name=str(path))


def _report(path: Path, imported: ImportedDigest, screen: Screen) -> None:
    digest = imported.digest
    cut = ", ".join(map(str, imported.cut_off))
    papers = f"{digest.day}, {len(digest.entries)} papers"
    screen.line(f"{path}: {papers}, cut off: {cut}" if cut else f"{path}: {papers}")
    for note in imported.notes:
        screen.warn(f"{path}: {note}")
