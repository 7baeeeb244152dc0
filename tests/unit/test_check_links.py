"""No link but the paper's own stays in a summary (F26, T2)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checks.links import without_foreign_links

OWN = frozenset({"https://arxiv.org/abs/2309.12307", "https://longlora.github.io/"})

FOREIGN = [
    ("见 https://evil.com/x。", "见。", "evil[.]com"),
    ("见（https://evil.com/x）。", "见。", "evil[.]com"),
    ("see http://evil.com, then go.", "see, then go.", "evil[.]com"),
    ("代码在https://evil.com/代码里。", "代码在代码里。", "evil[.]com"),
    ("[点这里](https://evil.com/a_(b))。", "点这里。", "evil[.]com"),
    ('[x](https://evil.com "title") y', "x y", "evil[.]com"),
    ("![img](//evil.com/p.png) y", "img y", "evil[.]com"),
    ("[https://arxiv.org/abs/2309.12307](https://evil.com)", None, "evil[.]com"),
    ("[a](tg://user?id=1) b", "a b", "tg"),
    ("a tg://resolve?domain=x b", "a b", "tg"),
    ("a javascript:alert(1) b", "a b", "javascript"),
    ("[a](javascript:alert(1)) b", "a b", "javascript"),
    ("a data:text/html;base64,xx b", "a b", "data"),
    ("a mailto:me@evil.com b", "a b", "mailto"),
    ("write to me@evil.com now", "write to now", "evil[.]com"),
    ("a t.me/foo b", "a b", "t[.]me"),
    ("a www.evil.com b", "a b", "www[.]evil[.]com"),
    ("a discord.gg/abc b", "a b", "discord[.]gg"),
    ("a evil.com b", "a evil[.]com b", "evil[.]com"),
    ("a EVIL.COM b", "a EVIL[.]COM b", "evil[.]com"),
    ("a xn--e1afmkfd.xn--p1ai b", None, "xn--e1afmkfd[.]xn--p1ai"),
    ('<a href="https://evil.com">hier</a> b', "hier b", "evil[.]com"),
    ("<img src=//evil.com/x.png> b", "b", "evil[.]com"),
    ("https://arxiv.org@evil.com/abs", "", "evil[.]com"),
    ("https://arxiv.org/abs/2309.99999", "", "arxiv[.]org"),
    ("[a](htt[b](http://x.com)p://evil.com)", None, "x[.]com"),
]

KEPT = [
    "GPT-4.5 与 Node.js、LLaMA.cpp、Qwen2.5-VL、v1.0.3 相比，e.g. i.e. et al. 提升 86.3%。",
    "results.It shows that P@5 and pass@1 rise.We see U.S. data.",
    "ASP.NET, Socket.IO, H2O.ai and Character.AI stay names.",
    "run main.py and read README.md",
    "比率 3:1，a/b 测试，and/or，w/o，24/7。",
    "a <b and c> d, x < y > z",
    "代码见 https://longlora.github.io 与 https://arxiv.org/abs/2309.12307。",
    "代码见 longlora.github.io。",
    "data: we use it; file: none; tel: none",
]


@pytest.mark.parametrize(("text", "left", "host"), FOREIGN, ids=[row[0] for row in FOREIGN])
def test_a_foreign_link_goes_its_words_stay_and_its_host_is_told_f26_t2(
    text: str, left: str | None, host: str
) -> None:
    cleaned, hosts = without_foreign_links(text, OWN)
    assert host in hosts
    assert left is None or cleaned == left
    assert without_foreign_links(cleaned, OWN) == (cleaned, ())


@pytest.mark.parametrize("text", KEPT)
def test_names_figures_and_own_links_stay_as_they_are(text: str) -> None:
    assert without_foreign_links(text, OWN) == (text, ())


def test_an_own_link_in_markdown_becomes_words_and_address() -> None:
    text = "[主页](https://longlora.github.io/)"
    assert without_foreign_links(text, OWN) == ("主页 (https://longlora.github.io/)", ())


pieces = st.sampled_from(
    ["http://", "https://", "evil.com", "/x", "[", "](", ")", "<a href=", ">", "a", " ", "。",
     "www.", "tg://", "javascript:", "@", ".", "//", '"', "t.me/", "https://arxiv.org/abs/2309.12307"]
)  # fmt: skip


@given(st.lists(pieces, max_size=30).map("".join))
def test_nothing_that_a_platform_links_is_left_whatever_the_pieces_f26_t2(text: str) -> None:
    cleaned, _ = without_foreign_links(text, OWN)
    for own in ("arxiv.org/abs/2309.12307", "longlora.github.io"):
        cleaned = re.sub(rf"(?:https?://)?{re.escape(own)}/*(?!\w)", "", cleaned)
    assert not re.search(
        r"(?:https?|tg)://\w|evil\.com(?!\w|\.\w)|(?<!\w)javascript:\w|(?<!\w)t\.me/\w", cleaned
    )


@given(st.lists(pieces, max_size=30).map("".join))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once, _ = without_foreign_links(text, OWN)
    assert without_foreign_links(once, OWN)[1] == ()
