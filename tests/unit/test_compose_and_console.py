"""A paper's message: what stands in it, and that a terminal loses none of it."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from adapters.console import ConsoleAdapter
from bot.domain.digest import Entry
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Finding,
    FindingKind,
    Keyword,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
)
from bot.domain.target import Target
from bot.services.compose import compose
from summarizer.languages import load_wording

PAPER = Paper(
    PaperId("2309.12307"),
    "LongLoRA: [bold]Efficient[/bold] Fine-tuning",
    "An abstract.",
    upvotes=73,
    code_url="https://github.com/dvlab-research/LongLoRA",
    code_stars=12,
    organization="CUHK",
)
SUMMARY = Summary(
    PAPER.id,
    "zh",
    "本文提出 LongLoRA。\n第二段。",
    ("只训练少量参数。", "代码已开源。"),
    (Keyword("Long context", "长上下文"), Keyword("LoRA")),
    Scores(Score(4.5, "省显存。"), Score(4, "思路新。"), Score(3.5)),
    Provenance(Origin.MODEL, "a-model", "v1"),
    (Finding(FindingKind.FIGURE, "86.3 %"),),
)
ZH = load_wording("zh")
_ESCAPES = re.compile("\x1b(?:\\[[0-9;]*m|\\]8;.*?\x1b\\\\)")


def printed(summary: Summary, *, terminal: bool, width: int = 80) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=width)
    ConsoleAdapter(console).show(compose(Entry(PAPER, summary), ZH))
    return out.getvalue()


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("width", [24, 80, 300])
def test_nothing_of_a_summary_is_lost(terminal: bool, width: int) -> None:
    shown = _ESCAPES.sub("", printed(SUMMARY, terminal=terminal, width=width))
    text = "".join(shown.split())
    for words in (
        "LongLoRA:[bold]Efficient[/bold]Fine-tuning",
        "本文提出LongLoRA。",
        "第二段。",
        "只训练少量参数。",
        "代码已开源。",
        "Longcontext(长上下文)",
        "★★★★½",
        "省显存。",
        "思路新。",
        "👍73",
        "CUHK",
        "由a-model根据摘要生成",
        "摘要中没有86.3%",
    ):
        assert words in text, words


def test_links_are_clickable_in_a_terminal_and_written_out_in_a_pipe() -> None:
    assert "\x1b]8;" in printed(SUMMARY, terminal=True)
    piped = printed(SUMMARY, terminal=False)
    assert "\x1b" not in piped
    for address in (PAPER.hf_url, PAPER.abs_url, PAPER.pdf_url, PAPER.code_url):
        assert address is not None
        assert address in piped


def test_an_address_is_written_whole_where_the_window_is_narrower() -> None:
    assert PAPER.hf_url in printed(SUMMARY, terminal=False, width=24)


def test_t2_a_post_links_to_the_papers_own_pages_only() -> None:
    post = compose(Entry(PAPER, SUMMARY), ZH)
    assert {post.url, *(link.url for link in post.links)} <= PAPER.links


def test_t15_every_post_links_to_arxivs_abstract_page() -> None:
    assert PAPER.abs_url in {link.url for link in compose(Entry(PAPER, SUMMARY), ZH).links}


def test_an_old_style_id_has_no_page_at_hugging_face() -> None:
    old = replace(PAPER, id=PaperId("hep-th/9901001"))
    post = compose(Entry(old, replace(SUMMARY, paper_id=old.id)), ZH)
    assert post.url == "https://arxiv.org/abs/hep-th/9901001"


def test_an_unrated_summary_says_so() -> None:
    quoted = replace(SUMMARY, scores=None, provenance=Provenance(Origin.EXTRACTIVE))
    post = compose(Entry(PAPER, quoted), ZH)
    assert post.ratings == ()
    assert ZH.unrated in post.signals
    assert ZH.origins["extractive"] in post.footer


async def test_the_console_is_an_adapter_and_numbers_what_it_prints() -> None:
    out = io.StringIO()
    adapter = ConsoleAdapter(Console(file=out, width=80))
    post = compose(Entry(PAPER, SUMMARY), ZH)
    (page,) = adapter.render(post)
    target = Target("console", "terminal")
    receipts = [await adapter.send(target, page, key=str(n)) for n in range(2)]
    assert [receipt.message_id for receipt in receipts] == ["terminal:1", "terminal:2"]
    assert "2. LongLoRA" in out.getvalue()
