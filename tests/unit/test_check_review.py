"""What the checks make of a whole answer (F20, F22, F26, T1, T2, T4)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.errors import InvalidInput
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Finding, FindingKind, Keyword, Score, Scores
from summarizer.checks import review
from summarizer.draft import Draft

PAPER = Paper(
    id=PaperId("2309.12307"),
    title="LongLoRA: Efficient Fine-tuning of Long-Context Models",
    abstract="LongLoRA extends a 7B model from 4k to 100k context, 86.3 % accuracy, 16x faster.",
    project_url="https://longlora.github.io",
)
SCORES = Scores(
    practicality=Score(4.5, "代码已经公开，可以直接使用。"),
    novelty=Score(3, "稀疏注意力的思路比较自然。"),
    recommendation=Score(4, "适合关心长上下文的读者阅读。"),
)
KEYWORDS = (
    Keyword("Large Language Models", "大型语言模型"),
    Keyword("Long Context", "长上下文"),
    Keyword("LoRA", "低秩适配"),
)
GOOD = Draft(
    main_work="本文提出 LongLoRA，把 7B 模型的上下文从 4k 扩展到 100k，准确率 86.3%，快 16 倍。"
    "实验说明该方法有效，并且容易实现。",
    highlights=("上下文长度达到 10 万。", "训练速度是原来的 16 倍。"),
    keywords=KEYWORDS,
    scores=SCORES,
)
ENGLISH = Draft(
    main_work="LongLoRA extends the context of a 7B model from 4k to 100k tokens with 86.3% "
    "accuracy and is 16 times faster than the baseline.",
    highlights=("The context grows to 100,000 tokens at a low cost.",),
    keywords=(Keyword("LoRA"), Keyword("Long context"), Keyword("Attention", "Attention")),
    scores=Scores(*(Score(v, "The abstract shows it well.") for v in (4.5, 0.5, 5.0))),
)

Change = Callable[[Draft], Draft]


def with_reason(reason: str) -> Change:
    return lambda d: replace(d, scores=replace(SCORES, novelty=Score(3, reason)))


def with_main(text: str) -> Change:
    return lambda d: replace(d, main_work=d.main_work + text)


def with_points(*points: str) -> Change:
    return lambda d: replace(d, highlights=points)


FAULTS: dict[str, tuple[Change, FindingKind, str]] = {
    "a figure in part 1": (with_main("模型有 13B 参数。"), FindingKind.FIGURE, "13B"),
    "a figure in part 2": (with_points("提升 12.5%，效果显著。"), FindingKind.FIGURE, "12.5%"),
    "a foreign link": (with_main("见 https://evil.com/x 。"), FindingKind.LINK, "evil[.]com"),
    "a link in a reason": (
        with_reason("思路比较自然，见 t.me/x 一处。"), FindingKind.LINK, "t[.]me"
    ),
    "part 1 cut off": (with_main("此外，该方法还"), FindingKind.CUT_OFF, "main_work"),
    "a point cut off": (
        with_points("上下文长度达到 10 万，而且"), FindingKind.CUT_OFF, "highlights"
    ),
    "a reason cut off": (with_reason("稀疏注意力的思路比较"), FindingKind.CUT_OFF, "novelty"),
    "part 1 too short": (
        lambda d: replace(d, main_work="提出 LongLoRA。"), FindingKind.LENGTH, "main_work"
    ),
    "part 1 too long": (with_main("方法有效。" * 300), FindingKind.LENGTH, "main_work"),
    "six points": (with_points(*(f"方法{c}非常有效。" for c in "甲乙丙丁戊己")), FindingKind.LENGTH,
                   "highlights"),
    "a point of two words": (with_points("有效。"), FindingKind.LENGTH, "highlights"),
    "English points": (
        with_points("The context grows to one hundred thousand tokens."),
        FindingKind.LANGUAGE,
        "highlights",
    ),
    "an English reason": (
        with_reason("The idea is a natural one for readers."), FindingKind.LANGUAGE, "novelty"
    ),
    "two keywords": (
        lambda d: replace(d, keywords=KEYWORDS[:2]), FindingKind.KEYWORDS, "2 (3-7)"
    ),
    "eight keywords": (
        lambda d: replace(d, keywords=tuple(Keyword(f"T{c}", "词") for c in "abcdefgh")),
        FindingKind.KEYWORDS,
        "8 (3-7)",
    ),
    "no translation": (
        lambda d: replace(d, keywords=(*KEYWORDS, Keyword("RoPE"))),
        FindingKind.KEYWORDS,
        "RoPE (?)",
    ),
    "no step of a half": (
        lambda d: replace(d, scores=replace(SCORES, novelty=Score(4.8, "思路比较自然。"))),
        FindingKind.SCORES,
        "novelty",
    ),
    "a score of nothing": (
        lambda d: replace(d, scores=replace(SCORES, practicality=Score(0, "思路比较自然。"))),
        FindingKind.SCORES,
        "practicality",
    ),
    "no reason": (with_reason(" "), FindingKind.SCORES, "novelty"),
}  # fmt: skip

UNUSABLE: dict[str, tuple[Change, str]] = {
    "no main work": (lambda d: replace(d, main_work=" \u200b\n"), "main_work is empty"),
    "no points": (lambda d: replace(d, highlights=("", " - ")), "highlights are empty"),
    "no keywords": (lambda d: replace(d, keywords=()), "keywords are empty"),
    "no scores": (lambda d: replace(d, scores=None), "the scores are missing"),
    "only a link": (lambda d: replace(d, main_work="https://evil.com"), "main_work is empty"),
    "noise": (with_main("有效。" * 9000), "main_work has"),
    "wrong language": (
        lambda d: replace(d, main_work=ENGLISH.main_work, highlights=ENGLISH.highlights),
        "it is not in Simplified Chinese",
    ),
}


@pytest.mark.parametrize(("draft", "language"), [(GOOD, "zh"), (ENGLISH, "en")])
def test_a_good_answer_has_no_finding(draft: Draft, language: str) -> None:
    judged = review(draft, PAPER, language)
    assert (judged.findings, judged.unusable, judged.complaint()) == ((), None, "")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_finding_and_one_line_of_complaint(fault: str) -> None:
    change, kind, detail = FAULTS[fault]
    judged = review(change(GOOD), PAPER, "zh")
    assert judged.findings == (Finding(kind, detail),)
    assert judged.unusable is None
    assert len(judged.complaint().splitlines()) == 1


@pytest.mark.parametrize("fault", UNUSABLE)
def test_what_cannot_be_published_says_why_f20_f22(fault: str) -> None:
    change, reason = UNUSABLE[fault]
    judged = review(change(GOOD), PAPER, "zh")
    assert judged.unusable is not None
    assert judged.unusable.startswith(reason)
    assert judged.complaint()


def test_what_is_published_is_clean_t4() -> None:
    """T4: hidden characters can reorder what a reader sees."""
    messy = replace(
        GOOD,
        main_work="  " + GOOD.main_work.replace("。", "。\u202e \n\n", 1),
        highlights=(
            "- 上下文\u200b长度达到  10 万。",
            "2. 训练速度是原来的 16 倍。",
            "3D 场景也 有效。",
        ),
        keywords=(
            Keyword("大型语言模型", "Large Language Models"),
            *KEYWORDS,
            Keyword("lora", "甲"),
        ),
    )
    clean = review(messy, PAPER, "zh").draft
    assert clean.main_work == GOOD.main_work.replace("。", "。\n", 1)
    assert clean.highlights == (*GOOD.highlights, "3D 场景也 有效。")
    assert clean.keywords == KEYWORDS
    assert clean.scores == SCORES


def test_own_links_stay() -> None:
    draft = with_main("代码见 https://longlora.github.io/ 。")(GOOD)
    judged = review(draft, PAPER, "zh")
    assert judged.findings == ()
    assert "https://longlora.github.io/" in judged.draft.main_work


def test_complaints_are_english_and_name_part_and_fault() -> None:
    draft = with_points("提升 12.5%，效果显著。", "训练速度是原来的 16 倍")(GOOD)
    figure, sentence = review(draft, PAPER, "zh").complaint().splitlines()
    assert figure.startswith("- highlights: the figure “12.5%” is in neither the title nor")
    assert sentence.startswith("- highlights: “…训练速度是原来的 16 倍” is no whole sentence")


def test_a_language_without_wording_is_refused() -> None:
    with pytest.raises(InvalidInput, match="No wording"):
        review(GOOD, PAPER, "tlh")
