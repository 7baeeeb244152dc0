"""The composition of ``sulan run``: everything opened in order, and closed in reverse."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from adapters.base import Adapter, Desk, Hooked, Listener
from bot.app import Sulan, started
from bot.chats import adapters_for, chats_of, enter
from bot.domain.chat import Chat
from bot.domain.digest import Digest
from bot.engine import DbosEngine, EngineOptions
from bot.lifetime import GRACE_S, Lifetime
from bot.listening import keep_listening
from bot.observing import Observed, Observer
from bot.schedule import Schedule, Tick
from bot.services.archive import StoredDays
from bot.services.commands.asking import CommandOptions, Means
from bot.services.commands.service import CommandService
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import Heartbeats, QuietWords
from bot.services.plan import Planner, stored_summaries
from bot.services.publication import Publication, Voices
from bot.services.rounds.collecting import Collecting, Upstreams
from bot.services.rounds.duties import Duties, Rhythm, Team
from bot.services.rounds.membership import Membership
from bot.services.rounds.roster import enrol
from bot.services.rounds.writing import Writing
from bot.store.location import locate, prepare
from bot.web.hooks import Hooks
from bot.web.lag import watch
from bot.web.metrics import Metrics
from bot.web.server import Views, WebServer
from config.rules import LEAST_COLLECT_S
from config.settings import Settings
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import available_languages, load_wording
from summarizer.markdown import write_digest

_log = logging.getLogger(__name__)

# Of the grace that a stop is given, for closing connections and the store.
_CLOSING_S = 2.0
# The longest that a job waits to begin, in seconds; each queue costs a query that often.
_ENGINE_POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class Crew:
    """Everything that is at work, opened; ``web`` is ``None`` where nobody wants it."""

    sulan: Sulan
    chats: Sequence[Chat]
    adapters: Sequence[Adapter]
    commands: CommandService
    deliverer: Deliverer
    engine: DbosEngine
    schedule: Schedule
    membership: Membership
    observer: Observer
    web: WebServer | None

    async def work(self, life: Lifetime) -> None:
        """Work until it is time to stop, then end in order: intake first (F56).

        Raises:
            StoreError: the engine's database cannot be used.
            SettingsError: the web server cannot listen.
        """
        await self.engine.start()
        sending = self._begin(life, "deliveries", self._deliver(life))
        others = [
            self._begin(life, "membership", self.membership.keep()),
            self._begin(life, "loop", watch(self.sulan.clock, self.observer.metrics.lagged)),
            self._begin(life, "model", tell_of_model(self.sulan)),
        ]
        listening = [self._begin(life, a.name, self._listen(a)) for a in self.adapters]
        try:
            if self.web is not None:
                await self.web.start()
            self.schedule.start()
            await life.stopping.wait()
        finally:
            life.stop()
            self.schedule.stop()
            for task in (*listening, *others):
                task.cancel()
            within = max(0.0, life.left() - _CLOSING_S)
            await asyncio.gather(
                asyncio.wait([sending, *listening, *others], timeout=within + 1),
                self.engine.stop(within),
                *([self.web.stop()] if self.web is not None else []),
            )

    def _begin(
        self, life: Lifetime, name: str, work: Coroutine[object, object, object]
    ) -> asyncio.Task[None]:
        return asyncio.ensure_future(life.watch(name, work))

    async def _deliver(self, life: Lifetime) -> None:
        await self.deliverer.run(life.stopping, within=GRACE_S - _CLOSING_S)

    async def _listen(self, adapter: Adapter) -> None:
        if isinstance(adapter, Listener):
            sulan, store = self.sulan, self.sulan.store
            desk = Desk(store.inbox, store.leases, sulan.clock, sulan.owner)
            health = self.observer.health
            await keep_listening(adapter.name, adapter, self.commands, desk=desk, health=health)


async def tell_of_model(sulan: Sulan) -> None:
    """Say at the start that the model ends soon, is not offered, or refuses the key (F25)."""
    status = await sulan.model_status()
    if status is not None and status.problem is not None:
        _log.warning("the model needs a look", extra={"reason": status.problem})


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncGenerator[Crew, None]:
    """Open everything, in order; close it in reverse.

    Raises:
        SettingsError: an adapter finds fault with its options, or is not known.
        StoreError: the store cannot be used.
    """
    async with AsyncExitStack() as stack:
        sulan = await stack.enter_async_context(started(settings))
        chats, health = chats_of(settings), Health()
        archive = StoredDays(sulan.store, write=_as_markdown)
        adapters = adapters_for(chats, settings, archive)
        for adapter in adapters:
            await enter(adapter, stack)
            health.worked(f"adapter:{adapter.name}", at=sulan.clock.now())
        await enrol(chats, sulan.store.chats, sulan.clock)
        patience = timedelta(seconds=settings.run.takeover_s)
        membership = Membership(
            sulan.store.leases, sulan.clock, owner=sulan.owner, patience=patience
        )
        await membership.join()
        stack.push_async_callback(membership.leave)
        yield await _crew(
            _Ground(sulan, chats, adapters, health, membership, _engine(settings, membership)),
            stack,
        )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the crew stands on."""

    sulan: Sulan
    chats: Sequence[Chat]
    adapters: Sequence[Adapter]
    health: Health
    membership: Membership
    engine: DbosEngine


