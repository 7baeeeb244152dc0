"""A folder of Markdown as a platform: one file a day, source and language, kept whole.

A post only says that something has changed: the files are written anew from the store, through
``Options.archive``. So they are canonical, in the list's order, and the same post twice changes
nothing.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from adapters.base import Archive, ArchivedDay, Message, Options, Pace
from bot.domain.delivery_errors import ContentRejected, NotDelivered
from bot.domain.errors import SettingsError, StoreError, SulanError
from bot.domain.post import Post
from bot.domain.target import Receipt, Target

_UNSAFE = re.compile(r"[^\w.+-]")


class MarkdownAdapter:
    """Keeps files in folders. A target's chat is a folder, relative to the working directory.

    ``~`` is the user's home; a folder that is not there is made.
    """

    def __init__(self, archive: Archive, *, name: str = "markdown") -> None:
        self.name = name
        self._archive = archive
        # One at a time: an older text must not overwrite a newer one.
        self._turn = asyncio.Lock()

    def pace(self, target: Target) -> Pace:  # noqa: ARG002 - the port's; a folder takes all
        return Pace()

    def render(self, post: Post, *, plain: bool = False) -> Sequence[Post]:  # noqa: ARG002 - the port's; there is one form
        """The post itself: what stands in a file is the whole day."""
        return (post,)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        """Bring the files of the post's paper up to date; a post about none changes nothing."""
        async with self._turn:
            try:
                days = await self._archive.days_of(target, message)
                files = {file_name(day): day.text for day in days}
                await asyncio.to_thread(_keep, target.chat, files.items())
            except OSError as error:
                raise NotDelivered(f"cannot write the folder: {error.strerror}") from error
            except StoreError as error:
                raise NotDelivered("the store cannot be read") from error
            except SulanError as error:
                raise ContentRejected("the day cannot be written as Markdown") from error
        return Receipt(key)


def create(options: Options) -> MarkdownAdapter:
    """Folders that are chats of the platform ``markdown``. There are no options.

    Raises:
        SettingsError: there are some, or there is no store to write from.
    """
    if options.values:
        names = ", ".join(sorted(options.values))
        raise SettingsError(f"Remove from [adapters.{options.name}], it has no options: {names}.")
    if options.archive is None:
        raise SettingsError("The adapter markdown writes from the store, and there is none here.")
    return MarkdownAdapter(options.archive, name=options.name)


def file_name(day: ArchivedDay) -> str:
    """``2026-08-21.zh.md`` for Hugging Face's list, ``2026-08-21.arxiv-cs.CL.zh.md`` for others."""
    source = "" if day.source == "hf" else _UNSAFE.sub("-", day.source) + "."
    return f"{day.day}.{source}{day.language}.md"


def _keep(chat: str, files: Iterable[tuple[str, str]]) -> None:
    folder = Path(chat).expanduser()
    for name, text in files:
        folder.mkdir(parents=True, exist_ok=True)
        path, body = folder / name, text.encode()
        if not path.is_file() or path.read_bytes() != body:
            _replace(path, body)


def _replace(path: Path, body: bytes) -> None:
    """Whole or not at all, also when the power fails."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            new.write(body)
            new.flush()
            os.fsync(new.fileno())
            os.fchmod(new.fileno(), 0o644)
            Path(new.name).replace(path)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
