"""A post as plain text, and text cut where it hurts least."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.plain import plain_text, split_text
from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.summary import Keyword

POST = Post(
    "en",
    "A title",
    "https://huggingface.co/papers/2309.12307",
    ratings=(Rating("Novelty", 4.0), Rating("Use", 4.5)),
    signals=("👍 73",),
    sections=(Section("Main work", ("One.", "Two.")), Section("Points", ("p", "q"), bulleted=True)),
    keywords=(Keyword("LoRA", "低秩"), Keyword("GPT")),
    links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),),
    actions=(Action("中文", "entry:zh:2309.12307"),),
    footer=("By a-model.", "⚠ 5 % is not in the abstract"),
)


def test_a_post_as_plain_text_holds_everything_but_its_buttons() -> None:
    assert plain_text(POST) == (
        "A title\nhttps://huggingface.co/papers/2309.12307\n\n"
        "Novelty 4 · Use 4.5   👍 73\n\n"
        "Main work\nOne.\nTwo.\n\n"
        "Points\n• p\n• q\n\n"
        "LoRA (低秩) · GPT\n\n"
        "arXiv: https://arxiv.org/abs/2309.12307\n\n"
        "By a-model.\n⚠ 5 % is not in the abstract"
    )


def test_what_a_post_lacks_leaves_no_gap() -> None:
    assert plain_text(Post("en", "Only a title", "")) == "Only a title"


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        pytest.param("short", 10, ["short"], id="what fits stays whole"),
        pytest.param("one one\n\ntwo\ntwo", 13, ["one one", "two\ntwo"], id="at a blank line"),
        pytest.param("one two\nthree four", 11, ["one two", "three four"], id="at a line"),
        pytest.param("Is it. It is so", 10, ["Is it.", "It is so"], id="at a sentence"),
        pytest.param(
            "它很好。真的很好。", 6, ["它很好。", "真的很好。"], id="at a Chinese sentence"
        ),
        pytest.param("pi is 3.14159 so", 11, ["pi is", "3.14159 so"], id="never in a number"),
        pytest.param("abcdefgh", 3, ["abc", "def", "gh"], id="anywhere, if there is no border"),
        pytest.param("ab\u0301c", 2, ["a", "b\u0301", "c"], id="no letter loses its accent"),
        pytest.param("a👩\u200d🔬b", 3, ["a", "👩\u200d🔬", "b"], id="no emoji is torn apart"),
        pytest.param("  ", 3, [], id="nothing is no piece"),
    ],
)
def test_a_text_is_cut_at_the_best_border(text: str, limit: int, pieces: list[str]) -> None:
    assert list(split_text(text, limit)) == pieces


def test_f36_length_is_counted_as_the_platform_counts() -> None:
    def utf16(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    assert list(split_text("👍👍👍", 4, measure=utf16)) == ["👍👍", "👍"]


def test_a_limit_that_holds_no_character_is_refused() -> None:
    with pytest.raises(ValueError, match="one character"):
        split_text("👍", 1, measure=lambda text: 2 * len(text))


@given(st.text(max_size=200), st.integers(1, 40))
def test_nothing_but_white_space_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < len(piece) <= limit for piece in pieces)
