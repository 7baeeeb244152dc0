"""The in-memory fake of the store; the contract suite holds it to the real one."""

from bot.domain.target import Target
from bot.store.memory_allowances import MemoryAllowances
from bot.store.memory_announcements import MemoryAnnouncements
from bot.store.memory_backlog import MemoryBacklog
from bot.store.memory_chats import MemoryChats
from bot.store.memory_inbox import MemoryBells, MemoryInbox, MemoryLeases, MemoryRates
from bot.store.memory_index import MemoryPaperIndex
from bot.store.memory_outbox import MemoryOutbox
from bot.store.memory_papers import (
    MemoryHttpCache,
    MemoryLedger,
    MemoryListings,
    MemoryPapers,
    MemorySummaries,
)
from bot.store.memory_people import MemorySaved, MemoryVotes
from bot.store.memory_register import MemoryRegister
from bot.store.memory_standings import MemoryStandings
from bot.store.memory_timekeeping import MemoryTimekeeping


class MemoryStore:
    """``bot.ports.Store``; what it holds is gone with it."""

    def __init__(self) -> None:
        suspended: dict[Target, str] = {}
        self.papers = MemoryPapers()
        self.listings = MemoryListings(self.papers)
        self.summaries = MemorySummaries()
        self.ledger = MemoryLedger()
        self.http_cache = MemoryHttpCache()
        self.outbox = MemoryOutbox(suspended)
        self.votes = MemoryVotes()
        self.chats = MemoryChats(suspended, self.outbox, self.votes)
        self.register = MemoryRegister(self.chats, self.outbox, self.votes)
        self.saved = MemorySaved()
        self.rates = MemoryRates()
        self.allowances = MemoryAllowances()
        self.inbox = MemoryInbox()
        self.leases = MemoryLeases()
        self.bells = MemoryBells()
        self.announcements = MemoryAnnouncements()
        self.standings = MemoryStandings()
        self.index = MemoryPaperIndex(self.papers, self.summaries)
        self.backlog = MemoryBacklog(self.outbox)
        limited = (self.outbox, self.rates, self.leases, self.summaries)
        self.timekeeping = MemoryTimekeeping(limited)
