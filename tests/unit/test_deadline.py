"""Until when something may leave, by both clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.deadline import Deadline, leaving_by, let_leave, may_leave
from bot.domain.delivery_errors import NotDelivered
from bot.services.rounds.membership import Membership
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)


def test_without_a_deadline_everything_may_leave() -> None:
    let_leave()
    assert may_leave()


@pytest.mark.parametrize(
    ("elapsed", "put", "left"),
    [
        pytest.param(0, 0, 60, id="at once"),
        pytest.param(59, 0, 1, id="just in time"),
        pytest.param(60, 0, 0, id="too late"),
        pytest.param(0, 600, 0, id="the machine slept, and the steady clock with it"),
        pytest.param(90, -3600, 0, id="the clock on the wall was put back"),
        pytest.param(10, -3600, 50, id="which leaves what the steady one says"),
    ],
)
def test_f55_the_stricter_of_both_clocks_counts(elapsed: float, put: float, left: float) -> None:
    clock = VirtualClock(NOON)
    deadline = Deadline.after(60, clock)
    clock.advance(elapsed)
    clock.put(timedelta(seconds=put))
    assert deadline.left_s() == left
    with leaving_by(deadline):
        assert may_leave() is (left > 0)
    assert may_leave()


def test_f55_a_deadline_that_holds_no_more_is_over() -> None:
    with (
        leaving_by(Deadline.after(60, VirtualClock(NOON), holds=lambda: False)),
        pytest.raises(NotDelivered),
    ):
        let_leave()


def test_the_sooner_of_two_counts() -> None:
    deadline = Deadline.after(60, VirtualClock(NOON))
    assert deadline.sooner(None).left_s() == 60
    assert deadline.sooner(20).left_s() == 20
    assert deadline.sooner(90).left_s() == 60


async def test_f55_a_process_lives_for_as_long_as_nobody_can_take_it_for_dead() -> None:
    store, clock = MemoryStore(), VirtualClock(NOON)
    patience = timedelta(seconds=15)
    one = Membership(store.leases, clock, owner="one", patience=patience)
    assert not one.lives()
    await one.join()
    clock.advance(14)
    assert one.lives()
    clock.advance(1)
    assert not one.lives()
    await one.sign()
    assert one.lives()
    clock.put(timedelta(hours=-1))
    clock.advance(15)
    assert not one.lives(), "whatever the clock on the wall says"
    await one.sign()
    await one.leave()
    assert not one.lives()
