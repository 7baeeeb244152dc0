"""A conversation with a model in our own words, and the port to whoever speaks to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint reported them, 0 where it did not. ``cached_tokens`` are part of
    ``input_tokens``; ``output_tokens`` include hidden reasoning."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.cached_tokens <= self.input_tokens or self.output_tokens < 0:
            raise ValueError(f"tokens that cannot be: {self}")

    @property
    def total(self) -> int:
        """Everything that counts against a budget of tokens."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class ChatReply:
    """An answer as it came, read but not judged.

    ``readable`` is false where the body was not a chat completion with a choice at all; the other
    fields are empty then. ``finish`` is the endpoint's word, "" where it gave none.
    """

    readable: bool
    content: str = field(default="", repr=False)
    refused: bool = False
    finish: str = ""
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that an endpoint lists. ``shutdown_date`` is as the endpoint writes it."""

    id: str
    shutdown_date: str | None = None


class ChatEndpoint(Protocol):
    """A server that speaks OpenAI's Chat Completions. One request per call, no retries."""

    async def complete(self, body: Mapping[str, object]) -> ChatReply:
        """Send one request.

        Raises:
            SummaryError: one of its kinds, and ``summarizer.openai_errors.OptionRefused`` where
                the endpoint cannot take a parameter.
        """
        ...

    async def offered(self) -> Sequence[OfferedModel]:
        """The models on offer.

        Raises:
            SummaryError: as for ``complete``.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
