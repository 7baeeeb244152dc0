"""Watching the event loop: who sleeps should be woken in time (F65)."""

import logging
from collections.abc import Callable

from bot.ports import Clock

_log = logging.getLogger(__name__)

_NAP_S = 0.5
# Discord gives 3 s for a first answer, and its gateway a heartbeat's patience.
_WORTH_A_LINE_S = 1.0


async def watch(clock: Clock, lagged: Callable[[float], None]) -> None:
    """Measure for ever how late a short nap ends; a second and more is also logged."""
    while True:
        asleep = clock.monotonic()
        await clock.sleep(_NAP_S)
        late = clock.monotonic() - asleep - _NAP_S
        lagged(late)
        if late >= _WORTH_A_LINE_S:
            _log.warning("the event loop was blocked", extra={"seconds": round(late, 2)})
