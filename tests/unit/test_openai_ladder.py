"""What is learnt from an endpoint's refusals, and what is not."""

import pytest

from summarizer.ladder import Dialect, Ladder, Rung, first_dialect


def test_the_format_goes_down_one_rung_a_refusal_and_ends_at_plain_text() -> None:
    ladder = Ladder(Dialect())
    seen = [ladder.dialect.rung]
    while (poorer := ladder.refused("response_format", ladder.dialect)) is not None:
        seen.append(poorer.rung)
    assert seen == [Rung.JSON_SCHEMA, Rung.JSON_OBJECT, Rung.TEXT]


def test_calls_in_flight_that_are_refused_the_same_step_down_once() -> None:
    ladder = Ladder(Dialect())
    spoken = ladder.dialect
    assert ladder.refused("response_format", spoken) == ladder.refused("response_format", spoken)
    assert ladder.dialect.rung is Rung.JSON_OBJECT
    ladder.refused(spoken.caps[0], spoken)
    ladder.refused(spoken.caps[0], spoken)
    assert ladder.dialect.caps == spoken.caps[1:]


def test_the_caps_older_and_newer_name_are_each_tried_once_then_neither() -> None:
    ladder = Ladder(first_dialect(is_openai=True))
    assert ladder.dialect.caps[0] == "max_completion_tokens"
    one = ladder.refused("max_completion_tokens", ladder.dialect)
    assert one is not None
    assert one.caps == ("max_tokens",)
    none = ladder.refused("max_tokens", one)
    assert none is not None
    assert none.caps == ()
    assert ladder.refused("max_tokens", none) is None


def test_other_servers_are_first_asked_with_the_name_that_all_of_them_know() -> None:
    assert first_dialect(is_openai=False).caps[0] == "max_tokens"


@pytest.mark.parametrize("option", ["temperature", "reasoning_effort"])
def test_a_parameter_is_dropped_for_good_and_only_it(option: str) -> None:
    ladder = Ladder(Dialect())
    adapted = ladder.refused(option, ladder.dialect)
    assert adapted is not None
    assert not getattr(adapted, option)
    assert adapted.rung is Rung.JSON_SCHEMA
    assert ladder.refused(option, adapted) is None


def test_two_lessons_learnt_at_once_are_both_kept() -> None:
    ladder = Ladder(Dialect())
    spoken = ladder.dialect
    ladder.refused("temperature", spoken)
    ladder.refused("response_format", spoken)
    assert ladder.dialect == Dialect(rung=Rung.JSON_OBJECT, temperature=False)


def test_a_doubted_rung_is_left_only_when_the_lower_one_brings_an_answer() -> None:
    ladder = Ladder(Dialect())
    trial = ladder.doubted(ladder.dialect)
    assert (trial.rung, ladder.dialect.rung) == (Rung.JSON_OBJECT, Rung.JSON_SCHEMA)
    ladder.answered(trial)
    assert ladder.dialect.rung is Rung.JSON_OBJECT


def test_a_rung_that_has_worked_is_not_doubted() -> None:
    ladder = Ladder(Dialect())
    ladder.answered(ladder.dialect)
    assert ladder.doubted(ladder.dialect) == ladder.dialect


def test_a_late_answer_on_a_higher_rung_does_not_undo_a_refusal() -> None:
    ladder = Ladder(Dialect())
    spoken = ladder.dialect
    ladder.refused("response_format", spoken)
    ladder.answered(spoken)
    assert ladder.dialect.rung is Rung.JSON_OBJECT
