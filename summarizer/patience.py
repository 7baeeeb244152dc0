"""How long to wait before asking a busy endpoint again."""

from bot.domain.errors import ModelBusy
from bot.ports import Clock

# A longer Retry-After is reported instead of waited out: papers can be quoted meanwhile, and a
# person may be waiting.
MAX_WAIT_S = 60.0
# From one second, doubling: what OpenAI's own SDK does from half a second to eight.
_FIRST_S, _LONGEST_S = 1.0, 30.0


def back_off(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row (from 1), where the endpoint named no time.

    ``jitter`` from 0 to 1 takes off up to half, so that callers do not come back together.
    """
    return min(_LONGEST_S, _FIRST_S * 2 ** (failures - 1)) * (1 - jitter / 2)


class Gate:
    """The moment before which an endpoint wants no request, known to all calls on it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens_at = clock.monotonic()

    def close_for(self, seconds: float) -> None:
        """Let nobody through for so long; a longer closure stands."""
        self._opens_at = max(self._opens_at, self._clock.monotonic() + seconds)

    @property
    def wait(self) -> float:
        """Seconds until the gate opens, 0 when it is open."""
        return max(0.0, self._opens_at - self._clock.monotonic())

    async def pass_through(self) -> None:
        """Wait until the gate is open, also if it is closed anew meanwhile.

        Raises:
            ModelBusy: it stays closed for longer than ``MAX_WAIT_S``.
        """
        while (seconds := self.wait) > 0:
            if seconds > MAX_WAIT_S:
                message = f"The model's endpoint wants no requests for another {seconds:.0f} s."
                raise ModelBusy(message, retry_after=seconds)
            await self._clock.sleep(seconds)
