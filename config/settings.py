"""Every setting, with its default, its bounds, its unit and its reason.

This is the one place: ``docs/settings.md`` is written from it. The models only hold and check
values; ``config.load`` reads them from the world, ``config.rules`` knows what must hold between
them. A group is one frozen model; a key that it does not have is an error.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_serializer

from config.chats import ChatSettings
from config.group import Group
from config.publishing import RunSettings, SubscriptionSettings, WebSettings
from config.redaction import HIDDEN
from config.values import (
    AdapterTables,
    AnyCase,
    ApiKey,
    ChatTables,
    Contact,
    LanguageTag,
    SourceKeys,
    StoreUrl,
    WebAddress,
    store_url,
)

OPENAI_ADDRESS = "https://api.openai.com/v1"

LogLevel = Annotated[Literal["debug", "info", "warning", "error"], AnyCase]
LogFormat = Annotated[Literal["auto", "text", "json"], AnyCase]
Effort = Annotated[Literal["none", "minimal", "low", "medium", "high"], AnyCase]


def home_of(environ: Mapping[str, str]) -> Path:
    """The user's home directory; where there is none (a bare container), the working directory."""
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or "")


def default_store_url(environ: Mapping[str, str]) -> SecretStr:
    """A file in the user's data directory (XDG Base Directory Specification 0.8).

    A relative ``XDG_DATA_HOME`` is ignored, as the specification demands.
    """
    data = Path(environ.get("XDG_DATA_HOME") or "")
    if not data.is_absolute():
        data = home_of(environ) / ".local" / "share"
    return SecretStr(store_url(str(data / "sulan" / "sulan.sqlite3")))


class StoreSettings(Group):
    """Where papers, lists, summaries and costs are kept."""

    url: StoreUrl = Field(
        default_factory=lambda: default_store_url(os.environ),
        description="The database: a SQLite file, or PostgreSQL for several processes; a relative "
        "path counts from the working directory. `SULAN_DATABASE_URL` is another name for it.",
    )


class HuggingFaceSettings(Group):
    """Hugging Face Daily Papers."""

    base_url: WebAddress = Field(
        default="https://huggingface.co",
        description="Where the list and its papers are asked for; a mirror or a local server.",
    )


class ArxivSettings(Group):
    """arXiv: its API for papers by id, its RSS for lists by category."""

    api_url: WebAddress = Field(
        default="https://export.arxiv.org/api/query",
        description="Where papers are asked for by id.",
    )
    rss_url: WebAddress = Field(
        default="https://rss.arxiv.org/rss",
        description="Where lists are read; a category's name is put after it.",
    )
    interval_s: float = Field(
        default=3.0,
        ge=0,
        le=3600,
        description="Seconds between two requests, API and RSS together; arXiv's terms ask for at "
        "least 3, and less is taken only where both addresses are on this machine.",
    )
    cross_lists: bool = Field(
        default=False, description="Also list papers announced here from another category."
    )
    replacements: bool = Field(default=False, description="Also list new versions of older papers.")


class HttpSettings(Group):
    """How upstreams are asked; the model's endpoint has its own limits."""

    connect_timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=300,
        description="Seconds for a connection, so that a dead host is noticed.",
    )
    total_timeout_s: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds for one answer with its whole body."
    )
    max_body_mb: float = Field(
        default=20.0,
        gt=0,
        le=1000,
        description="Megabytes (10⁶ bytes, unpacked) of one answer; more is refused, so that a "
        "broken upstream cannot fill the memory.",
    )
    attempts: int = Field(
        default=3, ge=1, le=10, description="Tries in all before an upstream counts as unavailable."
    )
    max_wait_s: float = Field(
        default=60.0,
        ge=0,
        le=3600,
        description="Seconds of a Retry-After that are waited out; a longer one is reported, "
        "because a person is waiting.",
    )


