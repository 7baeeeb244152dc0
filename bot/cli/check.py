"""``sulan check``: what is set, what works, what to do."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from bot.app import Sulan, load_explained, started
from bot.chats import adapters_for, chats_of
from bot.cli.arguments import JsonOption
from bot.cli.documents import dumps
from bot.cli.failures import FAILED
from bot.cli.screen import Screen
from bot.domain.errors import SettingsError, SourceError, SourceHasNoArchive, StoreError
from bot.instances import instances_of
from bot.services.archive import StoredDays
from bot.services.fares import bill_of
from config.describe import shown_values
from config.load import DEFAULT, Loaded
from config.rules import advice

_PROBE = "check"

State = Literal["ok", "note", "wrong"]

_SIGNS: dict[State, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "note": ("•", "cyan"),
    "wrong": ("✗", "red"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at; ``note`` is worth knowing and nothing is wrong."""

    subject: str
    state: State
    words: str


async def check(*, json: JsonOption = False) -> int:
    """Look at settings, store, upstreams, key, endpoint and model; say what to do.

    Costs nothing: a model's endpoint is asked for its list of models only.
    """
    screen = Screen()
    loaded = load_explained()
    verdicts = [*_settings(loaded)]
    try:
        async with started(loaded.settings) as sulan:
            verdicts.append(await _store(loaded, sulan))
            verdicts += await _upstreams(sulan)
            verdicts.append(await _model(sulan))
            verdicts += await _adapters(sulan)
    except StoreError as error:
        verdicts.append(Verdict("store", "wrong", str(error)))
    if json:
        screen.raw(dumps([asdict(verdict) for verdict in verdicts]))
    else:
        _print(verdicts, screen)
    return FAILED if any(verdict.state == "wrong" for verdict in verdicts) else 0


def _settings(loaded: Loaded) -> Iterable[Verdict]:
    """Each setting that is not at its default, with where it came from."""
    yield Verdict("settings", "ok", "read. What is not named here is at its default.")
    for key, value in shown_values(loaded.settings).items():
        if (origin := loaded.origins[key]) != DEFAULT:
            yield Verdict(key, "note", f"{value}  (from {origin})")
    for key, hint in advice(loaded.settings):
        yield Verdict(key, "note", hint)


async def _store(loaded: Loaded, sulan: Sulan) -> Verdict:
    """Opening it has read it; a row is written and taken away again."""
    now = sulan.clock.now()
    await sulan.store.leases.acquire(_PROBE, sulan.owner, now=now, until=now)
    await sulan.store.leases.release(_PROBE, sulan.owner)
    place = shown_values(loaded.settings)["store.url"]
    return Verdict("store", "ok", f"{place} can be read and written.")


async def _upstreams(sulan: Sulan) -> list[Verdict]:
    """Whether each configured source answers; asked at the same time."""
    return await asyncio.gather(*(_upstream(sulan, name) for name in sulan.settings.sources))


async def _upstream(sulan: Sulan, name: str) -> Verdict:
    today = sulan.clock.now().date()
    try:
        listing = await sulan.source(name).list_day(today)
    except SourceHasNoArchive:
        return Verdict(name, "ok", "answers.")
    except SourceError as error:
        return Verdict(name, "wrong", str(error))
    return Verdict(name, "ok", f"answers; {len(listing.papers)} papers on {today}'s list so far.")


async def _model(sulan: Sulan) -> Verdict:
    status = await sulan.model_status()
    if status is None:
        return Verdict(
            "model",
            "note",
            "none is set: summaries quote the abstract. Set SULAN_MODEL__NAME and "
            "SULAN_MODEL__API_KEY to have a model write them.",
        )
    if status.problem is None:
        return Verdict("model", "ok", f"{status.model} is offered by {status.url}.")
    usable = status.reachable and status.key_accepted is not False and status.offered is not False
    return Verdict("model", "note" if usable else "wrong", status.problem)


async def _adapters(sulan: Sulan) -> list[Verdict]:
    """Whether each adapter takes its options, and what it may cost. None is opened."""
    settings, found = sulan.settings, list[Verdict]()
    try:
        listed = chats_of(settings)
        adapters = adapters_for(listed, settings, StoredDays(sulan.store, write=str))
    except SettingsError as error:
        return [Verdict("adapters", "wrong", line) for line in str(error).splitlines()]
    kinds = {one.name: one.kind for one in instances_of(settings.adapters, settings)}
    for adapter in adapters:
        name, kind = adapter.name, kinds.get(adapter.name, adapter.name)
        is_also = "" if name == kind else f" It is another {kind}."
        found.append(Verdict(name, "ok", f"its options can be read.{is_also}"))
        bill = await bill_of(adapter, sulan.store, sulan.clock.now())
        if bill is not None:
            found.append(Verdict(name, "note", bill.words()))
    return found


def _print(verdicts: Iterable[Verdict], screen: Screen) -> None:
    for verdict in verdicts:
        sign, style = _SIGNS[verdict.state]
        screen.signed(sign, style, f"{verdict.subject}: {verdict.words}")
