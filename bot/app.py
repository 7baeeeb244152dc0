"""The composition root: from settings to objects, opened and closed in order."""

import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from bot.clock import SystemClock
from bot.domain.errors import InvalidInput
from bot.domain.summary import Language
from bot.domain.wording import Wording
from bot.ports import Clock, PaperLookup, Source, Store
from bot.services.summarise import SummariseService, Writers
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_rss import Announced, ArxivRss, parse_categories
from bot.sources.exchange import HttpOptions, RetryPolicy, TimeOuts
from bot.sources.hf_daily import HfDaily
from bot.sources.hf_papers import HfPapers
from bot.sources.http import HttpClient
from bot.sources.lookup import ArxivFirst
from bot.sources.pooled import PooledLookup
from bot.store.sql_store import open_store
from config.load import Loaded, load_with_origins
from config.logs import configure_logging
from config.secrets import secrets_of
from config.settings import Settings
from summarizer.base import Summarizer
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from summarizer.model_status import ModelStatus


@dataclass(frozen=True, slots=True)
class Sulan:
    """The running application, as the command line uses it."""

    settings: Settings
    clock: Clock
    store: Store
    summaries: SummariseService
    client: HttpClient
    lookup: PaperLookup
    model_status: Callable[[], Awaitable[ModelStatus | None]]

    def wording(self, language: Language | None) -> Wording:
        """The words of a language; the configured one if none is named.

        Raises:
            InvalidInput: there is no table for it.
        """
        return load_wording(language or self.settings.language)

    def source(self, name: str) -> Source:
        """A source by its key.

        Raises:
            InvalidInput: there is no such source.
        """
        kind, _, rest = name.partition(":")
        arxiv = self.settings.arxiv
        if name == "hf":
            return HfDaily(self.client, self.clock, base=self.settings.huggingface.base_url)
        if kind == "arxiv" and rest:
            announced = Announced(
                parse_categories(rest),
                cross_lists=arxiv.cross_lists,
                replacements=arxiv.replacements,
            )
            return ArxivRss(self.client, self.clock, announced=announced, url=arxiv.rss_url)
        raise InvalidInput(
            f"No source {name!r}. There is hf, and arxiv: with a category, such as arxiv:cs.CL."
        )


def load() -> Settings:
    """The operator's settings, with logging set up by them.

    Raises:
        SettingsError: something is wrong with them.
    """
    return load_explained().settings


def load_explained() -> Loaded:
    """The same with where each setting came from."""
    loaded = load_with_origins()
    log = loaded.settings.log
    configure_logging(log.level, log.format, secrets=secrets_of(loaded.settings))
    return loaded


@asynccontextmanager
async def started(settings: Settings) -> AsyncGenerator[Sulan, None]:
    """Open the store and what asks the world; close both in reverse.

    Raises:
        StoreError: the store cannot be used.
        SettingsError: an address cannot be used.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        place = settings.store.url.get_secret_value()
        store = await stack.enter_async_context(open_store(place))
        client = HttpClient(_http_options(settings), store.http_cache, clock)
        await stack.enter_async_context(client)
        main, model_status = await _main_writer(settings, store, clock, stack)
        writers = Writers(main, ExtractiveSummarizer(clock))
        summaries = SummariseService(writers, store=store, clock=clock, owner=_owner())
        stack.push_async_callback(summaries.close)
        lookup = _lookup(settings, client)
        yield Sulan(settings, clock, store, summaries, client, lookup, model_status)


@asynccontextmanager
async def demonstration(folder: Path) -> AsyncGenerator[Sulan, None]:
    """The application on a store of its own, with the defaults and nobody's settings."""
    store = {"url": str(folder / "demo.sqlite3")}
    async with started(Settings.model_validate({"store": store})) as sulan:
        yield sulan


def _lookup(settings: Settings, client: HttpClient) -> PaperLookup:
    """Papers by id: arXiv, and Hugging Face while arXiv cannot answer."""
    arxiv = ArxivApi(client, url=settings.arxiv.api_url)
    hugging_face = HfPapers(client, base=settings.huggingface.base_url)
    return PooledLookup(ArxivFirst(arxiv=arxiv, hugging_face=hugging_face))


async def _main_writer(
    settings: Settings, store: Store, clock: Clock, stack: AsyncExitStack
) -> tuple[Summarizer, Callable[[], Awaitable[ModelStatus | None]]]:
    """Who writes, and how to ask after its health."""
    if settings.model.name is None:
        return ExtractiveSummarizer(clock), _no_model
    from bot.model import open_model  # noqa: PLC0415 - the SDK takes a second to import

    model = await stack.enter_async_context(open_model(settings.model, store=store, clock=clock))
    return model, model.model_status


async def _no_model() -> None:
    """There is none to ask after."""


def _http_options(settings: Settings) -> HttpOptions:
    http, arxiv = settings.http, settings.arxiv
    return HttpOptions(
        user_agent=_user_agent(settings.contact_url),
        bases=(settings.huggingface.base_url,),
        paced=(arxiv.api_url, arxiv.rss_url),
        gap=arxiv.interval_s,
        max_body=int(http.max_body_mb * 1_000_000),
        use_system_proxy=True,
        time_outs=TimeOuts(connect=http.connect_timeout_s, total=http.total_timeout_s),
        retry=RetryPolicy(attempts=http.attempts, patience=http.max_wait_s),
    )


def _user_agent(contact: str | None) -> str:
    name = f"Sulan/{version('sulan')}"
    return f"{name} (+{contact})" if contact else name


def _owner() -> str:
    """This process's name in claims: readable, and never that of another."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
