"""What a post looks like on Telegram, judged by Telegram's own parser."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.telegram.blocks import units
from adapters.telegram.message import TelegramMessage
from adapters.telegram.render import render
from adapters.telegram.testing_oracle import Oracle, Parsed
from adapters.testing.losses import letters, texts_of, visible
from bot.domain.digest import Entry
from bot.domain.errors import SummaryError
from bot.domain.post import Action, Link, Post, Rating, Section
from bot.domain.summary import Keyword
from bot.services.compose import compose
from bot.sources.hf_parse import parse_daily
from bot.testing import VirtualClock
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from summarizer.markdown import read_digest

_TAGS = re.compile(r"<(?!/)(?:a\b|[^>]*>)")

POST = Post(
    "zh",
    "CodePlan: Repository-level Coding using LLMs & Planning",
    "https://huggingface.co/papers/2309.12499",
    ratings=(Rating("实用", 4.5), Rating("创新", 5), Rating("推荐", 4.5)),
    signals=("👍 73", "💻 code"),
    sections=(
        Section("主要工作", ("本文提出 CodePlan。", "第二段。")),
        Section("亮点", ("任务无关。", "代码 < 公开。"), bulleted=True),
        Section("评分理由", ("实用性 4.5/5：好。",), bulleted=True, folded=True),
    ),
    keywords=(Keyword("Large Language Models", "大型语言模型"), Keyword("C++", "C++ 语言")),
    links=(
        Link("arXiv", "https://arxiv.org/abs/2309.12499"),
        Link("PDF", "https://arxiv.org/pdf/2309.12499"),
        Link("Code", "https://github.com/microsoft/CodePlan"),
    ),
    actions=(Action("English", "entry:en:2309.12499"),),
    footer=("由 a-model 根据摘要生成", "⚠ 摘要中没有 86.3 %"),
)

HTML = """\
<b><a href="https://huggingface.co/papers/2309.12499">CodePlan: Repository-level Coding using LLMs \
&amp; Planning</a></b>
实用 4.5 · 创新 5 · 推荐 4.5   👍 73   💻 code

<b>主要工作</b>
本文提出 CodePlan。
第二段。

<b>亮点</b>
• 任务无关。
• 代码 &lt; 公开。

<blockquote expandable><b>评分理由</b>
• 实用性 4.5/5：好。</blockquote>

