"""The composition of ``sulan run``: everything opened in order, and closed in reverse."""

import secrets
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta

from adapters.base import Adapter, Commands, Hooked, Listener
from bot.app import Sulan, started
from bot.chats import adapters_for, chats_of, enter, operator_of
from bot.crew import Crew, Jobs, Sending
from bot.domain.chat import Chat
from bot.domain.digest import Digest
from bot.domain.role import ENGINE_ROLES, Role
from bot.ground import Ground
from bot.observing import Extras, Observed, Observer, part_of
from bot.services.archive import StoredDays
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.deliverer import Deliverer
from bot.services.deliver.tools import Tools
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.long_lived import loading
from bot.services.publication import Publication, Voices
from bot.services.rounds.collecting import Collecting, Upstreams
from bot.services.rounds.inheriting import Inheriting
from bot.services.rounds.membership import Membership
from bot.services.rounds.roster import enrol
from bot.services.rounds.writing import Writing
from bot.services.wakes import DELIVER, Wakes
from bot.services.watching.lookouts import Lookouts, Watched
from bot.services.watching.watchman import EVERY_S, Operator, Watchman, WatchTools
from bot.store.location import locate, room
from bot.translations import load_speech
from bot.web.hooks import Hooks
from bot.web.metrics import Metrics
from bot.web.server import Pages, WebServer
from config.rules import LEAST_COLLECT_S
from config.settings import Settings
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import available_languages, load_wording
from summarizer.markdown import write_digest

# Who needs the model, or its name.
_WRITERS = frozenset({Role.SUMMARISE, Role.PLAN, Role.COMMANDS})
# Who needs the platforms.
_SPEAKERS = frozenset({Role.DELIVER, Role.COMMANDS})


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncGenerator[Crew, None]:
    """Open everything that this process's roles need, in order; close it in reverse.

    Raises:
        SettingsError: an adapter finds fault with its options, or is not known.
        StoreError: the store cannot be used.
    """
    roles = frozenset(settings.run.roles)
    async with AsyncExitStack() as stack:
        # Before anybody counts on a sign of life from us: an import holds everything up.
        with loading():
            make_jobs = _job_maker(roles)
        writes = not roles.isdisjoint(_WRITERS)
        sulan = await stack.enter_async_context(started(settings, writes=writes))
        chats, health = chats_of(settings), Health()
        hooks = _hooks(settings)
        with loading():
            adapters = _adapters(chats, sulan, hooks)
            answering = _answerer(roles, adapters)
        for adapter in adapters:
            await enter(adapter, stack)
            health.worked(f"adapter:{adapter.name}", at=sulan.clock.now())
        if Role.PLAN in roles:
            await enrol(chats, sulan.store, sulan.clock)
        membership = await _member(sulan, stack)
        ground = _ground(sulan, chats, adapters, health=health, membership=membership)
        jobs = make_jobs(ground) if make_jobs is not None else None
        commands = await stack.enter_async_context(answering(ground)) if answering else None
        yield _crew(ground, jobs, hooks, commands=commands, stack=stack)


def _adapters(chats: Sequence[Chat], sulan: Sulan, hooks: Hooks) -> list[Adapter]:
    """The adapters that this process's roles need."""
    settings, roles = sulan.settings, frozenset(sulan.settings.run.roles)
    speaks = not roles.isdisjoint(_SPEAKERS)
    # Who is only called needs those that can be.
    if not speaks and (Role.WEB not in roles or settings.web.public_url is None):
        return []
    adapters = adapters_for(chats, settings, StoredDays(sulan.store, write=_as_markdown))
    if not roles.isdisjoint({Role.COMMANDS, Role.WEB}):
        for adapter in adapters:
            if isinstance(adapter, Hooked):
                adapter.hook_into(hooks)
    return adapters if speaks else [one for one in adapters if hooks.has(one.name)]


async def _member(sulan: Sulan, stack: AsyncExitStack) -> Membership:
    run = sulan.settings.run
    membership = Membership(
        sulan.store.leases,
        sulan.clock,
        owner=sulan.owner,
        patience=timedelta(seconds=run.takeover_s),
        roles=run.roles,
    )
    await membership.join()
    stack.push_async_callback(membership.leave)
    return membership


def _ground(
    sulan: Sulan,
    chats: Sequence[Chat],
    adapters: Sequence[Adapter],
    *,
    health: Health,
    membership: Membership,
) -> Ground:
    store, clock = sulan.store, sulan.clock
    return Ground(
        sulan=sulan,
        roles=frozenset(sulan.settings.run.roles),
        chats=chats,
        adapters=adapters,
        health=health,
        membership=membership,
        roll=ChatRoll(store, clock),
        wakes=Wakes(store.bells, clock),
        collecting=Collecting(_upstreams(sulan), store=store, clock=clock, health=health),
        writing=Writing(sulan.summaries, store=store, clock=clock, health=health),
    )


def _crew(
    ground: Ground,
    jobs: Jobs | None,
    hooks: Hooks,
    *,
    commands: Commands | None,
    stack: AsyncExitStack,
) -> Crew:
    observer = Observer(_observed(ground, jobs, hooks), Metrics())
    sending = _sending(ground, observer) if Role.DELIVER in ground.roles else None
    return Crew(
        ground=ground,
        observer=observer,
        jobs=jobs,
        sending=sending,
        commands=commands,
        web=_web(ground, hooks, observer),
        watchman=_watchman(ground, stack),
    )


