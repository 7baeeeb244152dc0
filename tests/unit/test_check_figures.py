"""Which figures of a summary its abstract holds (F26)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checks.figures import figures, read_source, unfounded_figures

SAME = [
    ("13 billion parameters", "130 亿参数"),
    ("13B", "13,000,000,000"),
    ("13B", "13 × 10^9"),
    (r"$13\times10^{9}$", "130亿"),
    ("130 billion", "1300 亿"),
    ("2.6 trillion", "2.6 万亿"),
    ("100 billion", "千亿参数"),
    ("1.2-billion-parameter", "12 亿参数"),
    ("seven billion", "70 亿"),
    ("210K IP addresses", "21 万个 IP"),
    ("210K", "210,000"),
    ("8192 tokens", "8K"),
    ("12,345 images", "12345 张"),
    ("5 million", "500 万"),
    ("1 million conversations", "一百万条"),
    ("10k hours", "1 万小时"),
    ("2,500", "两千五百"),
    ("120 languages", "一百二十种语言"),
    ("86.3 %", "86.3％"),
    (r"86.3\%", "86.3 percent"),
    ("86.3 percent", "百分之 86.3"),
    ("eighty percent", "百分之八十"),
    ("70%", "七成"),
    (r"$\mathbf{86.3}$%", "86.3%"),
    ("3.5 points", "3.5 个百分点"),
    ("3.5 percentage points", "3.5 个点"),
    ("by 12-17% absolute points", "12-17%"),
    ("by 12-17% absolute points", "12 到 17 个百分点"),
    ("an accuracy of 75.4 on", "75.4%"),
    ("$2^{10}$", "2¹⁰"),
    ("$2^{10}$", "1024"),
    ("1024 tokens", "2^{10}"),
    ("10^{-4}", "1e-4"),
    ("0.0001", "10⁻⁴"),
    ("16x faster", "快 16 倍"),
    (r"a 13\times speedup", "13 倍加速"),
    ("2times faster", "2 倍"),
    ("sixteen times", "16 倍"),
    ("two-fold", "2倍"),
    ("tenfold", "10 倍"),
    ("twice as fast", "两倍"),
    ("doubles throughput", "吞吐量达到 2 倍"),
    ("×4 super-resolution", "4 倍超分辨率"),
    ("half the cost", "一半"),
    ("by 50%", "一半"),
    ("5x fewer", "1/5"),
    ("one third", "三分之一"),
    ("two thirds of", "2/3"),
    ("½", "1/2"),
    ("1/8th of the cost", "八分之一"),
    ("3 orders of magnitude", "3 个数量级"),
    ("1.5-2x", "1.5 到 2 倍"),
    ("7-8B", "70–80 亿"),
    ("7, 13, and 70B", "7B、13B 和 70B"),
    ("7 and 13 billion", "70 亿和 130 亿"),
    ("from 43.8 to 60.4%", "从 43.8% 提高到 60.4%"),
    ("9.0", "9"),
    ("9", "9.0"),
    ("３ tasks", "3 个任务"),
    ("in 2023", "2023 年"),
    ("the 1990s", "1990 年代"),
    ("three-dimensional", "3D"),
    ("3D point", "3 维"),
    ("GPT-4V", "GPT-4"),
    ("Llama-2-7B", "Llama2-7B"),
    ("Llama-2-7B", "Llama 2 7B"),
    ("CIFAR-10/100", "CIFAR-100"),
    ("top 1", "Top-1"),
    ("WMT'21 and WMT'22", "WMT'22"),
    ("text-davinci-003", "davinci-003"),
    ("version 1.0.3", "1.0.3"),
    ("$100K budget", "10 万美元"),
    ("a cost of 2000 USD", "2000 美元"),
    ("0.31TB", "310 GB"),
    ("5 ms", "0.005 秒"),
    ("24 hours", "1 天"),
    ("40 GPU-hours", "40 小时"),
    ("0.5G FLOPs", "0.5 GFLOPs"),
    (r"360$^\circ$", "360°"),
    ("360-degree", "360 度"),
    ("512x512 images", "512×512"),
    ("8 A100 GPUs", "8×A100"),
    ("four-bit", "4bit"),
    ("zero-shot", "0-shot"),
    ("six configurations", "6 种配置"),
    ("hundreds of tasks", "数百个任务"),
    ("350 tasks", "数百个任务"),
    ("millions of images", "数百万张"),
    ("O(n^2)", "O(n²)"),
]

OTHER = [
    ("7B", "70B"),
    ("7B", "7M"),
    ("13 billion", "13 亿"),
    ("13B", "1300 亿"),
    ("210K", "21 亿"),
    ("86.3%", "83.6%"),
    ("86.3%", "86.3 个百分点"),
    ("86.3%", "86.3 倍"),
    ("40 tasks", "40%"),
    ("3 tasks", "3 倍"),
    ("GPT-3.5 on 4 tasks", "GPT-4"),
    ("GPT-4", "4%"),
    ("Llama-2-7B", "Llama-2-70B"),
    ("Llama-2-7B", "Llama-3-7B"),
    ("CIFAR-10", "CIFAR-100"),
    ("GSM8K", "GSM9K"),
    ("WMT'21", "WMT'23"),
    ("Top-1", "Top-5"),
    ("V2A, three mechanisms", "V3A"),
    ("16x", "160 倍"),
    ("2x", "3 倍"),
    ("half", "三分之一"),
    ("1/8", "1/9"),
    ("three", "3.5"),
    ("three", "3.0"),
    ("2^{10}", "2^{11}"),
    ("10^-3", "10^-4"),
    ("7-8B", "6-8B"),
    ("5 ms", "5 s"),
    ("5 hours", "5 天"),
    ("0.31TB", "0.31GB"),
    ("$100", "100 欧元"),
    ("3D", "4D"),
    ("360°", "360%"),
    ("2023", "2024"),
    ("1.0.3", "1.0.4"),
    ("hundreds", "数千"),
    ("three tasks", "十二个任务"),
    ("nothing", "六个任务"),
    ("nothing", "五倍"),
    ("nothing", "百分之五"),
    ("nothing", "GPT-4"),
]

NO_FIGURES = [
    "两个方面", "三种方法", "a two-stage method", "一种", "统一", "十分重要", "第三", "zero-shot",
    "三元组", "half-precision", "千差万别", "万能", "百分点", "三四种", "Node.js", "三成为主流",
    "(1) 首先，(2) 其次", "1. 首先\n2. 其次", "①首先",
]  # fmt: skip


@pytest.mark.parametrize(("stated", "told"), SAME, ids=[f"{a} = {b}" for a, b in SAME])
def test_one_value_is_found_in_every_way_of_writing_it_f26(stated: str, told: str) -> None:
    assert figures(told), "a figure that is not seen cannot be wrong"
    assert unfounded_figures(told, read_source(stated)) == ()


@pytest.mark.parametrize(("stated", "told"), OTHER, ids=[f"{a} ≠ {b}" for a, b in OTHER])
def test_another_value_scale_unit_or_name_is_reported_f26(stated: str, told: str) -> None:
    assert unfounded_figures(told, read_source(stated))


@pytest.mark.parametrize("text", NO_FIGURES)
def test_counting_in_words_idioms_and_list_markers_are_no_figures(text: str) -> None:
    assert unfounded_figures(text, read_source("")) == ()


def test_a_figure_is_reported_as_written_and_once() -> None:
    told = "准确率 86.3 %，即 86.3 %，优于 GPT-4o 与 WMT'21。"
    assert unfounded_figures(told, read_source("")) == ("86.3 %", "GPT-4o", "WMT'21")


def test_a_name_finds_its_number_only_with_its_name() -> None:
    source = read_source("LLaMA-2 with 4 experts beats GPT-3.5")
    assert unfounded_figures("GPT-4", source) == ("GPT-4",)
    assert unfounded_figures("4 个专家", source) == ()


values = st.integers(min_value=6, max_value=10**6).map(lambda n: Fraction(n, 100))
scales = st.sampled_from(
    [
        (10**3, ("K", " thousand", " 千")),
        (10**4, (" 万", "万")),
        (10**6, ("M", " million", "百万")),
        (10**8, ("亿", " 亿")),
        (10**9, ("B", " billion", "十亿")),
        (10**12, ("T", " trillion", "万亿")),
    ]
)


def decimal(value: Fraction) -> str:
    return f"{float(value):.8f}".rstrip("0").rstrip(".")


def forms(value: Fraction, scale: int, words: tuple[str, ...]) -> list[str]:
    whole = value * scale
    told = [f"{decimal(value)}{word}" for word in words]
    told.append(f"{decimal(value)} × 10^{len(str(scale)) - 1}")
    if whole.denominator == 1:
        told += [f"{int(whole):,}", str(int(whole)), str(int(whole)).translate(WIDE)]
    return told


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@given(values, scales, st.data())
def test_every_form_of_a_scaled_value_is_found_in_every_other(
    value: Fraction, scale: tuple[int, tuple[str, ...]], data: st.DataObject
) -> None:
    written = forms(value, *scale)
    stated, told = (data.draw(st.sampled_from(written)) for _ in range(2))
    assert unfounded_figures(f"结果是 {told}。", read_source(f"we use {stated} of it")) == ()


units = st.sampled_from(
    ["%", " %", " percent", "x", " times", " points", "B", " ms", " GB", "", "D"]
)


@given(st.lists(st.tuples(values, units), min_size=1, max_size=6), st.data())
def test_a_figure_copied_from_the_abstract_is_never_reported_f26(
    stated: list[tuple[Fraction, str]], data: st.DataObject
) -> None:
    written = [f"{decimal(value)}{unit}" for value, unit in stated]
    abstract = "We report " + " for the first, and ".join(written) + " in the end."
    copied = data.draw(st.sampled_from(written))
    assert unfounded_figures(f"本文得到 {copied}，优于以往。", read_source(abstract)) == ()


@given(st.lists(values, max_size=6), values, units)
def test_a_value_that_the_abstract_lacks_is_always_reported_f26(
    stated: list[Fraction], told: Fraction, unit: str
) -> None:
    abstract = "We report " + " for these, while ".join(f"{decimal(v)}%" for v in stated) + " here."
    if told not in stated:
        assert unfounded_figures(f"本文得到 {decimal(told)}{unit}。", read_source(abstract))


@given(st.text(max_size=300))
def test_no_text_can_make_it_fail(text: str) -> None:
    unfounded_figures(text, read_source(text))


@given(st.text(alphabet="0123456789.,%/^{}$\\×x- kKMB万亿千分之倍三十点", max_size=80))
def test_whatever_stands_in_the_abstract_may_be_quoted_whole(text: str) -> None:
    assert unfounded_figures(text, read_source(text)) == ()