class ModelSettings(Group):
    """The language model: any endpoint that speaks OpenAI's Chat Completions."""

    name: str | None = Field(
        default=None,
        min_length=1,
        description="The model as its endpoint calls it; without one, summaries quote the "
        "abstract's own sentences.",
    )
    fallback: str | None = Field(
        default=None,
        min_length=1,
        description="Another model at the same endpoint, which writes while the first cannot be "
        "used (retired, not offered); without one, summaries quote the abstract then.",
    )
    base_url: WebAddress = Field(
        default=OPENAI_ADDRESS,
        description="The endpoint, with its version path (most end in /v1; none is added).",
    )
    api_key: ApiKey | None = Field(
        default=None,
        description="The endpoint's key; a local server may need none. Best a secret file.",
    )
    temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="Sampling temperature; unset leaves it to the endpoint.",
    )
    reasoning_effort: Effort | None = Field(
        default=None,
        description="How long a reasoning model thinks; unset leaves it to the endpoint.",
    )
    max_output_tokens: int = Field(
        default=4000,
        ge=256,
        le=200_000,
        description="Tokens of one answer, reasoning included; a cut-off answer is asked for once "
        "more with a larger cap.",
    )
    concurrency: int = Field(
        default=4,
        ge=1,
        le=100,
        description="Calls at the same time, for the endpoint's rate limits.",
    )
    timeout_s: float = Field(default=120.0, gt=0, le=3600, description="Seconds for one call.")
    attempts: int = Field(
        default=3,
        ge=1,
        le=10,
        description="Tries in all when the endpoint is busy or does not answer.",
    )
    input_usd_per_million: Decimal | None = Field(
        default=None,
        ge=0,
        description="US dollars for a million input tokens, where Sulan does not know the price "
        "or yours differs.",
    )
    cached_usd_per_million: Decimal | None = Field(
        default=None,
        ge=0,
        description="US dollars for a million cached input tokens; unset counts them as input.",
    )
    output_usd_per_million: Decimal | None = Field(
        default=None, ge=0, description="US dollars for a million output tokens."
    )
    daily_tokens: int = Field(
        default=2_000_000,
        ge=0,
        description="Tokens a day (UTC), input and output; then no call is made and summaries "
        "quote the abstract, so that a fault cannot run up a bill.",
    )
    daily_usd: Decimal | None = Field(
        default=None,
        ge=0,
        description="US dollars a day (UTC), the same hard stop; counts calls whose price is "
        "known.",
    )


class LogSettings(Group):
    """What the program says of itself, on standard error."""

    level: LogLevel = Field(
        default="warning",
        description="The least important line that is written; other libraries' start at warning.",
    )
    format: LogFormat = Field(
        default="auto",
        description="Text for people, JSON lines for programs; auto is text in a terminal.",
    )


class Settings(Group):
    """All settings. Reads nothing by itself: ``config.load`` does."""

    language: LanguageTag = Field(
        default="zh", description="The language of summaries, as a BCP 47 tag."
    )
    sources: SourceKeys = Field(
        default=("hf",), description="The lists that are read when a command names none."
    )
    contact_url: Contact | None = Field(
        default=None,
        description="Where an upstream's operator can reach you; sent in the User-Agent, which "
        "else has only Sulan's name and version.",
    )
    chats: Annotated[tuple[ChatSettings, ...], ChatTables] = Field(
        default=(),
        description="Where `sulan run` publishes, a table for each chat (see below); without one, "
        "it publishes into the terminal.",
    )
    store: StoreSettings = Field(default_factory=StoreSettings)
    huggingface: HuggingFaceSettings = Field(default_factory=HuggingFaceSettings)
    arxiv: ArxivSettings = Field(default_factory=ArxivSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    subscriptions: SubscriptionSettings = Field(default_factory=SubscriptionSettings)
    run: RunSettings = Field(default_factory=RunSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    adapters: Annotated[dict[str, dict[str, Any]], AdapterTables] = Field(
        default_factory=dict[str, dict[str, Any]],
        description="Each adapter's own options; it checks them itself.",
        repr=False,  # tokens are among them (T5)
    )

    @field_serializer("adapters")
    def _without_values(self, adapters: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
        """What a dump shows: which options are set, and none of their values (T5)."""
        return {name: dict.fromkeys(options, HIDDEN) for name, options in adapters.items()}
