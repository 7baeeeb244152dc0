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
    """A part, labelled unless the label is "".

    ``bulleted`` lines are a list's points; a ``folded`` part may be hidden behind whatever the
    platform folds with. Where ``urls`` has entries, each line in turn links to one of them ("" for
    none); a platform without links inside texts may leave them out.
    """

    label: str
    lines: tuple[str, ...]
    bulleted: bool = False
    folded: bool = False
    urls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.urls and len(self.urls) != len(self.lines):
            raise ValueError(f"{len(self.lines)} lines have {len(self.urls)} addresses")


@dataclass(frozen=True, slots=True)
class Post:
    """What a reader sees, in the order of importance: title, signals, parts, keywords, footer.

    ``url`` is "" where the title links nowhere: a notice, a list. ``signals`` are short facts for
    the second line (upvotes, code), each with its sign.
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
