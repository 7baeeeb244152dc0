"""What somebody looks for is kept whole where it has room, else by its longest words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import collapse
from bot.services.finding.words import wanted_words


@pytest.mark.parametrize(
    ("typed", "room", "words", "cut"),
    [
        pytest.param(
            "  video\n generation ", 20, "video generation", False, id="blanks are folded"
        ),
        pytest.param("视频生成 扩散", 19, "视频生成 扩散", False, id="six characters, one blank"),
        pytest.param("视频生成 扩散", 18, "视频生成", True, id="by the longest of them"),
        pytest.param(
            "reinforcement learning from human feedback",
            37,
            "reinforcement learning human feedback",
            True,
            id="in the order in which they stand",
        ),
        pytest.param('models "chain of thought"', 18, '"chain of thought"', True, id="a quotation"),
        pytest.param(
            '"chain of thought"', 12, "of thought", True, id="a quotation that is too long"
        ),
        pytest.param("“思维 链条”", 10, "思维", True, id="a Chinese quotation"),
        pytest.param("x" * 50, 43, "x" * 43, True, id="one endless word"),
        pytest.param("很" * 20, 43, "很" * 14, True, id="no character is cut in two"),
        pytest.param("", 43, "", False, id="nothing"),
        pytest.param(" \u200b\u202e\x00 ", 43, "", False, id="nothing that can be seen"),
        pytest.param("a\ud800b", 43, "ab", False, id="half a character"),
    ],
)
def test_words_are_kept(typed: str, room: int, words: str, cut: bool) -> None:
    wanted = wanted_words(typed, room=room)
    assert (wanted.words, wanted.cut) == (words, cut)


def test_f66_ten_thousand_characters_are_cut_and_it_is_said() -> None:
    wanted = wanted_words("ab " * 4000, room=43)
    assert wanted.cut
    assert len(wanted.words) <= 43


@given(st.text(max_size=500), st.integers(4, 60))
def test_whatever_is_typed_fits(typed: str, room: int) -> None:
    wanted = wanted_words(typed, room=room)
    assert len(wanted.words.encode()) <= room
    if wanted.cut:
        assert all(word in collapse(typed) for word in wanted.words.split())
