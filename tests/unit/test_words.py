"""What counts as the same word, and where a phrase stands in a text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.words import has_words, holds, name_spellings, name_words, summary_only, words_of

_LETTERS = st.text(st.sampled_from("abcdefgxyzs"), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        pytest.param("Agents that plan", "AGENTS", id="case"),
        pytest.param("We train LLMs.", "LLM", id="plural-in-the-text"),
        pytest.param("an LLM agent", "LLMs", id="plural-in-the-filter"),
        pytest.param("diffusion model", "diffusion models", id="plural-of-a-phrase"),
        pytest.param("Two surveys, three studies", "study", id="plural-in-ies"),
        pytest.param("movies of cats", "movie", id="word-in-ie"),
        pytest.param("large-language models", "large language model", id="hyphen-in-the-text"),
        pytest.param("large language models", "large-language model", id="hyphen-in-the-filter"),
        pytest.param("multi-modal agents", "multimodal", id="one-word-finds-two"),
        pytest.param("multimodal agents", "multi-modal", id="two-words-find-one"),
        pytest.param("multi\u2011modal agents", "multimodal", id="hyphen-that-does-not-break"),
        pytest.param("the GPT4 report", "GPT-4", id="figures-written-on"),
        pytest.param("the GPT-4 report", "gpt4", id="figures-parted"),
        pytest.param("Qwen2.5-VL", "Qwen", id="name-without-its-figures"),
        pytest.param("Qwen2.5-VL", "qwen 2.5", id="name-with-its-figures"),
        pytest.param("DeepSeek-R1 at work", "R1", id="short-name"),
        pytest.param("bindings for C++", "C++", id="signs-that-are-part-of-a-name"),
        pytest.param("(vision)/language", "vision language", id="signs-between"),
        pytest.param("naïve Bayes", "naive bayes", id="accents"),
        pytest.param("ｄｉｆｆｕｓｉｏｎ", "diffusion", id="width"),
        pytest.param("the U.S. census", "U.S.", id="stops-that-are-part-of-it"),
        pytest.param("foundation\u200b models", "foundation models", id="hidden-characters"),
        pytest.param("大语言模型的推理", "语言模型", id="chinese-inside"),
        pytest.param("面向LLM的智能体", "LLM", id="latin-within-chinese"),
        pytest.param("3D 生成模型", "3D生成", id="mixed-with-and-without-blank"),
        pytest.param("拡散モデルの学習", "拡散モデル", id="japanese"),
        pytest.param("확산 모델을 학습", "모델", id="korean-with-a-particle"),
        pytest.param("π0 for robots", "π0", id="greek"),
    ],
)
def test_a_phrase_is_found(text: str, phrase: str) -> None:
    assert holds(words_of([text]), phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        pytest.param("Reagents react", "agent", id="part-of-a-word"),
        pytest.param("video", "vide", id="beginning-of-a-word"),
        pytest.param("a new method", "news", id="no-plural-of-another-word"),
        pytest.param("the loss is low", "los", id="ss-is-no-plural"),
        pytest.param("language, model", "language model", id="beyond-a-comma"),
        pytest.param("生成，模型", "成模", id="beyond-a-chinese-comma"),
        pytest.param("model language", "language model", id="other-order"),
        pytest.param("the C language", "C++", id="without-the-signs"),
        pytest.param("written in C++", "C", id="more-than-the-letter"),
        pytest.param("GPT-4o", "GPT-4", id="another-version"),
        pytest.param("at T = 4", "T4", id="short-names-keep-their-figures"),
        pytest.param("anything at all", "", id="nothing"),
        pytest.param("anything! at all?", "?!", id="signs-alone"),
        pytest.param("anything | at all", "|", id="a-stop"),
        pytest.param("a.b", ".*", id="no-pattern"),
    ],
)
def test_a_phrase_is_not_found_t4(text: str, phrase: str) -> None:
    assert not holds(words_of([text]), phrase)


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert not holds(words_of(["On language", "models are large"]), "language models")


@pytest.mark.parametrize(
    ("phrase", "only"),
    [
        ("大模型", True),
        ("3D生成", True),
        ("обучение", True),
        ("3D", False),
        ("α-divergence", False),
    ],
)
def test_only_a_summary_can_hold_letters_that_no_paper_has(phrase: str, only: bool) -> None:
    assert summary_only(phrase) is only


@pytest.mark.parametrize(
    ("phrase", "anything"),
    [("LLM", True), ("模型", True), ("!?", False), ("🙂", False), ("", False)],
)
def test_what_cannot_be_looked_for_is_known(phrase: str, anything: bool) -> None:
    assert has_words(phrase) is anything


@pytest.mark.parametrize(
    ("name", "typed", "same"),
    [
        pytest.param("Geoffrey E. Hinton", "geoffrey hinton", True, id="without-the-initial"),
        pytest.param("Geoffrey Hinton", "Hinton, Geoffrey", True, id="surname-first"),
        pytest.param("Fei-Fei Li", "Feifei Li", True, id="without-the-hyphen"),
        pytest.param("Bernhard Schölkopf", "scholkopf", True, id="without-the-accent"),
        pytest.param("Ronald Williams", "William", False, id="s-is-no-plural-in-names"),
        pytest.param("Geoffrey Hinton", "Geoff", False, id="part-of-a-name"),
        pytest.param("何恺明", "恺明", True, id="chinese"),
        pytest.param("Google DeepMind", "DeepMind", True, id="organisation"),
    ],
)
def test_names_are_compared_by_their_words(name: str, typed: str, same: bool) -> None:
    assert any(spelling <= name_words(name) for spelling in name_spellings(typed)) is same


def test_a_name_without_words_is_nobodys() -> None:
    assert name_spellings("?!") == ()


@given(st.text(), st.text())
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_it_never_raises(text: str, phrase: str) -> None:
    assert holds(words_of([text]), phrase) in (True, False)
    assert all(spelling for spelling in name_spellings(phrase))


@given(before=st.lists(_LETTERS), phrase=st.lists(_LETTERS, min_size=1), after=st.lists(_LETTERS))
@settings(max_examples=300, deadline=None)
def test_a_run_of_whole_words_is_found_in_any_case_and_width(
    before: list[str], phrase: list[str], after: list[str]
) -> None:
    text = " ".join([*before, *phrase, *after])
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in " ".join(phrase).upper())
    assert unicodedata.normalize("NFKC", wide) == " ".join(phrase).upper()
    assert holds(words_of([text]), wide)


@given(words=st.lists(_LETTERS, min_size=1), phrase=st.lists(_LETTERS, min_size=1, max_size=3))
@settings(max_examples=500, deadline=None)
def test_nothing_but_a_run_of_whole_words_is_found(words: list[str], phrase: list[str]) -> None:
    texts = [_no_plural(word) for word in words]
    wanted = [_no_plural(word) for word in phrase]
    runs = (texts[n : n + len(wanted)] for n in range(len(texts)))
    assert holds(words_of([" ".join(texts)]), " ".join(wanted)) is (wanted in runs)


def _no_plural(word: str) -> str:
    return word.replace("s", "t")
