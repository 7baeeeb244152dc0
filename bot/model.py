"""The configured model, put together. Apart from ``bot.app`` because its SDK is slow to import."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.domain.wording import Wording
from bot.ports import Clock, Store
from config.settings import ModelSettings
from summarizer.budget import Budget, DailyLimit
from summarizer.draft import Draft
from summarizer.endpoint import OpenAIEndpoint
from summarizer.line import ModelLine
from summarizer.markdown import read_entry
from summarizer.openai import OpenAISummarizer
from summarizer.openai_options import OpenAIOptions
from summarizer.prices import Price
from summarizer.secret import Secret


@asynccontextmanager
async def open_model(
    settings: ModelSettings, *, store: Store, clock: Clock
) -> AsyncGenerator[OpenAISummarizer, None]:
    """The summariser for the configured model; its connections are closed on leaving."""
    options = _options(settings)
    limit = DailyLimit(tokens=settings.daily_tokens, usd=settings.daily_usd)
    budget = Budget(store.ledger, clock=clock, limit=limit)
    endpoint = OpenAIEndpoint(options, clock=clock)
    line = ModelLine(options, endpoint=endpoint, budget=budget, clock=clock)
    summarizer = OpenAISummarizer(line, clock=clock, read_text=_read_text)
    try:
        yield summarizer
    finally:
        await summarizer.aclose()


def _read_text(text: str, wording: Wording) -> Draft:
    return read_entry(text, wording).draft


def _options(settings: ModelSettings) -> OpenAIOptions:
    key = settings.api_key
    return OpenAIOptions(
        model=settings.name or "",
        base_url=settings.base_url,
        api_key=Secret(key.get_secret_value()) if key else None,
        temperature=settings.temperature,
        reasoning_effort=settings.reasoning_effort,
        max_output_tokens=settings.max_output_tokens,
        concurrency=settings.concurrency,
        timeout_s=settings.timeout_s,
        attempts=settings.attempts,
        price=_price(settings),
    )


def _price(settings: ModelSettings) -> Price | None:
    """The operator's prices; cached input costs as much as input where they name none."""
    paid, written = settings.input_usd_per_million, settings.output_usd_per_million
    if paid is None or written is None:
        return None
    cached = settings.cached_usd_per_million
    return Price(input=paid, cached=paid if cached is None else cached, output=written)
