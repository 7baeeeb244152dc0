"""The work that a run has to do, and what is left of it."""

import asyncio
from random import Random

from tests.kill.books import Books, now_utc
from tests.kill.sights import answers
from tests.kill.world import World

# With so much still to be done nothing new is listed: kills must not outrun the work for ever.
_MOST_WAITING = 60
_MOST_UNWRITTEN = 12
_MOST_UNANSWERED = 10


class Work:
    """Lists papers and asks for some, as long as the programs keep up."""

    def __init__(self, world: World, books: Books, *, seed: int) -> None:
        self._world = world
        self._books = books
        self._random = Random(f"{seed} work")

    async def bring(self, stopping: asyncio.Event) -> None:
        """Until it is told to stop."""
        self._world.lists.grow(2)
        while not stopping.is_set():
            await asyncio.sleep(self._random.uniform(0.4, 1.0))
            count = self._random.choice((1, 1, 1, 2, 3))
            if await asyncio.to_thread(self._keeps_up):
                self._world.lists.grow(count)
            self._ask()

    def left(self) -> list[str]:
        """What is still to be done."""
        world, books = self._world, self._books
        unanswered = [user for user, count in answers(world).items() if not count]
        counts = {
            "papers not collected": len(set(world.lists.ids) - books.listed()),
            "summaries not stored": len(set(world.model.by_key()) - books.summaries()),
            "deliveries not sent": books.open_rows(now=now_utc()),
            "commands not answered": len(unanswered),
            "updates not done": books.open_updates(),
            "updates not fetched": len(world.telegram.unconfirmed),
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def _keeps_up(self) -> bool:
        written = {paper for paper, _ in self._books.summaries()}
        unwritten = set(self._world.lists.ids) - written
        return self._books.waiting_rows() < _MOST_WAITING and len(unwritten) < _MOST_UNWRITTEN

    def _ask(self) -> None:
        known = self._world.lists.ids
        unanswered = sum(not count for count in answers(self._world).values())
        about = self._random.choice(known[-20:])
        if unanswered < _MOST_UNANSWERED:
            self._world.ask(f"/paper {about}", about)
