"""Limits per person and per chat, on a clock of their own."""

from datetime import UTC, datetime

import pytest

from bot.domain.command import Command
from bot.domain.target import Target
from bot.services.commands.limits import (
    NOTICE_GAP,
    Allowance,
    Bucket,
    Effort,
    Limiter,
    Limits,
    Verdict,
    refilled,
)
from bot.services.commands.testing import command
from bot.testing import VirtualClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GO, NOTICE, SILENCE = Verdict.GO, Verdict.NOTICE, Verdict.SILENCE
TIGHT = Limits(
    user={Effort.COMMAND: Allowance(3, 6), Effort.FETCH: Allowance(1, 1)},
    chat={Effort.COMMAND: Allowance(5, 60), Effort.FETCH: Allowance(2, 1)},
)


def by(user: str, *, chat: str = "1", platform: str = "fake") -> Command:
    return command("paper", user=user, target=Target(platform, chat))


@pytest.mark.parametrize(
    ("bucket", "now", "tokens"),
    [
        pytest.param(Bucket(0, 0), 0, 0, id="at once"),
        pytest.param(Bucket(0, 0), 10, 1, id="one in ten seconds"),
        pytest.param(Bucket(2.5, 0), 3600, 3, id="never more than a burst"),
        pytest.param(Bucket(1, 10), 5, 1, id="a clock that stood still"),
    ],
)
def test_a_bucket_fills_with_time(bucket: Bucket, now: float, tokens: float) -> None:
    assert refilled(bucket, Allowance(3, 6), now).tokens == pytest.approx(tokens)


def test_f68_a_flood_gets_its_burst_then_one_notice_a_minute() -> None:
    clock = VirtualClock(NOON)
    limiter = Limiter(clock, TIGHT)
    verdicts = [limiter.judge(by("7"), Effort.COMMAND) for _ in range(50)]
    assert verdicts == [GO] * 3 + [NOTICE] + [SILENCE] * 46
    clock.advance(NOTICE_GAP)
    verdicts = [limiter.judge(by("7"), Effort.COMMAND) for _ in range(50)]
    assert verdicts == [GO] * 3 + [NOTICE] + [SILENCE] * 46


def test_f68_a_flood_over_an_hour_is_told_sixty_times_at_most() -> None:
    clock = VirtualClock(NOON)
    limiter = Limiter(clock, TIGHT)
    verdicts: list[Verdict] = []
    for _ in range(3600):
        verdicts.append(limiter.judge(by("7"), Effort.COMMAND))
        clock.advance(1)
    assert verdicts.count(NOTICE) <= 60
    assert verdicts.count(GO) == pytest.approx(3 + 3600 * 6 / 60, abs=2)


def test_f68_others_are_served_while_one_floods() -> None:
    limiter = Limiter(VirtualClock(NOON), TIGHT)
    for _ in range(100):
        limiter.judge(by("7"), Effort.COMMAND)
    assert limiter.judge(by("8"), Effort.COMMAND) is GO
    assert limiter.judge(by("7", chat="2"), Effort.COMMAND) is not GO
    assert limiter.judge(by("7", platform="other"), Effort.COMMAND) is GO


def test_f68_many_in_one_chat_share_the_chats_limit_and_its_notice() -> None:
    limiter = Limiter(VirtualClock(NOON), TIGHT)
    verdicts = [limiter.judge(by(str(n)), Effort.COMMAND) for n in range(20)]
    assert verdicts == [GO] * 5 + [NOTICE] + [SILENCE] * 14
    assert limiter.judge(by("3", chat="2"), Effort.COMMAND) is GO


def test_a_channels_post_has_no_person_and_counts_for_the_chat() -> None:
    limiter = Limiter(VirtualClock(NOON), TIGHT)
    verdicts = [limiter.judge(by(""), Effort.COMMAND) for _ in range(6)]
    assert verdicts == [GO] * 5 + [NOTICE]


def test_t8_what_costs_is_limited_apart_from_what_does_not() -> None:
    limiter = Limiter(VirtualClock(NOON), TIGHT)
    assert [limiter.judge(by("7"), Effort.FETCH) for _ in range(2)] == [GO, NOTICE]
    assert limiter.judge(by("7"), Effort.COMMAND) is GO


def test_known_papers_are_limited_more_loosely_than_unknown_ones() -> None:
    for limits in (Limits().user, Limits().chat):
        known, unknown = limits[Effort.COMMAND], limits[Effort.FETCH]
        assert known.burst > unknown.burst
        assert known.per_minute > unknown.per_minute


def test_t8_the_memory_is_bounded_however_many_come() -> None:
    limiter = Limiter(VirtualClock(NOON), TIGHT, most_buckets=100)
    for n in range(5000):
        for _ in range(4):
            limiter.judge(by(str(n), chat=str(n)), Effort.COMMAND)
    assert limiter.size <= 200


def test_a_refusal_takes_nothing_from_the_chat() -> None:
    limiter = Limiter(VirtualClock(NOON), TIGHT)
    for _ in range(100):
        limiter.judge(by("7"), Effort.COMMAND)
    assert [limiter.judge(by("8"), Effort.COMMAND) for _ in range(2)] == [GO, GO]
