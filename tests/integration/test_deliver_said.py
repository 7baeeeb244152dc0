"""What a platform says of a message ends in the store, whatever it is (F57)."""

import pytest

from adapters.testing import FakeAdapter
from bot.domain.chat import Chat
from bot.domain.delivery import State
from bot.domain.delivery_errors import ContentRejected, NotDelivered
from bot.services.deliver.testing import ONE, START, TWO, A, Stage
from bot.store.sql_store import open_store
from bot.virtual_time import LoopClock, Threads, run_virtually


@pytest.mark.parametrize("said", ["no\x00route", "half \ud83d a character"])
def test_f57_what_no_database_takes_holds_nothing_up(place: str, said: str) -> None:
    threads = Threads()

    async def main() -> None:
        async with threads.opening(open_store(place)) as store:
            stage, fake = Stage(store, LoopClock(START)), FakeAdapter()
            await stage.open([Chat(A)])
            await stage.queue([A], [ONE, TWO])
            fake.script(NotDelivered(said), ContentRejected(said), ContentRejected(said))
            await stage.play(fake, most=600)
            assert await stage.states() == [State.FAILED, State.SENT]

    run_virtually(main, threads=threads)
