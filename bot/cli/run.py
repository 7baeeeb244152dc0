"""``sulan run``: publish the day's papers, and answer people, until stopped."""

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
    return 0


def _what_runs(crew: Crew) -> str:
    sources = dict.fromkeys(source for chat in crew.chats for source in chat.sources)
    places = f"{len(crew.chats)} chats" if crew.sulan.settings.chats else "this terminal"
    names = ", ".join(adapter.name for adapter in crew.adapters)
    return f"Sulan runs: {', '.join(sources)} to {places} ({names}). Ctrl-C stops it."
