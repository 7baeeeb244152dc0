"""What a chat gets, said back: in English, in Chinese, with every setting."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest

from bot.domain.chat import BY_OPERATOR, UNLISTED, Chat, Looks, Style
from bot.domain.filters import Filters, Test, Verdict
from bot.domain.target import Target
from bot.domain.timetable import WORKDAYS, QuietHours, Timetable
from bot.services.chat_settings.describe import Last, describe, small_print
from bot.services.chat_settings.describe_filters import reason_of
from bot.services.chat_settings.offer import Offer
from bot.translations import load_speech
from summarizer.languages import load_wording

WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
OFFER = Offer(WORDINGS)
EN, ZH = load_speech("en"), load_speech("zh")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHAT = Chat(Target("fake", "1"), language="en")
NIGHT = QuietHours(time(23), time(7))
DAILY = Timetable((time(8, 30),))
WORK = Timetable((time(8, 30), time(18)), WORKDAYS)


def chat(**changes: object) -> Chat:
    """A chat with changes to it, and to its filters where a name is theirs."""
    names = Filters.__dataclass_fields__
    own = {name: value for name, value in changes.items() if name not in names}
    filters = Filters(**{n: v for n, v in changes.items() if n in names})  # pyright: ignore[reportArgumentType]
    return replace(CHAT, filters=filters, **own)  # pyright: ignore[reportArgumentType]


SENTENCES: list[tuple[Chat, str, str]] = [
    (
        chat(),
        "Each paper from Hugging Face as it appears, in English.",
        "Hugging Face 的每篇论文，有新的就发，英文。",
    ),
    (
        chat(include=("LLM",), quiet_hours=NIGHT, zone="Europe/Berlin"),
        (
            "Each LLM paper from Hugging Face as it appears, in English, "
            "not between 23:00 and 07:00 Europe/Berlin."
        ),
        (
            "Hugging Face 上有关“LLM”的每篇论文，有新的就发，英文，"
            "23:00 至 07:00（Europe/Berlin）不发。"
        ),
    ),
    (
        chat(include=("LLM", "video generation", "RAG"), second_language="zh"),
        (
            "Each paper on LLM, video generation or RAG from Hugging Face as it appears, "
            "in English and Chinese."
        ),
        "Hugging Face 上有关“LLM、video generation、RAG”的每篇论文，有新的就发，英文、中文。",
    ),
    (
        chat(sources=("hf", "arxiv:cs.CL", "arxiv:cs.CV")),
        "Each paper from Hugging Face, arXiv cs.CL and arXiv cs.CV as it appears, in English.",
        "Hugging Face、arXiv cs.CL、arXiv cs.CV 的每篇论文，有新的就发，英文。",
    ),
    (
        chat(style=Style.DIGEST, timetable=DAILY, zone="Asia/Shanghai", most_a_day=10),
        (
            "A digest of the 10 best of the papers from Hugging Face each day at 08:30 "
            "(Asia/Shanghai), in English."
        ),
        "汇总：每天 Hugging Face 的论文中推荐度最高的 10 篇，08:30 发送（Asia/Shanghai），英文。",
    ),
    (
        chat(style=Style.DIGEST),
        "One digest a day of the papers from Hugging Face as they appear, in English.",
        "每天一份汇总，内容是 Hugging Face 的论文，有新的就发，英文。",
    ),
    (
        chat(most_a_day=1),
        "The first of the papers from Hugging Face each day as it appears, in English.",
        "每天 Hugging Face 的论文中最先出现的 1 篇，有新的就发，英文。",
    ),
    (
        chat(most_a_day=5, include=("robots",)),
        "The first 5 of the robots papers from Hugging Face each day as they appear, in English.",
        "每天 Hugging Face 上有关“robots”的论文中最先出现的 5 篇，有新的就发，英文。",
    ),
    (
        chat(style=Style.THREAD, timetable=WORK, quiet_hours=NIGHT, zone="Asia/Tokyo"),
        (
            "Each paper from Hugging Face at 08:30 and 18:00 from Monday to Friday, in English, "
            "gathered in a thread a day, not between 23:00 and 07:00 Asia/Tokyo."
        ),
        (
            "Hugging Face 的每篇论文，周一至周五 08:30、18:00 发送，英文，每天收在一个子区里，"
            "23:00 至 07:00（Asia/Tokyo）不发。"
        ),
    ),
    (
        chat(timetable=Timetable((time(9),), (0, 2))),
        "Each paper from Hugging Face at 09:00 on Monday and Wednesday (UTC), in English.",
        "Hugging Face 的每篇论文，周一、周三 09:00 发送（UTC），英文。",
    ),
    (
        chat(timetable=Timetable((time(9),), (0, 1, 2, 3, 4, 5))),
        "Each paper from Hugging Face at 09:00 every day but Sunday (UTC), in English.",
        "Hugging Face 的每篇论文，除周日外每天 09:00 发送（UTC），英文。",
    ),
    (
        chat(timetable=Timetable((time(9),), (5, 6))),
        "Each paper from Hugging Face at 09:00 at weekends (UTC), in English.",
        "Hugging Face 的每篇论文，周末 09:00 发送（UTC），英文。",
    ),
    (
        chat(
            exclude=("survey",),
            categories=("cs.CL", "cs.CV"),
            authors=("Kaiming He",),
            organizations=("DeepMind",),
            code=True,
            least_upvotes=10,
            least_recommendation=4.0,
        ),
        (
            "Each paper from Hugging Face, without survey, in cs.CL or cs.CV, by Kaiming He, "
            "of DeepMind, with code, with at least 10 upvotes, recommended at 4 of 5 or more, "
            "as it appears, in English."
        ),
        (
            "Hugging Face 的每篇论文，不含“survey”，分类：cs.CL、cs.CV，作者：Kaiming He，"
            "机构：DeepMind，有代码，点赞数不少于 10，推荐度不低于 4，有新的就发，英文。"
        ),
    ),
    (
        chat(exclude=tuple("abcdefg"), least_upvotes=1),
        (
            "Each paper from Hugging Face, without a, b, c, d or 3 others, with at least 1 upvote, "
            "as it appears, in English."
        ),
        "Hugging Face 的每篇论文，不含“a、b、c、d 和另外 3 项”，点赞数不少于 1，有新的就发，英文。",
    ),
    (
        chat(paused=True),
        (
            "Paused: nothing comes until /resume. It is set to: "
            "Each paper from Hugging Face as it appears, in English."
        ),
        "已暂停：/resume 之前不会发送。当前设置：Hugging Face 的每篇论文，有新的就发，英文。",
    ),
    (
        chat(sources=(), paused=True),
        "Nothing: this chat is not subscribed.",
        "无：本聊天没有订阅。",
    ),
]


@pytest.mark.parametrize(
    ("one", "english", "chinese"), SENTENCES, ids=lambda value: str(value)[:40]
)
def test_a_chat_is_described_in_one_sentence(one: Chat, english: str, chinese: str) -> None:
    assert describe(one, OFFER, EN) == english
    assert describe(one, OFFER, ZH) == chinese


@pytest.mark.parametrize(
    ("sent_at", "english", "chinese"),
    [
        (NOW - timedelta(minutes=12), "; last one 12 min ago.", "；上一条：12 分钟前。"),
        (NOW - timedelta(days=3), "; last one 3 d ago.", "；上一条：3 天前。"),
        (NOW, "; last one just now.", "；上一条：刚刚。"),
        (None, "; nothing has come yet.", "；还没有发送过。"),
    ],
    ids=["minutes", "days", "now", "never"],
)
def test_the_sentence_ends_with_when_something_came(
    sent_at: datetime | None, english: str, chinese: str
) -> None:
    last = Last(sent_at, NOW)
    assert describe(CHAT, OFFER, EN, last=last).endswith(f"in English{english}")
    assert describe(CHAT, OFFER, ZH, last=last).endswith(f"英文{chinese}")


def test_the_small_print_says_only_what_is_unusual() -> None:
    assert small_print(CHAT, EN) == ()
    odd = chat(heartbeat=time(12), zone="Asia/Shanghai", looks=Looks(False, False, False))
    assert small_print(odd, EN) == (
        "A day without papers is explained at 12:00 Asia/Shanghai.",
        "Without link previews, pictures or sound.",
    )
    assert small_print(odd, ZH) == (
        "没有论文的日子，会在 12:00（Asia/Shanghai）说明原因。",
        "不带：链接预览、配图、提示音。",
    )


def test_a_chat_that_the_operator_keeps_closed_is_told_so() -> None:
    closed = chat(suspended=f"{BY_OPERATOR}too many complaints.")
    assert small_print(closed, EN) == (
        "Whoever runs this bot sends nothing here for now: too many complaints.",
    )
    assert small_print(chat(suspended=UNLISTED), EN) == (
        "Whoever runs this bot has taken this chat off the list.",
    )
    assert small_print(chat(suspended="no rights"), EN) == ()


def test_every_combination_makes_a_sentence_of_its_own() -> None:
    """No setting goes unsaid: of any two chats that differ the sentences do."""
    choices: dict[str, tuple[object, ...]] = {
        "sources": (("hf",), ("hf", "arxiv:cs.CL")),
        "include": ((), ("LLM",), ("LLM", "RAG")),
        "style": tuple(Style),
        "timetable": (None, DAILY, WORK),
        "quiet_hours": (None, NIGHT),
        "most_a_day": (None, 1, 10),
        "second_language": (None, "zh"),
        "code": (False, True),
        "paused": (False, True),
    }
    chats = [
        chat(**dict(zip(choices, values, strict=True))) for values in product(*choices.values())
    ]
    for speech in (EN, ZH):
        said = {describe(one, OFFER, speech) for one in chats}
        assert len(said) == len(chats)
        assert not [sentence for sentence in said if "{" in sentence or "  " in sentence]


def test_what_people_typed_is_a_value_and_never_a_form() -> None:
    odd = chat(include=("{count}",), exclude=("{0} %s",))
    assert "{count}" in describe(odd, OFFER, EN)
    assert "{0} %s" in describe(odd, OFFER, ZH)


FILTERS = Filters(
    include=("LLM", "RAG"),
    exclude=("survey",),
    categories=("cs.CL",),
    authors=("Kaiming He",),
    organizations=("DeepMind",),
    least_upvotes=10,
    least_recommendation=4,
    code=True,
)
REASONS = {
    Test.INCLUDE: ("", "nothing on LLM or RAG", "与“LLM、RAG”无关"),
    Test.EXCLUDE: ("survey", "has “survey”, which is excluded", "含有已排除的“survey”"),
    Test.CATEGORY: ("cs.CV", "is in cs.CV, not cs.CL", "分类是 cs.CV，而筛选要求 cs.CL"),
    Test.AUTHOR: ("", "is not by Kaiming He", "作者中没有：Kaiming He"),
    Test.ORGANIZATION: ("Meta", "is not of DeepMind", "机构不是：DeepMind"),
    Test.CODE: ("", "has no code", "没有代码"),
    Test.UPVOTES: ("3", "has 3 of 10 upvotes", "点赞数 3，不到 10"),
    Test.RECOMMENDATION: ("3.5", "is recommended at 3.5, not 4", "推荐度 3.5，不到 4"),
    Test.UNRATED: (
        "",
        "is not rated yet, and 4 is asked for",
        "还没有评分，而筛选要求 4",
    ),
}


@pytest.mark.parametrize("test", Test)
def test_every_failed_test_has_a_reason_in_words(test: Test) -> None:
    detail, english, chinese = REASONS[test]
    assert reason_of(Verdict(test, detail), FILTERS, EN) == english
    assert reason_of(Verdict(test, detail), FILTERS, ZH) == chinese


def test_a_paper_without_categories_is_said_to_have_none() -> None:
    said = reason_of(Verdict(Test.CATEGORY, ""), FILTERS, EN)
    assert said == "has no known category, and cs.CL is asked for"
    assert reason_of(Verdict(), FILTERS, EN) == ""
