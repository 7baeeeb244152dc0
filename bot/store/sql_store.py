"""The one store over a database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.store.database import BUSY_TIMEOUT, Database, open_database
from bot.store.sql_allowances import SqlAllowances
from bot.store.sql_announcements import SqlAnnouncements
from bot.store.sql_backlog import SqlBacklog
from bot.store.sql_bells import SqlBells
from bot.store.sql_chats import SqlChats
from bot.store.sql_http_cache import SqlHttpCache
from bot.store.sql_inbox import SqlInbox
from bot.store.sql_index import SqlPaperIndex
from bot.store.sql_leases import SqlLeases
from bot.store.sql_ledger import SqlLedger
from bot.store.sql_listings import SqlListings
from bot.store.sql_outbox import SqlOutbox
from bot.store.sql_papers import SqlPapers
from bot.store.sql_people import SqlSaved, SqlVotes
from bot.store.sql_rates import SqlRates
from bot.store.sql_register import SqlRegister
from bot.store.sql_standings import SqlStandings
from bot.store.sql_summaries import SqlSummaries
from bot.store.sql_timekeeping import SqlTimekeeping


@dataclass(frozen=True, slots=True)
class SqlStore:
    """``bot.ports.Store``."""

    database: Database
    papers: SqlPapers
    listings: SqlListings
    summaries: SqlSummaries
    ledger: SqlLedger
    http_cache: SqlHttpCache
    chats: SqlChats
    register: SqlRegister
    saved: SqlSaved
    votes: SqlVotes
    outbox: SqlOutbox
    rates: SqlRates
    inbox: SqlInbox
    leases: SqlLeases
    bells: SqlBells
    announcements: SqlAnnouncements
    standings: SqlStandings
    allowances: SqlAllowances
    index: SqlPaperIndex
    backlog: SqlBacklog
    timekeeping: SqlTimekeeping


@asynccontextmanager
async def open_store(
    place: str | Path, *, busy_timeout: float = BUSY_TIMEOUT
) -> AsyncGenerator[SqlStore, None]:
    """Open the store at a file's path or an SQLAlchemy URL, and close it on leaving.

    A file and its folder are made, readable by their owner alone (T12); the schema is brought
    forward. ``busy_timeout`` is how long, in seconds, a writer waits for another process.

    Raises:
        StoreError: it cannot be opened, read and written, or is from a newer version.
    """
    async with open_database(place, busy_timeout=busy_timeout) as database:
        yield SqlStore(
            database=database,
            papers=SqlPapers(database),
            listings=SqlListings(database),
            summaries=SqlSummaries(database),
            ledger=SqlLedger(database),
            http_cache=SqlHttpCache(database),
            chats=SqlChats(database),
            register=SqlRegister(database),
            saved=SqlSaved(database),
            votes=SqlVotes(database),
            outbox=SqlOutbox(database),
            rates=SqlRates(database),
            inbox=SqlInbox(database),
            leases=SqlLeases(database),
            bells=SqlBells(database),
            announcements=SqlAnnouncements(database),
            standings=SqlStandings(database),
            allowances=SqlAllowances(database),
            index=SqlPaperIndex(database),
            backlog=SqlBacklog(database),
            timekeeping=SqlTimekeeping(database),
        )
