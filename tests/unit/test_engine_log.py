"""What the engine's library says while its database is away."""

import logging

from bot.engine_log import Seldom


def said(created: float, message: str, level: int = logging.WARNING) -> logging.LogRecord:
    record = logging.LogRecord("dbos", level, "", 0, message, None, None)
    record.created = created
    return record


def test_f57_one_warning_of_each_kind_a_minute_is_seen() -> None:
    seldom = Seldom(60)
    lines = [said(at / 10, f"Exception in queue thread: attempt {at}") for at in range(1_300)]
    seen = [line.created for line in lines if seldom.filter(line)]
    assert seen == [0, 60, 120]
    assert seldom.filter(said(121, "Notifier error: another kind"))


def test_errors_are_always_seen_and_a_clock_that_was_put_back_hides_nothing_f62() -> None:
    seldom = Seldom(60)
    assert all(seldom.filter(said(1, "Error: x", logging.ERROR)) for _ in range(3))
    assert [seldom.filter(said(at, "Warning: x")) for at in (500, 501, 20, 21)] == [
        True,
        False,
        True,
        False,
    ]


def test_kinds_that_never_end_take_no_more_room() -> None:
    seldom = Seldom(60)
    for number in range(10_000):
        assert seldom.filter(said(1, f"kind {number}: x"))
    assert len(seldom._said) <= 200  # pyright: ignore[reportPrivateUsage] - that is the test
