"""The composition root: from settings to objects, opened and closed in order."""

import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
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
from config.settings import ModelSettings, Settings
from summarizer.base import Summarizer
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from summarizer.model_status import ModelStatus

# A claim that is taken from somebody who lives, and was only slow, is paid for twice.
_LEAST_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Sulan:
    """The running application, as the command line uses it. ``owner`` is this process's name
    wherever only one of several may do something."""

    settings: Settings
    clock: Clock
    store: Store
    summaries: SummariseService
    client: HttpClient
    lookup: PaperLookup
    model_status: Callable[[], Awaitable[ModelStatus | None]]
    owner: str

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
async def started(settings: Settings, *, writes: bool = True) -> AsyncGenerator[Sulan, None]:
    """Open the store and what asks the world; close both in reverse. The model is left alone where
    nobody ``writes``.

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
        owner = _owner()
        model = settings.model if writes else ModelSettings()
        patience = timedelta(seconds=max(settings.run.takeover_s, _LEAST_PATIENCE_S))
        writers = _Writing(model, store, clock, owner, patience)
        summaries, model_status = await writers.open(stack)
        stack.push_async_callback(summaries.close)
        lookup = _lookup(settings, client)
        yield Sulan(settings, clock, store, summaries, client, lookup, model_status, owner)


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


ModelHealth = Callable[[], Awaitable[ModelStatus | None]]


@dataclass(frozen=True, slots=True)
class _Writing:
    """Puts together who writes: the model, another one for when it is gone, quotation."""

    model: ModelSettings
    store: Store
    clock: Clock
    owner: str
    patience: timedelta

    async def open(self, stack: AsyncExitStack) -> tuple[SummariseService, ModelHealth]:
        """The service, and how to ask after the main model's health."""
        if self.model.name is None:
            return self._service(ExtractiveSummarizer(self.clock)), _no_model
        from bot.model import open_model  # noqa: PLC0415 - the SDK takes a second to import

        instead = None
        if self.model.fallback is not None:
            other = _of_name(self.model, self.model.fallback)
            opened = open_model(other, store=self.store, clock=self.clock)
            instead = self._service(await stack.enter_async_context(opened))
        opened = open_model(self.model, store=self.store, clock=self.clock)
        main = await stack.enter_async_context(opened)
        return self._service(main, instead), main.model_status

    def _service(
        self, main: Summarizer, instead: SummariseService | None = None
    ) -> SummariseService:
        writers = Writers(main, ExtractiveSummarizer(self.clock))
        return SummariseService(
            writers,
            store=self.store,
            clock=self.clock,
            owner=self.owner,
            instead=instead,
            patience=self.patience,
        )


def _of_name(model: ModelSettings, name: str) -> ModelSettings:
    """Another model at the same endpoint. Prices that were set are the first one's."""
    no_prices = dict.fromkeys(
        ("input_usd_per_million", "cached_usd_per_million", "output_usd_per_million")
    )
    return model.model_copy(update={"name": name, **no_prices})


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