async def _crew(ground: _Ground, stack: AsyncExitStack) -> Crew:
    sulan, health = ground.sulan, ground.health
    collecting = Collecting(_upstreams(sulan), store=sulan.store, clock=sulan.clock, health=health)
    writing = Writing(sulan.summaries, store=sulan.store, clock=sulan.clock, health=health)
    observer = Observer(_observed(ground, writing), Metrics())
    deliverer = _deliverer(ground, observer)
    means = _means(ground, collecting)
    commands = CommandService(means, options=_command_options(sulan.settings))
    await stack.enter_async_context(commands)
    duties = _duties(ground, collecting, writing, deliverer)
    duties.register()
    return Crew(
        sulan=sulan,
        chats=ground.chats,
        adapters=ground.adapters,
        commands=commands,
        deliverer=deliverer,
        engine=ground.engine,
        schedule=Schedule(_ticks(duties, sulan.settings), sulan.clock),
        membership=ground.membership,
        observer=observer,
        web=_web(ground, observer),
    )


def _engine(settings: Settings, membership: Membership) -> DbosEngine:
    """The engine on a database of its own: a file beside the store's, or the same PostgreSQL."""
    location = locate(settings.store.url.get_secret_value())
    poll_s = min(_ENGINE_POLL_S, settings.run.plan_every_s / 2)
    executor = membership.executor
    if location.path is None:
        url = location.url.render_as_string(hide_password=False)
        return DbosEngine(EngineOptions(url, location.name, executor, poll_s=poll_s))
    path = location.path.with_name(f"{location.path.stem}.engine.sqlite3")
    prepare(path)
    url = location.url.set(drivername="sqlite", database=str(path)).render_as_string()
    return DbosEngine(EngineOptions(url, str(path), executor, path, poll_s))


def _upstreams(sulan: Sulan) -> Upstreams:
    often = sulan.settings.run.collect_every_s < LEAST_COLLECT_S
    return Upstreams(sulan.source, often=often)


def _deliverer(ground: _Ground, observer: Observer) -> Deliverer:
    store, clock, health = ground.sulan.store, ground.sulan.clock, ground.health
    voices = Voices(load_wording, available_languages(), ExtractiveSummarizer(clock))
    quiet = QuietWords(store, clock, health=health, wording=load_wording)
    publication = Publication(store, voices, quiet)
    tools = Tools(store, clock, health, observer.settled)
    return Deliverer(ground.adapters, publication.compose, tools=tools)


def _duties(
    ground: _Ground, collecting: Collecting, writing: Writing, deliverer: Deliverer
) -> Duties:
    sulan, settings = ground.sulan, ground.sulan.settings
    store, clock = sulan.store, sulan.clock
    patience = timedelta(seconds=settings.run.publish_deadline_s)
    planner = Planner(store, clock, ready=stored_summaries(store), patience=patience)
    heartbeats = Heartbeats(store, clock)

    async def plan() -> None:
        if (await planner.plan()).added + await heartbeats.plan():
            deliverer.wake()

    rhythm = Rhythm(
        patience=patience,
        again=timedelta(seconds=settings.run.collect_every_s),
        writers=settings.model.concurrency,
    )
    team = Team(collecting, writing, sulan.summaries, ground.membership, plan, deliverer.wake)
    return Duties(team, ground.engine, store=store, clock=clock, rhythm=rhythm)


def _ticks(duties: Duties, settings: Settings) -> list[Tick]:
    run = settings.run
    return [
        Tick("collect", timedelta(seconds=run.collect_every_s), duties.tick_collect),
        Tick("plan", timedelta(seconds=run.plan_every_s), duties.tick_plan),
        Tick("upkeep", timedelta(seconds=run.takeover_s), duties.tick_upkeep),
    ]


def _means(ground: _Ground, collecting: Collecting) -> Means:
    sulan = ground.sulan
    return Means(
        store=sulan.store,
        clock=sulan.clock,
        summaries=sulan.summaries,
        lookup=sulan.lookup,
        collect=collecting.collect_day,
        wordings={language: load_wording(language) for language in available_languages()},
        health=ground.health,
    )


def _command_options(settings: Settings) -> CommandOptions:
    model = settings.model
    return CommandOptions(
        language=settings.language,
        sources=settings.sources,
        model=model.name,
        daily_usd=model.daily_usd,
        daily_tokens=model.daily_tokens if model.name else None,
    )


def _observed(ground: _Ground, writing: Writing) -> Observed:
    sources = dict.fromkeys(source for chat in ground.chats for source in chat.sources)
    parts = (
        "store",
        *(f"source:{source}" for source in sources),
        *(f"adapter:{adapter.name}" for adapter in ground.adapters),
    )
    return Observed(
        store=ground.sulan.store,
        clock=ground.sulan.clock,
        health=ground.health,
        engine=ground.engine,
        parts=parts,
        first_seen=lambda: writing.first_seen,
        owner=ground.sulan.owner,
    )


def _web(ground: _Ground, observer: Observer) -> WebServer | None:
    """The web server, if the settings want it or a platform is to call us."""
    web = ground.sulan.settings.web
    seed = web.webhook_secret.get_secret_value() if web.webhook_secret else None
    hooks = Hooks(web.public_url, seed)
    for adapter in ground.adapters:
        if isinstance(adapter, Hooked):
            adapter.hook_into(hooks)
    if not web.enabled and not hooks.wanted:
        return None
    return WebServer(Views(observer.report, observer.text, hooks), host=web.host, port=web.port)


def _as_markdown(digest: Digest) -> str:
    return write_digest(digest, load_wording(digest.language))
