"""Whatever a post holds: Telegram takes it, nothing is lost, and nothing becomes tappable."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.telegram.blocks import units
from adapters.telegram.defuse import WORD_JOINER
from adapters.telegram.render import render
from adapters.telegram.split import MAX_ENTITIES, MAX_UNITS
from adapters.telegram.testing_oracle import Oracle, Parsed
from adapters.testing.losses import is_shown, letters, terms_of, texts_of, visible
from bot.domain.post import Post, Rating, Section
from bot.domain.summary import Keyword

# Pieces that mean something to Telegram, to its parser or to a reader's eye.
_NASTY = st.sampled_from(
    [
        "@name", "@", "a@b.co", "evil.com", ".com", "https://", "//", "/", "/start", "#tag", "#",
        "#1", "$AAPL", "$", "tg://", "t.me/x", "1.2.3.4", ".", "..", "_", "-", ":", "xn--a",
        "<b>", "</b>", "<", ">", "&", "&amp;", "&#60;", '"', "'", "<a href=x>", "</blockquote>",
        "\u202e", "\u200b", "\u200d", "\u200c", "\u2028", "\ufeff", "\x00", "\n", "\r", "\t", " ",
        "中", "文。", "，", "例子.中国", "é", "e\u0301", "𝒜", "👩\u200d🔬", "🏳️\u200d🌈", "²", "①",
        "ß", "·", "א", "ع", "क", "්", "A", "b", "Z9", "COM", "Our", "results.We", "pass@1",
        "`", "*", "||",
    ]
)  # fmt: skip
_WORDS = st.lists(_NASTY, max_size=14).map("".join)
_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_TEXT = _WORDS | _ANY | st.tuples(_WORDS, _ANY).map(" ".join)
_LONG = st.tuples(_TEXT, st.integers(1, 900)).map(lambda pair: f"{pair[0]} " * pair[1])
_TERM = _TEXT.filter(lambda text: bool(text.strip()))


def _sections(text: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Section, ...]]:
    section = st.builds(
        Section,
        label=_TEXT,
        lines=st.lists(text, min_size=1, max_size=4).map(tuple),
        bulleted=st.booleans(),
        folded=st.booleans(),
    )
    return st.lists(section, max_size=3).map(tuple)


def _posts(text: st.SearchStrategy[str]) -> st.SearchStrategy[Post]:
    return st.builds(
        Post,
        language=st.just("zh"),
        title=text,
        url=st.sampled_from(["", "https://arxiv.org/abs/2309.12307"]),
        ratings=st.lists(st.builds(Rating, _TEXT, st.just(4.5)), max_size=2).map(tuple),
        signals=st.lists(_TEXT, max_size=2).map(tuple),
        sections=_sections(text),
        keywords=st.lists(st.builds(Keyword, _TERM, st.none() | _TERM), max_size=3).map(tuple),
        footer=st.lists(_TEXT, max_size=2).map(tuple),
    )


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Oracle:
    return Oracle(shared / "tools")


# The oracle is a fixture that no example changes.
_SLOWLY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def parsed(post: Post, oracle: Oracle) -> Sequence[Parsed]:
    return [oracle.parse(message.text) for message in render(post)]


def loss(post: Post, runs: Sequence[str]) -> list[str]:
    """What a reader is not shown. Tags change a keyword's case and drop what parts its words."""
    flat = [visible(run) for run in runs]
    words = [letters(run) for run in runs]
    return [text for text in texts_of(post) if not is_shown(text, flat)] + [
        term for term in terms_of(post.keywords) if not is_shown(letters(term), words)
    ]


@given(_posts(_TEXT | _LONG))
@settings(_SLOWLY, max_examples=60)
def test_f36_every_part_is_taken_and_nothing_is_lost_t4(oracle: Oracle, post: Post) -> None:
    """Sizes as Telegram counts them, after its own parser; words in order, over all parts."""
    parts = parsed(post, oracle)
    assert parts
    for part in parts:
        assert part.text.strip()
        assert units(part.text) <= MAX_UNITS
        assert len(part.entities) + len(oracle.tappable(part)) <= MAX_ENTITIES
    assert loss(post, [part.text for part in parts]) == []


@given(_posts(_TEXT))
@example(Post("en", "a@b.Our", ""))
@example(Post("en", "中@name", ""))
@example(Post("en", "evil.com²A", ""))
@example(Post("en", "evil.com²Z9", ""))
@settings(_SLOWLY, max_examples=250)
def test_t2_t3_nothing_can_be_tapped_but_our_tags_and_the_paper(oracle: Oracle, post: Post) -> None:
    tags = {letters(term) for term in terms_of(post.keywords)}
    for part in parsed(post, oracle):
        links = {entity.url for entity in part.entities if entity.kind == "TextUrl"}
        assert links <= {post.url}
        for entity in oracle.tappable(part):
            assert entity.kind == "Hashtag"
            assert letters(entity.text) in tags


@given(_posts(_TEXT | _LONG))
@settings(_SLOWLY, max_examples=60)
def test_f35_plain_is_harmless_and_whole_too(oracle: Oracle, post: Post) -> None:
    messages = render(post, plain=True)
    for message in messages:
        assert not message.html
        assert 0 < units(message.text) <= MAX_UNITS
        assert {e.text for e in oracle.tappable(Parsed(message.text, ()))} <= {post.url}
    assert loss(post, [message.text.replace(WORD_JOINER, "") for message in messages]) == []
