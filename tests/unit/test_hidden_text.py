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
    ],
)
def test_t4_what_hides_or_reorders_is_dropped(hidden: str) -> None:
    assert collapse(f"a{hidden}b") == "ab"


@pytest.mark.parametrize(
    "text",
    [
        "👩‍🔬",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "é",
        "ﬁ",
        "汉字",
        "عربي",
        "a\tb\nc",
    ],
)
def test_what_readers_see_stays(text: str) -> None:
    assert without_hidden(text) == text
