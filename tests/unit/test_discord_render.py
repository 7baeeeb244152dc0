"""A post as Discord messages: real papers, hostile posts, and Discord's limits."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord.components import ACTION_PREFIX, action_key, rows
from adapters.discord.embeds import ALL_TEXTS
from adapters.discord.links import usable
from adapters.discord.markdown_escape import units
from adapters.discord.markdown_escape import visible as readable
from adapters.discord.marks import has_mark, marked
from adapters.discord.message import DiscordMessage
from adapters.discord.render import render
from adapters.discord.testing import Spec, load_spec
from adapters.testing.losses import is_shown, terms_of, texts_of, visible
from bot.domain.digest import Digest, Entry
from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.summary import Keyword
from bot.services.compose import compose, in_other_languages
from bot.sources.hf_parse import parse_daily
from bot.testing import VirtualClock
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from summarizer.markdown import read_digest

_ESCAPED = re.compile(r"\\([^A-Za-z0-9\s])")
_MASKED = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<[^>]*>\)")
_MARKS = re.compile(r"^- |^\*\*|\*\*$", re.MULTILINE)
ROUTE = "/channels/200000000000000001/messages"
PAPER = "https://huggingface.co/papers/2309.12307"


@pytest.fixture(scope="module")
def spec(shared: Path) -> Spec:
    return load_spec(shared / "tools" / "discord_spec.py")


def read(markdown: str) -> str:
    """What Discord shows of Markdown whose only markup is ours."""
    return _ESCAPED.sub(r"\1", _MARKS.sub("", _MASKED.sub(r"\1", markdown)))


def shown(message: DiscordMessage) -> list[str]:
    """Every text of a message as a reader sees it, from top to bottom."""
    texts = [read(message.content)]
    if embed := message.embed:
        texts += [embed.author, read(embed.title), read(embed.description)]
        texts += [read(text) for field in embed.fields for text in (field.name, field.value)]
        texts.append(embed.footer)
    return [visible(text) for text in (*texts, *(button.label for button in message.buttons))]


def check(post: Post, spec: Spec, *, plain: bool) -> None:
    """Within every limit of Discord's, and nothing lost."""
    messages = render(post, plain=plain)
    for message in messages:
        assert units(message.content) <= 2000
        if message.embed:
            assert spec.request("POST", ROUTE, message.payload()) == []
            assert message.embed.size <= ALL_TEXTS
    runs = [run for message in messages for run in shown(message)]
    for text in (*texts_of(post), *terms_of(post.keywords)):
        # Fewer characters are hidden everywhere than Discord could be fooled with.
        assert is_shown(readable(text), runs), text


def real_digests(shared: Path) -> list[Digest]:
    return [
        read_digest(file.read_text("utf-8")).digest
        for file in sorted((shared / "digests").glob("*.md"))
    ]


def test_the_44_old_entries_each_fit_one_message(shared: Path, spec: Spec) -> None:
    zh = load_wording("zh")
    entries = [entry for digest in real_digests(shared) for entry in digest.entries]
    assert len(entries) == 44
    for entry in entries:
        actions = in_other_languages(entry.paper.id, zh, [zh, load_wording("en")])
        post = compose(entry, zh, actions=actions)
        assert len(render(post)) == len(render(post, plain=True)) == 1
        for plain in (False, True):
            check(post, spec, plain=plain)


async def test_every_paper_of_every_hf_day_fits_one_message(shared: Path, spec: Spec) -> None:
    wordings = [load_wording("zh"), load_wording("en")]
    en = wordings[1]
    summarizer = ExtractiveSummarizer(VirtualClock(datetime(2026, 11, 21, tzinfo=UTC)))
    count = 0
    for file in sorted((shared / "data" / "hf_daily").glob("*-*-*.json")):
        day = date(2026, 7, 13) if "undated" in file.name else date.fromisoformat(file.stem)
        for paper in parse_daily(file.read_bytes(), day=day).papers:
            entry = Entry(paper, await summarizer.summarize(paper, "en"))
            post = compose(entry, en, actions=in_other_languages(paper.id, en, wordings))
            for plain in (False, True):
                check(post, spec, plain=plain)
            (message,) = render(post)
            assert message.embed
            assert message.embed.url == usable(post.url, 2048)
            count += 1
    assert count > 500


