"""The menus: every page and choice follows from the chat, and fits on both platforms."""

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.render import render as on_discord
from adapters.telegram.render import render as on_telegram
from bot.domain.chat import Chat, Looks, Style
from bot.domain.filters import Filters
from bot.domain.post import Post
from bot.domain.speech import ENGLISH
from bot.domain.target import Target
from bot.domain.timetable import EVERY_DAY, QuietHours, Timetable
from bot.services.chat_settings.choosing import page_of, read_choice
from bot.services.chat_settings.keys import (
    Chosen,
    Deed,
    Field,
    Page,
    ask_key,
    do_key,
    page_key,
    read_set_key,
)
from bot.services.chat_settings.menu import View, menu_page
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.read_lists import LONGEST_ITEM, MOST_ITEMS, MOST_SOURCES
from bot.services.chat_settings.reading import Reading
from bot.services.chat_settings.topics import Topic
from bot.translations import load_speech
from summarizer.languages import load_wording

WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
OFFER = Offer(WORDINGS, patterns=("hf", "arxiv:*"))
READING = Reading(ENGLISH, OFFER)
CHAT = Chat(Target("fake", "1"), language="en")
MORNING = Timetable((time(8, 30),))
FULL = replace(
    CHAT,
    second_language="zh",
    sources=("hf", *(f"arxiv:cs.{name}" for name in ("AI", "CL", "CV", "LG", "RO", "IR", "SE"))),
    filters=Filters(
        include=tuple(f"word {n} ".ljust(LONGEST_ITEM, "x") for n in range(MOST_ITEMS)),
        exclude=tuple(f"other {n}" for n in range(MOST_ITEMS)),
        authors=tuple(f"Author Number {n}" for n in range(MOST_ITEMS)),
        least_upvotes=37,
        least_recommendation=2.5,
        most_a_day=7,
    ),
    style=Style.DIGEST,
    timetable=Timetable((time(8, 15), time(17, 45))),
    quiet_hours=QuietHours(time(21, 30), time(6, 45)),
    heartbeat=time(10, 10),
)
NOBODY = replace(CHAT, sources=())
CHATS = {"new": CHAT, "full": FULL, "paused": replace(CHAT, paused=True), "unknown": NOBODY}


every_page = pytest.mark.parametrize(
    ("page", "chat", "language"),
    [
        pytest.param(page, chat, language, id=f"{page} of a {name} chat in {language}")
        for page in Page
        for name, chat in CHATS.items()
        for language in WORDINGS
    ],
)


def drawn(page: Page, chat: Chat, language: str = "en") -> Post:
    return menu_page(View(chat, OFFER, load_speech(language)), page)


def chosen(field: Field, *values: str, flipped: bool = False) -> Chosen:
    return Chosen(field, values, flipped)


def change(chat: Chat, one: Chosen) -> Chat:
    return read_choice(one, READING)(chat)


