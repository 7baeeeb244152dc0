"""Names of posts: what a delivery is about, in one word that is the same at every attempt."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.domain.errors import InvalidInput
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language

# How the keys begin of what the operator is told.
OPERATOR = "operator:"

_ANNOUNCEMENT = re.compile(r"[A-Za-z0-9._-]{1,40}")
_DIGEST_NAME = re.compile(r"\d{4}-\d{2}-\d{2}(\.\d{4})?")


@dataclass(frozen=True, slots=True)
class PaperPost:
    """The publication of one paper in one language."""

    paper_id: PaperId
    language: Language

    @property
    def key(self) -> str:
        return f"paper:{self.paper_id}:{self.language}"


@dataclass(frozen=True, slots=True)
class QuietPost:
    """Why a chat got no papers on a day (its own, by its zone); ``source`` is its first one."""

    source: str
    day: date

    @property
    def key(self) -> str:
        return f"quiet:{self.source}:{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class DigestPost:
    """A chat's digest in one language.

    ``name`` is what the chat's papers are gathered under: the day of their list (``2026-08-21``),
    or the local date and time of the slot at which they came (``2026-08-21.0830``).
    """

    name: str
    language: Language

    def __post_init__(self) -> None:
        if not _DIGEST_NAME.fullmatch(self.name):
            raise InvalidInput(
                f"A digest is named by a day or a day and a time, not {self.name!r}."
            )

    @property
    def key(self) -> str:
        return f"digest:{self.name}:{self.language}"


@dataclass(frozen=True, slots=True)
class EditPost:
    """A digest's message made to hold ``count`` papers, some of which came after it was sent.

    There is one row for each count; whichever is carried out shows what the digest holds by then.
    Those that it makes superfluous are given the state ``included``, with its key as the reason.
    """

    digest: DigestPost
    count: int

    @property
    def key(self) -> str:
        return f"edit:{self.digest.key}:{self.count}"


@dataclass(frozen=True, slots=True)
class DigestSlice:
    """Papers of a digest by the order in which they came: those after the first ``after``, up to
    the ``upto``-th. No row has such a key; it is how a message for one is asked for."""

    digest: DigestPost
    after: int
    upto: int

    @property
    def key(self) -> str:
        return f"slice:{self.digest.key}:{self.after}-{self.upto}"


@dataclass(frozen=True, slots=True)
class AnnouncementPost:
    """What the operator has to say to everybody, by the id of its stored text."""

    announcement: str

    def __post_init__(self) -> None:
        if not _ANNOUNCEMENT.fullmatch(self.announcement):
            raise InvalidInput(f"No announcement has the id {self.announcement!r}.")

    @property
    def key(self) -> str:
        return f"announce:{self.announcement}"


@dataclass(frozen=True, slots=True)
class OperatorPost:
    """What the operator is told of the program itself, by the id of its stored text."""

    notice: str
    language: Language

    def __post_init__(self) -> None:
        if not _ANNOUNCEMENT.fullmatch(self.notice):
            raise InvalidInput(f"No notice has the id {self.notice!r}.")

    @property
    def key(self) -> str:
        return f"{OPERATOR}{self.notice}:{self.language}"


PostName: TypeAlias = (
    PaperPost | QuietPost | DigestPost | EditPost | DigestSlice | AnnouncementPost | OperatorPost
)


def read_post_key(key: str) -> PostName:  # noqa: PLR0911 - a table: one return a row
    """What a key names.

    Raises:
        InvalidInput: nothing that we know; a newer version may have written it.
    """
    kind, _, rest = key.partition(":")
    what, _, last = rest.rpartition(":")
    try:
        match kind:
            case "paper":
                return PaperPost(PaperId(what), last)
            case "quiet":
                return QuietPost(what, date.fromisoformat(last))
            case "digest":
                return DigestPost(what, last)
            case "edit":
                return EditPost(_read_digest_key(what), int(last))
            case "slice":
                after, _, upto = last.partition("-")
                return DigestSlice(_read_digest_key(what), int(after), int(upto))
            case "announce":
                return AnnouncementPost(rest)
            case "operator":
                return OperatorPost(what, last)
            case _:
                pass
    except (InvalidInput, ValueError) as error:
        raise InvalidInput(f"No post goes by the key {key!r}.") from error
    raise InvalidInput(f"No post goes by the key {key!r}.")


def _read_digest_key(key: str) -> DigestPost:
    name = read_post_key(key)
    if not isinstance(name, DigestPost):
        raise InvalidInput(f"{key!r} is no digest.")
    return name