def _watchman(ground: Ground, stack: AsyncExitStack) -> Watchman:
    """Who looks after everything, and tells the operator."""
    sulan = ground.sulan
    settings, store = sulan.settings, sulan.store

    async def explain() -> str | None:
        status = await sulan.model_status()
        return None if status is None else status.problem

    async def added() -> None:
        ground.wakes.wake(DELIVER)

    watched = Watched(store, sulan.clock, ground.roll, ground.health, lambda: room_of(settings))
    tools = WatchTools(
        store,
        sulan.clock,
        ground.health,
        Lookouts(watched),
        sulan.owner,
        explain,
        added,
        every_s=min(EVERY_S, settings.run.takeover_s),
    )
    operator = Operator(operator_of(settings), settings.language, load_speech)
    watchman = Watchman(operator, tools)
    stack.push_async_callback(watchman.leave)
    return watchman


def _job_maker(roles: frozenset[Role]) -> Callable[[Ground], Jobs] | None:
    """What makes a process's part of the engine, imported; ``None`` for roles that need none."""
    if roles.isdisjoint(ENGINE_ROLES):
        return None
    from bot.jobs import jobs_of  # noqa: PLC0415 - the engine takes a second and 40 MB

    return jobs_of


def _answerer(
    roles: frozenset[Role], adapters: Sequence[Adapter]
) -> Callable[[Ground], AbstractAsyncContextManager[Commands]] | None:
    """What makes who answers commands, imported; ``None`` where nobody can ask."""
    if Role.COMMANDS not in roles or not any(isinstance(one, Listener) for one in adapters):
        return None
    from bot.answering import answering  # noqa: PLC0415 - a tenth of what we import of our own

    return answering


def _upstreams(sulan: Sulan) -> Upstreams:
    often = sulan.settings.run.collect_every_s < LEAST_COLLECT_S
    return Upstreams(sulan.source, often=often)


def _sending(ground: Ground, observer: Observer) -> Sending:
    store, clock, health = ground.sulan.store, ground.sulan.clock, ground.health
    quoting = ExtractiveSummarizer(clock)
    voices = Voices(load_wording, available_languages(), quoting, load_speech)
    quiet = QuietWords(store, clock, health=health, wording=load_wording)
    publication = Publication(store, voices, quiet, clock=clock)
    lives = ground.membership.lives
    tools = Tools(store, clock, health, observer.settled, ground.roll, lives)
    deliverer = Deliverer(ground.adapters, publication.compose, tools=tools)
    ground.wakes.heed(DELIVER, deliverer.wake)
    inheriting = Inheriting(store.outbox, clock, membership=ground.membership)
    return Sending(deliverer, inheriting)


def _observed(ground: Ground, jobs: Jobs | None, hooks: Hooks) -> Observed:
    settings = ground.sulan.settings
    return Observed(
        store=ground.sulan.store,
        clock=ground.sulan.clock,
        health=ground.health,
        engine=jobs.engine if jobs is not None else None,
        parts=tuple(_parts(ground)),
        first_seen=lambda: ground.writing.first_seen,
        owner=ground.sulan.owner,
        extras=Extras(
            roll=ground.roll,
            free=lambda: room_of(settings),
            answered=lambda: hooks.answered,
            daily_tokens=settings.model.daily_tokens if settings.model.name else None,
            daily_usd=settings.model.daily_usd if settings.model.name else None,
        ),
    )


def _parts(ground: Ground) -> Iterable[str]:
    """What must work here for this process to do its part, and who must do the others'."""
    yield "store"
    yield from (part_of(role) for role in Role)
    if Role.COLLECT in ground.roles:
        sources = dict.fromkeys(source for chat in ground.chats for source in chat.sources)
        yield from (f"source:{source}" for source in sources)
    yield from (f"adapter:{adapter.name}" for adapter in ground.adapters)


def _hooks(settings: Settings) -> Hooks:
    """The doors for platforms that call us. Without a secret of its own, what it is derived from is
    the bots' tokens: every process has them, and they stay the same."""
    web = settings.web
    tokens = [str(options.get("token", "")) for options in settings.adapters.values()]
    seed = (
        web.webhook_secret.get_secret_value() if web.webhook_secret else "\n".join(sorted(tokens))
    )
    return Hooks(web.public_url, seed.strip() or secrets.token_urlsafe(32))


def _web(ground: Ground, hooks: Hooks, observer: Observer) -> WebServer | None:
    """The web server, where this process serves it: if the settings want it, a platform is to call
    us, or this process is there for it."""
    web, roles = ground.sulan.settings.web, ground.roles
    wanted = web.enabled or hooks.wanted or len(roles) < len(Role)
    if Role.WEB not in roles or not wanted:
        return None
    return WebServer(Pages(observer.report, observer.text, hooks), host=web.host, port=web.port)


def room_of(settings: Settings) -> int | None:
    """Bytes that are free for the store, ``None`` where it is no file."""
    return room(locate(settings.store.url.get_secret_value()))


def _as_markdown(digest: Digest) -> str:
    return write_digest(digest, load_wording(digest.language))
