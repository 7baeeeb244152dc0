"""What there is to say to ``/status``, before any language has words for it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.model_call import Spending
from bot.services.health import Standing


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """A chat's last 24 hours. ``sent``, ``waiting`` and ``unknown`` count posts, not parts; of a
    digest that was sent its papers.

    ``chat`` is ``None`` where nothing is known of it; ``described`` says in sentences what it gets;
    ``failed`` are the newest first.
    """

    chat: Chat | None
    described: tuple[str, ...] = ()
    sent: int = 0
    waiting: int = 0
    unknown: int = 0
    failed: tuple[Delivery, ...] = ()
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source's key, when its newest list was last looked at, and how it stands."""

    key: str
    checked_at: datetime | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The model in use and what it cost since midnight UTC; a limit is ``None`` for none."""

    name: str
    spent: Spending
    daily_usd: Decimal | None
    daily_tokens: int | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """Deliveries that are not settled; ``more`` where there are more than were counted."""

    depth: int = 0
    oldest: datetime | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """How the service stands. ``model`` is ``None`` where papers are only quoted."""

    sources: tuple[SourceFacts, ...]
    lookup: Standing
    adapter: Standing
    model: ModelFacts | None
    queue: QueueFacts
