"""The answer to ``/status`` in one language's words. Pure."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.delivery import Delivery
from bot.domain.errors import InvalidInput
from bot.domain.post import Post, Section
from bot.domain.wording import Wording
from bot.services.chat_settings.moments import moment_in, span
from bot.services.commands.status_facts import (
    ChatFacts,
    ModelFacts,
    QueueFacts,
    ServiceFacts,
    SourceFacts,
)
from bot.services.health import Standing
from bot.services.post_keys import PaperPost, read_post_key

# Failures told one by one; more of them say nothing new.
_MOST_FAILURES = 3
# A reason is a technical sentence from far below; its beginning tells what it is.
_LONGEST_REASON = 120


def status_post(chat: ChatFacts, service: ServiceFacts, wording: Wording, *, now: datetime) -> Post:
    """This chat first, then the service."""
    writer = _Writer(wording, now, chat.chat.zone if chat.chat else "UTC")
    words = wording.commands.status
    sections = (
        Section(words.this_chat, tuple(writer.chat_lines(chat)), bulleted=True),
        Section(words.service, tuple(writer.service_lines(service)), bulleted=True),
    )
    return Post(wording.language, words.title, "", sections=sections)


class _Writer:
    """Lines in one language, with moments in one zone."""

    def __init__(self, wording: Wording, now: datetime, zone: str) -> None:
        self._wording = wording
        self._words = wording.commands.status
        self._now = now
        self._zone = zone

    def chat_lines(self, facts: ChatFacts) -> Iterator[str]:
        """What the chat gets, and what became of it."""
        chat, words = facts.chat, self._words
        yield from facts.described
        if chat is None:
            return
        if chat.suspended:
            line = words.held if chat.held else words.suspended
            yield line.format(reason=_short(chat.suspended))
        yield words.counts.format(
            sent=facts.sent, waiting=facts.waiting, failed=len({d.post_key for d in facts.failed})
        )
        yield words.last.format(when=self._moment(facts.last)) if facts.last else words.never
        if facts.unknown:
            yield words.unknown.format(count=facts.unknown)
        for delivery in facts.failed[:_MOST_FAILURES]:
            reason = _short(delivery.reason or delivery.state.value)
            yield words.failed.format(paper=_about(delivery), reason=reason)

    def service_lines(self, facts: ServiceFacts) -> Iterator[str]:
        """Sources, model, queue; what works by itself is told only where it fails."""
        for source in facts.sources:
            yield self._source(source)
        for standing, line in (
            (facts.lookup, self._words.lookup_failing),
            (facts.adapter, self._words.adapter_failing),
        ):
            if standing.failing_since is not None:
                yield self._failing(line, standing)
        yield self._model(facts.model)
        yield self._queue(facts.queue)

    def _source(self, facts: SourceFacts) -> str:
        name, words = self._wording.commands.source_name(facts.key), self._words
        if facts.standing.failing_since is not None:
            return self._failing(words.source_failing, facts.standing, source=name)
        if facts.checked_at is None:
            return words.source_waiting.format(source=name)
        return words.source_ok.format(source=name, ago=self._ago(facts.checked_at))

    def _model(self, facts: ModelFacts | None) -> str:
        words = self._words
        if facts is None:
            return words.no_model
        if facts.standing.failing_since is not None:
            return self._failing(words.model_failing, facts.standing, model=facts.name)
        spent, limit = self._spending(facts)
        if limit is None:
            return words.model.format(model=facts.name, spent=spent)
        return words.model_limited.format(model=facts.name, spent=spent, limit=limit)

    def _spending(self, facts: ModelFacts) -> tuple[str, str | None]:
        """Dollars where they are limited or known; else tokens."""
        usd, tokens = facts.spent.cost_usd, facts.spent.tokens
        if facts.daily_usd is not None or (usd and facts.daily_tokens is None):
            limit = None if facts.daily_usd is None else f"${facts.daily_usd:.2f}"
            return f"${usd:.2f}", limit
        spent = self._words.tokens.format(count=f"{tokens:,}")
        if facts.daily_tokens is None:
            return spent, None
        return spent, self._words.tokens.format(count=f"{facts.daily_tokens:,}")

    def _queue(self, facts: QueueFacts) -> str:
        if facts.more:
            return self._words.queue_long.format(count=facts.depth)
        if facts.oldest is None:
            return self._words.queue_empty
        age = span(self._now - facts.oldest, self._words.spans)
        return self._words.queue.format(count=facts.depth, age=age)

    def _failing(self, line: str, standing: Standing, **names: str) -> str:
        since = standing.failing_since or self._now
        # A model's reason is a stable word, another part's a sentence.
        reason = self._wording.reasons.get(standing.reason, _short(standing.reason))
        return line.format(when=self._moment(since), reason=reason, **names)

    def _ago(self, moment: datetime) -> str:
        return span(self._now - moment, self._words.ago)

    def _moment(self, moment: datetime) -> str:
        """In the chat's zone."""
        return moment_in(self._zone, moment, now=self._now)


def _about(delivery: Delivery) -> str:
    """The paper's id; for other posts, and those of a newer version, the key itself."""
    try:
        name = read_post_key(delivery.post_key)
    except InvalidInput:
        return delivery.post_key
    return str(name.paper_id) if isinstance(name, PaperPost) else delivery.post_key


def _short(reason: str) -> str:
    reason = reason.rstrip(".。 ")
    return reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON].rstrip() + " …"
