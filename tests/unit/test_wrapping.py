"""Lines break where a Chinese or English reader expects, and nothing is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.wrapping import line_starts


def lines(text: str, width: int) -> list[str]:
    bounds = [0, *line_starts(text, width), len(text)]
    return [text[a:b].rstrip() for a, b in pairwise(bounds)]


@pytest.mark.parametrize(
    ("text", "width", "broken"),
    [
        pytest.param("难以并行训练", 8, ["难以并行", "训练"], id="between Chinese characters"),
        pytest.param("难以并行。训练", 8, ["难以并", "行。训练"], id="no line starts with 。"),
        pytest.param("难以并（行）", 8, ["难以并", "（行）"], id="no line ends with （"),
        pytest.param(
            "本文提出 Transformer 架构", 14, ["本文提出", "Transformer 架", "构"], id="mixed"
        ),
        pytest.param("one two three", 8, ["one two", "three"], id="at spaces"),
        pytest.param("encoder-decoder", 10, ["encoder-", "decoder"], id="after a hyphen"),
        pytest.param("by -5 points", 6, ["by -5", "points"], id="not after a minus"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="a word that is too wide"),
        pytest.param("short", 80, ["short"], id="nothing to do"),
        pytest.param("", 80, [""], id="empty"),
    ],
)
def test_lines_break_where_they_may(text: str, width: int, broken: list[str]) -> None:
    assert lines(text, width) == broken


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])), st.integers(2, 60)
)
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    starts = line_starts(text, width)
    assert starts == sorted(set(starts))
    bounds = [0, *starts, len(text)]
    assert "".join(text[a:b] for a, b in pairwise(bounds)) == text
    assert all(cell_len(line) <= width for line in lines(text, width))
