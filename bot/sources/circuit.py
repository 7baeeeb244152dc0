"""When a host is to be left alone: it asked for it, or it keeps failing (F10)."""

from dataclasses import dataclass, replace

from bot.domain.errors import SourceLimited, SourceUnavailable
from bot.ports import Clock
from bot.sources.exchange import BreakerPolicy


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is remembered of one host. Moments are monotonic seconds.

    ``held_until`` is the upstream's own wish; ``open_until`` our conclusion from ``failures`` in a
    row, the last of which is ``last``.
    """

    failures: int = 0
    held_until: float = float("-inf")
    open_until: float = float("-inf")
    last: SourceUnavailable | None = None

    def wait(self, now: float) -> float:
        """Seconds until the host may be asked, zero for now."""
        return max(0.0, self.held_until - now, self.open_until - now)


def after_answer(
    circuit: Circuit, hold: float | None, *, now: float, policy: BreakerPolicy
) -> Circuit:
    """The host answered. ``hold`` is set where it said that nothing more goes for so long."""
    held_until = circuit.held_until
    if hold is not None:
        held_until = max(held_until, now + min(hold, policy.longest_hold))
    return Circuit(held_until=held_until)


def after_failure(
    circuit: Circuit, error: SourceUnavailable, *, now: float, policy: BreakerPolicy
) -> Circuit:
    """The host failed; ``error.retry_after`` is honoured up to the policy's longest hold."""
    failures = circuit.failures + 1
    changed = replace(circuit, failures=failures, last=error)
    if error.retry_after is not None:
        hold = min(error.retry_after, policy.longest_hold)
        changed = replace(changed, held_until=max(circuit.held_until, now + hold))
    if failures >= policy.failures:
        # The exponent is bounded so that a host that is down for days does not overflow it.
        doubled = policy.first_pause * 2 ** min(failures - policy.failures, 16)
        changed = replace(changed, open_until=now + min(doubled, policy.longest_pause))
    return changed


class Circuits:
    """One circuit per host. ``patience`` is the longest wait, in seconds, that is sat out."""

    def __init__(self, clock: Clock, policy: BreakerPolicy, *, patience: float) -> None:
        self._clock = clock
        self._policy = policy
        self._patience = patience
        self._by_host: dict[str, Circuit] = {}

    def wait(self, host: str) -> float | None:
        """Seconds to wait before asking the host, ``None`` where it is not worth waiting."""
        now = self._clock.monotonic()
        circuit = self._by_host.get(host, Circuit())
        wait = circuit.wait(now)
        return None if circuit.open_until > now or wait > self._patience else wait

    async def enter(self, host: str) -> None:
        """Return when the host may be asked.

        Raises:
            SourceUnavailable: that would take too long; of the same kind as the last failure,
                with the seconds that are left.
        """
        while (wait := self.wait(host)) != 0:
            if wait is None:
                raise self._barred(host)
            await self._clock.sleep(wait)

    def answered(self, host: str, hold: float | None) -> None:
        """Note an answer, whatever it says; ``hold`` as in ``after_answer``."""
        known = self._by_host.get(host, Circuit())
        now = self._clock.monotonic()
        self._by_host[host] = after_answer(known, hold, now=now, policy=self._policy)

    def failed(self, host: str, error: SourceUnavailable) -> None:
        """Note a failure."""
        known = self._by_host.get(host, Circuit())
        now = self._clock.monotonic()
        self._by_host[host] = after_failure(known, error, now=now, policy=self._policy)

    def _barred(self, host: str) -> SourceUnavailable:
        circuit = self._by_host[host]
        wait = circuit.wait(self._clock.monotonic())
        message = f"{host} is left alone for another {wait:.0f} s"
        if circuit.last is None:
            return SourceLimited(f"{message}: our share of requests is used up.", retry_after=wait)
        return type(circuit.last)(f"{message}: {circuit.last}", retry_after=wait)
