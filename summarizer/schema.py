"""The answer's form: a strict JSON schema, and JSON read back into a draft."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import cast

from bot.domain.summary import Keyword, Score, Scores
from summarizer.draft import Draft

SCORE_NAMES = ("practicality", "novelty", "recommendation")

_FENCED = re.compile(r"```[a-zA-Z]*\s*(\{.*\})\s*```", re.DOTALL)
_POINTS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*5\s*)?", re.ASCII)


class NotTheFourParts(ValueError):
    """The text has not the asked form. The message is an English half sentence that can be told to
    the model; it holds nothing of the text but names of fields and numbers."""


def _record(**properties: object) -> dict[str, object]:
    """An object as the strict mode wants it: every field required, no other allowed."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def summary_schema() -> dict[str, object]:
    """The four parts as a JSON schema.

    Only what every endpoint knows: no bounds, no enumerations of numbers, no null (Gemini's and
    llama.cpp's translations of a schema lack one or the other). ``summarizer.checks`` judges the
    rest.
    """
    text: dict[str, object] = {"type": "string"}
    score = _record(reason=text, score={"type": "number"})
    keyword = _record(term=text, translation=text)
    return _record(
        main_work=text,
        highlights={"type": "array", "items": text},
        keywords={"type": "array", "items": keyword},
        scores=_record(**dict.fromkeys(SCORE_NAMES, score)),
    )


def read_json(text: str) -> Draft:
    """A draft from a model's JSON, with or without a code fence or words around it.

    Raises:
        NotTheFourParts: no JSON object, or one of another shape.
    """
    answer = _json_object(text)
    return Draft(
        main_work=_text(answer, "main_work"),
        highlights=tuple(_highlights(answer)),
        keywords=tuple(_keywords(answer)),
        scores=_scores(answer),
    )


def _json_object(text: str) -> Mapping[str, object]:
    for candidate in _candidates(text):
        try:
            found = json.loads(candidate, strict=False, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return cast("dict[str, object]", found)
    raise NotTheFourParts("it was not one JSON object")


def _candidates(text: str) -> Iterator[str]:
    yield text
    fenced = _FENCED.search(text)
    if fenced:
        yield fenced[1]
    first, last = text.find("{"), text.rfind("}")
    if 0 <= first < last:
        yield text[first : last + 1]


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise NotTheFourParts(f'"{name}" was missing or not a text')
    return value


def _items(fields: Mapping[str, object], name: str) -> list[object]:
    value = fields.get(name)
    if not isinstance(value, list):
        raise NotTheFourParts(f'"{name}" was missing or not a list')
    return cast("list[object]", value)


def _fields(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise NotTheFourParts(f'"{name}" was missing or not an object')
    return cast("dict[str, object]", value)


def _highlights(answer: Mapping[str, object]) -> Iterator[str]:
    for item in _items(answer, "highlights"):
        if not isinstance(item, str):
            raise NotTheFourParts('"highlights" held something other than texts')
        yield item


def _keywords(answer: Mapping[str, object]) -> Iterator[Keyword]:
    for item in _items(answer, "keywords"):
        # Without the strict schema, models often write a bare term.
        fields = {"term": item} if isinstance(item, str) else _fields(item, "keywords")
        term = _text(fields, "term")
        if term.strip():
            given = fields.get("translation")
            known = isinstance(given, str) and given.strip()
            yield Keyword(term, _text(fields, "translation") if known else None)


def _scores(answer: Mapping[str, object]) -> Scores:
    scores = _fields(answer.get("scores"), "scores")
    return Scores(**{name: _score(scores, name) for name in SCORE_NAMES})


def _score(scores: Mapping[str, object], name: str) -> Score:
    fields = _fields(scores.get(name), name)
    points = _number(fields.get("score"))
    if points is None:
        raise NotTheFourParts(f'the score of "{name}" was missing or not a number')
    if not 0 <= points <= 5:
        raise NotTheFourParts(f'the score of "{name}" was {points:g}, and must be 0.5 to 5')
    return Score(points, _text(fields, "reason"))


def _number(value: object) -> float | None:
    if isinstance(value, str):
        match = _POINTS.fullmatch(value)
        value = float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
