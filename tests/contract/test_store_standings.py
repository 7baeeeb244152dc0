"""What every store does with how the program's parts stand."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery
from bot.domain.standing import Standing, merged
from bot.domain.target import Target
from bot.ports import Store

_NOON = datetime(2026, 8, 20, 12, 0, 0, 123456, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_PART = "source:hf"


def _at(minutes: float) -> datetime:
    return _NOON + minutes * _MINUTE


async def test_what_processes_report_is_one_knowledge(store: Store) -> None:
    await store.standings.report({_PART: Standing(worked_at=_at(0))}, now=_at(0))
    failing = Standing(failing_since=_at(2), failed_at=_at(3), reason="503")
    await store.standings.report({_PART: failing, "model": Standing()}, now=_at(3))
    known = await store.standings.all(seen_since=_at(0))
    assert known == {
        "model": Standing(),
        _PART: Standing(_at(0), _at(2), _at(3), "503"),
    }


async def test_what_the_operator_was_told_stays_until_it_is_over(store: Store) -> None:
    failing = Standing(failing_since=_at(0), failed_at=_at(0), reason="401")
    await store.standings.report({"token:telegram": failing}, now=_at(0))
    await store.standings.told(["token:telegram", "unknown"], at=_at(1))
    await store.standings.report({"token:telegram": Standing(worked_at=_at(2))}, now=_at(2))
    (known,) = (await store.standings.all(seen_since=_at(0))).values()
    assert (known.told_at, known.failing_since, known.failed_at) == (_at(1), None, _at(0))
    await store.standings.told(["token:telegram"], at=None)
    (known,) = (await store.standings.all(seen_since=_at(0))).values()
    assert known.told_at is None


async def test_parts_that_nobody_reports_any_more_are_out_of_sight_and_then_forgotten(
    store: Store,
) -> None:
    await store.standings.report({"source:old": Standing(_at(0))}, now=_at(0))
    await store.standings.report({_PART: Standing(_at(5))}, now=_at(5))
    await store.standings.report({_PART: Standing(_at(4))}, now=_at(4))
    assert list(await store.standings.all(seen_since=_at(5))) == [_PART]
    assert await store.standings.prune(before=_at(5)) == 1
    assert list(await store.standings.all(seen_since=_at(0))) == [_PART]
    await store.standings.report({}, now=_at(9))
    await store.standings.told([], at=_at(9))


async def test_f62_what_is_known_by_a_clock_that_was_put_back_hides_nothing(store: Store) -> None:
    works = {_PART: Standing(worked_at=_at(600))}
    await store.standings.report(works, now=_at(600))
    failing = Standing(failing_since=_at(0), failed_at=_at(1), reason="503")
    await store.standings.report({_PART: failing}, now=_at(1))
    assert await store.standings.all(seen_since=_at(0)) == {_PART: failing}
    await store.standings.report({_PART: Standing(worked_at=_at(2))}, now=_at(1.5))
    (known,) = (await store.standings.all(seen_since=_at(0))).values()
    assert known.worked_at == _at(2), "clocks may differ a little"


_FAILING = Standing(_at(0), _at(1), _at(3), "503")


@pytest.mark.parametrize(
    ("known", "reported", "expected"),
    [
        pytest.param(_FAILING, Standing(_at(4)), (_at(4), None), id="works-again"),
        pytest.param(_FAILING, Standing(_at(2)), (_at(2), _at(3)), id="worked-in-between"),
        pytest.param(
            _FAILING, Standing(None, _at(2), _at(5), "x"), (_at(0), _at(1)), id="both-fail"
        ),
        pytest.param(Standing(_at(4)), _FAILING, (_at(4), None), id="old-news"),
        pytest.param(Standing(), Standing(), (None, None), id="nothing"),
    ],
)
def test_who_heard_last_is_right(
    known: Standing, reported: Standing, expected: tuple[datetime | None, datetime | None]
) -> None:
    found = merged(known, reported)
    assert (found.worked_at, found.failing_since) == expected


async def test_nobody_is_late_with_what_waits_for_a_suspended_chat(store: Store) -> None:
    here, closed = Target("telegram", "1"), Target("telegram", "2", "7")
    rows = [
        Delivery(target, "paper:x:zh", _at(0), _at(n)) for n, target in enumerate((closed, here))
    ]
    await store.outbox.add(rows)
    await store.chats.suspend(closed, "the bot was blocked")
    (waiting,) = await store.backlog.waiting()
    assert (waiting.count, waiting.oldest_due) == (1, _at(1))
