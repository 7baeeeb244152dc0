"""Text inside a line of Markdown: nothing of it becomes structure, nothing of it is lost (T4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # comes with rich: an independent reading of CommonMark

from bot.domain.text import collapse
from summarizer.markdown.inline import code_span, escape, escape_block, escape_title, plain

COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])

PIECES = (
    r"` `` * ** _ __ ~~ [ ]( ) <b> </b> <!-- --> &lt; &#35; # ## - + > 1. 2) --- *** ==="
    r" | \ \* ![ $ https://evil.example tg://user?id=1 www.evil.example 4.5/5 ， ： （ 论文 a"
)
MARKUP = st.sampled_from([" ", "## ", "- ", "+ ", "1. ", *PIECES.split()])
NASTY = st.one_of(st.lists(MARKUP, max_size=12).map("".join), st.text(max_size=40)).map(collapse)


def shown(markdown: str) -> str:
    """What CommonMark shows of one block, as text."""
    inline = [token for token in COMMONMARK.parse(markdown) if token.type == "inline"]
    assert len(inline) == 1
    kinds = {child.type for child in inline[0].children or ()}
    assert kinds <= {"text", "code_inline"}
    return "".join(child.content for child in inline[0].children or ())


@given(NASTY)
def test_escaped_text_reads_back_equal(text: str) -> None:
    assert plain(escape(text)) == text
    assert plain(escape_block(text)) == text
    assert plain(escape_title(text)) == text


@given(NASTY.filter(bool))
def test_an_independent_reader_shows_a_paragraph_as_one_paragraph_of_the_same_text(
    text: str,
) -> None:
    tokens = COMMONMARK.parse(escape_block(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert shown(escape_block(text)) == text


@given(NASTY.filter(bool))
def test_an_independent_reader_shows_an_item_as_one_item_of_the_same_text(text: str) -> None:
    tokens = COMMONMARK.parse(f"- {escape_block(text)}")
    assert [token.type for token in tokens if token.nesting == 1] == [
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
    ]
    assert shown(f"- {escape_block(text)}") == text


@given(NASTY.filter(bool))
def test_an_independent_reader_shows_a_title_whole(text: str) -> None:
    assert shown(f"## {escape_title(text)}") == text


@given(NASTY.filter(bool), st.integers(1, 3))
def test_an_independent_reader_shows_a_code_span_whole(text: str, least: int) -> None:
    assert shown(f"- {code_span(text, least=least)}") == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("名为`PhotoVerse`的方法", "名为PhotoVerse的方法"),
        ("**实用性**：4.5分", "实用性：4.5分"),
        ("*注：分数基于该方法。*", "注：分数基于该方法。"),
        ("***both***", "both"),
        ("3*4*5 stays", "3*4*5 stays"),
        ("a lone ` and a lone ** stay", "a lone ` and a lone ** stay"),
        ("[a link](https://a.example) stays", "[a link](https://a.example) stays"),
        ("<b>tags</b> stay", "<b>tags</b> stay"),
        (r"\(x\) keeps what is no escape of ours", r"\(x) keeps what is no escape of ours"),
        ("__init__ stays", "__init__ stays"),
    ],
)
def test_marks_of_others_are_taken_out_and_texts_left(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@pytest.mark.parametrize(
    "text", ["AT&T 的 p < 0.05", "snake_case", "1.3B 参数", "+1 point", "约 30%"]
)
def test_text_that_means_nothing_in_markdown_stays_as_it_is(text: str) -> None:
    assert escape_block(text) == text
