"""What an endpoint understands, learnt from its refusals and then remembered.

Down the ladder: a strict JSON schema, then any JSON object with the schema in the prompt, then
plain text in the four-part Markdown.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from summarizer.openai_errors import RESPONSE_FORMAT


class Rung(StrEnum):
    """How the answer's form is asked for."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"


_ORDER = (Rung.JSON_SCHEMA, Rung.JSON_OBJECT, Rung.TEXT)
_BELOW = dict(zip(_ORDER, (*_ORDER[1:], None), strict=True))


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parameters that a request may use. ``caps`` are the names of the output limit still to
    be tried; the first is used, none when it is empty."""

    rung: Rung = Rung.JSON_SCHEMA
    caps: tuple[str, ...] = ("max_completion_tokens", "max_tokens")
    temperature: bool = True
    reasoning_effort: bool = True

    def without(self, option: str) -> "Dialect | None":
        """The dialect after a refusal, ``None`` where it did not use that option."""
        if option == RESPONSE_FORMAT:
            below = _BELOW[self.rung]
            return replace(self, rung=below) if below else None
        if option in self.caps[:1]:
            return replace(self, caps=self.caps[1:])
        if option == "temperature" and self.temperature:
            return replace(self, temperature=False)
        if option == "reasoning_effort" and self.reasoning_effort:
            return replace(self, reasoning_effort=False)
        return None


def first_dialect(*, is_openai: bool) -> Dialect:
    """What to try first. OpenAI's newer models refuse ``max_tokens``; many other servers know
    nothing else, and some ignore the newer name without a word."""
    caps = ("max_completion_tokens", "max_tokens")
    return Dialect(caps=caps if is_openai else caps[::-1])


class Ladder:
    """The dialect pinned for one endpoint and model.

    A refusal by one call is learnt for all; calls in flight at the time that are refused the same
    do not step down a second time.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._proven: set[Rung] = set()

    @property
    def dialect(self) -> Dialect:
        """What the next request should use."""
        return self._dialect

    def refused(self, option: str, spoken: Dialect) -> Dialect | None:
        """Learn from a refusal of what was spoken; ``None`` where nothing is left to change."""
        poorer = spoken.without(option)
        if poorer is None:
            return None
        if option == RESPONSE_FORMAT:
            lower = max(self._dialect.rung, poorer.rung, key=_ORDER.index)
            self._dialect = replace(self._dialect, rung=lower)
        elif option not in spoken.caps or self._dialect.caps == spoken.caps:
            self._dialect = self._dialect.without(option) or self._dialect
        return self._dialect

    def answered(self, spoken: Dialect) -> None:
        """Note that an answer came in this dialect: it works, and is pinned."""
        self._proven.add(spoken.rung)
        lower = _ORDER.index(spoken.rung) > _ORDER.index(self._dialect.rung)
        if lower and self._dialect.rung not in self._proven:
            self._dialect = replace(self._dialect, rung=spoken.rung)

    def doubted(self, spoken: Dialect) -> Dialect:
        """After two faults of the server in a row: the next rung on trial, unless this one has
        worked before. It is pinned only when it brings an answer."""
        below = _BELOW[spoken.rung]
        if spoken.rung in self._proven or below is None:
            return spoken
        return replace(spoken, rung=below)
