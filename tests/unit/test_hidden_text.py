"""Characters that hide or reorder what a reader sees never get in."""

import pytest

from bot.domain.text import collapse, without_hidden


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param("\x1b", id="escape"),
        pytest.param("\x9b", id="C1 control sequence"),
        pytest.param("\u202e", id="right-to-left override"),
        pytest.param("\u2067", id="right-to-left isolate"),
        pytest.param("\u061c", id="Arabic letter mark"),
        pytest.param("\u200b", id="zero-width space"),
        pytest.param("\ufeff", id="byte order mark"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param("\U000e0041", id="tag character"),
    ],
)
def test_t4_what_hides_or_reorders_is_dropped(hidden: str) -> None:
    assert collapse(f"a{hidden}b") == "ab"


@pytest.mark.parametrize("text", ["👩‍🔬", "é", "ﬁ", "汉字", "عربي", "a\tb\nc"])
def test_what_readers_see_stays(text: str) -> None:
    assert without_hidden(text) == text
