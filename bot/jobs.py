"""The composition of what goes through the engine: its database, the duties, their ticks.

Imported only by a process that collects, summarises or plans: others need neither the engine nor
the scheduler.
"""

from datetime import timedelta

from bot.crew import Jobs
from bot.domain.role import Role
from bot.engine import DbosEngine, EngineOptions
from bot.engine_queues import Polling
from bot.ground import Ground
from bot.schedule import Schedule, Tick
from bot.services.audiences import Audiences
from bot.services.heartbeat import Heartbeats
from bot.services.plan import Planner
from bot.services.rounds.duties import COLLECT, FORGET, Duties, Plan, Rhythm, Team
from bot.services.wakes import DELIVER
from bot.store.location import engine_beside, locate, prepare
from config.settings import Settings

# The longest that a job waits to begin, in seconds; each queue costs a query that often.
_POLL_S = 1.0
# The same for the looks at lists, which are minutes apart, and for what is done once a day.
_COLLECT_POLL_S = 5.0
_FORGET_POLL_S = 30.0


def jobs_of(ground: Ground) -> Jobs:
    """What this process's roles have to do with the engine."""
    sulan = ground.sulan
    settings = sulan.settings
    engine = _engine(settings, ground.membership.executor)
    audiences = Audiences(ground.roll, sulan.clock)
    team = Team(
        audiences,
        ground.collecting,
        ground.writing,
        sulan.summaries,
        ground.membership,
        _plan(ground, audiences),
        ground.roles,
    )
    rhythm = Rhythm(
        patience=timedelta(seconds=settings.run.publish_deadline_s),
        again=timedelta(seconds=settings.run.collect_every_s),
        writers=settings.model.concurrency,
    )
    duties = Duties(team, engine, store=sulan.store, clock=sulan.clock, rhythm=rhythm)
    duties.register()
    return Jobs(engine, Schedule(_ticks(duties, ground), sulan.clock))


def _engine(settings: Settings, executor: str) -> DbosEngine:
    """The engine on a database of its own: a file beside the store's, or the same PostgreSQL."""
    location = locate(settings.store.url.get_secret_value())
    polling = _polling(settings)
    if location.path is None:
        url = location.url.render_as_string(hide_password=False)
        return DbosEngine(EngineOptions(url, location.name, executor, polling=polling))
    path = engine_beside(location.path)
    prepare(path)
    url = location.url.set(drivername="sqlite", database=str(path)).render_as_string()
    return DbosEngine(EngineOptions(url, str(path), executor, path, polling))


def _polling(settings: Settings) -> Polling:
    """A start's look at the lists begins at once; nobody waits for the later ones."""
    usual = min(_POLL_S, settings.run.plan_every_s / 2)
    collects = max(usual, min(_COLLECT_POLL_S, settings.run.collect_every_s / 60))
    return Polling(usual, soon=(COLLECT,), seldom={COLLECT: collects, FORGET: _FORGET_POLL_S})


def _plan(ground: Ground, audiences: Audiences) -> Plan:
    store, clock = ground.sulan.store, ground.sulan.clock
    patience = timedelta(seconds=ground.sulan.settings.run.publish_deadline_s)
    planner = Planner(store, clock, audiences=audiences, patience=patience)
    heartbeats = Heartbeats(store, clock, roll=ground.roll)

    async def plan() -> None:
        if (await planner.plan()).added + await heartbeats.plan():
            ground.wakes.wake(DELIVER)

    return plan


def _ticks(duties: Duties, ground: Ground) -> list[Tick]:
    run, roles = ground.sulan.settings.run, ground.roles
    upkeep = timedelta(seconds=run.takeover_s / 3)
    ticks = [Tick("upkeep", upkeep, duties.tick_upkeep)]
    if Role.COLLECT in roles:
        every = timedelta(seconds=run.collect_every_s)
        ticks.append(Tick("collect", every, duties.tick_collect))
    if Role.PLAN in roles:
        ticks.append(Tick("plan", timedelta(seconds=run.plan_every_s), duties.tick_plan))
    return ticks
