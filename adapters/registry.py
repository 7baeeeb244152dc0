"""Adapters by name: built-ins from one table, third parties by entry point.

Nothing is imported before it is asked for. What cannot be used is shown with its reason: a name
that somebody installed never disappears without a word.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import cast

from adapters.base import Adapter, Options
from bot.domain.errors import SettingsError

# Where other distributions register: name = "module:factory" (adapters.base.Factory).
GROUP = "sulan.adapters"
DISTRIBUTION = "sulan"

BUILT_IN: Mapping[str, str] = {
    "apprise": "adapters.apprise:create",
    "console": "adapters.console:create",
    "discord": "adapters.discord:create",
    "discord-webhook": "adapters.discord.webhook:create",
    "markdown": "adapters.markdown:create",
    "telegram": "adapters.telegram:create",
}

# Built-ins whose library is an optional extra, by the library's module.
_EXTRAS = {"apprise": "apprise"}

_METHODS = ("name", "pace", "render", "send")


@dataclass(frozen=True, slots=True)
class Description:
    """One adapter as ``sulan adapters`` lists it.

    ``where`` is "module:factory"; ``error`` says why it cannot be used, ``None`` where it can.
    """

    name: str
    distribution: str
    version: str
    where: str
    error: str | None = None


class Registry:
    """The adapters that are installed."""

    def __init__(
        self,
        installed: Iterable[EntryPoint] | None = None,
        *,
        built_in: Mapping[str, str] = BUILT_IN,
    ) -> None:
        ours = [EntryPoint(name, where, GROUP) for name, where in built_in.items()]
        theirs = entry_points(group=GROUP) if installed is None else installed
        self._known = tuple(sorted((*ours, *theirs), key=lambda point: (point.name, point.value)))

    def describe(self) -> Sequence[Description]:
        """Every adapter, each loaded once to see whether it can be; sorted by name."""
        counts = Counter(point.name for point in self._known)
        return [self._describe(point, counts[point.name]) for point in self._known]

    def names(self) -> Collection[str]:
        """What adapters there are: the kinds that ``create`` makes."""
        return {point.name for point in self._known}

    def create(self, kind: str, options: Options) -> Adapter:
        """Make an adapter of a kind, which calls itself ``options.name``.

        Raises:
            SettingsError: there is none of that kind, or several; it cannot be loaded, or it finds
                fault with its options.
        """
        point = self._find(kind)
        try:
            factory = _load(point)
        except _Unusable as error:
            raise SettingsError(
                f"Adapter {kind!r} cannot be used: {error} `sulan adapters` shows them all."
            ) from error
        adapter = factory(options)
        _require_an_adapter(adapter, point, options.name)
        return cast("Adapter", adapter)

    def _find(self, name: str) -> EntryPoint:
        found = [point for point in self._known if point.name == name]
        if not found:
            known = ", ".join(sorted({point.name for point in self._known}))
            raise SettingsError(
                f"No adapter {name!r}. There are: {known}. For another bot of one of these, set its"
                " kind (docs/adapters.md)."
            )
        if len(found) > 1:
            raise SettingsError(_claimed_twice(name, found))
        return found[0]

    def _describe(self, point: EntryPoint, claims: int) -> Description:
        error = None
        if claims > 1:
            error = _claimed_twice(point.name, [p for p in self._known if p.name == point.name])
        else:
            try:
                _load(point)
            except _Unusable as reason:
                error = str(reason)
        distribution, number = _origin(point)
        return Description(point.name, distribution, number, point.value, error)


class _Unusable(Exception):
    """Why a factory could not be loaded, as a sentence."""


def _load(point: EntryPoint) -> Callable[[Options], object]:
    """The factory of an adapter.

    Raises:
        _Unusable: it cannot be imported, or is no factory. Whatever a module raises while it is
            imported counts, for it must not take the others with it.
    """
    module, _, attribute = point.value.partition(":")
    try:
        factory = getattr(import_module(module), attribute.strip())
    except ModuleNotFoundError as error:
        raise _Unusable(_missing(point, error)) from error
    except (Exception, SystemExit) as error:
        raise _Unusable(f"{type(error).__name__}: {error}.") from error
    if not callable(factory):
        raise _Unusable(f"{point.value} is no function that makes an adapter.")
    return factory


def _missing(point: EntryPoint, error: ModuleNotFoundError) -> str:
    if point.dist is None and error.name is not None:
        library = error.name.partition(".")[0]
        if (extra := _EXTRAS.get(library)) is not None:
            return f"{library} is not installed. Run: pip install '{DISTRIBUTION}[{extra}]'."
    return f"{type(error).__name__}: {error}."


def _require_an_adapter(adapter: object, point: EntryPoint, name: str) -> None:
    lacks = [method for method in _METHODS if not hasattr(adapter, method)]
    if lacks:
        raise SettingsError(
            f"{point.value} made no adapter: it lacks {', '.join(lacks)} (docs/adapters.md)."
        )
    if (called := getattr(adapter, "name", None)) != name:
        raise SettingsError(
            f"{point.value} was asked for an adapter named {name!r} and made one that calls itself"
            f" {called!r}; it must take the name from its options (docs/adapters.md)."
        )


def _claimed_twice(name: str, points: Iterable[EntryPoint]) -> str:
    claims = ", ".join(f"{point.value} ({' '.join(_origin(point)).strip()})" for point in points)
    return f"Several claim the name {name!r}: {claims}. Uninstall all but one."


def _origin(point: EntryPoint) -> tuple[str, str]:
    """Distribution and version; "" for what is not known."""
    if point.dist is not None:
        return point.dist.name, point.dist.version
    try:
        return DISTRIBUTION, version(DISTRIBUTION)
    except PackageNotFoundError:
        return DISTRIBUTION, ""


def describe() -> Sequence[Description]:
    """Every installed adapter; see ``Registry.describe``."""
    return Registry().describe()


def names() -> Collection[str]:
    """The kinds of adapters that are installed; see ``Registry.names``."""
    return Registry().names()


def create(kind: str, options: Options) -> Adapter:
    """Make an installed adapter; see ``Registry.create``."""
    return Registry().create(kind, options)
