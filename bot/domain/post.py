"""A message before any platform has rendered it."""

from dataclasses import dataclass

from bot.domain.summary import Keyword, Language


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled link; ``url`` is always one of the paper's own (``Paper.links``)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button that the bot itself answers, also after a restart.

    ``key`` says what to do, in at most 64 bytes (Telegram's callback data):
    ``entry:en:2309.12307``.
    """

    label: str
    key: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.key.encode()) <= 64:
            raise ValueError(f"an action's key has 1 to 64 bytes, unlike {self.key!r}")


@dataclass(frozen=True, slots=True)
class Rating:
    """One score: its short name, and points out of 5."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part. ``bulleted`` lines are a list's points; a ``folded`` part may be hidden
    behind whatever the platform folds with."""

    label: str
    lines: tuple[str, ...]
    bulleted: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """What a reader sees, in the order of importance: title, signals, parts, keywords, footer.

    ``signals`` are short facts for the second line (upvotes, code), each with its sign.
    ``footer`` says where the text comes from and what could not be verified.
    """

    language: Language
    title: str
    url: str
    ratings: tuple[Rating, ...] = ()
    signals: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    image_url: str | None = None
    footer: tuple[str, ...] = ()
