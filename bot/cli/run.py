"""``sulan run``: publish the day's papers, and answer people, until stopped."""

import os
import sys
from typing import Annotated, NoReturn

from cyclopts import Parameter

from bot.app import load
from bot.cli.screen import Screen
from bot.crew import Crew
from bot.domain.errors import InvalidInput
from bot.domain.role import Role, ordered
from bot.lifetime import Lifetime
from bot.runner import assembled
from bot.services.long_lived import LongLived
from config.settings import Settings
from config.values import read_roles

RolesOption = Annotated[
    list[str] | None,
    Parameter(
        name="--roles",
        negative="",
        help=f"What this process does: {', '.join(Role)}; parted by commas, or given more than "
        "once. Others on the same store do the rest. Default: everything, or the setting "
        "`run.roles`.",
    ),
]


async def run(*, roles: RolesOption = None) -> int:
    """Look at the lists every few minutes, have what is new summarised, and publish it.

    Publishes to the chats in the settings, each paper once; into this terminal where there are
    none. Answers /paper and other commands wherever an adapter listens. Stops at Ctrl-C or SIGTERM,
    after what is under way; what is left is done at the next start.
    """
    screen = Screen()
    settings = _with_roles(load(), roles)
    life = Lifetime()
    life.own_signals()
    async with assembled(settings) as crew:
        LongLived().set_aside()
        screen.note(_what_runs(crew))
        await crew.work(life)
    if life.error is not None:
        raise life.error
    if life.anew:
        begin_anew()
    return 0


def _with_roles(settings: Settings, roles: list[str] | None) -> Settings:
    """The settings with the roles of the command line, if it names any.

    Raises:
        InvalidInput: it names one that there is not.
    """
    if roles is None:
        return settings
    names = ",".join(roles)
    try:
        given = read_roles(names)
    except ValueError as error:
        raise InvalidInput(f"--roles {error}. There are: {', '.join(Role)}.") from None
    return settings.model_copy(update={"run": settings.run.model_copy(update={"roles": given})})


def begin_anew() -> NoReturn:
    """Run the same command line in this process's place: for a supervisor nothing has happened."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - it is our own


def _what_runs(crew: Crew) -> str:
    ground = crew.ground
    settings, count = ground.sulan.settings, len(ground.chats)
    if len(ground.roles) < len(Role):
        return f"Sulan runs: {', '.join(ordered(ground.roles))}. Ctrl-C stops it."
    sources = dict.fromkeys(source for chat in ground.chats for source in chat.sources)
    names = ", ".join(adapter.name for adapter in ground.adapters)
    if not settings.chats and not settings.adapters:
        what = f"{', '.join(sources)} to this terminal ({names})"
    elif ground.chats:
        what = f"{', '.join(sources)} to {count} {'chat' if count == 1 else 'chats'} ({names})"
    else:
        what = f"no chat is listed; {names} can be asked"
    more = (
        "; others come by /subscribe" if settings.subscriptions.open and settings.adapters else ""
    )
    return f"Sulan runs: {what}{more}. Ctrl-C stops it."
