"""A chat and what it gets."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from bot.domain.delivery import OnUnknown
from bot.domain.filters import Filters
from bot.domain.summary import Language
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable

# Why a chat that is no longer listed gets nothing; also how it is known when it is listed again.
UNLISTED = "no longer listed in the settings"
# How a reason begins for which the operator has suspended a chat.
BY_OPERATOR = "by the operator: "
# The reason on what was planned for a chat that wants nothing any more: no failure of anybody's.
PAUSED = "the chat is paused"


class Style(StrEnum):
    """In which form papers come.

    ``thread``: each as its own message, those of a day gathered in a thread of their own where the
    platform has such; elsewhere it is the same as ``each``.
    """

    EACH = "each"
    DIGEST = "digest"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Looks:
    """How loud and large messages are: link previews, pictures, the notification's sound."""

    previews: bool = True
    pictures: bool = True
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Chat:
    """A target with its settings, on whatever platform, whoever made them.

    ``sources`` are ``Source.key``s; a paper in two of them comes once. Each paper comes in
    ``language`` and, where there is one, in ``second_language``. Without a ``timetable`` papers
    come as they appear; in ``quiet_hours`` they wait. All local times are in ``zone`` (an IANA
    name). Where ``heartbeat`` is set, a day without papers by that hour is explained once.

    ``since`` is when it was first known, or returned: only what is listed from then on is posted.
    ``paused`` is the chat's own wish, ``suspended`` says why we cannot send, "" where we can.
    ``listed`` is the fingerprint of the operator's entry that was last applied, "" for a chat that
    subscribed by itself.
    """

    target: Target
    language: Language = "zh"
    sources: tuple[str, ...] = ("hf",)
    heartbeat: time | None = None
    zone: str = "UTC"
    on_unknown: OnUnknown = OnUnknown.DEFAULT
    since: datetime | None = None
    suspended: str = ""
    second_language: Language | None = None
    filters: Filters = Filters()
    style: Style = Style.EACH
    timetable: Timetable | None = None
    quiet_hours: QuietHours | None = None
    looks: Looks = Looks()
    paused: bool = False
    listed: str = ""

    @property
    def languages(self) -> tuple[Language, ...]:
        """The one or two languages."""
        second = self.second_language
        return (self.language,) if second in (None, self.language) else (self.language, second)

    @property
    def held(self) -> bool:
        """Whether the operator keeps it closed: nobody in the chat can open it again."""
        return self.suspended == UNLISTED or self.suspended.startswith(BY_OPERATOR)

    @property
    def open(self) -> bool:
        """Whether anything is to be sent there."""
        return not self.suspended and not self.paused
