"""Whether an answer is in the language asked for (F22)."""

import pytest

from summarizer.checks.tongue import Tongue, in_tongue, tongue_of


def tongue(language: str) -> Tongue:
    found = tongue_of(language)
    assert found is not None
    return found


IN = [
    ("zh", "本文提出 CodePlan，用大型语言模型（Large Language Models, LLMs）规划代码修改。"),
    ("zh", "在 GSM8K 和 MATH 上，MetaMath-7B 的准确率分别为 66.4% 和 19.4%。"),
    ("en", "We present LongLoRA, an efficient way of tuning models with a long context."),
    ("en", "DeepSeek (深度求索) trains a model with the help of a new method and of more data."),
    ("en", "Large gains."),
    ("zh", "86.3%"),
]
NOT_IN = [
    ("zh", "We present LongLoRA, an efficient way of tuning models with a long context."),
    ("zh", "本研究では、大規模言語モデルのための新しい手法を提案し、その有効性を示しています。"),
    ("zh", "이 논문은 새로운 방법을 제안한다."),
    ("en", "本文提出 CodePlan，用大型语言模型规划代码修改。"),
    ("en", "Мы представляем новый метод обучения языковых моделей."),
    (
        "en",
        (
            "Wir stellen ein Verfahren vor, mit dem sich große Modelle schneller auf lange "
            "Texte einstellen lassen, ohne dass ihre Güte darunter auch nur ein wenig leidet."
        ),
    ),
]


@pytest.mark.parametrize(("language", "text"), IN)
def test_text_with_foreign_names_and_terms_is_in_its_language(language: str, text: str) -> None:
    assert in_tongue([text], tongue(language))


@pytest.mark.parametrize(("language", "text"), NOT_IN)
def test_text_in_another_script_or_language_is_not_f22(language: str, text: str) -> None:
    assert not in_tongue([text], tongue(language))


def test_one_long_foreign_point_spoils_its_part() -> None:
    points = ["本文的主要亮点在于提出了一种新的方法，并在多个数据集上取得了优异的结果。" * 3]
    foreign = "The second point was written in the wrong language by a model that forgot its task."
    assert in_tongue(points, tongue("zh"))
    assert not in_tongue([*points, foreign], tongue("zh"))


def test_a_language_without_an_entry_is_not_judged() -> None:
    assert tongue_of("tlh") is None
