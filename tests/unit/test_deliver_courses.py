"""What becomes of a digest's row and of its edits: the decision as a table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import Delivery, State
from bot.services.deliver.courses import GAP, Family, Show, digest_course, edit_course
from bot.services.deliver.testing import START, A
from bot.services.deliver.testing_digests import DIGEST, paper_of
from bot.services.post_keys import DigestSlice, EditPost, PaperPost

SECOND = timedelta(seconds=1)
LATER = START + 10 * GAP


def papers(*counts: int) -> tuple[Delivery, ...]:
    """Rows of papers that came in turns, a minute apart."""
    times = [START + turn * GAP for turn, count in enumerate(counts) for _ in range(count)]
    return tuple(
        Delivery(A, PaperPost(paper_of(n).id, "en").key, at, at, state=State.INCLUDED)
        for n, at in enumerate(times, start=1)
    )


def digest(state: State, *, part: int = 0, message: str | None = None) -> Delivery:
    row = Delivery(A, DIGEST.key, START + SECOND, START, part=part, state=state)
    sent = state is State.SENT
    return replace(
        row,
        message_id=(message or f"m{part}") if sent else None,
        sent_at=START + SECOND if sent else None,
    )


def edit(count: int, state: State = State.CLAIMED, *, part: int = 0, reason: str = "") -> Delivery:
    row = Delivery(A, EditPost(DIGEST, count).key, START, START, part=part, state=state)
    sent = {"sent_at": START + SECOND, "message_id": f"m{part}"} if state is State.SENT else {}
    return replace(row, reason=reason, **sent)


def family(rows: Sequence[Delivery], *counts: int) -> Family:
    return Family(DIGEST, tuple(rows), papers(*counts))


def outcome(course: Show | Delivery) -> tuple[object, ...]:
    """A course in short: from and up to which paper, and what is replaced; or a state and why."""
    if isinstance(course, Delivery):
        return (course.state, course.reason)
    span = course.key.rpartition(":")[2]
    return (span, course.replaces)


SENT, LOST, GONE = digest(State.SENT), digest(State.UNKNOWN), digest(State.FAILED)


@pytest.mark.parametrize(
    ("row", "rows", "edits", "expected"),
    [
        pytest.param(edit(3), [SENT], True, ("0-3", "m0"), id="the message is replaced"),
        pytest.param(edit(3), [SENT], False, ("2-3", None), id="no edits: what is new"),
        pytest.param(edit(3), [LOST], True, ("2-3", None), id="f37 unknown: what is new"),
        pytest.param(
            edit(3), [digest(State.EXPIRED)], True, ("2-3", None), id="expired: what is new"
        ),
        pytest.param(edit(3), [GONE], True, ("0-3", None), id="failed: everything"),
        pytest.param(edit(3), [], True, ("0-3", None), id="no digest: everything"),
        pytest.param(
            edit(3),
            [digest(State.PENDING)],
            True,
            (State.INCLUDED, DIGEST.key),
            id="not sent yet: the digest shows it",
        ),
        pytest.param(edit(3, part=1), [SENT], True, ("0-3", None), id="a part more is sent"),
        pytest.param(
            edit(3, part=1),
            [SENT, digest(State.SENT, part=1)],
            True,
            ("0-3", "m1"),
            id="a further part is replaced",
        ),
        pytest.param(
            replace(edit(3, part=1), plain=True),
            [SENT, digest(State.SENT, part=1)],
            True,
            ("0-3", None),
            id="a further part refused: sent anew",
        ),
        pytest.param(
            edit(3, part=1),
            [
                SENT,
                replace(
                    edit(2, State.SENT, part=1), message_id="m9", sent_at=START + GAP, plain=True
                ),
                digest(State.SENT, part=1),
            ],
            True,
            ("0-3", "m9"),
            id="a further part that was sent anew is replaced",
        ),
        pytest.param(
            edit(3),
            [SENT, digest(State.UNKNOWN, part=1)],
            True,
            ("2-3", None),
            id="a part unknown: what is new",
        ),
        pytest.param(
            edit(3, part=1),
            [SENT, edit(3, State.SENT)],
            False,
            ("2-3", None),
            id="no edits: a further part shows the same",
        ),
        pytest.param(
            replace(edit(3), plain=True),
            [SENT],
            True,
            ("2-3", None),
            id="f33 refused: what is new",
        ),
        pytest.param(
            edit(3, part=1),
            [SENT, replace(edit(3, State.SENT), plain=True)],
            True,
            ("2-3", None),
            id="refused: a further part shows the same",
        ),
        pytest.param(
            edit(3),
            [SENT, replace(edit(2, State.SENT), plain=True)],
            True,
            ("2-3", None),
            id="refused before: what is new",
        ),
        pytest.param(
            edit(3),
            [SENT, edit(4, State.SENT)],
            False,
            (State.INCLUDED, EditPost(DIGEST, 4).key),
            id="a later one was made already",
        ),
        pytest.param(
            edit(3),
            [LOST, edit(2, State.INCLUDED, reason=DIGEST.key), edit(3, State.UNKNOWN, part=1)],
            False,
            ("2-3", None),
            id="begun: carried through",
        ),
    ],
)
def test_an_edit_takes_its_course(
    row: Delivery, rows: Sequence[Delivery], edits: bool, expected: tuple[object, ...]
) -> None:
    assert outcome(edit_course(row, family(rows, 2, 1), LATER, edits=edits)) == expected


def test_an_edit_waits_for_a_minute_after_the_last_call() -> None:
    now = START + 30 * SECOND
    course = edit_course(edit(3), family([SENT], 2, 1), now, edits=True)
    assert isinstance(course, Delivery)
    assert (course.state, course.due_at) == (State.PENDING, START + SECOND + GAP)


def test_an_edit_waits_for_a_minute_after_one_of_the_chat_s_other_language() -> None:
    later = replace(family([SENT], 2, 1), last_edit=LATER - SECOND)
    course = edit_course(edit(3), later, LATER, edits=True)
    assert isinstance(course, Delivery)
    assert (course.state, course.due_at) == (State.PENDING, LATER - SECOND + GAP)


def test_the_edit_that_is_due_shows_everything_and_the_others_that_wait_nothing_more() -> None:
    rows = [SENT, edit(4, State.PENDING), edit(5, State.PENDING)]
    course = edit_course(edit(3), family(rows, 2, 1, 1, 2), LATER, edits=True)
    assert isinstance(course, Show)
    assert outcome(course) == ("0-6", "m0")
    assert [(r.state, r.reason) for r in course.superfluous] == [
        (State.INCLUDED, edit(3).post_key)
    ] * 2
    assert course.noted is not None
    assert (course.noted.post_key, course.noted.state) == (edit(6).post_key, State.INCLUDED)


def test_a_call_that_may_have_arrived_is_made_again_with_what_it_had() -> None:
    tried = replace(digest(State.CLAIMED), called_at=START)
    rows = [edit(3, State.INCLUDED, reason=DIGEST.key), edit(5, State.PENDING)]
    course = digest_course(tried, family(rows, 2, 1, 2))
    assert (outcome(course), course.superfluous, course.noted) == (("0-3", None), (), None)


def test_an_edit_whose_outcome_is_never_known_ends_as_unknown() -> None:
    tried = replace(edit(3), called_at=START, attempts=8, reason="no answer")
    course = edit_course(tried, family([SENT], 2, 1), LATER, edits=True)
    assert outcome(course) == (State.UNKNOWN, "no answer")


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["planned", "joined", "made"]))))
def test_where_nothing_is_edited_messages_follow_each_other_without_a_gap_or_a_repeat(
    turns: list[tuple[int, str]],
) -> None:
    """However papers come: with an edit of their own, or to be shown by one that waits; and
    whenever the digest, or the edit that has waited longest, is carried out."""
    rows: list[Delivery] = [digest(State.PENDING)]
    counts, shown = [2], 0
    for number, (count, how) in enumerate([*turns, (1, "made"), (1, "made")]):
        counts.append(count)
        if how == "planned" or all(row.state is not State.PENDING for row in rows):
            rows.append(edit(sum(counts), State.PENDING))
        if how != "made":
            continue
        row = next(row for row in rows if row.state is State.PENDING)
        others = family([r for r in rows if r is not row], *counts)
        if row.post_key == DIGEST.key:
            course = digest_course(row, others)
        else:
            made = edit_course(row, others, LATER + number * GAP, edits=False)
            assert isinstance(made, Show), made
            course = made
        after, _, upto = course.key.rpartition(":")[2].partition("-")
        assert (int(after), int(upto)) == (shown, sum(counts))
        shown = int(upto)
        done = {r.post_key: r for r in course.superfluous}
        noted = [course.noted] if course.noted is not None else []
        ended = replace(row, state=State.SENT, message_id="m", sent_at=START)
        rows = [*(done.get(r.post_key, r) for r in others.rows), *noted, ended]
    assert shown == sum(counts)


def test_a_slice_is_named_by_its_digest() -> None:
    assert DigestSlice(DIGEST, 2, 3).key == f"slice:{DIGEST.key}:2-3"
