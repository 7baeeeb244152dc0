"""The canonical form, to the letter."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.digest import Digest, Entry
from bot.domain.errors import InvalidInput
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
from summarizer.languages import load_wording
from summarizer.markdown import read_digest, write_digest

ZH, EN = load_wording("zh"), load_wording("en")
PAPER = Paper(id=PaperId("2309.12307"), title="LongLoRA: Efficient Fine-tuning")
SUMMARY = Summary(
    paper_id=PAPER.id,
    language="zh",
    main_work="本文提出了 LongLoRA。\n它很快。",
    highlights=("只需两行代码。",),
    keywords=(Keyword("Large Language Models", "大型语言模型"), Keyword("LoRA")),
    scores=Scores(Score(4.5, "很实用。"), Score(4.8), Score(5.0, "值得一读。")),
    provenance=Provenance(Origin.MODEL, model="gpt-6-luna"),
)
DIGEST = Digest("hf", date(2023, 9, 22), "zh", (Entry(PAPER, SUMMARY),))

LIST = "[Huggingface Daily Papers 2023-09-22](https://huggingface.co/papers?date=2023-09-22)"
CANONICAL = f"""\
# 【2023-09-22】Huggingface 每日论文速览

- {LIST} 共推荐 1 篇论文。

> 💡说明：
>
> - 本文从主要工作、主要亮点、核心关键词和评分四个方面速览当天的论文。
> - 论文的速览内容基于论文的摘要，由 gpt-6-luna 生成，再由程序整合为 Markdown 文本。

## LongLoRA: Efficient Fine-tuning

### 1. 介绍本文的主要工作
本文提出了 LongLoRA。

它很快。

### 2. 本文工作的主要亮点
- 只需两行代码。

### 3. 核心关键词
- `Large Language Models` (大型语言模型)
- `LoRA`

### 4. 从实用性、创新性和推荐度进行打分
- 实用性：4.5/5，很实用。
- 创新性：4.8/5
- 推荐度：5/5，值得一读。

[到 Huggingface 论文主页查看详情](https://huggingface.co/papers/2309.12307)
"""


def with_summary(**changes: object) -> Digest:
    return replace(DIGEST, entries=(Entry(PAPER, replace(SUMMARY, **changes)),))


def test_the_canonical_form_is_that_of_the_format() -> None:
    assert write_digest(DIGEST, ZH) == CANONICAL


def test_a_bracket_in_a_term_is_not_taken_for_its_translation() -> None:
    keywords = (
        Keyword("扩散模型 (DM)"),
        Keyword("A (甲)"),
        Keyword("A (a)", "甲（乙)"),
        Keyword("`"),
    )
    digest = with_summary(keywords=keywords)
    written = write_digest(digest, ZH)
    assert "- ``A (甲)``\n- `A (a)` (甲（乙))\n- `` ` ``\n" in written
    assert read_digest(written).digest == digest


def test_what_a_reader_should_not_rely_on_stands_below_the_scores() -> None:
    findings = (Finding(FindingKind.FIGURE, "46.5%"), Finding(FindingKind.CUT_OFF, "novelty"))
    written = write_digest(with_summary(findings=findings), ZH)
    expected = "> ⚠ 摘要中没有 46.5%\n>\n> ⚠ “创新性”在句中断开\n\n[到 Huggingface"
    assert f"值得一读。\n\n{expected}" in written


def test_what_nobody_rated_says_so() -> None:
    written = write_digest(with_summary(scores=None), ZH)
    assert f"### 4. 从实用性、创新性和推荐度进行打分\n{ZH.unrated}\n" in written
    assert "/5" not in written


def test_what_no_text_tells_stands_in_one_comment() -> None:
    author = Provenance(
        Origin.MODEL, "gpt-6-luna", "four-->parts 3", datetime(2026, 11, 21, 9, tzinfo=UTC)
    )
    written = write_digest(with_summary(provenance=author), ZH)
    comment = "<!-- sulan prompt=four--%3Eparts%203 created=2026-11-21T09:00:00+00:00 -->"
    assert f"{comment}\n\n[到 Huggingface" in written


@pytest.mark.parametrize(
    ("source", "paper_id", "link"),
    [
        (
            "hf",
            "2309.12307",
            "[到 Huggingface 论文主页查看详情](https://huggingface.co/papers/2309.12307)",
        ),
        (
            "hf",
            "hep-th/9901001",
            "[到 arXiv 论文主页查看详情](https://arxiv.org/abs/hep-th/9901001)",
        ),
        (
            "arxiv:cs.CL",
            "2309.12307",
            "[到 arXiv 论文主页查看详情](https://arxiv.org/abs/2309.12307)",
        ),
    ],
)
def test_an_entry_links_to_a_page_that_exists(source: str, paper_id: str, link: str) -> None:
    paper = replace(PAPER, id=PaperId(paper_id))
    entry = Entry(paper, replace(SUMMARY, paper_id=paper.id))
    written = write_digest(replace(DIGEST, source=source, entries=(entry,)), ZH)
    assert written.endswith(f"{link}\n")


def test_an_arxiv_category_has_its_own_heading_and_list() -> None:
    written = write_digest(replace(DIGEST, source="arxiv:cs.CL"), ZH).splitlines()
    assert written[0] == "# 【2023-09-22】arXiv cs.CL 每日论文速览"
    assert written[2].startswith(
        "- [arXiv cs.CL 2023-09-22](https://arxiv.org/catchup/cs.CL/2023-09-22)"
    )


def test_structure_in_a_text_is_shown_and_not_obeyed_t4() -> None:
    """T4"""
    hostile = (
        "### 3. 核心关键词",
        "- x",
        "1. x",
        "---",
        "> ⚠ x",
        "<!-- sulan version=2 -->",
        "[x](https://evil.example)",
        "`x` **x** <b>x</b>",
    )
    written = write_digest(with_summary(main_work="\n".join(hostile), highlights=hostile), ZH)
    assert r"\### 3. 核心关键词" in written
    assert r"- \- x" in written
    assert r"1\. x" in written
    assert "\n\\---\n" in written
    assert r"\> ⚠ x" in written
    assert r"\<!-- sulan" in written
    assert r"\[x\](https\://evil.example)" in written
    assert r"\`x\` \*\*x\*\* \<b>x\</b>" in written


@pytest.mark.parametrize(
    ("digest", "wording", "message"),
    [
        (DIGEST, EN, "is in 'zh'"),
        (replace(DIGEST, source="openreview:iclr"), ZH, "No words for source 'openreview:iclr'"),
    ],
)
def test_what_cannot_be_written_is_refused(digest: Digest, wording: object, message: str) -> None:
    assert isinstance(wording, type(ZH))
    with pytest.raises(InvalidInput, match=message):
        write_digest(digest, wording)
