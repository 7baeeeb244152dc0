"""``sulan doctor``: what is wrong with a running installation, since when, and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bot.app import load, started
from bot.chats import chats_of, operator_of
from bot.cli.arguments import JsonOption
from bot.cli.documents import Document, dumps
from bot.cli.failures import FAILED
from bot.cli.machine import asked, last_job, modes, secret_files
from bot.cli.screen import Screen
from bot.domain.errors import SettingsError, StoreError
from bot.instances import instances_of
from bot.services.chat_roll import ChatRoll
from bot.services.health import Health
from bot.services.watching.finding import Finding, Severity
from bot.services.watching.findings import Premises, findings
from bot.services.watching.lookouts import Watched
from bot.store.examine import examine
from bot.store.location import locate, room
from bot.store.migrate import HEAD
from config.settings import Settings

_SIGNS = {Severity.OK: ("✓", "green"), Severity.NOTE: ("•", "cyan"), Severity.WRONG: ("✗", "red")}


async def doctor(*, json: JsonOption = False) -> int:
    """Say what is wrong with a running installation, since when, and what to do.

    Looks at the store, at this machine's files, and at a running process if one answers here;
    changes nothing, and asks no upstream (`sulan check` does). Exits with 1 if something needs a
    person.
    """
    screen, settings = Screen(), load()
    found = await _look(settings)
    if json:
        screen.raw(dumps([_document(one) for one in found]))
    else:
        for one in found:
            _print(one, screen)
    return FAILED if any(one.severity is Severity.WRONG for one in found) else 0


async def _look(settings: Settings) -> Sequence[Finding]:
    location = locate(settings.store.url.get_secret_value())
    found = [*modes(location, secret_files(Path.cwd()))]
    platforms, faults = _platforms(settings)
    found += faults
    try:
        await examine(settings.store.url.get_secret_value())
        ours = f"sulan {version('sulan')}, tables at {HEAD}."
        found.append(Finding(location.name, Severity.OK, ours))
        async with started(settings, writes=False) as sulan:
            roll = ChatRoll(sulan.store, sulan.clock)
            watched = Watched(sulan.store, sulan.clock, roll, Health(), lambda: room(location))
            premises = Premises(platforms, operator_of(settings), last_job(location))
            found += await findings(watched, premises, sulan.clock.now())
    except StoreError as error:
        found.append(Finding("store", Severity.WRONG, str(error)))
    found += await asked(settings.web.host, settings.web.port, expected=settings.web.enabled)
    order = list(_SIGNS)
    return sorted(found, key=lambda one: -order.index(one.severity))


def _platforms(settings: Settings) -> tuple[set[str], Iterable[Finding]]:
    """The adapters that the settings have, as chats name them."""
    chats, operator = chats_of(settings), operator_of(settings)
    targets = [*(chat.target for chat in chats), *([operator] if operator else [])]
    try:
        made = instances_of((target.platform for target in targets), settings)
    except SettingsError as error:
        return set(settings.adapters), [Finding("adapters", Severity.WRONG, str(error))]
    return {one.name for one in made}, ()


def _document(finding: Finding) -> Document:
    since = finding.since.isoformat() if finding.since else None
    return {**asdict(finding), "severity": finding.severity.value, "since": since}


def _print(finding: Finding, screen: Screen) -> None:
    sign, style = _SIGNS[finding.severity]
    screen.signed(sign, style, f"{finding.subject}: {finding.what}")
    if finding.to_do:
        screen.line(f"    {finding.to_do}")
