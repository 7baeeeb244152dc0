"""When a whole platform is paused."""

from datetime import UTC, datetime, timedelta

from bot.domain.target import Target
from bot.services.deliver.holds import Holds

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def _chat(number: int) -> Target:
    return Target("fake", str(number))


def _later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_f30_limits_of_few_chats_are_their_own() -> None:
    holds = Holds()
    assert not any(holds.limited(_chat(n % 2), _later(n)) for n in range(8))


def test_f30_limits_of_three_chats_within_seconds_are_the_token_s() -> None:
    holds = Holds()
    assert [holds.limited(_chat(n), _later(n)) for n in range(3)] == [False, False, True]


def test_f30_limits_far_apart_are_the_chats_own() -> None:
    holds = Holds()
    assert not any(holds.limited(_chat(n), _later(20 * n)) for n in range(9))


def test_a_hold_is_never_shortened() -> None:
    holds = Holds()
    holds.hold(_later(60))
    holds.hold(_later(5))
    assert holds.held(_later(59))
    assert not holds.held(_later(60))


def test_an_unreachable_platform_rests_for_longer_and_longer() -> None:
    holds, now, rests = Holds(), NOW, list[float]()
    for _ in range(6):
        while not holds.held(now):
            holds.unreached(now)
        assert holds.until is not None
        rests.append((holds.until - now).total_seconds())
        now = holds.until
    assert rests == [5, 10, 20, 40, 60, 60]


def test_calls_that_were_under_way_when_the_rest_began_lengthen_it_no_further() -> None:
    holds = Holds()
    for _ in range(100):
        holds.unreached(NOW)
    assert holds.until == _later(5)


def test_an_answer_of_any_kind_ends_the_count() -> None:
    holds = Holds()
    for _ in range(50):
        holds.unreached(NOW)
        holds.reached()
    assert not holds.held(NOW)
