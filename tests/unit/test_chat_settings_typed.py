"""Typed settings: what is understood, in which forms, and what is said to the rest."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import time
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.chat import Chat, Looks, Style
from bot.domain.filters import Filters
from bot.domain.speech import ENGLISH
from bot.domain.target import Target
from bot.domain.timetable import WORKDAYS, QuietHours, Timetable
from bot.services.chat_settings.grammar import MOST_CHANGES, apply_all, read_changes
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.prompts import present_text
from bot.services.chat_settings.read_lists import MOST_ITEMS
from bot.services.chat_settings.reading import Reading
from bot.services.chat_settings.topics import Topic
from bot.services.chat_settings.typed import tidy
from bot.services.chat_settings.typed_guide import ASKED_BY, EXAMPLES, typed_guide
from bot.services.chat_settings.wish import read_wish
from bot.services.chat_settings.zones import find_zone
from bot.translations import load_speech
from summarizer.languages import load_wording

OFFER = Offer(
    {language: load_wording(language) for language in ("en", "zh")}, patterns=("hf", "arxiv:*")
)
READING = Reading(ENGLISH, OFFER)
CHAT = Chat(Target("fake", "1"), language="en")


def changed(text: str, chat: Chat = CHAT, reading: Reading = READING) -> Chat:
    return apply_all(chat, read_changes(text, reading))


def filtered(**changes: object) -> Chat:
    return replace(CHAT, filters=Filters(**changes))  # pyright: ignore[reportArgumentType]


def collapsed(text: str) -> str:
    """As a text comes out of being typed."""
    return " ".join(tidy(text).split())


MORNING = Timetable((time(8, 30),))
WORK = Timetable((time(8, 30), time(18)), WORKDAYS)
NIGHT = QuietHours(time(23), time(7))

UNDERSTOOD: dict[str, Chat] = {
    "language zh": replace(CHAT, language="zh"),
    "language zh en": replace(CHAT, language="zh", second_language="en"),
    "lang: English and Chinese": replace(CHAT, second_language="zh"),
    "语言 中文、英文": replace(CHAT, language="zh", second_language="en"),
    "语言：中文": replace(CHAT, language="zh"),
    "language en en": CHAT,
    "sources hf arxiv:cs.CL": replace(CHAT, sources=("hf", "arxiv:cs.CL")),
    "sources arxiv cs.cl, CS.CV": replace(CHAT, sources=("arxiv:cs.CL", "arxiv:cs.CV")),
    "来源 huggingface": CHAT,
    "sources +cs.RO": replace(CHAT, sources=("hf", "arxiv:cs.RO")),
    "sources +cs.RO -hf": replace(CHAT, sources=("arxiv:cs.RO",)),
    "sources arxiv:cs.cl+cs.lg": replace(CHAT, sources=("arxiv:cs.CL", "arxiv:cs.LG")),
    'include LLM, "video generation"': filtered(include=("LLM", "video generation")),
    'include "LLM" "video, and more"': filtered(include=("LLM", "video, and more")),
    "include large language model": filtered(include=("large language model",)),
    "只要 扩散模型，大模型": filtered(include=("扩散模型", "大模型")),
    "include “LLM”、「智能体」": filtered(include=("LLM", "智能体")),
    "include a, A, a": filtered(include=("A",)),
    "exclude survey": filtered(exclude=("survey",)),
    "排除 综述": filtered(exclude=("综述",)),
    "categories cs.cl, MATH.AG stat": filtered(categories=("cs.CL", "math.AG", "stat")),
    "authors Kaiming He, Y. LeCun": filtered(authors=("Kaiming He", "Y. LeCun")),
    "orgs DeepMind": filtered(organizations=("DeepMind",)),
    "upvotes 10": filtered(least_upvotes=10),
    "upvotes at least 10": filtered(least_upvotes=10),
    "点赞数 ≥ 10": filtered(least_upvotes=10),
    "upvotes off": CHAT,
    "score 4": filtered(least_recommendation=4.0),
    "score 4.5/5": filtered(least_recommendation=4.5),
    "推荐度 不低于 3.5": filtered(least_recommendation=3.5),
    "most 10": filtered(most_a_day=10),
    "most 10 a day": filtered(most_a_day=10),
    "最多10篇": filtered(most_a_day=10),
    "most off": CHAT,
    "code on": filtered(code=True),
    "代码 要": filtered(code=True),
    "code off": CHAT,
    "style digest": replace(CHAT, style=Style.DIGEST),
    "style thread": replace(CHAT, style=Style.THREAD),
    "样式 汇总": replace(CHAT, style=Style.DIGEST),
    "hours 08:30": replace(CHAT, timetable=MORNING),
    "hours 8:30 daily": replace(CHAT, timetable=MORNING),
    "hours 18:00, 08:30 mon-fri": replace(CHAT, timetable=WORK),
    "hours weekdays at 8:30am and 6pm": replace(CHAT, timetable=WORK),
    "时间 工作日 8点半、18点": replace(CHAT, timetable=WORK),
    "时间 周一至周五 上午8:30 下午6点": replace(CHAT, timetable=WORK),
    "hours off": CHAT,
    "hours as they appear": CHAT,
    "quiet 23:00-07:00": replace(CHAT, quiet_hours=NIGHT),
    "quiet hours from 11pm to 7am": replace(CHAT, quiet_hours=NIGHT),
    "quiet 23-7": replace(CHAT, quiet_hours=NIGHT),
    "免打扰 23:00 至 07:00": replace(CHAT, quiet_hours=NIGHT),
    "免打扰：晚上11点到早上7点": replace(CHAT, quiet_hours=NIGHT),
    "quiet off": CHAT,
    "zone Asia/Shanghai": replace(CHAT, zone="Asia/Shanghai"),
    "时区 上海": replace(CHAT, zone="Asia/Shanghai"),
    "heartbeat 12:00": replace(CHAT, heartbeat=time(12)),
    "heartbeat off": CHAT,
    "previews off": replace(CHAT, looks=Looks(previews=False)),
    "pictures off": replace(CHAT, looks=Looks(pictures=False)),
    "提示音 关": replace(CHAT, looks=Looks(sound=False)),
    "sound off; sound on": CHAT,
    "LANGUAGE ZH；QUIET 23:00－07:00": replace(CHAT, language="zh", quiet_hours=NIGHT),
    "language zh\nstyle digest": replace(CHAT, language="zh", style=Style.DIGEST),
    'include "a; b"; code on': filtered(include=("a; b",), code=True),
}


@pytest.mark.parametrize("text", UNDERSTOOD, ids=str)
def test_what_people_type_is_understood(text: str) -> None:
    assert changed(text) == UNDERSTOOD[text]


def test_a_sign_adds_to_a_list_or_takes_from_it() -> None:
    chat = filtered(include=("LLM", "RAG"))
    assert changed("include +agents, -rag", chat) == filtered(include=("LLM", "agents"))
    assert changed("include agents", chat) == filtered(include=("agents",))
    assert changed("include off", chat) == CHAT
    assert changed("categories +cs.CL", filtered(categories=("cs.CV",))).filters.categories == (
        "cs.CV",
        "cs.CL",
    )


def test_several_changes_count_together_or_not_at_all() -> None:
    chat = changed("include LLM; language zh; quiet 23:00-07:00")
    assert (chat.filters.include, chat.language, chat.quiet_hours) == (("LLM",), "zh", NIGHT)
    with pytest.raises(Misread):
        read_changes("include LLM; quiet never again", READING)


MISREAD: dict[str, str] = {
    "colour red": "“colour” is no setting. /settings help lists all of them.",
    "includ LLM": "“includ” is no setting. Did you mean /settings include?",
    "include": "Something is missing there. Write it like this: /settings include LLM",
    "language klingon": "I know these languages: en (English), zh (中文).",
    "language": "Something is missing there. Write it like this: /settings language en zh",
    "sources": "Something is missing there. Write it like this: /settings sources hf arxiv:cs.CL",
    "sources reddit": "I do not understand “reddit” there. Write it like this: /settings sources",
    "sources -hf": "At least one source must remain. /pause stops everything.",
    "categories cs.XX": "I do not understand “cs.XX” there.",
    "upvotes many": "I do not understand “many” there. Write it like this: /settings upvotes 10",
    "upvotes -5": "I do not understand “-5” there.",
    "upvotes 1e9": "I do not understand “1e9” there.",
    "score 4.3": "A score lies between 0 and 5, in half steps.",
    "score 6": "A score lies between 0 and 5, in half steps.",
    "most 0": "At most none is what /pause does.",
    "most 2.5": "I do not understand “2.5” there.",
    "code maybe": "I do not understand “maybe” there. Write it like this: /settings code on",
    "style haiku": "I do not understand “haiku” there. Write it like this: /settings style digest",
    "hours 25:00": "I do not understand “25:00” there. Write it like this: /settings hours 08:30",
    "hours mon-fri": "I do not understand “mon-fri” there.",
    "hours 8:30 someday": "I do not understand “someday” there.",
    "quiet 23:00": "I do not understand “23:00” there. Write it like this: /settings quiet 23:00",
    "quiet 7-7": "I do not understand “7-7” there.",
    "zone Shangai": "I know no time zone “Shangai”. Did you mean Asia/Shanghai?",
    "zone Qwghlm": "I do not understand “Qwghlm” there. Write it like this: /settings zone",
    "heartbeat noon": "I do not understand “noon” there.",
    "sound loud": "I do not understand “loud” there. Write it like this: /settings sound off",
    "include " + "x" * 81: "A word or phrase has at most 80 characters.",
    "include " + ",".join(map(str, range(31))): f"There is room for {MOST_ITEMS} of a kind",
    "hours " + " ".join(f"{n:02}:15 {n:02}:45" for n in range(13)): "At most 24 times a day.",
    ";".join(["code on"] * (MOST_CHANGES + 1)): "That is more than 20 changes at once.",
    "language en zh fr": "I know these languages",
}


@pytest.mark.parametrize("text", MISREAD, ids=lambda text: text[:30])
def test_what_is_not_understood_is_named_with_the_right_form(text: str) -> None:
    with pytest.raises(Misread) as error:
        changed(text)
    assert str(error.value).startswith(MISREAD[text])
    assert len(str(error.value)) < 320


def test_t8_categories_are_one_list_only_where_the_operator_offers_it() -> None:
    """Each combination that anybody thinks of would be one more list to read."""
    joined = "arxiv:cs.CL+cs.LG"
    offering = Reading(ENGLISH, replace(OFFER, patterns=(joined,)))
    assert changed(f"sources {joined}", CHAT, offering).sources == (joined,)
    with pytest.raises(Misread, match="does not offer"):
        changed("sources arxiv:cs.CL+cs.RO", CHAT, offering)


def test_a_list_that_is_not_offered_any_more_can_be_left_out() -> None:
    closed = Reading(ENGLISH, replace(OFFER, patterns=("hf",)))
    listed = replace(CHAT, sources=("hf", "arxiv:cs.CL+cs.LG", "arxiv:cs.RO"))
    typed = "sources -arxiv:cs.cl+cs.lg -cs.RO"
    assert changed(typed, listed, closed).sources == ("hf",)


def test_only_what_the_operator_offers_can_be_chosen() -> None:
    closed = Reading(ENGLISH, replace(OFFER, patterns=("arxiv:cs.CL",)))
    assert changed("sources arxiv:cs.CL", CHAT, closed).sources == ("arxiv:cs.CL",)
    with pytest.raises(Misread) as error:
        changed("sources cs.CV", CHAT, closed)
    assert str(error.value) == (
        "Whoever runs this bot does not offer arxiv:cs.CV to chats. There are: hf, arxiv:cs.CL."
    )


def test_a_chat_has_ten_sources_and_thirty_words_at_most() -> None:
    many = "cs.AI cs.AR cs.CC cs.CE cs.CG cs.CL cs.CR cs.CV cs.CY cs.DB cs.DC"
    with pytest.raises(Misread):
        changed(f"sources {many}")
    full = filtered(include=tuple(f"word {n}" for n in range(MOST_ITEMS)))
    with pytest.raises(Misread):
        changed("include +one more", full)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_f66_no_text_is_worse_than_misread(text: str) -> None:
    said: list[str] = []
    for topic in ("", *(f"{topic} " for topic in Topic)):
        try:
            changed(topic + text)
        except Misread as error:
            said.append(str(error))
    try:
        apply_all(CHAT, read_wish(text, READING))
    except Misread as error:
        said.append(str(error))
    assert all(0 < len(sentence) < 600 for sentence in said)


@pytest.mark.parametrize(
    "text",
    [text for text in UNDERSTOOD if not text.startswith(("sound", "language en en"))],
    ids=str,
)
def test_what_a_prompt_shows_can_be_typed_again(text: str) -> None:
    chat = changed(text)
    for topic in Topic:
        if typed := present_text(topic, chat):
            assert changed(f"{topic} {typed}", chat) == chat


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=20).map(collapsed), min_size=1, max_size=5))
def test_whatever_word_is_stored_a_prompt_shows_it_so_that_it_can_be_typed_again(
    words: list[str],
) -> None:
    kept = {word.casefold(): word for word in words if word.strip("+- ") and _can_be_quoted(word)}
    if kept:
        chat = filtered(include=tuple(kept.values()))
        assert changed(f"include {present_text(Topic.INCLUDE, chat)}", CHAT) == chat


def _can_be_quoted(word: str) -> bool:
    return any(not set(marks) & set(word) for marks in ('"', "“”", "「」", "『』"))


def test_a_sign_within_quotation_marks_is_part_of_the_word() -> None:
    assert changed('include "+x", "-y"') == filtered(include=("+x", "-y"))
    assert changed('include +"a, b"', filtered(include=("c",))).filters.include == ("c", "a, b")
    assert changed("include d, -c", filtered(include=("c",))).filters.include == ("d",)
    assert changed('include "off"') == filtered(include=("off",))


WISHES: dict[str, Chat] = {
    "": CHAT,
    "hf": CHAT,
    "cs.CL": replace(CHAT, sources=("arxiv:cs.CL",)),
    "arxiv cs.CL, LLM agents": replace(filtered(include=("LLM agents",)), sources=("arxiv:cs.CL",)),
    "arxiv cs.CL LLM agents": replace(filtered(include=("LLM agents",)), sources=("arxiv:cs.CL",)),
    "hf and cs.RO": replace(CHAT, sources=("hf", "arxiv:cs.RO")),
    "hf and robots": filtered(include=("robots",)),
    "hf, cs.RO": replace(CHAT, sources=("hf", "arxiv:cs.RO")),
    "arxiv math": replace(CHAT, sources=("arxiv:math",)),
    "math": filtered(include=("math",)),
    "papers on video generation": filtered(include=("video generation",)),
    "code generation": filtered(include=("code generation",)),
    "time series": filtered(include=("time series",)),
    "language models": filtered(include=("language models",)),
    "only LLM, RAG": filtered(include=("LLM", "RAG")),
    "只要 扩散模型的论文, 中文": replace(filtered(include=("扩散模型",)), language="zh"),
    "video generation, in Chinese; most 10": replace(
        filtered(include=("video generation",), most_a_day=10), language="zh"
    ),
    "in Chinese and English": replace(CHAT, language="zh", second_language="en"),
    "hf, as a digest": replace(CHAT, style=Style.DIGEST),
    "LLM, daily digest at 8:30 Shanghai": replace(
        filtered(include=("LLM",)),
        style=Style.DIGEST,
        timetable=Timetable((time(8, 30),)),
        zone="Asia/Shanghai",
    ),
    "大模型，每天早上8点半": replace(
        filtered(include=("大模型",)), timetable=Timetable((time(8, 30),))
    ),
    "3D generation, knowledge digest": filtered(include=("3D generation", "knowledge digest")),
    "LLM; quiet 23:00-07:00": replace(filtered(include=("LLM",)), quiet_hours=NIGHT),
}


@pytest.mark.parametrize("text", WISHES, ids=lambda text: text or "nothing")
def test_a_wish_names_sources_topics_and_languages_in_one_breath(text: str) -> None:
    assert apply_all(CHAT, read_wish(text, READING)) == WISHES[text]


def test_a_wish_for_what_is_not_offered_says_what_is() -> None:
    closed = Reading(ENGLISH, replace(OFFER, patterns=("hf",)))
    with pytest.raises(Misread, match=r"does not offer arxiv:cs\.CL"):
        read_wish("cs.CL", closed)


def test_every_example_in_the_documentation_is_understood() -> None:
    page = Path(__file__).parents[2] / "docs" / "chat-settings.md"
    typed = re.findall(r"`/settings ([^`]+)`", page.read_text())
    examples = [example for example in typed if example not in ASKED_BY]
    assert len(examples) > 20
    assert {topic.value for topic in Topic} <= {example.split()[0] for example in examples}
    for example in examples:
        apply_all(CHAT, read_changes(example, READING))
    for wish in re.findall(r"`/subscribe ([^`]+)`", page.read_text()):
        apply_all(CHAT, read_wish(wish, READING))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_has_every_setting_with_an_example_that_is_understood(language: str) -> None:
    post = typed_guide(load_speech(language))
    assert len(post.sections[0].lines) == len(Topic)
    for topic, line in zip(Topic, post.sections[0].lines, strict=True):
        typed = f"{topic} {EXAMPLES[topic]}"
        assert line.startswith(typed)
        changed(typed)


@pytest.mark.parametrize("piece", ["“", "”;", '"",', "“a”,", ";", ",“", "a, ", "about ", "周一"])
@pytest.mark.parametrize("topic", ["", "include ", "zone "])
def test_t8_f65_no_message_however_long_holds_up_the_others(piece: str, topic: str) -> None:
    """In processor seconds, for the longest message; some of these once took a third of one."""
    text = (topic + piece * 4096)[:4096]
    find_zone("")  # reads the machine's table once
    began = thread_time()
    for read in (read_changes, read_wish):
        with suppress(Misread):
            read(text, READING)
    assert thread_time() - began < 0.15
