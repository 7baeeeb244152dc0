"""What the openai summariser has to be told."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from summarizer.prices import Price
from summarizer.secret import Secret

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class OpenAIOptions:
    """An endpoint, a model, and how to ask it.

    ``base_url`` includes the version path: the SDK adds none. ``api_key`` is ``None`` where a local
    server needs none. ``temperature`` and ``reasoning_effort`` are sent only where they are set.
    ``max_output_tokens`` caps one answer, hidden reasoning included; an answer cut there is asked
    for once more with twice as many. ``timeout_s`` is for one request; ``attempts`` are requests
    in all for one answer while the endpoint is busy. ``price`` overrides the packaged list.

    Raises:
        ValueError: a value cannot be used at all; the text never holds the key.
    """

    model: str
    base_url: str = OPENAI_URL
    api_key: Secret | None = None
    temperature: float | None = None
    reasoning_effort: str | None = None
    max_output_tokens: int = 4000
    concurrency: int = 4
    timeout_s: float = 120.0
    attempts: int = 3
    price: Price | None = None

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("a model's name is needed")
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("base_url must be an http or https address")
        if min(self.max_output_tokens, self.concurrency, self.attempts) < 1 or self.timeout_s <= 0:
            raise ValueError("max_output_tokens, concurrency, attempts and timeout_s must be > 0")
        key = self.api_key.reveal() if self.api_key else "-"
        # It becomes a header, where anything else would fail with the key in the message.
        if not key or not all("!" <= char <= "~" for char in key):
            raise ValueError("the key is empty or holds characters that a header cannot carry")

    @property
    def shown_url(self) -> str:
        """The endpoint as messages may name it: without user, password or query (T5)."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI's own endpoint, whose prices and parameters are known."""
        return urlsplit(self.base_url).hostname == "api.openai.com"
