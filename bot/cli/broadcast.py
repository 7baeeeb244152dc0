"""``sulan broadcast``: an announcement to every chat, shown before it is sent."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.app import load, started
from bot.cli.files import read_text
from bot.cli.screen import Screen
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.target import name_of
from bot.services.announce import announce, announcement_of, lacking


async def broadcast(
    file: Path,
    *,
    chat: Annotated[list[str] | None, Parameter(name=["--chat", "-c"])] = None,
    platform: str | None = None,
    lang: Annotated[str | None, Parameter(name=["--lang", "-l"])] = None,
    send: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Show an announcement and who would get it; with --send, give it to them.

    Parameters
    ----------
    file
        Plain text; its first line is the title.
    chat
        Only this chat, as `sulan chats` shows it. May be given several times.
    platform
        Only chats of one platform.
    lang
        Only chats in one language.
    send
        Queue it. A running `sulan run` delivers it within its rates; the same text never comes
        twice to one chat.
    """
    screen = Screen()
    text = read_text(file)
    name = announcement_of(text)
    async with started(load()) as sulan:
        every = await sulan.store.chats.all()
        chosen = [one for one in every if _is_meant(one, chat, platform, lang)]
        rows = await lacking(name, chosen, sulan.store, sulan.clock.now())
        queued = await announce(name, text, rows, sulan.store) if send else 0
    if not send:
        screen.raw(text.strip() + "\n")
    _tell(chosen, rows, screen)
    if send:
        screen.note(f"Queued: {queued}. `sulan run` sends what is queued.")
    elif rows:
        screen.note("Nothing has been sent. Add --send to send it.")
    return 0


def _is_meant(
    one: Chat, names: Collection[str] | None, platform: str | None, lang: str | None
) -> bool:
    return (
        (not names or name_of(one.target) in names)
        and platform in (None, one.target.platform)
        and lang in (None, one.language)
    )


def _tell(chosen: Sequence[Chat], rows: Sequence[Delivery], screen: Screen) -> None:
    counts = Counter(row.target.platform for row in rows)
    shares = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    closed = sum(not one.open for one in chosen)
    had = len(chosen) - closed - len(rows)
    screen.note(f"To {len(rows)} of {len(chosen)} chats{f' ({shares})' if shares else ''}.")
    if closed:
        screen.note(f"Not to {closed} that are paused or suspended.")
    if had:
        screen.note(f"Not to {had} that have had this very text.")