_OUTSIDE = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                "word",
                "*a*",
                "[x](https://evil.example)",
                "<@1>",
                "@everyone",
                "`",
                "||",
                "# h",
                "- p",
                "1. n",
                "长句子。",
                "🧠",
                "\u202e",
                "https://evil.example/a",
                "\n",
            ]
        ),
        max_size=30,
    ).map(" ".join),
    st.tuples(
        st.sampled_from(["a", "字", "𝕏", "_", "word ", "句。", "* "]), st.integers(1, 2500)
    ).map(lambda made: made[0] * made[1]),
)
_URLS = st.sampled_from(
    ["", PAPER, "https://例え.jp/ü?q=a b", "javascript:alert(1)", "https://x.y/" + "z" * 600, "x"]
)
_POSTS = st.builds(
    Post,
    language=st.just("en"),
    title=_OUTSIDE,
    url=_URLS,
    ratings=st.lists(st.builds(Rating, _OUTSIDE, st.sampled_from([0.5, 3.0, 4.8])), max_size=4).map(
        tuple
    ),
    signals=st.lists(_OUTSIDE, max_size=3).map(tuple),
    sections=st.lists(
        st.builds(
            Section,
            label=_OUTSIDE,
            lines=st.lists(_OUTSIDE, max_size=4).map(tuple),
            bulleted=st.booleans(),
            folded=st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    keywords=st.lists(
        st.builds(Keyword, _OUTSIDE.filter(str.strip), st.none() | _OUTSIDE), max_size=4
    ).map(tuple),
    links=st.lists(st.builds(Link, _OUTSIDE, _URLS), max_size=7).map(tuple),
    actions=st.lists(
        st.builds(Action, _OUTSIDE, st.from_regex(r"[a-z]{1,64}", fullmatch=True))
    ).map(tuple),
    image_url=st.none() | _URLS,
    footer=st.lists(_OUTSIDE, max_size=3).map(tuple),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(post=_POSTS, plain=st.booleans())
def test_any_post_stays_within_the_limits_and_whole(post: Post, plain: bool, spec: Spec) -> None:
    check(post, spec, plain=plain)


def test_buttons_stand_five_in_a_row_and_actions_carry_their_key() -> None:
    links = tuple(Link(f"L{n}", f"https://example.org/{n}") for n in range(4))
    actions = (Action("English", "entry:en:2309.12307"), Action("again", "entry:en:2309.12307"))
    (message,) = render(Post("zh", "T", PAPER, links=links, actions=actions))
    (row,) = rows(message.buttons)
    assert [button.get("style") for button in row["components"]] == [5, 5, 5, 5, 2]
    assert row["components"][-1]["custom_id"] == ACTION_PREFIX + actions[0].key
    assert action_key(row["components"][-1]["custom_id"]) == actions[0].key
    assert action_key("somebody:else") is None


def test_more_links_than_buttons_go_into_the_text() -> None:
    links = tuple(Link(f"L{n}", f"https://example.org/{n}") for n in range(40))
    (message,) = render(Post("en", "T", PAPER, links=links))
    assert len(message.buttons) == 25
    assert message.embed
    assert "[L39](<https://example.org/39>)" in message.embed.description


@pytest.mark.parametrize(
    ("recommendation", "colour"),
    [(5.0, 0x009E73), (4.0, 0x56B4E9), (3.0, 0xE69F00), (1.0, 0x999999)],
)
def test_the_recommendation_gives_the_colour(recommendation: float, colour: int) -> None:
    ratings = (Rating("a", 1), Rating("b", 1), Rating("c", recommendation))
    (message,) = render(Post("en", "T", PAPER, ratings=ratings))
    assert message.embed
    assert message.embed.colour == colour


def test_nobody_is_ever_pinged_t3() -> None:
    for plain in (False, True):
        for message in render(Post("en", "@everyone <@1>", PAPER), plain=plain):
            assert message.payload()["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://", "https://a b/", "ftp://x.y", "https://x:y", "//x.y"]
)
def test_an_address_that_discord_would_refuse_costs_no_message(url: str) -> None:
    post = Post("en", "T", url, links=(Link("Code", url),), image_url=url)
    (message,) = render(post)
    assert message.embed
    assert message.embed.url is None
    assert message.embed.thumbnail is None
    assert message.buttons == ()
    assert "Code" in message.embed.description


KEY = "0123456789abcdef01234567"


@pytest.mark.parametrize("post", [
    Post("en", "T", PAPER, links=(Link("arXiv", PAPER),)),
    Post("en", "T", PAPER),
    Post("en", "T", "", actions=(Action("a", "k"),)),
], ids=["with buttons", "with an address", "with an action"])  # fmt: skip
def test_a_message_carries_the_mark_of_its_delivery(post: Post, spec: Spec) -> None:
    (message,) = render(post)
    payload = marked(message.payload(), KEY, address=message.address)
    assert spec.request("POST", ROUTE, payload) == []
    assert has_mark(payload, KEY)
    assert not has_mark(payload, KEY[::-1])
    assert not has_mark(message.payload(), KEY)


def test_every_part_of_a_long_post_carries_its_own_mark() -> None:
    section = Section("Main work", tuple("words and words " * 100 for _ in range(8)))
    parts = render(Post("en", "T", PAPER, sections=(section,), links=(Link("arXiv", PAPER),)))
    assert len(parts) > 1
    for number, part in enumerate(parts):
        payload = marked(part.payload(), f"{number}" * 24, address=part.address)
        assert has_mark(payload, f"{number}" * 24)


def test_a_section_that_no_longer_fits_begins_the_next_message_whole() -> None:
    long, short = Section("First", ("word " * 700,)), Section("Second", ("sentence. " * 150,))
    first, second = render(Post("en", "T", PAPER, sections=(long, short)))
    assert first.embed
    assert second.embed
    assert "Second" not in first.embed.description
    assert second.embed.description.startswith("**Second**\nsentence.")


def test_all_texts_together_stay_within_6000_however_full_each_place_is(spec: Spec) -> None:
    post = Post(
        "en",
        "t" * 256,
        PAPER,
        signals=("s" * 250,),
        ratings=tuple(Rating("r" * 60, 4.5) for _ in range(6)),
        sections=(
            Section("Main work", tuple("sentence. " * 40 for _ in range(12))),
            Section("Why", ("w" * 900,), folded=True),
        ),
        footer=("f" * 1900,),
    )
    assert len(render(post)) > 1
    check(post, spec, plain=False)
