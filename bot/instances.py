"""From the settings' tables to adapters: several bots of one platform, each under a name.

In names of adapters a dash and an underscore are the same, because a variable can hold only the
latter.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from adapters.base import Adapter, Archive, Identified, Options
from adapters.registry import create, names
from bot.domain.errors import SettingsError
from config.settings import Settings

# The one option that is ours: which adapter a table is about, where its name does not say so.
_KIND = "kind"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Instance:
    """One adapter as the settings want it: what it is called, and which kind it is."""

    name: str
    kind: str
    values: Mapping[str, object]


def spelt(name: str) -> str:
    """A name as the store and everybody else knows it: that of a kind as it was registered, any
    other with dashes."""
    dashed = name.replace("_", "-")
    return _spellings().get(dashed, dashed)


@cache
def _spellings() -> Mapping[str, str]:
    return {name.replace("_", "-"): name for name in names()}


def instances_of(platforms: Iterable[str], settings: Settings) -> list[Instance]:
    """One for each platform that a chat is on, and for each that has options: somebody may want to
    ask it for papers. Those of chats come first, in their order.

    Raises:
        SettingsError: names every fault of names and kinds.
    """
    tables: dict[str, dict[str, object]] = {}
    for name, values in settings.adapters.items():
        tables.setdefault(spelt(name), {}).update(values)
    faults: list[str] = []
    found: list[Instance] = []
    for name in dict.fromkeys([*map(spelt, platforms), *tables]):
        values = tables.get(name, {})
        kind = values.pop(_KIND, None)
        if fault := _misnamed(name, kind):
            faults.append(fault)
        else:
            found.append(Instance(name, spelt(str(kind or name).strip()), values))
    if faults:
        raise SettingsError("\n".join(faults))
    return found


def _misnamed(name: str, kind: object) -> str | None:
    """What is wrong with an instance's name or kind."""
    place = f"adapters.{name}"
    if not _NAME.fullmatch(name):
        return f"{place}: a name is 1 to 40 small letters, digits and dashes, a letter first."
    if kind is not None and (not isinstance(kind, str) or not kind.strip()):
        return f"{place}.kind must be an adapter's name, such as telegram."
    if isinstance(kind, str) and name in names() and spelt(kind.strip()) != name:
        return f"{place}.kind differs, and {name} is an adapter itself; give the table another name"
    return None


def adapters_of(instances: Sequence[Instance], archive: Archive) -> list[Adapter]:
    """The adapters, made and not yet open.

    Raises:
        SettingsError: names every fault that any of them finds, and those that are one and the
            same bot.
    """
    made: list[Adapter] = []
    faults: list[str] = []
    for one in instances:
        try:
            made.append(create(one.kind, Options(one.name, one.values, archive)))
        except SettingsError as error:
            faults.append(str(error))
    faults += _twins({one.name: one.kind for one in instances}, made)
    if faults:
        raise SettingsError("\n".join(faults))
    return made


def _twins(kinds: Mapping[str, str], adapters: Iterable[Adapter]) -> Iterable[str]:
    """About each adapter that is somebody else too: both would send at the whole rate, and take
    each other's commands (F40)."""
    first: dict[tuple[str, str], str] = {}
    for adapter in adapters:
        who = adapter.identities if isinstance(adapter, Identified) else ()
        for identity in who:
            other = first.setdefault((kinds[adapter.name], identity), adapter.name)
            if other != adapter.name:
                yield (
                    f"[adapters.{other}] and [adapters.{adapter.name}] are the same bot"
                    f" ({identity}). Each would send at its whole rate and take the other's"
                    " commands: give one of them another token, or remove it."
                )
                break
