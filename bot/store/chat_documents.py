"""What a chat has chosen beyond the first settings, as a JSON document.

Members are the domain's field names, and what is as by default is left out. A reader ignores
members that it does not know, so that an older program reads what a newer one has written.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import time
from typing import Any

from bot.domain.chat import Chat, Looks, Style
from bot.domain.errors import StoreError
from bot.domain.filters import Filters
from bot.domain.summary import Language
from bot.domain.timetable import QuietHours, Timetable

Document = Mapping[str, Any]

_LISTS = {"include", "exclude", "categories", "authors", "organizations"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What of a ``Chat`` stands in its document, under the same names."""

    second_language: Language | None = None
    filters: Filters = Filters()
    style: Style = Style.EACH
    timetable: Timetable | None = None
    quiet_hours: QuietHours | None = None
    looks: Looks = Looks()


def encode(chat: Chat) -> str:
    """The choices of a chat as JSON; ``decode`` gives equal ones back."""
    document: dict[str, Any] = {}
    if chat.second_language is not None:
        document["second_language"] = chat.second_language
    if chosen := _chosen(chat.filters, Filters()):
        document["filters"] = chosen
    if chat.style is not Style.EACH:
        document["style"] = chat.style.value
    if chat.timetable is not None:
        times = [moment.isoformat() for moment in chat.timetable.times]
        document["timetable"] = {"times": times, "days": chat.timetable.days}
    if chat.quiet_hours is not None:
        hours = chat.quiet_hours
        document["quiet_hours"] = {"start": hours.start.isoformat(), "end": hours.end.isoformat()}
    if chosen := _chosen(chat.looks, Looks()):
        document["looks"] = chosen
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Choices:
    """Read choices that ``encode`` wrote, also those of a later version with members more.

    Raises:
        StoreError: the document is damaged.
    """
    try:
        document = json.loads(text)
        return Choices(
            second_language=document.get("second_language"),
            filters=_filters(document.get("filters", {})),
            style=_style(document.get("style", Style.EACH)),
            timetable=_timetable(document.get("timetable")),
            quiet_hours=_quiet_hours(document.get("quiet_hours")),
            looks=Looks(**_known(Looks, document.get("looks", {}))),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"a chat's stored settings cannot be read ({type(error).__name__}: {error}); restore "
            "the store from a backup, or upgrade Sulan if a newer version has written it"
        ) from error


def _chosen(value: Filters | Looks, default: Filters | Looks) -> Document:
    usual = asdict(default)
    return {name: chosen for name, chosen in asdict(value).items() if chosen != usual[name]}


def _known(kind: type[Filters | Looks], document: Document) -> Document:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in document.items() if name in names}


def _style(name: str) -> Style:
    """A later version's style is none of ours: its chat gets a message a paper meanwhile, lest one
    chat keep all others from being read."""
    return Style(name) if name in set(Style) else Style.EACH


def _filters(document: Document) -> Filters:
    members = dict(_known(Filters, document))
    for name in _LISTS & members.keys():
        members[name] = tuple(members[name])
    return Filters(**members)


def _timetable(document: Document | None) -> Timetable | None:
    if document is None:
        return None
    times = tuple(time.fromisoformat(moment) for moment in document["times"])
    return Timetable(times, tuple(document["days"]))


def _quiet_hours(document: Document | None) -> QuietHours | None:
    if document is None:
        return None
    return QuietHours(time.fromisoformat(document["start"]), time.fromisoformat(document["end"]))
