"""The line to one endpoint: how often, how many at once, at what cost, and when to stop."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import TypeAlias

from bot.domain.errors import ModelBusy, ModelUnusable, SummaryError
from bot.domain.model_call import ModelCall
from bot.ports import Clock
from summarizer.budget import Budget
from summarizer.chat import ChatEndpoint, ChatReply, Usage
from summarizer.draft import Draft
from summarizer.ladder import Dialect, Ladder, Rung, first_dialect
from summarizer.model_status import ModelStatus, ask_status
from summarizer.openai_errors import AnswerLost, OptionRefused, ServerFault
from summarizer.openai_options import OpenAIOptions
from summarizer.patience import Gate, back_off
from summarizer.prices import listed_price
from summarizer.question import Question, request_body, worst_cost

_log = logging.getLogger(__name__)

# A key or an account that was refused is not tried again for so long; a person has to act first,
# and a program that runs for weeks must notice that they did.
UNUSABLE_S = 600.0

Reader: TypeAlias = Callable[[ChatReply, Rung], Draft]


@dataclass(frozen=True, slots=True)
class Answer:
    """A draft with the text it was read from."""

    draft: Draft
    text: str


class ModelLine:
    """Asks one model at one endpoint, for many callers at once.

    At most ``concurrency`` requests are in flight; a call that waits (for its answer, or to try
    again) keeps none of the others from their turn but those beyond that number, and holds no turn
    while it backs off. Every request is booked, also one that failed or that nobody waits for.
    """

    def __init__(
        self, options: OpenAIOptions, *, endpoint: ChatEndpoint, budget: Budget, clock: Clock
    ) -> None:
        self._options = options
        self._endpoint = endpoint
        self._budget = budget
        self._clock = clock
        self._price = options.price or (listed_price(options.model) if options.is_openai else None)
        self._turns = asyncio.Semaphore(options.concurrency)
        self._ladder = Ladder(first_dialect(is_openai=options.is_openai))
        self._gate = Gate(clock)
        self._unusable: tuple[str, float] | None = None
        self._jitter = SystemRandom().random

    @property
    def options(self) -> OpenAIOptions:
        """What the line was opened with."""
        return self._options

    async def status(self) -> ModelStatus:
        """What the endpoint says of itself and of the model; never raises a SummaryError."""
        return await ask_status(self._options, self._endpoint)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def ask(self, question: Question, read: Reader) -> Answer:
        """One answer to a question, through as many requests as the endpoint's state takes.

        Raises:
            SummaryError: what ``read`` raised of the answer, or ModelBusy after the last attempt,
                ModelUnusable, BudgetSpent, or that the request is not taken.
        """
        faults, failures = 0, 0
        while True:
            try:
                return await self._attempt(question, read, in_doubt=faults > 1)
            except ModelBusy as error:
                failures += 1
                await self._patience(error, failures)
                faults = faults + 1 if isinstance(error, ServerFault) else 0

    async def _attempt(self, question: Question, read: Reader, *, in_doubt: bool) -> Answer:
        while True:
            await self._gate.pass_through()
            async with self._turns:
                if self._gate.wait > 0:  # closed while this call waited for its turn
                    continue
                self._check_usable()
                # Only now, so that it knows what the calls before it have learnt.
                dialect = self._spoken(in_doubt)
                try:
                    return await self._call(question, read, dialect)
                except OptionRefused as error:
                    self._adapt(error, dialect)

    def _spoken(self, in_doubt: bool) -> Dialect:
        dialect = self._ladder.dialect
        # OpenAI's own endpoint knows the schema: two faults of its server are an outage.
        if in_doubt and not self._options.is_openai:
            return self._ladder.doubted(dialect)
        return dialect

    async def _call(self, question: Question, read: Reader, dialect: Dialect) -> Answer:
        body = request_body(question, dialect, self._options)
        worst = worst_cost(body, question.cap, self._price)
        async with self._budget.room_for(worst) as room:
            try:
                reply = await self._sent(body, question)
            except (AnswerLost, asyncio.CancelledError):
                room.keep()
                raise
            self._ladder.answered(dialect)
            return await self._read(reply, question, lambda it: read(it, dialect.rung))

    async def _sent(self, body: Mapping[str, object], question: Question) -> ChatReply:
        try:
            return await self._endpoint.complete(body)
        except asyncio.CancelledError:
            await self._book(question, Usage(), "cancelled")
            raise
        except SummaryError as error:
            await self._book(question, Usage(), error.reason)
            if isinstance(error, ModelUnusable):
                self._stop(error)
            raise

    async def _read(
        self, reply: ChatReply, question: Question, read: Callable[[ChatReply], Draft]
    ) -> Answer:
        outcome = "ok"
        try:
            return Answer(read(reply), reply.content)
        except SummaryError as error:
            outcome = error.reason
            raise
        finally:
            await self._book(question, reply.usage, outcome)

    async def _book(self, question: Question, usage: Usage, outcome: str) -> None:
        await self._budget.book(
            ModelCall(
                key=question.key,
                at=self._clock.now(),
                input_tokens=usage.input_tokens,
                cached_tokens=usage.cached_tokens,
                output_tokens=usage.output_tokens,
                cost_usd=self._price.of(usage) if self._price else None,
                outcome=outcome,
            )
        )

    def _adapt(self, error: OptionRefused, dialect: Dialect) -> None:
        if self._ladder.refused(error.option, dialect) is None:
            raise SummaryError(str(error)) from error
        _log.info("endpoint refused a parameter", extra={"option": error.option})

    async def _patience(self, error: ModelBusy, failures: int) -> None:
        """Wait for the next attempt, or pass the error on when there is none. A time that the
        endpoint named is waited for at the gate, by all calls."""
        asked = error.retry_after
        if asked is not None:
            self._gate.close_for(asked)
        if failures >= self._options.attempts:
            raise error
        if asked is None:
            await self._clock.sleep(back_off(failures, self._jitter()))

    def _stop(self, error: ModelUnusable) -> None:
        if self._unusable is None:
            _log.error("model cannot be used", extra={"reason": str(error)})
        self._unusable = (str(error), self._clock.monotonic() + UNUSABLE_S)

    def _check_usable(self) -> None:
        if self._unusable is None:
            return
        message, until = self._unusable
        if self._clock.monotonic() < until:
            raise ModelUnusable(message)
        self._unusable = None
