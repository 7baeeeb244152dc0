"""What people type and press: commands, settings, times, zones, searches, dates, keys."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from bot.domain.chat import Chat
from bot.domain.errors import InvalidInput
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.selection import judge
from bot.domain.speech import ENGLISH
from bot.domain.target import Target as Place
from bot.domain.timetable import next_slot, quiet_until, zone_of
from bot.services.buttons import ShowDigest, ShowEntry, ShowPage, read_key
from bot.services.chat_settings.choosing import read_choice
from bot.services.chat_settings.clock_times import Unread, read_quiet, read_time, read_timetable
from bot.services.chat_settings.describe import describe, small_print
from bot.services.chat_settings.grammar import apply_all, read_changes
from bot.services.chat_settings.keys import Chosen, read_set_key
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.prompts import present_text
from bot.services.chat_settings.read_lists import LONGEST_ITEM, MOST_ITEMS, MOST_SOURCES
from bot.services.chat_settings.reading import Change, Reading
from bot.services.chat_settings.topics import Topic
from bot.services.chat_settings.wish import read_wish
from bot.services.chat_settings.zones import find_zone, near_zones
from bot.services.commands.asking import CommandOptions
from bot.services.commands.dates import read_date
from bot.services.commands.testing import Bench, Managed, bench
from bot.services.finding.keys import (
    Drop,
    FoundPage,
    ShowList,
    read_finding_key,
    room_for_words,
)
from bot.services.finding.words import wanted_words
from bot.services.post_keys import read_post_key
from bot.store.chat_documents import Choices, decode, encode
from bot.store.memory import MemoryStore
from bot.store.search_text import read as read_search
from bot.testing import VirtualClock
from bot.translations import load_speech
from summarizer.languages import load_wording
from tests.fuzz.deal import Deal, dealt
from tests.fuzz.rendering import check_posts
from tests.fuzz.target import Target, require

_NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)
_LANGUAGES = ("en", "zh")
_WORDINGS = {language: load_wording(language) for language in _LANGUAGES}
_SPEECHES = {language: load_speech(language) for language in _LANGUAGES}
_OFFER = Offer(_WORDINGS, patterns=("hf", "arxiv:*"))
_CHAT = Chat(Place("fake", "1"), language="en")
_PAPER = Paper(PaperId("2309.12307"), "LLM agents", "On agents.", code_url="https://github.com/a/b")
_COMMANDS = (
    "paper", "today", "digest", "top", "search", "save", "saved", "export", "subscribe", "settings",
    "preview", "why", "pause", "resume", "unsubscribe", "forget", "status", "help", "start", "",
)  # fmt: skip
_TYPED = (
    "include ", "exclude ", "quiet ", "zone ", "hours ", "at ", "mon-fri", "23:00-07:00",
    "upvotes ", "score 4.5", "most 10", "language zh en", "categories cs.CL", "authors ",
    "sources hf arxiv:cs.CL", "style digest", "heartbeat 09:00", "; ", ", ", "+", "-", "“", "”",
    "off", "每天", "周一", "上午", "点半", "只要", "免打扰", "时区 ", "语言 中文", "weekdays",
    "8am", "Berlin", "UTC+8", "sound off",
)  # fmt: skip
_KEYS = (
    "entry:en:", "open:en:", "day:en:2026-08-21:", "list:en:2026-08-21.0830:0", "read:en:",
    "pick:en:", "find:en:0:", "hit:en:", "saved:en:0:", "kept:en:", "drop:en:", "top:en",
    "best:en:", "save:", "vote:up:", "set:page.home", "set:do.forget-all", "set:ask.include",
    "set:src=hf,arxiv:cs.CL", "set:at~08:30", "set:days~6", "set:score=4.5", "paper:", "quiet:hf:",
    "digest:", "edit:digest:", "slice:digest:", "announce:", "2309.12307", "2026-08-21",
    "hep-th+9901001", "~", "=", ":",
)  # fmt: skip


def _reading(deal: Deal) -> Reading:
    return Reading(_SPEECHES[deal.one_of(_LANGUAGES)], _OFFER)


def _settings(data: bytes) -> None:
    deal = Deal(data)
    reading, wish = _reading(deal), deal.coin()
    text = deal.text(4096, broken=True)
    with suppress(Misread):
        _changed(read_wish(text, reading) if wish else read_changes(text, reading), reading)


def _changed(wanted: Sequence[Change], reading: Reading) -> None:
    """The chat with the changes can be kept, described, asked about, and goes on working."""
    chat = apply_all(_CHAT, wanted)
    filters = chat.filters
    for words in (filters.include, filters.exclude, filters.authors, filters.organizations):
        require(len(words) <= MOST_ITEMS, "lists are short")
        require(all(0 < len(word) <= LONGEST_ITEM for word in words), "and so are words")
    require(0 < len(chat.sources) <= MOST_SOURCES, "there are some sources, and few")
    require(_kept(chat) == chat, "settings come back from the store as they were")
    describe(chat, _OFFER, reading.speech).encode()
    "".join(small_print(chat, reading.speech)).encode()
    judge(chat.filters, _PAPER, None)
    zone_of(chat.zone)
    if chat.timetable:
        next_slot(chat.timetable, chat.zone, _NOON)
    quiet_until(chat.quiet_hours, chat.zone, _NOON)
    _typed_again(chat)


def _typed_again(chat: Chat) -> None:
    """What stands in a question can be sent back as it is."""
    reading = Reading(ENGLISH, _OFFER)
    for topic in Topic:
        if text := present_text(topic, chat):
            same = apply_all(chat, read_changes(f"{topic} {text}", reading))
            require(same == chat, f"{topic} reads back: {text[:100]!r}")


def _kept(chat: Chat) -> Chat:
    choices: Choices = decode(encode(chat))
    return replace(
        chat,
        second_language=choices.second_language,
        filters=choices.filters,
        style=choices.style,
        timetable=choices.timetable,
        quiet_hours=choices.quiet_hours,
        looks=choices.looks,
    )


def _times(data: bytes) -> None:
    text = Deal(data).text(4096, broken=True)
    for read in (read_timetable, read_quiet, read_time):
        with suppress(Unread):
            read(text)
    zone = find_zone(text)
    if zone is not None:
        zone_of(zone)
    with suppress(InvalidInput):
        read_date(text, today=date(2026, 8, 21))


def _zones(data: bytes) -> None:
    for zone in near_zones(Deal(data).text(80, broken=True)):
        zone_of(zone)


def _search(data: bytes) -> None:
    deal = Deal(data)
    language = deal.one_of(_LANGUAGES)
    text = deal.text(4096, broken=True)
    room = room_for_words(language)
    wanted = wanted_words(text, room=room)
    require(len(wanted.words.encode()) <= room, "words fit into keys")
    require(wanted_words(wanted.words, room=room).words == wanted.words, "and are not cut again")
    if wanted.words:
        key = FoundPage(wanted.words, 99).list_key(language)
        require(read_finding_key(key) == ShowList(language, FoundPage(wanted.words, 99)),
                "a search lives in its buttons")  # fmt: skip
    for phrase in read_search(text):
        require(all(phrase.words), "no word is empty")
    for word in (text[:80], wanted.words):
        judge(Filters(include=(word,), exclude=(text[:200],), authors=(word,)), _PAPER, None)


def _keys(data: bytes) -> None:
    key = Deal(data).text(200, broken=True)
    pressed = read_key(key)
    match pressed:
        case ShowEntry(language, ref, back) if back is not None:
            again = back.open_key(language, ref.id)
            require(read_key(again) == replace(pressed, ref=replace(ref, version=None)),
                    "a way back reads back")  # fmt: skip
        case ShowPage(language, page):
            require(read_key(page.list_key(language)) == pressed, "a page reads back")
        case ShowDigest(language, page):
            require(read_key(page.list_key(language)) == pressed, "a digest reads back")
        case _:
            pass
    found = read_finding_key(key)
    if isinstance(found, ShowList):
        require(read_finding_key(found.wanted.list_key(found.language)) == found, "reads back")
    if isinstance(found, Drop):
        again = found.page.drop_key(found.language, found.paper_id)
        require(read_finding_key(again) == found, "what drops a paper reads back")
    chosen = read_set_key(key)
    if isinstance(chosen, Chosen):
        reading = Reading(ENGLISH, _OFFER)
        with suppress(Misread):
            _changed([read_choice(chosen, reading)], reading)
    with suppress(InvalidInput):
        name = read_post_key(key)
        require(read_post_key(name.key) == name, "a post's name reads back")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


async def _stage() -> Bench:
    store = MemoryStore()
    await store.papers.save([_PAPER])
    await store.listings.record("hf", _NOON.date(), [_PAPER], seen_at=_NOON)
    options = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
    one = bench(store, VirtualClock(_NOON), _WORDINGS, options=options, speeches=_SPEECHES)
    one.shown = Managed
    return one


def _commands(data: bytes) -> None:
    """Three commands or presses in a row; whatever is shown can be sent."""
    deal = Deal(data)

    async def asked() -> list[Post]:
        one = await _stage()
        posts: list[Post] = []
        for _ in range(3):
            language, name, press = deal.one_of((*_LANGUAGES, "xx", "")), deal.byte(), deal.coin()
            text = deal.text(4096, broken=True)
            if press:
                shown = await one.press(text[:200], language=language)
            else:
                shown = await one.ask(_COMMANDS[name % len(_COMMANDS)], text, language=language)
            posts += shown.posts
        return posts

    for post in _loop().run_until_complete(asked()):
        check_posts(post, _PAPER.links)


def _command_seeds() -> Iterator[bytes]:
    for number in range(len(_COMMANDS)):
        yield bytes((0, number, 0)) + dealt("2309.12307") + bytes((1, 9, 0)) + dealt("zone Berlin")
    for key in _KEYS:
        yield bytes((0, 8, 0)) + dealt("hf, LLM; quiet 23-7") + bytes((0, 0, 1)) + dealt(key)


TARGETS = (
    Target("chat-settings", _settings, 8, lambda: (bytes((n % 2, n % 3)) + dealt(text)
           for n, text in enumerate(_TYPED)), _TYPED, stall=0.5),
    Target("times", _times, 30, lambda: map(dealt, ("08:30, 18:00 mon-fri", "23:00-07:00", "8am",
           "周一到周五 上午8点半", "Europe/Berlin", "2026年8月21日")), _TYPED),
    Target("zones", _zones, 1, lambda: map(dealt, ("Berlim", "Asia/Shangai", "utc +8")), stall=0.5),
    Target("search", _search, 10, lambda: (b"\0" + dealt(text) for text in ("video generation",
           "“large language” GPT-4 中文", "a" * 100)), ('"', "“", "”", "「", "-", "中文", "GPT-4")),
    Target("keys", _keys, 60, lambda: map(dealt, _KEYS), _KEYS),
    Target("commands", _commands, 3, _command_seeds, _TYPED + _KEYS, stall=1.0),
)  # fmt: skip
