"""Names of posts: what a delivery is about, in one word that is the same at every attempt."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.domain.errors import InvalidInput
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language

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
    """

    digest: DigestPost
    count: int

    @property
    def key(self) -> str:
        return f"edit:{self.digest.key}:{self.count}"


PostName: TypeAlias = PaperPost | QuietPost | DigestPost | EditPost


def read_post_key(key: str) -> PostName:
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