@every_page
def test_every_page_is_one_message_with_the_sentence_on_top(
    page: Page, chat: Chat, language: str
) -> None:
    post = drawn(page, chat, language)
    assert post.sections[0].lines[0].rstrip(".。")
    assert len(on_telegram(post)) == len(on_discord(post)) == 1
    # Discord: five rows, a menu is one, five buttons another.
    assert len(post.selects) + -(-len(post.actions) // 5) <= 5


@every_page
def test_every_key_of_a_page_is_short_and_understood(page: Page, chat: Chat, language: str) -> None:
    post = drawn(page, chat, language)
    keys = [action.key for action in post.actions]
    for select in post.selects:
        values = [choice.value for choice in select.choices]
        keys += [select.flipped(value) for value in values]
        keys += [select.picked(values[:1]), select.picked(values if select.several else ())]
    assert all(len(action.key.encode()) <= 64 for action in post.actions)
    assert [key for key in keys if read_set_key(key) is None] == []


@pytest.mark.parametrize("chat", [CHAT, FULL], ids=["new", "full"])
@pytest.mark.parametrize("page", Page)
def test_what_holds_now_is_marked_and_choosing_it_again_changes_nothing(
    page: Page, chat: Chat
) -> None:
    for select in drawn(page, chat).selects:
        marked = [choice.value for choice in select.choices if choice.chosen]
        assert len(marked) == 1 or select.several
        again = read_set_key(select.picked(marked))
        assert isinstance(again, Chosen)
        assert change(chat, again) == chat
        assert page_of(again) is page


@pytest.mark.parametrize("chat", [CHAT, FULL], ids=["new", "full"])
@pytest.mark.parametrize("page", Page)
def test_every_choice_can_be_made_and_is_marked_then(page: Page, chat: Chat) -> None:
    for number, select in enumerate(drawn(page, chat).selects):
        for choice in select.choices:
            wanted = read_set_key(select.flipped(choice.value))
            assert isinstance(wanted, Chosen)
            if select.several and [c.value for c in select.choices if c.chosen] == [choice.value]:
                continue  # the last of several stays: a test of its own
            after = drawn(page, change(chat, wanted)).selects
            same = next((s for s in after if s.key == select.key), after[number])
            now = {c.value: c.chosen for c in same.choices}
            assert now[choice.value] is (not choice.chosen if select.several else True)


MENU_CHANGES: dict[str, tuple[Chosen, Chat]] = {
    "another source": (
        chosen(Field.SOURCES, "arxiv:cs.CL", flipped=True),
        replace(CHAT, sources=("hf", "arxiv:cs.CL")),
    ),
    "these sources and no others": (
        chosen(Field.SOURCES, "arxiv:cs.CL", "arxiv:cs.CV"),
        replace(CHAT, sources=("arxiv:cs.CL", "arxiv:cs.CV")),
    ),
    "language": (chosen(Field.LANGUAGE, "zh"), replace(CHAT, language="zh")),
    "second language": (chosen(Field.SECOND, "zh"), replace(CHAT, second_language="zh")),
    "no second language": (chosen(Field.SECOND, "none"), CHAT),
    "style": (chosen(Field.STYLE, "digest"), replace(CHAT, style=Style.DIGEST)),
    "upvotes": (chosen(Field.UPVOTES, "10"), replace(CHAT, filters=Filters(least_upvotes=10))),
    "score": (
        chosen(Field.SCORE, "4.5"),
        replace(CHAT, filters=Filters(least_recommendation=4.5)),
    ),
    "most": (chosen(Field.MOST, "5"), replace(CHAT, filters=Filters(most_a_day=5))),
    "a time": (chosen(Field.TIMES, "08:30"), replace(CHAT, timetable=MORNING)),
    "two times": (
        chosen(Field.TIMES, "08:30+18:00"),
        replace(CHAT, timetable=Timetable((time(8, 30), time(18)))),
    ),
    "quiet": (
        chosen(Field.QUIET, "23:00-07:00"),
        replace(CHAT, quiet_hours=QuietHours(time(23), time(7))),
    ),
    "heartbeat": (chosen(Field.HEARTBEAT, "12:00"), replace(CHAT, heartbeat=time(12))),
    "no sound": (
        chosen(Field.LOOKS, "sound", flipped=True),
        replace(CHAT, looks=Looks(sound=False)),
    ),
    "nothing but pictures": (
        chosen(Field.LOOKS, "pictures"),
        replace(CHAT, looks=Looks(previews=False, sound=False)),
    ),
    "plain": (chosen(Field.LOOKS), replace(CHAT, looks=Looks(False, False, False))),
}


@pytest.mark.parametrize("name", MENU_CHANGES)
def test_a_choice_changes_its_setting_and_no_other(name: str) -> None:
    one, expected = MENU_CHANGES[name]
    assert change(CHAT, one) == expected


def test_the_last_source_and_the_last_day_stay() -> None:
    with pytest.raises(Misread, match="At least one source must remain"):
        change(CHAT, chosen(Field.SOURCES, "hf", flipped=True))
    with pytest.raises(Misread, match="At least one source must remain"):
        change(CHAT, chosen(Field.SOURCES))
    once = replace(CHAT, timetable=Timetable((time(8, 30),), (3,)))
    with pytest.raises(Misread, match="At least one day must remain"):
        change(once, chosen(Field.DAYS, "3", flipped=True))


def test_other_times_keep_their_days_and_days_need_times() -> None:
    weekly = replace(CHAT, timetable=Timetable((time(8, 30),), (3,)))
    moved = change(weekly, chosen(Field.TIMES, "18:00"))
    assert moved.timetable == Timetable((time(18),), (3,))
    assert change(weekly, chosen(Field.TIMES, "off")).timetable is None
    daily = change(weekly, chosen(Field.DAYS, *map(str, EVERY_DAY)))
    assert daily.timetable == MORNING
    with pytest.raises(Misread, match="out of date"):
        change(CHAT, chosen(Field.DAYS, "3"))


def test_two_languages_that_would_be_one_are_one() -> None:
    both = replace(CHAT, second_language="zh")
    assert change(both, chosen(Field.LANGUAGE, "zh")).languages == ("zh",)
    assert change(both, chosen(Field.SECOND, "en")).languages == ("en",)


def test_a_source_that_the_operator_gave_stays_though_chats_may_not_choose_it() -> None:
    closed = Reading(ENGLISH, Offer(WORDINGS))
    given_by_operator = replace(CHAT, sources=("hf", "arxiv:cs.CL"))
    flip = read_choice(chosen(Field.SOURCES, "hf", flipped=True), closed)
    assert flip(given_by_operator).sources == ("arxiv:cs.CL",)
    with pytest.raises(Misread, match="does not offer"):
        read_choice(chosen(Field.SOURCES, "arxiv:cs.CV", flipped=True), closed)(CHAT)


@pytest.mark.parametrize(
    "one",
    [
        chosen(Field.LANGUAGE, "xx"),
        chosen(Field.LANGUAGE, "none"),
        chosen(Field.LANGUAGE),
        chosen(Field.STYLE, "haiku"),
        chosen(Field.STYLE, "each", "digest"),
        chosen(Field.UPVOTES, "x"),
        chosen(Field.TIMES, "99:99"),
        chosen(Field.DAYS, "9"),
        chosen(Field.DAYS, "12"),
        chosen(Field.LOOKS, "smell"),
        chosen(Field.QUIET, "now"),
        chosen(Field.HEARTBEAT, ""),
    ],
    ids=str,
)
def test_a_choice_that_no_menu_offers_changes_nothing(one: Chosen) -> None:
    with pytest.raises(Misread):
        change(CHAT, one)


@pytest.mark.parametrize(
    ("key", "press"),
    [
        *((page_key(page), page) for page in Page),
        *((ask_key(topic), topic) for topic in Topic),
        *((do_key(deed), deed) for deed in Deed),
        ("set:src~arxiv:cs.CL", chosen(Field.SOURCES, "arxiv:cs.CL", flipped=True)),
        ("set:src=hf,arxiv:cs.CL,hf", chosen(Field.SOURCES, "hf", "arxiv:cs.CL")),
        ("set:looks=", chosen(Field.LOOKS)),
    ],
)
def test_a_key_says_what_it_asks_for(key: str, press: object) -> None:
    assert read_set_key(key) == press


@pytest.mark.parametrize(
    "key",
    [
        *("", "set:", "set:page.nowhere", "set:do.evil", "set:foo=1", "set:src", "set:src~a b"),
        *("day:x", "set:src=" + "x" * 1001, "set:page.home\n", "set:ask.LANGUAGE"),
    ],
    ids=lambda key: key[:20],
)
def test_a_key_that_is_not_ours_is_none(key: str) -> None:
    assert read_set_key(key) is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_f66_no_key_is_worse_than_misread(text: str) -> None:
    for key in (text, f"set:{text}", *(f"{field.key}~{text}" for field in Field)):
        press = read_set_key(key)
        if isinstance(press, Chosen):
            try:
                after = read_choice(press, READING)(CHAT)
            except Misread:
                continue
            assert after.sources


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_whatever_is_pressed_in_whatever_order_the_menu_stays_whole(picks: list[int]) -> None:
    chat = CHAT
    for pick in picks:
        selects = [select for page in Page for select in drawn(page, chat).selects]
        keys = [select.flipped(choice.value) for select in selects for choice in select.choices]
        press = read_set_key(keys[pick % len(keys)])
        assert isinstance(press, Chosen)
        try:
            chat = change(chat, press)
        except Misread:
            continue
    assert 1 <= len(chat.sources) <= MOST_SOURCES
    assert len(set(chat.languages)) == len(chat.languages)
    for page in Page:
        post = drawn(page, chat)
        assert all(sum(c.chosen for c in s.choices) >= 1 for s in post.selects if not s.several)
