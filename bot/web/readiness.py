"""Whether the program does what it is there for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.speech import ENGLISH
from bot.services.health import Standing
from bot.services.watching.concerns import OUTAGE, concerns
from bot.services.watching.words import to_do, what

_OK = "ok"


@dataclass(frozen=True, slots=True)
class Report:
    """``parts`` maps each part to ``ok`` or to what is wrong with it, in a few words; ``needs``
    says what needs a person, which also a program that is ready may."""

    ready: bool
    parts: Mapping[str, str]
    needs: Sequence[str] = ()


def report(standings: Mapping[str, Standing], expected: Iterable[str], *, now: datetime) -> Report:
    """What the board says. ``expected`` are the parts that must have worked: ``store``,
    ``source:hf``, ``adapter:telegram``; others are told and make nothing unready."""
    needed = dict.fromkeys(expected)
    parts = {name: _verdict(name, standings.get(name, Standing()), now) for name in needed}
    ready = all(verdict == _OK for verdict in parts.values())
    for name, standing in standings.items():
        if name not in needed and standing.failing_since is not None:
            parts[name] = _failing(standing)
    found = (f"{what(one, ENGLISH)} {to_do(one, ENGLISH)}" for one in concerns(standings, now))
    return Report(ready, parts, tuple(found))


def _verdict(name: str, standing: Standing, now: datetime) -> str:
    if name.startswith("source:"):
        return _source(standing, now)
    if standing.failing_since is not None:
        return _failing(standing)
    return _OK if standing.worked_at is not None else "not yet"


def _source(standing: Standing, now: datetime) -> str:
    """An upstream may fail for a while: lists are long-lived and others are published meanwhile."""
    if standing.worked_at is None:
        return _failing(standing) if standing.failing_since else "not asked yet"
    if now - standing.worked_at >= OUTAGE:
        return _failing(standing) if standing.failing_since else "not asked lately"
    return _OK


def _failing(standing: Standing) -> str:
    since = standing.failing_since.isoformat(timespec="seconds") if standing.failing_since else "?"
    return f"failing since {since}: {standing.reason}"
