"""Stored summaries stay readable; what cannot be read is refused in plain words."""

import json
from typing import Any

import pytest

from bot.domain.errors import StoreError
from bot.domain.paper_id import PaperId
from bot.domain.summary import Keyword, Origin, Provenance, Score, Scores, Summary
from bot.store.documents import decode, encode

SUMMARY = Summary(
    paper_id=PaperId("2608.00001"),
    language="zh",
    main_work="做了。",
    highlights=("好",),
    keywords=(Keyword("LLM", "大型语言模型"),),
    scores=Scores(Score(4.5, "a"), Score(5, "b"), Score(4.8)),
    provenance=Provenance(Origin.IMPORTED),
)

# As the first release writes it. This text never changes: it stands in people's stores.
FIRST = (
    '{"v":1,"paper_id":"2608.00001","language":"zh","main_work":"做了。","highlights":["好"],'
    '"keywords":[{"term":"LLM","translation":"大型语言模型"}],"scores":{"practicality":'
    '{"value":4.5,"reason":"a"},"novelty":{"value":5,"reason":"b"},"recommendation":'
    '{"value":4.8,"reason":""}},"provenance":{"origin":"imported","model":"","prompt":"",'
    '"created_at":null},"findings":[]}'
)


def test_a_document_is_written_as_the_first_release_did() -> None:
    assert encode(SUMMARY) == FIRST
    assert decode(FIRST) == SUMMARY


def test_members_of_a_later_release_are_ignored() -> None:
    document: dict[str, Any] = json.loads(FIRST)
    document["mood"] = "good"
    document["keywords"][0]["weight"] = 3
    document["scores"]["novelty"]["by"] = {"somebody": "else"}
    assert decode(json.dumps(document)) == SUMMARY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(FIRST.replace('"v":1', '"v":2'), "newer version of Sulan", id="newer"),
        pytest.param(FIRST[:50], "cannot be read", id="cut"),
        pytest.param(FIRST.replace("main_work", "mean_work"), "main_work", id="part missing"),
        pytest.param(FIRST.replace("imported", "divined"), "divined", id="unknown origin"),
        pytest.param(FIRST.replace("4.8", "48"), "between 0 and 5", id="impossible score"),
        pytest.param("[]", "cannot be read", id="no object"),
        pytest.param("null", "cannot be read", id="null"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        decode(text)