#LargeLanguageModels #大型语言模型  C++ (C++ 语言)
<i>由 a-model 根据摘要生成</i>
<i>⚠ 摘要中没有 86.3 %</i>"""


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Oracle:
    return Oracle(shared / "tools")


@pytest.fixture(scope="module")
def real_posts(shared: Path) -> list[Post]:
    """Every paper of every stored day, quoted, and the 44 old entries."""
    zh, en = load_wording("zh"), load_wording("en")
    quoting = ExtractiveSummarizer(VirtualClock(datetime(2026, 11, 21, tzinfo=UTC)))
    posts: list[Post] = []
    for path in sorted((shared / "data" / "hf_daily").glob("*.json")):
        for paper in parse_daily(path.read_bytes(), day=date(2026, 11, 21)).papers:
            try:
                summary = asyncio.run(quoting.summarize(paper, "en"))
            except SummaryError:
                continue
            posts.append(compose(Entry(paper, summary), en))
    for path in sorted((shared / "digests").glob("*.md")):
        digest = read_digest(path.read_text("utf-8"), source_name=path.name).digest
        posts.extend(compose(entry, zh) for entry in digest.entries)
    return posts


def only(messages: Sequence[TelegramMessage]) -> TelegramMessage:
    assert len(messages) == 1
    return messages[0]


def shown(post: Post, oracle: Oracle) -> Parsed:
    return oracle.parse(only(render(post)).text)


def test_a_paper_looks_as_drawn() -> None:
    message = only(render(POST))
    assert message.text == HTML
    assert message.html
    assert message.preview == POST.url
    assert not message.follows


def test_links_come_first_and_what_the_bot_answers_below() -> None:
    rows = only(render(POST)).buttons
    assert [[button.label for button in row] for row in rows] == [
        ["arXiv", "PDF", "Code"],
        ["English"],
    ]
    assert rows[0][0].url == "https://arxiv.org/abs/2309.12499"
    assert rows[1][0].key == "entry:en:2309.12499"


def test_plain_has_no_markup_and_names_the_page() -> None:
    message = only(render(POST, plain=True))
    assert not message.html
    assert "<b>" not in message.text
    assert "#" not in message.text
    assert POST.url in message.text
    assert "代码 < 公开。" in message.text
    assert message.buttons == only(render(POST)).buttons


def test_all_real_papers_read_as_they_were_meant(real_posts: list[Post], oracle: Oracle) -> None:
    assert len(real_posts) > 600
    longest = 0
    for post in real_posts:
        message = only(render(post))
        parsed = oracle.parse(message.text)
        longest = max(longest, units(parsed.text))
        assert parsed.of("TextUrl")[0] == " ".join(post.title.split())
        assert parsed.of("Bold")[1:] == [section.label for section in post.sections]
        flat = visible(parsed.text)
        for text in texts_of(post):
            assert visible(text) in flat, post.url
    assert longest < 4096 / 1.5


def test_f42_no_real_paper_needs_a_photo_or_a_second_message(real_posts: list[Post]) -> None:
    """Text with a preview only: a picture that cannot be had costs no message."""
    assert Counter(len(render(post)) for post in real_posts).keys() == {1}


def test_f43_no_client_needs_more_than_plain_old_html(real_posts: list[Post]) -> None:
    """No rich message is ever sent, so there is none to fall back from."""
    used = {tag for post in real_posts for m in render(post) for tag in _TAGS.findall(m.text)}
    assert used <= {"<b>", "<i>", "<code>", "<a", "<blockquote expandable>"}


def test_t2_only_the_papers_own_links_can_be_followed(
    real_posts: list[Post], oracle: Oracle
) -> None:
    for post in real_posts:
        own = {post.url, *(link.url for link in post.links)}
        parsed = shown(post, oracle)
        assert {e.url for e in parsed.entities if e.kind == "TextUrl"} <= own, post.url
        found = oracle.tappable(parsed)
        assert {entity.kind for entity in found} <= {"Hashtag"}, post.url
        tags = {f"#{letters(t)}" for k in post.keywords for t in (k.term, k.translation or "")}
        assert {f"#{letters(entity.text)}" for entity in found} <= tags, post.url


@pytest.mark.parametrize(
    "text",
    [
        "ask @durov about it",
        "(@everyone)",
        "看@all_of_you",
        "see https://evil.example/a?b=c&d=e#f",
        "evil.com",
        "在evil.com上",
        "例子.中国",
        "http://user:pass@evil.com/",
        "tg://user?id=1",
        "ton://transfer/abc",
        "mail me@evil.org",
        "type /start or /stop@bot",
        "#freemoney",
        "$AAPL and $1INCH",
        "10.0.0.1:8080",
        "<a href='https://evil.com'>x</a>",
        "<tg-spoiler>t.me/evil</tg-spoiler>",
        "[x](https://evil.com)",
        "T.ME/EVIL",
        "@a_b @c_d/@e_f",
    ],
)
def test_t3_nothing_from_outside_can_be_tapped(text: str, oracle: Oracle) -> None:
    """No mention, link, command or tag but ours, wherever the text stands and in either form."""
    hostile = replace(
        POST,
        title=text,
        signals=(text,),
        sections=(Section(text, (text,)), Section("x", (text,), bulleted=True, folded=True)),
        keywords=(Keyword(text, text),),
        footer=(text,),
        links=(),
        actions=(),
    )
    parsed = shown(hostile, oracle)
    assert oracle.tappable(parsed) == []
    assert {e.url for e in parsed.entities if e.kind == "TextUrl"} == {POST.url}
    assert visible(parsed.text).count(visible(text)) >= 6
    plain = Parsed(only(render(hostile, plain=True)).text, ())
    assert [entity.text for entity in oracle.tappable(plain)] == [POST.url]


def test_t4_markup_and_hidden_characters_of_a_text_mean_nothing(oracle: Oracle) -> None:
    text = "<b>x</b> &lt; &#60; </blockquote> \u202eevil\u202c a\u200bb \ufeff\x00 <br> &nbsp;"
    hostile = replace(POST, title=text, sections=(Section("S", (text,), folded=True),))
    parsed = shown(hostile, oracle)
    clean = "<b>x</b> &lt; &#60; </blockquote> evil ab <br> &nbsp;"
    assert parsed.of("TextUrl") == [clean]
    assert parsed.of("ExpandableBlockQuote") == [f"S\n{clean}"]
    assert not re.search("[\u200b\u202a-\u202e\ufeff\x00]", parsed.text)


def test_a_papers_own_link_in_its_text_stays_one(oracle: Oracle) -> None:
    text = "Code is at github.com/microsoft/CodePlan."
    parsed = shown(replace(POST, sections=(Section("S", (text,)),)), oracle)
    links = [(e.text, e.url) for e in parsed.entities if e.kind == "TextUrl"]
    assert links[1] == ("github.com/microsoft/CodePlan", "https://github.com/microsoft/CodePlan")


def test_figures_and_programs_are_left_as_they_are(oracle: Oracle) -> None:
    text = "pass@1 of 4.5/5 in C# on llama2.Our 类别/任务 costs $100M, and/or #1 at 3.5."
    assert shown(replace(POST, sections=(Section("S", (text,)),)), oracle).of("Code") == []


def test_a_list_links_line_by_line(oracle: Oracle) -> None:
    lines = ("1. One", "2. Two", "3. Three")
    urls = ("https://huggingface.co/papers/1", "", "javascript:alert(1)")
    post = Post("en", "HF Daily", "", sections=(Section("", lines, urls=urls),))
    parsed = shown(post, oracle)
    assert parsed.text == "HF Daily\n\n1. One\n2. Two\n3. Three"
    assert [(e.text, e.url) for e in parsed.entities if e.kind == "TextUrl"] == [
        ("1. One", "https://huggingface.co/papers/1")
    ]
    assert only(render(post)).preview == ""


def test_a_long_list_never_folds(oracle: Oracle) -> None:
    lines = tuple(f"{n}. A paper with a title of the usual length" for n in range(60))
    urls = ("https://huggingface.co/papers/1",) * 60
    listed = Section("", lines, urls=urls)
    post = replace(POST, sections=(Section("A", ("a",)), listed), keywords=())
    assert all(not oracle.parse(m.text).of("ExpandableBlockQuote") for m in render(post))


def test_t4_an_address_is_taken_to_the_letter(oracle: Oracle) -> None:
    url = "https://example.org/?a=1&lt;=2&amp;b&#60;"
    post = replace(POST, url=url, sections=())
    links = [e.url for e in shown(post, oracle).entities if e.kind == "TextUrl"]
    assert links == [url]


def test_what_is_longer_than_a_screen_folds_from_below(oracle: Oracle) -> None:
    sections = (Section("A", ("长" * 600,)), Section("B", ("b" * 50,)), Section("C", ("c",)))
    quotes = shown(replace(POST, sections=sections), oracle).of("ExpandableBlockQuote")
    assert [quote[0] for quote in quotes] == ["B", "C"]


def test_a_notice_without_a_page_has_no_link(oracle: Oracle) -> None:
    post = Post("zh", "今天没有论文：周末。", "")
    assert oracle.parse(only(render(post)).text).of("Bold") == ["今天没有论文：周末。"]
    assert only(render(post)).preview == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://user?id=1", "https://a b.org", "x"])
def test_an_address_that_telegram_would_refuse_costs_no_message(url: str, oracle: Oracle) -> None:
    post = replace(POST, url=url, links=(Link("Code", url),))
    message = only(render(post))
    assert "<a" not in message.text
    assert message.preview == ""
    assert [button.label for row in message.buttons for button in row] == ["English"]


def test_a_post_without_any_visible_text_is_still_a_message(oracle: Oracle) -> None:
    assert only(render(Post("en", "\u200b", ""))).text == "…"
