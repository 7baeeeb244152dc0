"""Content words and key phrases."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarizer.extraction.words import content_words
from summarizer.phrases import key_phrases

_TEXT = (
    "Sparse attention makes long contexts affordable. We study sparse attention in LoRA adapters, "
    "and LoRA adapters with a shared key-value cache. Sparse attention loses little, however."
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The model of the day", ["model", "day"]),
        ("We propose LoRA, e.g. for GPT-4.", ["propose", "lora", "gpt", "4"]),
        ("低秩适配", ["低秩", "秩适", "适配"]),
        ("", []),
    ],
    ids=["function words go", "names and figures stay", "chinese in pairs", "empty"],
)
def test_content_words_leave_out_what_carries_no_topic(text: str, words: list[str]) -> None:
    assert content_words(text) == words


def test_phrases_that_return_come_first() -> None:
    assert key_phrases("On attention", _TEXT, limit=2) == ("Sparse attention", "LoRA adapters")


def test_no_phrase_crosses_punctuation_or_a_function_word() -> None:
    phrases = key_phrases(
        "Title", "Graph networks, tensor cores. Graph networks of tensor cores.", limit=5
    )
    assert phrases == ("Graph networks", "tensor cores")


def test_no_phrase_repeats_most_of_another() -> None:
    text = "Video world models. Video world model. World models. Robust video world models."
    assert key_phrases("Video world models", text, limit=5) == ("Video world models",)


def test_a_name_counts_as_a_phrase_and_a_common_word_does_not() -> None:
    phrases = key_phrases("LoRA", "LoRA and a matrix. A matrix and LoRA.", limit=5)
    assert phrases == ("LoRA",)


def test_words_of_every_abstract_are_no_phrases() -> None:
    text = "Extensive experiments demonstrate significant improvements over existing methods."
    assert key_phrases("A", text, limit=5) == ()


def test_chinese_text_gives_phrases_too() -> None:
    text = "本文提出一种低秩适配方法，低秩适配冻结预训练权重。"
    assert key_phrases("低秩适配", text, limit=3)[0] == "低秩适配"


@given(st.text(max_size=200), st.text(max_size=400), st.integers(1, 7))
@example("", "B_F", 1)
@example("", "B __ F and A_1 B_2", 3)
def test_phrases_are_few_distinct_and_taken_from_the_text(
    title: str, text: str, limit: int
) -> None:
    phrases = key_phrases(title, text, limit=limit)
    assert len(phrases) <= limit
    assert len({phrase.lower() for phrase in phrases}) == len(phrases)
    # White space aside: a phrase's words stand next to each other.
    squeezed = "".join(f"{title}. {text}".split())
    assert all("".join(phrase.split()) in squeezed for phrase in phrases)


@pytest.mark.parametrize("unit", ["word ", "A", "a", "LoRA-", "中", "Deep nets learn. "])
def test_a_text_of_20_kb_takes_no_time(unit: str) -> None:
    started = time.perf_counter()
    key_phrases("Title", unit * (20_000 // len(unit)), limit=7)
    assert time.perf_counter() - started < 1
