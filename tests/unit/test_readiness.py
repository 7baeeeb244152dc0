"""Ready, or what is wrong, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.services.health import Standing
from bot.testing import VirtualClock
from bot.web.lag import watch
from bot.web.readiness import report

_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_BEFORE = _NOW - timedelta(minutes=5)
_LONG_AGO = _NOW - timedelta(hours=3)

_TABLE = {
    "works": ("store", Standing(worked_at=_BEFORE), "ok"),
    "never reported": ("store", Standing(), "not yet"),
    "the store fails (F57)": (
        "store",
        Standing(worked_at=_BEFORE, failing_since=_BEFORE, reason="full"),
        "failing since 2026-11-21T11:55:00+00:00: full",
    ),
    "a token is revoked (F39)": (
        "adapter:telegram",
        Standing(failing_since=_BEFORE, reason="the token is not accepted"),
        "failing since 2026-11-21T11:55:00+00:00: the token is not accepted",
    ),
    "a source fails for minutes": (
        "source:hf",
        Standing(worked_at=_BEFORE, failing_since=_NOW, reason="503"),
        "ok",
    ),
    "a source fails for 3 h (F1)": (
        "source:hf",
        Standing(worked_at=_LONG_AGO, failing_since=_LONG_AGO, reason="503"),
        "failing since 2026-11-21T09:00:00+00:00: 503",
    ),
    "a source is not asked for 3 h": (
        "source:hf",
        Standing(worked_at=_LONG_AGO),
        "not asked lately",
    ),
    "a source failed at once": (
        "source:hf",
        Standing(failing_since=_BEFORE, reason="503"),
        "failing since 2026-11-21T11:55:00+00:00: 503",
    ),
}


@pytest.mark.parametrize(("part", "standing", "words"), list(_TABLE.values()), ids=list(_TABLE))
def test_each_standing_has_its_verdict(part: str, standing: Standing, words: str) -> None:
    found = report({part: standing}, [part], now=_NOW)
    assert found.parts == {part: words}
    assert found.ready == (words == "ok")


def test_what_is_not_needed_is_told_and_makes_nothing_unready() -> None:
    fails = Standing(failing_since=_BEFORE, reason="no quota")
    works = Standing(worked_at=_BEFORE)
    found = report({"model": fails, "lookup": works, "store": works}, ["store"], now=_NOW)
    assert found.ready
    assert found.parts == {
        "store": "ok",
        "model": "failing since 2026-11-21T11:55:00+00:00: no quota",
    }


class _EnoughError(Exception):
    """Ends an endless watch."""


async def test_a_blocked_loop_is_measured_and_logged_f65(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Blocked(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds + (2.0 if len(lags) == 1 else 0.001))

    lags: list[float] = []

    def lagged(seconds: float) -> None:
        lags.append(seconds)
        if len(lags) == 3:
            raise _EnoughError

    with pytest.raises(_EnoughError):
        await watch(Blocked(_NOW), lagged)
    assert [round(lag, 3) for lag in lags] == [0.001, 2.0, 0.001]
    assert [record.message for record in caplog.records] == ["the event loop was blocked"]
