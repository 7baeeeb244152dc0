"""The settings of ``sulan run``: who may subscribe, its rhythm, its web server."""

from pydantic import Field

from bot.domain.role import Role
from config.group import Group
from config.values import ApiKey, OperatorChat, Roles, SourcePatterns, WebAddress


class SubscriptionSettings(Group):
    """What chats may do by themselves, beside those that are listed here."""

    open: bool = Field(
        default=True, description="Whether chats may subscribe with /subscribe at all."
    )
    sources: SourcePatterns = Field(
        default=("hf",),
        description="The lists that they may choose, beside the top level's: each one costs "
        "requests, and each of its papers a summary. `arxiv:*` opens all of arXiv.",
    )
    most_chats: int = Field(
        default=10_000, ge=0, le=10_000_000, description="So many chats may subscribe in all."
    )


class RunSettings(Group):
    """The rhythm of `sulan run`, and what a process does of it."""

    roles: Roles = Field(
        default=tuple(Role),
        description="What this process does; others on the same store do the rest "
        "(`sulan run --roles`).",
    )
    collect_every_s: float = Field(
        default=600.0,
        ge=0.1,
        le=21_600,
        description="Seconds between two looks at a list that may still grow; at least 60, and "
        "less is taken only where every upstream is on this machine.",
    )
    plan_every_s: float = Field(
        default=10.0,
        ge=0.1,
        le=3600,
        description="Seconds between two looks at what is ready for which chat; a paper waits at "
        "most so long after its summary.",
    )
    publish_deadline_s: float = Field(
        default=1200.0,
        ge=0,
        le=86_400,
        description="Seconds that a paper waits for the model after it was first listed; then it "
        "is published with sentences from its abstract.",
    )
    takeover_s: float = Field(
        default=15.0,
        ge=1,
        le=3600,
        description="Seconds without a sign of life after which a process counts as dead: others "
        "take over its unfinished work, its place at Telegram and its shards at Discord.",
    )
    operator: OperatorChat | None = Field(
        default=None,
        description="The chat that is told, once, when something needs a person, and when it is "
        "over; on any adapter, listed or not.",
    )


class WebSettings(Group):
    """Health, metrics, and calls from platforms (webhooks)."""

    enabled: bool = Field(
        default=False,
        description="Serve /healthz, /readyz and /metrics; also on where an adapter wants a "
        "webhook.",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="The address to listen on; 0.0.0.0 for every one, behind a proxy that ends "
        "TLS.",
    )
    port: int = Field(
        default=8080, ge=0, le=65_535, description="The port; 0 takes any that is free."
    )
    public_url: WebAddress | None = Field(
        default=None, description="Where the world reaches this server; webhooks need it."
    )
    webhook_secret: ApiKey | None = Field(
        default=None,
        description="What the secrets of webhooks are derived from; unset, the bots' tokens.",
    )
