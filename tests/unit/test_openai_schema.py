"""The strict schema, and the JSON that models send under it and without it."""

import contextlib
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.schema import NotTheFourParts, read_json, summary_schema
from summarizer.testing import entry_json

ENTRY = entry_json("It trains a model.")


def _objects(schema: object) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for item in cast("list[object]", schema) for found in _objects(item)]
    if not isinstance(schema, dict):
        return []
    fields = cast("dict[str, Any]", schema)
    inner = [found for value in fields.values() for found in _objects(value)]
    return [fields, *inner] if fields.get("type") == "object" else inner


def test_the_schema_meets_the_strict_modes_rules() -> None:
    """Every field required, no other allowed; no keyword that some endpoint does not know."""
    objects = _objects(summary_schema())
    assert len(objects) == 6
    for schema in objects:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
    keywords = {"type", "properties", "required", "additionalProperties", "items"}
    text = json.dumps(summary_schema())
    assert not [word for word in ("enum", "minimum", "maxItems", "anyOf", "$ref") if word in text]
    assert {key for schema in objects for key in schema} <= keywords


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ENTRY, id="bare"),
        pytest.param(f"```json\n{ENTRY}\n```", id="fenced"),
        pytest.param(f"```\n{ENTRY}```", id="fenced without a name"),
        pytest.param(f"Here is the entry:\n{ENTRY}\nI hope it helps.", id="words around it"),
        pytest.param(f"Sure.\n```json\n{ENTRY}\n```\nDone.", id="fenced, words around it"),
        pytest.param(ENTRY.replace("It trains", "It\ntrains"), id="raw newline in a text"),
    ],
)
def test_json_is_found_in_what_models_put_around_it(text: str) -> None:
    draft = read_json(text)
    assert draft.main_work.split() == ["It", "trains", "a", "model."]
    assert len(draft.keywords) == 5
    assert draft.scores is not None
    assert draft.scores.practicality.value == 3.5


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("I'm sorry, I can't help with that.", id="prose"),
        pytest.param("[]", id="a list"),
        pytest.param("null", id="null"),
        pytest.param(ENTRY[:-40], id="cut off"),
        pytest.param("[" * 100_000, id="too deep"),
        pytest.param('{"a":' * 100_000, id="too deep, objects"),
        pytest.param("{}", id="nothing in it"),
        pytest.param(entry_json("m", highlights="one"), id="highlights no list"),
        pytest.param(entry_json("m", highlights=[1]), id="a highlight no text"),
        pytest.param(entry_json("m", keywords=[3]), id="a keyword no text"),
        pytest.param(entry_json("m", keywords=[{"translation": "x"}]), id="a keyword no term"),
        pytest.param(entry_json("m", scores=None), id="no scores"),
        pytest.param(entry_json("m", scores={"novelty": {"score": 3}}), id="scores missing"),
    ],
)
def test_another_shape_is_told_apart_f22(text: str) -> None:
    """F22."""
    with pytest.raises(NotTheFourParts):
        read_json(text)


def _scored(points: object) -> str:
    score = {"score": points, "reason": "r"}
    return entry_json(
        "m", scores=dict.fromkeys(("practicality", "novelty", "recommendation"), score)
    )


@pytest.mark.parametrize("points", [822.881, -1, 5.1, True, None, "high", "1e3", 10**400])
def test_a_score_off_the_scale_is_no_score(points: object) -> None:
    with pytest.raises(NotTheFourParts, match="practicality"):
        read_json(_scored(points))


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "1e999", "755e75554453"])
def test_a_number_that_json_has_not_is_no_score(literal: str) -> None:
    with pytest.raises(NotTheFourParts):
        read_json(_scored("@").replace('"@"', literal))


@pytest.mark.parametrize(("points", "value"), [(4, 4.0), ("4.5", 4.5), ("3.5/5", 3.5), (0, 0.0)])
def test_a_score_is_read_in_the_forms_that_models_write(points: object, value: float) -> None:
    scores = read_json(_scored(points)).scores
    assert scores is not None
    assert scores.novelty.value == value


def test_a_bare_keyword_has_no_translation_and_a_blank_one_is_dropped() -> None:
    draft = read_json(entry_json("m", keywords=["LLM", {"term": " ", "translation": "x"}]))
    assert [(k.term, k.translation) for k in draft.keywords] == [("LLM", None)]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.dictionaries(st.sampled_from(["main_work", "highlights", "keywords", "scores"]), JSON).map(
        json.dumps
    )
)
def test_nothing_but_a_draft_or_our_error_comes_of_any_text(text: str) -> None:
    with contextlib.suppress(NotTheFourParts):
        assert read_json(text).scores is not None
