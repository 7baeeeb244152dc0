"""How long to wait before Discord is asked again."""

from bot.domain.delivery_errors import DeliveryError, RateLimited

_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0


class Waits:
    """Longer and longer, or as long as Discord asks."""

    def __init__(self) -> None:
        self._next = _FIRST_WAIT_S

    def after(self, error: DeliveryError) -> float:
        """Seconds to wait after this failure."""
        wait, self._next = self._next, min(_LONGEST_WAIT_S, self._next * 2)
        return max(wait, error.retry_after) if isinstance(error, RateLimited) else wait
