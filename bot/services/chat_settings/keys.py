"""What a press in a settings menu asks for. Keys come from clients, which may send anything."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.services.chat_settings.topics import Topic

_KEY = re.compile(
    r"set:(?P<kind>page|ask|do)\.(?P<name>[a-z-]{1,20})"
    r"|set:(?P<field>[a-z]{1,12})(?P<how>[=~])(?P<values>[A-Za-z0-9._:+,-]{0,1000})",
    re.ASCII,
)


class Page(StrEnum):
    """The menu's pages."""

    HOME = "home"
    SOURCES = "sources"
    FILTERS = "filters"
    LANGUAGE = "language"
    STYLE = "style"
    WHEN = "when"
    SILENCE = "silence"


class Deed(StrEnum):
    """What a button does by itself."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    PAUSE = "pause"
    RESUME = "resume"
    PREVIEW = "preview"
    CODE = "code"
    NO_FILTERS = "no-filters"
    FORGET_ME = "forget-me"
    FORGET_CHAT = "forget-chat"
    FORGET_ALL = "forget-all"
    KEEP = "keep"


class Field(StrEnum):
    """What a menu's choices are about."""

    SOURCES = "src"
    LANGUAGE = "lang"
    SECOND = "also"
    STYLE = "style"
    UPVOTES = "up"
    SCORE = "score"
    MOST = "most"
    TIMES = "at"
    DAYS = "days"
    QUIET = "quiet"
    HEARTBEAT = "beat"
    LOOKS = "looks"

    @property
    def key(self) -> str:
        """The key of its ``Select``."""
        return f"set:{self.value}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Choices of a field: the one that was ``flipped``, or else all that hold now."""

    field: Field
    values: tuple[str, ...]
    flipped: bool


Press: TypeAlias = Page | Deed | Topic | Chosen


def page_key(page: Page) -> str:
    """The key of the button that shows a page."""
    return f"set:page.{page}"


def ask_key(topic: Topic) -> str:
    """The key of the button that asks for a text."""
    return f"set:ask.{topic}"


def do_key(deed: Deed) -> str:
    """The key of the button that does something."""
    return f"set:do.{deed}"


def is_ours(key: str) -> bool:
    """Whether a key is of these menus, understood or not."""
    return key.startswith("set:")


def read_set_key(key: str) -> Press | None:
    """What the key asks for, ``None`` for one that is not ours."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    try:
        if match["field"]:
            values = tuple(dict.fromkeys(v for v in match["values"].split(",") if v))
            return Chosen(Field(match["field"]), values, flipped=match["how"] == "~")
        kinds: dict[str, type[Page | Topic | Deed]] = {"page": Page, "ask": Topic, "do": Deed}
        return kinds[match["kind"]](match["name"])
    except ValueError:
        return None
