"""A chat and what it gets."""

from dataclasses import dataclass
from datetime import datetime, time

from bot.domain.delivery import OnUnknown
from bot.domain.summary import Language
from bot.domain.target import Target


@dataclass(frozen=True, slots=True)
class Chat:
    """A target with its settings, as the operator lists it.

    ``since`` is when it was first known: only what is listed from then on is posted. Where
    ``heartbeat`` is set, a day without papers by that hour (in ``zone``, an IANA name) is explained
    once. ``suspended`` says why nothing is sent, "" where nothing keeps us from it. ``options`` are
    the adapter's own (a Discord forum's style), read by nobody else.
    """

    target: Target
    language: Language = "zh"
    sources: tuple[str, ...] = ("hf",)
    heartbeat: time | None = None
    zone: str = "UTC"
    on_unknown: OnUnknown = OnUnknown.DEFAULT
    since: datetime | None = None
    suspended: str = ""
