"""``sulan run``: publish the day's papers, and answer people, until stopped."""

import os
import sys
from typing import NoReturn

from bot.app import load
from bot.cli.screen import Screen
from bot.crew import Crew
from bot.lifetime import Lifetime
from bot.runner import assembled


async def run() -> int:
    """Look at the lists every few minutes, have what is new summarised, and publish it.

    Publishes to the chats in the settings, each paper once; into this terminal where there are
    none. Answers /paper and other commands wherever an adapter listens. Stops at Ctrl-C or SIGTERM,
    after what is under way; what is left is done at the next start.
    """
    screen = Screen()
    settings = load()
    life = Lifetime()
    life.own_signals()
    async with assembled(settings) as crew:
        screen.note(_what_runs(crew))
        await crew.work(life)
    if life.error is not None:
        raise life.error
    if life.anew:
        begin_anew()
    return 0


def begin_anew() -> NoReturn:
    """Run the same command line in this process's place: for a supervisor nothing has happened."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - it is our own


def _what_runs(crew: Crew) -> str:
    settings, count = crew.sulan.settings, len(crew.chats)
    sources = dict.fromkeys(source for chat in crew.chats for source in chat.sources)
    names = ", ".join(adapter.name for adapter in crew.adapters)
    if not settings.chats and not settings.adapters:
        what = f"{', '.join(sources)} to this terminal ({names})"
    elif crew.chats:
        what = f"{', '.join(sources)} to {count} {'chat' if count == 1 else 'chats'} ({names})"
    else:
        what = f"no chat is listed; {names} can be asked"
    more = (
        "; others come by /subscribe" if settings.subscriptions.open and settings.adapters else ""
    )
    return f"Sulan runs: {what}{more}. Ctrl-C stops it."
