"""The retry policy as a table: FACTS §1.6 and F30-F63, one row a case."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import (
    MAX_AGE,
    MAX_BROKEN,
    Broken,
    Delivery,
    Limited,
    NotSent,
    OnUnknown,
    Outcome,
    Refused,
    Rejected,
    Sent,
    State,
    Unclear,
    backoff,
    begin,
    close,
    expired,
    settle,
    waits,
)
from bot.domain.target import Receipt, Target

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=1)
DELIVERY = Delivery(
    Target("telegram", "-1001"),
    "paper:2608.00001:zh",
    created_at=NOW - timedelta(hours=1),
    due_at=NOW - timedelta(hours=1),
    state=State.CLAIMED,
    lease_until=NOW + timedelta(seconds=90),
)
OLD = replace(DELIVERY, created_at=NOW - MAX_AGE + timedelta(seconds=1))
PENDING: dict[str, Any] = {"state": State.PENDING, "due_at": DELIVERY.due_at}


@dataclass(frozen=True)
class Case:
    outcome: Outcome
    becomes: dict[str, Any]
    was: Delivery = DELIVERY
    on_unknown: OnUnknown = OnUnknown.DEFAULT


CASES = {
    "taken": Case(
        Sent(Receipt("77")), {"state": State.SENT, "message_id": "77", "sent_at": NOW, "reason": ""}
    ),
    "taken after an open outcome": Case(
        Sent(Receipt("77")),
        {"state": State.SENT, "called_at": None, "resent": True},
        was=replace(DELIVERY, called_at=EARLIER, resent=True),
    ),
    "F30 a small limit is no failure and keeps the place in the queue": Case(
        Limited(3.0), {**PENDING, "attempts": 0, "reason": "rate limit"}
    ),
    "F31 a huge limit is waited for": Case(Limited(10_072.0), {**PENDING, "attempts": 0}),
    "F31 a limit beyond the news' life expires it": Case(
        Limited(10_072.0), {"state": State.EXPIRED}, was=OLD
    ),
    "a limit of nonsense seconds expires it": Case(Limited(1e300), {"state": State.EXPIRED}),
    "a limit of less than nothing is none": Case(Limited(-5.0), PENDING),
    "F38 no connection is another attempt, in its place": Case(
        NotSent("refused"), {**PENDING, "attempts": 1, "reason": "refused"}
    ),
    "F38 no connection for long lets others pass": Case(
        NotSent("refused"),
        {"state": State.PENDING, "due_at": NOW + timedelta(seconds=40), "attempts": 4},
        was=replace(DELIVERY, attempts=3),
    ),
    "F38 no connection is tried for as long as it is news": Case(
        NotSent("refused"),
        {"state": State.PENDING, "due_at": NOW + timedelta(minutes=30)},
        was=replace(DELIVERY, attempts=60),
    ),
    "F61 no connection until it is no news": Case(
        NotSent("refused"), {"state": State.EXPIRED, "reason": "refused"}, was=OLD
    ),
    "F32 refused for good": Case(
        Refused("bot was blocked by the user"),
        {"state": State.FAILED, "reason": "bot was blocked by the user", "attempts": 0},
    ),
    "F35 rejected once goes as plain text at once": Case(
        Rejected("can't parse entities"), {**PENDING, "plain": True, "attempts": 0}
    ),
    "F35 rejected as plain text has failed": Case(
        Rejected("empty"), {"state": State.FAILED}, was=replace(DELIVERY, plain=True)
    ),
    "F37 no answer is left alone": Case(
        Unclear("read timeout", called_at=EARLIER),
        {"state": State.UNKNOWN, "called_at": EARLIER, "reason": "read timeout", "resent": False},
    ),
    "F37 no answer is sent once more where the chat wants that": Case(
        Unclear("read timeout", called_at=EARLIER),
        {**PENDING, "resent": True, "called_at": EARLIER},
        on_unknown=OnUnknown.RESEND,
    ),
    "F37 never a third time": Case(
        Unclear("read timeout"),
        {"state": State.UNKNOWN},
        was=replace(DELIVERY, resent=True),
        on_unknown=OnUnknown.RESEND,
    ),
    "F55 killed in mid-call is sent once more": Case(
        Unclear("killed", killed=True),
        {**PENDING, "resent": True, "called_at": EARLIER},
        was=replace(DELIVERY, state=State.SENDING, called_at=EARLIER),
    ),
    "F55 killed twice is left alone": Case(
        Unclear("killed", killed=True),
        {"state": State.UNKNOWN},
        was=replace(DELIVERY, state=State.SENDING, resent=True),
    ),
    "F55 killed is left alone where the chat wants that": Case(
        Unclear("killed", killed=True), {"state": State.UNKNOWN}, on_unknown=OnUnknown.LEAVE
    ),
    "F47 a platform that takes keys is asked again": Case(
        Unclear("502", repeatable=True, called_at=EARLIER),
        {**PENDING, "called_at": EARLIER, "resent": False, "attempts": 1},
    ),
    "F47 the oldest open call counts": Case(
        Unclear("502", repeatable=True, called_at=NOW),
        {**PENDING, "called_at": EARLIER},
        was=replace(DELIVERY, called_at=EARLIER, attempts=1),
    ),
    "F47 also where the chat wants nothing resent, for nothing can be doubled": Case(
        Unclear("502", repeatable=True), PENDING, on_unknown=OnUnknown.LEAVE
    ),
    "F47 too old to be asked again is unknown": Case(
        Unclear("502", repeatable=True), {"state": State.UNKNOWN}, was=OLD
    ),
    "F48 a forum is treated as Telegram": Case(Unclear("502"), {"state": State.UNKNOWN}),
    "an earlier open outcome makes a refusal unknown": Case(
        Refused("kicked"), {"state": State.UNKNOWN}, was=replace(DELIVERY, called_at=EARLIER)
    ),
    "an earlier open outcome makes an expiry unknown": Case(
        NotSent("refused"), {"state": State.UNKNOWN}, was=replace(OLD, called_at=EARLIER)
    ),
    "an earlier open outcome outlives a failed attempt": Case(
        NotSent("refused"),
        {**PENDING, "called_at": EARLIER},
        was=replace(DELIVERY, called_at=EARLIER, resent=True),
    ),
    "F63 broken once is tried again behind the others": Case(
        Broken("KeyError"),
        {"state": State.PENDING, "due_at": NOW + timedelta(seconds=5), "attempts": 1},
    ),
    "F63 broken three times leaves the queue": Case(
        Broken("KeyError"),
        {"state": State.FAILED, "reason": "KeyError"},
        was=replace(DELIVERY, attempts=MAX_BROKEN - 1),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_outcome_has_its_row(case: Case) -> None:
    settled = settle(case.was, case.outcome, NOW, on_unknown=case.on_unknown)
    assert {name: getattr(settled, name) for name in case.becomes} == case.becomes
    assert settled.lease_until is None
    assert settled.id == case.was.id


@pytest.mark.parametrize(
    ("outcome", "attempts", "seconds"),
    [
        pytest.param(Limited(35.0), 0, 35, id="F30 for as long as the platform asks"),
        pytest.param(Limited(10_072.0), 0, 10_072, id="F31 however long that is"),
        pytest.param(NotSent(""), 0, 5, id="behind a message that found no connection"),
        pytest.param(NotSent(""), 9, 30, id="but never long"),
        pytest.param(Unclear("", repeatable=True), 1, 10, id="F47 behind one that is repeated"),
        pytest.param(Unclear(""), 0, 0, id="F37 not behind one whose outcome is unknown"),
        pytest.param(Broken(""), 0, 0, id="F63 not behind a broken one"),
        pytest.param(Sent(Receipt("1")), 0, 0, id="not after one that arrived"),
    ],
)
def test_a_chat_waits_behind_a_message_only_for_a_while(
    outcome: Outcome, attempts: int, seconds: int
) -> None:
    assert waits(replace(DELIVERY, attempts=attempts), outcome) == timedelta(seconds=seconds)


def test_waits_double_up_to_half_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (0, 1, 2, 3, 9, 10, 10**9)] == [
        5, 5, 10, 20, 1280, 1800, 1800,
    ]  # fmt: skip


def test_the_mark_before_a_call_remembers_when_the_oldest_open_call_began() -> None:
    lease = timedelta(seconds=90)
    first = begin(DELIVERY, NOW, lease=lease)
    assert (first.state, first.called_at, first.lease_until) == (State.SENDING, NOW, NOW + lease)
    assert begin(replace(DELIVERY, called_at=EARLIER), NOW, lease=lease).called_at == EARLIER


def test_what_is_closed_unsent_is_unknown_where_a_call_is_open() -> None:
    assert close(DELIVERY, State.EXPIRED, "old").state is State.EXPIRED
    assert close(replace(DELIVERY, called_at=NOW), State.EXPIRED, "old").state is State.UNKNOWN


def test_f58_a_post_is_too_old_after_two_days() -> None:
    assert not expired(DELIVERY, DELIVERY.created_at + timedelta(hours=47, minutes=59))
    assert expired(DELIVERY, DELIVERY.created_at + timedelta(hours=48))


OUTCOMES = st.one_of(
    st.builds(Limited, st.floats(0, 20_000)),
    st.builds(NotSent, st.just("no route")),
    st.builds(Refused, st.just("kicked")),
    st.builds(Rejected, st.just("markup")),
    st.builds(Broken, st.just("KeyError")),
    st.builds(Unclear, st.just("?"), st.booleans(), st.booleans(), st.just(NOW)),
)


@given(st.lists(OUTCOMES, max_size=40), st.sampled_from(list(OnUnknown)))
def test_whatever_happens_in_a_row_nothing_is_forgotten(
    outcomes: list[Outcome], on_unknown: OnUnknown
) -> None:
    """A delivery is always either in the queue or ended with a reason; an unclear call that cannot
    be repeated is followed by at most one more; a row with an open outcome never ends as failed."""
    delivery, now, unclear = DELIVERY, NOW, 0
    for outcome in outcomes:
        delivery = settle(delivery, outcome, now, on_unknown=on_unknown)
        unclear += isinstance(outcome, Unclear) and not outcome.repeatable
        if delivery.state is not State.PENDING:
            assert delivery.reason
            if delivery.called_at is not None:
                assert delivery.state is State.UNKNOWN
            break
        assert unclear <= 1
        now = max(now, delivery.due_at) + waits(delivery, outcome)
