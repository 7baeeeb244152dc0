"""A message before any platform has rendered it."""

from collections.abc import Iterable
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
class Choice:
    """One of a select's choices. ``value`` is of ``[A-Za-z0-9._:+-]``, short enough for its key.

    ``hint`` says more where a platform has room for it (a menu's second line), else it is left out.
    """

    label: str
    value: str
    chosen: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """A question with choices, at most 25 (Discord's limit): one of them, or ``several``.

    What is chosen comes back as an action's key (``Commands.act``): the whole new choice where the
    platform has menus to choose from (``picked``), one flipped choice where it has buttons only
    (``flipped``). Both are understood after a restart.
    """

    key: str
    label: str
    choices: tuple[Choice, ...]
    several: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.choices) <= 25:
            raise ValueError(f"a select has 1 to 25 choices, unlike {len(self.choices)}")
        for choice in self.choices:
            if len(self.flipped(choice.value).encode()) > 64:
                raise ValueError(f"{self.flipped(choice.value)!r} is longer than 64 bytes")

    def picked(self, values: Iterable[str]) -> str:
        """The key for "these and no others"."""
        return f"{self.key}={','.join(values)}"

    def flipped(self, value: str) -> str:
        """The key for one choice: instead of the present one, or among ``several`` on or off."""
        return f"{self.key}~{value}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question for a text. The answer comes back as if somebody had typed ``command``, a blank,
    and the text: ``/settings include``. ``value`` is what stands there now. ``replying`` asks for a
    reply, where the platform has nothing else to answer with."""

    command: str
    title: str
    hint: str = ""
    value: str = ""
    replying: str = ""


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
class Attachment:
    """What the sections of a post say, as a file: ``name`` is plain (``saved.bib``), ``text`` goes
    out as UTF-8."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Post:
    """What a reader sees, in the order of importance: title, signals, parts, keywords, footer.

    ``url`` is "" where the title links nowhere: a notice, a list. ``signals`` are short facts for
    the second line (upvotes, code), each with its sign.
    ``footer`` says where the text comes from and what could not be verified.

    ``selects`` stand above the actions. ``silent`` arrives without a sound, ``previews`` is whether
    the page may be previewed; ``private`` is for who asked alone, where the platform can keep it
    so: beside the message whose button was pressed, if everybody sees that one. ``gather`` names
    the thread in which it stands with others ("" for none), where the platform has threads and the
    target is none itself. An ``attachment`` may take the sections' place where the platform has
    files; where it has none, or they fail, the sections say the same.
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
    selects: tuple[Select, ...] = ()
    image_url: str | None = None
    footer: tuple[str, ...] = ()
    silent: bool = False
    previews: bool = True
    private: bool = False
    gather: str = ""
    attachment: Attachment | None = None
