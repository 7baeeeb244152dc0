"""Whether messages may be bought, after Telegram has refused one."""

import asyncio

from adapters.telegram.sales import Sales
from bot.domain.delivery_errors import ContentRejected
from bot.virtual_time import run_virtually

REFUSED = ContentRejected("Bad Request: PAYMENT_REQUIRED")


def test_nothing_is_bought_until_the_refused_message_has_been_sent_for_nothing() -> None:
    async def refused() -> None:
        sales = Sales("telegram", wanted=True)
        sales.refused("a", REFUSED)
        assert not sales.open
        sales.failed_free("a", REFUSED)
        assert sales.open
        sales.refused("b", REFUSED)
        sales.arrived_free("b")
        await asyncio.sleep(3600)
        assert not sales.open

    run_virtually(refused)


def test_a_doubt_that_another_process_may_have_cleared_up_ends_by_itself() -> None:
    async def refused() -> None:
        sales = Sales("telegram", wanted=True)
        sales.refused("sent by another process", REFUSED)
        await asyncio.sleep(599)
        assert not sales.open
        await asyncio.sleep(2)
        assert sales.open

    run_virtually(refused)
