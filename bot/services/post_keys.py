"""Names of posts: what a delivery is about, in one word that is the same at every attempt."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.domain.errors import InvalidInput
from bot.domain.paper_id import PaperId
from bot.domain.summary import Language


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


PostName: TypeAlias = PaperPost | QuietPost


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
            case _:
                pass
    except (InvalidInput, ValueError) as error:
        raise InvalidInput(f"No post goes by the key {key!r}.") from error
    raise InvalidInput(f"No post goes by the key {key!r}.")
