"""``/status``: gathers what the store and the board of health know of a chat and the service."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.chat import PAUSED
from bot.domain.delivery import Delivery, State
from bot.domain.post import Post
from bot.ports import DeliveryQuery
from bot.services.chat_settings.describe import describe, small_print
from bot.services.commands.asking import Asker, CommandOptions, Means
from bot.services.commands.day_view import source_part
from bot.services.commands.fetch_paper import LOOKUP
from bot.services.commands.settings_desk import offer_of
from bot.services.commands.status_facts import (
    ChatFacts,
    ModelFacts,
    QueueFacts,
    ServiceFacts,
    SourceFacts,
)
from bot.services.commands.status_post import status_post

# The model's and an adapter's names on the board of health.
MODEL = "model"


def adapter_part(platform: str) -> str:
    """An adapter's name on the board of health."""
    return f"adapter:{platform}"


_DAY = timedelta(days=1)
_OPEN = frozenset({State.PENDING, State.CLAIMED, State.SENDING})
_LOST = frozenset({State.FAILED, State.EXPIRED})
# Rows read to count a queue: a few milliseconds' work. What is more is called more.
_MOST = 1000


class AskStatus:
    """Answers how things stand."""

    def __init__(self, means: Means, options: CommandOptions) -> None:
        self._means = means
        self._options = options
        self._offer = offer_of(means, options)

    async def post(self, asker: Asker) -> Post:
        """How the asker's chat and the service stand now.

        Raises:
            StoreError: the store cannot be read.
        """
        now = self._means.clock.now()
        chat = await self._chat(asker, now)
        service = await self._service(asker, now)
        return status_post(chat, service, asker.wording, now=now)

    async def _chat(self, asker: Asker, now: datetime) -> ChatFacts:
        if asker.chat is None:
            return ChatFacts(None, self._unsubscribed(asker))
        target = asker.chat.target
        recent = await self._find(DeliveryQuery(target=target, since=now - _DAY, limit=_MOST))
        waiting = await self._find(DeliveryQuery(target=target, states=_OPEN, limit=_MOST))
        sent = frozenset({State.SENT})
        last = await self._find(DeliveryQuery(target=target, states=sent, limit=1))
        chat = await self._means.store.register.at(target) or asker.chat
        return ChatFacts(
            chat=chat,
            described=(
                describe(chat, self._offer, asker.speech),
                *small_print(chat, asker.speech),
            ),
            sent=_came(recent),
            waiting=_posts(waiting, _OPEN),
            unknown=_posts(recent, frozenset({State.UNKNOWN})),
            failed=tuple(row for row in recent if row.state in _LOST and row.reason != PAUSED),
            last=last[0].sent_at if last else None,
        )

    def _unsubscribed(self, asker: Asker) -> tuple[str, ...]:
        say = asker.speech.say
        if not self._offer.subscriptions:
            return (
                say("Whoever runs this bot chooses which chats get papers. Commands work here."),
            )
        return (say("Nothing comes by itself: /subscribe changes that."),)

    async def _service(self, asker: Asker, now: datetime) -> ServiceFacts:
        health = self._means.health
        chosen = asker.chat.sources if asker.chat else self._options.sources
        return ServiceFacts(
            sources=tuple([await self._source(source, now) for source in chosen]),
            lookup=health.of(LOOKUP),
            adapter=health.of(adapter_part(asker.command.target.platform)),
            model=await self._model(now),
            queue=await self._queue(),
        )

    async def _source(self, source: str, now: datetime) -> SourceFacts:
        """Shortly after midnight it is yesterday's list that was looked at last."""
        today = now.date()
        checked = [
            await self._means.store.listings.checked_at(source, day)
            for day in (today, today - _DAY)
        ]
        newest = max((moment for moment in checked if moment), default=None)
        return SourceFacts(source, newest, self._means.health.of(source_part(source)))

    async def _model(self, now: datetime) -> ModelFacts | None:
        options = self._options
        if options.model is None:
            return None
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        spent = await self._means.store.ledger.spent(since=midnight)
        standing = self._means.health.of(MODEL)
        return ModelFacts(options.model, spent, options.daily_usd, options.daily_tokens, standing)

    async def _queue(self) -> QueueFacts:
        rows = await self._find(DeliveryQuery(states=_OPEN, limit=_MOST + 1))
        oldest = min((row.created_at for row in rows), default=None)
        return QueueFacts(min(len(rows), _MOST), oldest, more=len(rows) > _MOST)

    async def _find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        return await self._means.store.outbox.find(query)


def _came(rows: Sequence[Delivery]) -> int:
    """How many posts were sent; of a digest its papers count, not its message and edits."""
    sent = {row.post_key for row in rows if row.state is State.SENT}
    edited = {key.removeprefix("edit:").rpartition(":")[0] for key in sent if _is(key, "edit")}
    gathered = {row.post_key for row in rows if row.reason in sent | edited}
    return len({key for key in sent | gathered if not _is(key, "digest", "edit")})


def _is(post_key: str, *kinds: str) -> bool:
    return post_key.partition(":")[0] in kinds


def _posts(rows: Iterable[Delivery], states: frozenset[State]) -> int:
    """How many posts have a part in one of the states."""
    return len({row.post_key for row in rows if row.state in states})
