"""What the application needs of the world.

Each port has five methods or fewer. Every one has an in-memory fake beside the real thing and one
contract suite (``tests/contract``) that runs over both.

A module holds what belongs to one concept; everybody else imports from the package.
"""

from bot.ports.allowances import Allowances
from bot.ports.chats import ChatRegister, ChatStore
from bot.ports.clock import Clock
from bot.ports.http_cache import CachedResponse, HttpCache
from bot.ports.outbox import Announcements, Backlog, DeliveryQuery, Outbox, Waiting
from bot.ports.papers import Found, ListingStore, PaperIndex, PaperStore
from bot.ports.people import Saved, Tally, Vote, Votes
from bot.ports.sharing import Bells, Inbox, Kept, Leases, Rates
from bot.ports.standings import Standings
from bot.ports.store import Store
from bot.ports.summaries import Ledger, SummaryStore
from bot.ports.timekeeping import CLOCK_TOLERANCE, Timekeeping
from bot.ports.upstream import PaperLookup, Source

__all__ = [
    "CLOCK_TOLERANCE",
    "Allowances",
    "Announcements",
    "Backlog",
    "Bells",
    "CachedResponse",
    "ChatRegister",
    "ChatStore",
    "Clock",
    "DeliveryQuery",
    "Found",
    "HttpCache",
    "Inbox",
    "Kept",
    "Leases",
    "Ledger",
    "ListingStore",
    "Outbox",
    "PaperIndex",
    "PaperLookup",
    "PaperStore",
    "Rates",
    "Saved",
    "Source",
    "Standings",
    "Store",
    "SummaryStore",
    "Tally",
    "Timekeeping",
    "Vote",
    "Votes",
    "Waiting",
]
