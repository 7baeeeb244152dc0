"""``sulan replay``: what chats lack of a day, shown before it is sent."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from bot.app import Sulan, load, started
from bot.cli.arguments import DayOption, read_day
from bot.cli.chats import find_chat
from bot.cli.failures import FAILED
from bot.cli.screen import Screen
from bot.domain.chat import Chat
from bot.domain.target import name_of
from bot.services.replay import Lack, Replay


async def replay(
    *,
    date: DayOption = None,
    chat: Annotated[list[str] | None, Parameter(name=["--chat", "-c"])] = None,
    send: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Show what each chat lacks of a day's lists; with --send, queue it.

    What a chat has, or will get, is never sent again; nor is what may have arrived (unknown).

    Parameters
    ----------
    chat
        Only this chat, as `sulan chats` shows it. May be given several times.
    send
        Queue it. A running `sulan run` delivers it within its rates.
    """
    screen = Screen()
    async with started(load()) as sulan:
        now = sulan.clock.now()
        day = read_day(date, today=now.date())
        chats = await _chosen(sulan, chat)
        sources = dict.fromkeys(source for one in chats for source in one.sources)
        if not any([await sulan.store.listings.of_day(source, day) for source in sources]):
            screen.warn(f"The store has no list of {day}. Run: sulan today --date {day}")
            return FAILED
        work = Replay(sulan.store, day, now=now)
        lacks = [await work.lack_of(one) for one in chats]
        queued = sum([await work.queue(lack) for lack in lacks if lack.messages]) if send else 0
    _tell(lacks, screen)
    if send:
        screen.note(f"Queued: {queued}. `sulan run` sends what is queued.")
    elif any(lack.messages for lack in lacks):
        screen.note("Nothing has been sent. Add --send to send it.")
    return 0


async def _chosen(sulan: Sulan, names: Sequence[str] | None) -> Sequence[Chat]:
    if not names:
        return await sulan.store.chats.all()
    return [await find_chat(sulan.store, name) for name in dict.fromkeys(names)]


def _tell(lacks: Sequence[Lack], screen: Screen) -> None:
    for lack in lacks:
        unsure = f", {lack.unknown} unknown left alone" if lack.unknown else ""
        if not lack.chat.open:
            screen.line(f"{name_of(lack.chat.target)}: paused or suspended")
        elif lack.messages or unsure:
            few = "1 message" if lack.messages == 1 else f"{lack.messages} messages"
            screen.line(f"{name_of(lack.chat.target)}: {few}{unsure}")
    complete = sum(lack.chat.open and not lack.messages for lack in lacks)
    screen.note(f"{complete} of {len(lacks)} chats lack nothing.")
