"""One entry's text, as digests and models write it, into its four parts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.summary import Keyword, Score
from summarizer.languages import load_wording
from summarizer.markdown import read_entry

ZH, EN = load_wording("zh"), load_wording("en")
SCORES = "实用性：4分\n创新性：5分\n推荐度：4.5分"


def entry(part: str, text: str) -> str:
    """An entry with one part of one's own, the others as models often write them."""
    parts = {
        "主要工作": "本文提出了一种方法。",
        "主要亮点": "快。",
        "核心关键词": "- A (甲)",
        "打分": SCORES,
    }
    return "\n\n".join(
        f"**{name}**\n\n{text if name == part else said}" for name, said in parts.items()
    )


HEADINGS = [
    "1. **{}**",
    "1. {}：",
    "1. **{}**：",
    "**1. {}**",
    "**4.{}**",
    "**{}：**",
    "**1. {}:**",
    "### 1. {}",
    "### {}",
    "#### 1. {}",
    "###1、{}",
    "**一、{}**",
    "（二）{}",
    "- **{}**：",
    "{}：",
    "{}",
    "### {} (Main Part)",
    "## {}",
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_any_notation_of_a_heading_opens_its_part(heading: str) -> None:
    names = ("主要工作", "主要亮点", "关键词", "评分")
    texts = ("做了什么。", "- 快\n- 准", "- A (甲)", SCORES)
    text = "\n\n".join(f"{heading.format(n)}\n\n{t}" for n, t in zip(names, texts, strict=True))
    read = read_entry(text, ZH)
    assert read.missing == ()
    assert read.main_work == "做了什么。"
    assert read.highlights == ("快", "准")
    assert read.keywords == (Keyword("A", "甲"),)


@pytest.mark.parametrize("word", ZH.aliases.main_work + ZH.aliases.highlights)
def test_every_alias_is_known(word: str) -> None:
    assert read_entry(f"### {word}\n\n文。", ZH).missing != read_entry("文。", ZH).missing


SCORE_LINES = [
    ("实用性：4.5/5", 4.5, ""),
    ("- 实用性：4.5/5，很好。", 4.5, "很好。"),
    ("- **实用性**：4.5分。很好。", 4.5, "很好。"),
    ("- **实用性：**4.0/5.0。很好。", 4.0, "很好。"),
    ("- `实用性`：5分。很好。", 5.0, "很好。"),
    ("- 实用性 : 4.5/5", 4.5, ""),
    ("实用性：4.8/5 - 很好。", 4.8, "很好。"),
    ("- 实用性：5/5. 该论文很好。", 5.0, "该论文很好。"),
    ("- 实用性：★★★★☆ （4分，很好）", 4.0, "很好"),
    ("- 实用性：★★★★☆", 4.0, ""),
    ("- **实用性**：4.5", 4.5, ""),
    ("1. **实用性打分**: 4.5/5 - 很好。", 4.5, "很好。"),
    ("- 实用性评分：4分。很好。", 4.0, "很好。"),
    ("- **实用性：4分**  \n\n  很好。", 4.0, "很好。"),
    ("实用性：5/5\n\n- 很好。", 5.0, "很好。"),
    ("##### 实用性：5分\n\n很好。也快。", 5.0, "很好。也快。"),
    ("实用性（4/5）：很好。", 4.0, "很好。"),
    ("- 实用性：4/5（很好。）", 4.0, "很好。"),
]


@pytest.mark.parametrize(("line", "value", "reason"), SCORE_LINES)
def test_any_notation_of_a_score_is_read_with_its_reason(
    line: str, value: float, reason: str
) -> None:
    read = read_entry(entry("打分", f"{line}\n\n创新性：5分\n推荐度：4.5分"), ZH)
    assert read.ratings.practicality == Score(value, reason)
    assert read.ratings.novelty == Score(5.0)


@pytest.mark.parametrize(
    "line", ["实用性：822.881/5", "实用性：8/10", "实用性：6分", "实用性：很好"]
)
def test_what_is_no_score_out_of_five_is_missing(line: str) -> None:
    read = read_entry(entry("打分", f"{line}\n创新性：5分\n推荐度：4.5分"), ZH)
    assert read.missing == ("practicality",)
    assert read.scores is None


def test_one_reason_for_all_three_stands_with_the_last_score_where_it_stood() -> None:
    read = read_entry(entry("打分", f"{SCORES}\n\n*注：都很好。*"), ZH)
    assert read.scores is not None
    assert read.scores.practicality.reason == ""
    assert read.scores.recommendation == Score(4.5, "注：都很好。")


KEYWORD_LINES = [
    ("- `A B` (`甲`)", Keyword("A B", "甲")),
    ("- `A B` (甲)", Keyword("A B", "甲")),
    ("- `A B`（甲）", Keyword("A B", "甲")),
    ("- `A B (甲)`", Keyword("A B", "甲")),
    ("- A B (`甲`)", Keyword("A B", "甲")),
    ("- A B (甲)", Keyword("A B", "甲")),
    ("- A B（甲）", Keyword("A B", "甲")),
    ("* `A B` (`甲`)", Keyword("A B", "甲")),
    ("1. `A B` (甲)", Keyword("A B", "甲")),
    ("- 甲 (A B)", Keyword("A B", "甲")),
    ("- `甲` (`A B`)", Keyword("A B", "甲")),
    ("- `Stable Diffusion (SD)` (`稳定扩散`)", Keyword("Stable Diffusion (SD)", "稳定扩散")),
    ("- Large Models (LLMs)", Keyword("Large Models (LLMs)")),
    ("- `Large Models (LLMs)`", Keyword("Large Models (LLMs)")),
    ("- `ProPainter` (ProPainter)", Keyword("ProPainter", "ProPainter")),
    ("- Q-Net (`Q-Net`)", Keyword("Q-Net", "Q-Net")),
    ("- A Model (ALMA, 高级模型)", Keyword("A Model (ALMA)", "高级模型")),
    ("- English only", Keyword("English only")),
]


@pytest.mark.parametrize(("line", "keyword"), KEYWORD_LINES)
def test_any_notation_of_a_keyword_is_read(line: str, keyword: Keyword) -> None:
    assert read_entry(entry("核心关键词", f"{line}\n\n- Z (末)"), ZH).keywords[0] == keyword


@pytest.mark.parametrize(
    "line", ["`A, a` (甲), `B` (乙)", "A (甲)、B (乙)", "- A (甲)；B (乙)", "A (甲)\nB (乙)"]
)
def test_several_keywords_may_share_a_line(line: str) -> None:
    keywords = read_entry(entry("核心关键词", line), ZH).keywords
    assert [keyword.translation for keyword in keywords] == ["甲", "乙"]


def test_words_that_lead_into_a_list_open_its_first_point() -> None:
    read = read_entry(entry("主要亮点", "该系统的主要亮点在于：\n\n1. 快。\n\n2. 准。"), ZH)
    assert read.highlights == ("该系统的主要亮点在于：快。", "准。")


def test_a_model_may_chat_and_fence_its_answer() -> None:
    text = f"好的，以下是总结：\n\n```markdown\n## 某论文\n\n{entry('', '')}\n```\n"
    read = read_entry(text, ZH)
    assert read.missing == ()
    assert read.main_work == "本文提出了一种方法。"
    assert read.draft.scores == read.scores


def test_an_answer_in_english_is_read_with_english_words() -> None:
    text = """Sure! Here is the summary.

**1. Main Work:** The paper presents OPRO,
an optimiser.

**2. Highlights:**
- 8% better on GSM8K.
- 50% better on Big-Bench Hard.

**3. Keywords:** Large Language Models, Prompting

**4. Scores:**
- **Practicality:** 4.5/5 - Useful where gradients are not.
- **Novelty score:** 4 out of 5. New.
- **Recommendation:** 4.5/5, read it.
"""
    read = read_entry(text, EN)
    assert read.missing == ()
    assert read.main_work == "The paper presents OPRO, an optimiser."
    assert len(read.highlights) == 2
    assert [k.term for k in read.keywords] == ["Large Language Models", "Prompting"]
    assert read.ratings.practicality == Score(4.5, "Useful where gradients are not.")
    assert read.ratings.novelty == Score(4.0, "New.")
    assert read.ratings.recommendation == Score(4.5, "read it.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("### 主要工作\n\n本文提出了", "main_work"),
        ("### 主要工作\n\n文。\n\n### 主要亮点\n\n- 快。\n- 而且准确", "highlights"),
        (entry("打分", "实用性：4分\n创新性：4分\n推荐度：4分。值得在"), "recommendation"),
        (entry("打分", "实用性：4分。适用于"), "practicality"),
        (entry("打分", SCORES), ""),
        (entry("打分", f"{SCORES}\n\n很好。"), ""),
        (entry("打分", "实用性：4分\n创新性：4分\n推荐度：★★★★☆（4分，很好）"), ""),
        (entry("打分", f"{SCORES}\n\n*注：很好。*"), ""),
        (entry("打分", f"{SCORES}\n\n“很好。”"), ""),
    ],
)
def test_a_text_that_stops_in_mid_sentence_is_noticed_where_it_stops_f20(
    text: str, part: str
) -> None:
    """F20"""
    assert read_entry(text, ZH).cut_off == part


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from([ZH, EN]))
def test_no_text_makes_reading_fail_f22(text: str, wording: object) -> None:
    """F22"""
    assert isinstance(wording, type(ZH))
    assert set(read_entry(text, wording).missing) <= {
        "main_work",
        "highlights",
        "keywords",
        "practicality",
        "novelty",
        "recommendation",
    }
