"""F10: when a host is left alone."""

from datetime import UTC, datetime

import pytest

from bot.domain.errors import (
    SourceBroken,
    SourceError,
    SourceLimited,
    SourceUnavailable,
    SourceUnreachable,
)
from bot.sources.circuit import Circuit, Circuits, after_answer, after_failure
from bot.sources.exchange import BreakerPolicy, RetryPolicy
from bot.sources.retry import CutShort, Untrusted, backoff, worth_retrying
from bot.testing import VirtualClock

POLICY = BreakerPolicy(failures=3, first_pause=60, longest_pause=200, longest_hold=1000)
DOWN = SourceUnreachable("Cannot reach arxiv.test: refused.")


def _fail(times: int, error: SourceUnavailable = DOWN) -> Circuit:
    circuit = Circuit()
    for _ in range(times):
        circuit = after_failure(circuit, error, now=100.0, policy=POLICY)
    return circuit


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 0.0), (2, 0.0), (3, 60.0), (4, 120.0), (5, 200.0), (5000, 200.0)],
)
def test_failures_in_a_row_open_the_circuit_for_longer_and_longer_f10(
    failures: int, wait: float
) -> None:
    assert _fail(failures).wait(100.0) == wait


def test_an_answer_closes_it_again() -> None:
    closed = after_answer(_fail(3), None, now=170.0, policy=POLICY)
    assert closed.wait(170.0) == 0
    assert after_failure(closed, DOWN, now=170.0, policy=POLICY).wait(170.0) == 0


@pytest.mark.parametrize(("asked", "held"), [(40.0, 40.0), (0.0, 0.0), (1e9, 1000.0)])
def test_a_retry_after_is_honoured_within_bounds_f10(asked: float, held: float) -> None:
    limited = SourceLimited("limited", retry_after=asked)
    assert _fail(1, limited).wait(100.0) == held


def test_an_answer_does_not_shorten_what_the_upstream_asked_for() -> None:
    held = _fail(1, SourceLimited("limited", retry_after=40))
    assert after_answer(held, None, now=110.0, policy=POLICY).wait(110.0) == 30


def _circuits(clock: VirtualClock) -> Circuits:
    return Circuits(clock, POLICY, patience=30)


def _clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 8, 21, tzinfo=UTC))


async def test_a_short_hold_is_sat_out_f2() -> None:
    clock = _clock()
    circuits = _circuits(clock)
    circuits.answered("hf.test", 12.0)
    await circuits.enter("hf.test")
    assert clock.sleeps == [12.0]


async def test_a_long_hold_fails_at_once_and_names_the_time_f2() -> None:
    clock = _clock()
    circuits = _circuits(clock)
    circuits.answered("hf.test", 31.0)
    with pytest.raises(SourceLimited, match=r"hf\.test is left alone for another 31 s") as caught:
        await circuits.enter("hf.test")
    assert caught.value.retry_after == 31
    assert clock.sleeps == []


async def test_an_open_circuit_fails_at_once_in_the_kind_of_its_last_failure_f10() -> None:
    clock = _clock()
    circuits = _circuits(clock)
    for _ in range(3):
        circuits.failed("arxiv.test", DOWN)
    clock.advance(59)  # one second is left: worth waiting for, were it the upstream's wish
    with pytest.raises(SourceUnreachable, match=r"another 1 s: Cannot reach arxiv.test"):
        await circuits.enter("arxiv.test")
    clock.advance(1)
    await circuits.enter("arxiv.test")
    await circuits.enter("another.test")


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (SourceUnreachable("x"), True),
        (SourceUnavailable("x"), True),
        (SourceLimited("x", retry_after=1), True),
        (CutShort("x"), True),
        (Untrusted("x"), False),
        (SourceBroken("x"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_which_failures_are_tried_again(error: SourceError, again: bool) -> None:
    assert worth_retrying(error) is again


@pytest.mark.parametrize(
    ("attempt", "jitter", "wait"),
    [(1, 0.0, 1.0), (1, 1.0, 0.5), (2, 0.5, 1.5), (3, 0.0, 4.0), (9, 0.0, 15.0), (9, 1.0, 7.5)],
)
def test_the_back_off_doubles_with_jitter_up_to_a_bound_f1(
    attempt: int, jitter: float, wait: float
) -> None:
    assert backoff(attempt, RetryPolicy(jitter=lambda: jitter)) == wait
