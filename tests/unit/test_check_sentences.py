"""Whether a text breaks off (F20)."""

import pytest

from summarizer.checks.sentences import ends_whole
from summarizer.checks.tongue import tongue_of

WHOLE = [
    ("zh", "本文提出一种新的方法。"),
    ("zh", "本文提出了“新的方法。”"),
    ("zh", "效果显著（见摘要。）"),
    ("zh", "效果显著！👍"),
    ("zh", "使用 LongLoRA."),
    ("en", "It works."),
    ("en", 'They call it "a new method."'),
    ("en", "It was found in 2023."),
    ("en", "Does it work?"),
]
BROKEN = [
    ("zh", "值得在相关领域"),
    ("zh", "准确率达到 86."),
    ("zh", "提出新的方法，"),
    ("zh", "提出新的方法；"),
    ("zh", "提出新的方法……"),
    ("zh", "提出新的方法..."),
    ("zh", "。”"[1:]),
    ("en", "It works with"),
    ("en", "It works on models, e.g."),
    ("en", "It works, and (see Fig."),
    ("en", ""),
]


@pytest.mark.parametrize(("language", "text"), WHOLE)
def test_a_stop_ends_a_sentence_with_what_closes_after_it(language: str, text: str) -> None:
    tongue = tongue_of(language)
    assert tongue is not None
    assert ends_whole(text, tongue)


@pytest.mark.parametrize(("language", "text"), BROKEN)
def test_what_ends_in_mid_sentence_is_broken_off_f20(language: str, text: str) -> None:
    tongue = tongue_of(language)
    assert tongue is not None
    assert not ends_whole(text, tongue)


def test_an_item_of_a_list_may_end_in_a_semicolon() -> None:
    tongue = tongue_of("zh")
    assert tongue is not None
    assert ends_whole("提出新的方法；", tongue, in_list=True)
    assert not ends_whole("提出新的方法，", tongue, in_list=True)
