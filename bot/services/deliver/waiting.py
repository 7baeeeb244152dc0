"""Waiting that can be cut short."""

import asyncio

from bot.ports import Clock


async def sleep_or(event: asyncio.Event, seconds: float, clock: Clock) -> None:
    """Wait so many seconds, or until the event is set."""
    if event.is_set():
        return
    set_ = asyncio.ensure_future(event.wait())
    slept = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((set_, slept), return_when=asyncio.FIRST_COMPLETED)
    finally:
        set_.cancel()
        slept.cancel()
