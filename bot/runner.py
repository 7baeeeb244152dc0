"""The composition of ``sulan run``: everything opened in order, and closed in reverse."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from adapters.base import Adapter, Hooked
from bot.app import Sulan, started
from bot.chats import adapters_for, chats_of, enter
from bot.crew import Crew
from bot.domain.chat import Chat
from bot.domain.digest import Digest
from bot.engine import DbosEngine, EngineOptions
from bot.observing import Observed, Observer
from bot.schedule import Schedule, Tick
from bot.services.archive import StoredDays
from bot.services.audiences import Audiences
from bot.services.chat_roll import ChatRoll
from bot.services.commands.asking import CommandOptions, Means
from bot.services.commands.service import CommandService
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import Heartbeats, QuietWords
from bot.services.plan import Planner
from bot.services.publication import Publication, Voices
from bot.services.rounds.collecting import Collecting, Upstreams
from bot.services.rounds.duties import Duties, Rhythm, Team
from bot.services.rounds.membership import Membership
from bot.services.rounds.roster import enrol
from bot.services.rounds.writing import Writing
from bot.store.location import locate, prepare
from bot.translations import load_speech
from bot.web.hooks import Hooks
from bot.web.metrics import Metrics
from bot.web.server import Views, WebServer
from config.rules import LEAST_COLLECT_S
from config.settings import Settings
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import available_languages, load_wording
from summarizer.markdown import write_digest

# The longest that a job waits to begin, in seconds; each queue costs a query that often.
_ENGINE_POLL_S = 1.0


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
        await enrol(chats, sulan.store, sulan.clock)
        patience = timedelta(seconds=settings.run.takeover_s)
        membership = Membership(
            sulan.store.leases, sulan.clock, owner=sulan.owner, patience=patience
        )
        await membership.join()
        stack.push_async_callback(membership.leave)
        engine, roll = _engine(settings, membership), ChatRoll(sulan.store, sulan.clock)
        yield await _crew(_Ground(sulan, chats, adapters, health, membership, engine, roll), stack)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the crew stands on."""

    sulan: Sulan
    chats: Sequence[Chat]
    adapters: Sequence[Adapter]
    health: Health
    membership: Membership
    engine: DbosEngine
    roll: ChatRoll


async def _crew(ground: _Ground, stack: AsyncExitStack) -> Crew:
    sulan, health = ground.sulan, ground.health
    collecting = Collecting(_upstreams(sulan), store=sulan.store, clock=sulan.clock, health=health)
    writing = Writing(sulan.summaries, store=sulan.store, clock=sulan.clock, health=health)
    observer = Observer(_observed(ground, writing), Metrics())
    deliverer = _deliverer(ground, observer)
    means = _means(ground, collecting, deliverer)
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
    quoting = ExtractiveSummarizer(clock)
    voices = Voices(load_wording, available_languages(), quoting, load_speech)
    quiet = QuietWords(store, clock, health=health, wording=load_wording)
    publication = Publication(store, voices, quiet, clock=clock)
    tools = Tools(store, clock, health, observer.settled, ground.roll)
    return Deliverer(ground.adapters, publication.compose, tools=tools)


def _duties(
    ground: _Ground, collecting: Collecting, writing: Writing, deliverer: Deliverer
) -> Duties:
    sulan, settings = ground.sulan, ground.sulan.settings
    store, clock = sulan.store, sulan.clock
    patience = timedelta(seconds=settings.run.publish_deadline_s)
    audiences = Audiences(ground.roll, clock)
    planner = Planner(store, clock, audiences=audiences, patience=patience)
    heartbeats = Heartbeats(store, clock, roll=ground.roll)

    async def plan() -> None:
        if (await planner.plan()).added + await heartbeats.plan():
            deliverer.wake()

    rhythm = Rhythm(
        patience=patience,
        again=timedelta(seconds=settings.run.collect_every_s),
        writers=settings.model.concurrency,
    )
    team = Team(
        audiences,
        collecting,
        writing,
        sulan.summaries,
        ground.membership,
        plan,
        deliverer.wake,
    )
    return Duties(team, ground.engine, store=store, clock=clock, rhythm=rhythm)


def _ticks(duties: Duties, settings: Settings) -> list[Tick]:
    run = settings.run
    return [
        Tick("collect", timedelta(seconds=run.collect_every_s), duties.tick_collect),
        Tick("plan", timedelta(seconds=run.plan_every_s), duties.tick_plan),
        Tick("upkeep", timedelta(seconds=run.takeover_s), duties.tick_upkeep),
    ]


def _means(ground: _Ground, collecting: Collecting, deliverer: Deliverer) -> Means:
    sulan = ground.sulan
    return Means(
        store=sulan.store,
        clock=sulan.clock,
        summaries=sulan.summaries,
        lookup=sulan.lookup,
        collect=collecting.collect_day,
        wordings={language: load_wording(language) for language in available_languages()},
        health=ground.health,
        speeches={language: load_speech(language) for language in available_languages()},
        wake=deliverer.wake,
        roll=ground.roll,
    )


def _command_options(settings: Settings) -> CommandOptions:
    model = settings.model
    return CommandOptions(
        language=settings.language,
        sources=settings.sources,
        model=model.name,
        daily_usd=model.daily_usd,
        daily_tokens=model.daily_tokens if model.name else None,
        open_sources=settings.subscriptions.sources,
        subscriptions=settings.subscriptions.open,
        most_chats=settings.subscriptions.most_chats,
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
