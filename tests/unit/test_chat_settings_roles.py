"""T10: who may change what a chat gets, for every command and every button."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.chat import Chat
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.domain.timetable import Timetable
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, Managed, Shown, bench, command
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
HERE = Target("fake", "-100")
CHAT = Chat(
    HERE, language="en", since=NOON - timedelta(days=9), timetable=Timetable((time(8, 30),))
)
REFUSED = (
    "Only those who manage this chat can change what it gets: its administrators, on Discord those "
    "with Manage Server."
)


@dataclass(frozen=True)
class Person:
    """Who asks: what the platform tells of them, and whether they may change the chat."""

    responder: Callable[[], Shown]
    may: bool
    user: str = "7"
    private: bool = False


PEOPLE = {
    "private": Person(Shown, may=True, private=True),
    "member": Person(lambda: Managed(manages=False), may=False),
    "administrator": Person(Managed, may=True),
    "anonymous administrator": Person(Managed, may=True, user=""),
    "channel post": Person(Managed, may=True, user=""),
    "somebody unknown": Person(lambda: Managed(manages=False), may=False, user=""),
    "a platform that does not tell": Person(Shown, may=False),
}
COMMANDS = (
    ("subscribe", "LLM"),
    ("unsubscribe", ""),
    ("pause", ""),
    ("settings", "language zh"),
    ("settings", "language klingon; what"),
)
PRESSES = (
    "set:do.unsubscribe",
    "set:do.pause",
    "set:do.code",
    "set:do.no-filters",
    "set:do.forget-chat",
    "set:do.forget-all",
    "set:src~arxiv:cs.CL",
    "set:src=hf,arxiv:cs.CL",
    "set:lang~zh",
    "set:also~zh",
    "set:style~digest",
    "set:up~10",
    "set:score~4",
    "set:most~5",
    "set:at~18:00",
    "set:days~3",
    "set:quiet~23:00-07:00",
    "set:beat~12:00",
    "set:looks~sound",
    "set:looks=nonsense",
)
ASKING = ("set:page.home", "set:page.filters", "set:ask.include", "set:ask.zone")
READING = (("preview", ""), ("why", "2309.12307"), ("settings", ""), ("status", ""))

everybody = pytest.mark.parametrize("who", PEOPLE)


async def stage(chat: Chat | None = CHAT) -> Bench:
    options = CommandOptions("en", ("hf",), open_sources=("hf", "arxiv:*"))
    one = bench(MemoryStore(), VirtualClock(NOON), WORDINGS, options=options)
    if chat is not None:
        await one.means.store.register.put(chat)
    return one


async def ask(one: Bench, who: str, name: str, argument: str = "") -> Shown:
    person, shown = PEOPLE[who], PEOPLE[who].responder()
    said = command(name, argument, target=HERE, user=person.user, private=person.private)
    await one.service.handle(said, shown)
    return shown


async def press(one: Bench, who: str, key: str) -> Shown:
    person, shown = PEOPLE[who], PEOPLE[who].responder()
    said = command("", "", target=HERE, user=person.user, private=person.private)
    await one.service.act(key, said, shown)
    return shown


async def stored(one: Bench) -> Chat | None:
    return await one.means.store.register.at(HERE)


def titles(shown: Shown) -> list[str]:
    return [*shown.titles, *shown.whispers]


@everybody
@pytest.mark.parametrize(("name", "argument"), COMMANDS)
async def test_t10_only_who_manages_a_chat_changes_it_by_a_command(
    who: str, name: str, argument: str
) -> None:
    one = await stage()
    shown = await ask(one, who, name, argument)
    nonsense = "klingon" in argument
    assert (await stored(one) != CHAT) is (PEOPLE[who].may and not nonsense)
    assert (titles(shown) == [REFUSED]) is not PEOPLE[who].may


@everybody
@pytest.mark.parametrize("key", PRESSES)
async def test_t10_only_who_manages_a_chat_changes_it_by_a_button(who: str, key: str) -> None:
    one = await stage()
    shown = await press(one, who, key)
    idle = key in ("set:do.no-filters", "set:looks=nonsense")
    assert (await stored(one) != CHAT) is (PEOPLE[who].may and not idle)
    # A refusal is whispered to who pressed; the others' menu stays as it is.
    assert (shown.whispers == [REFUSED[:200]] and not shown.posts) is not PEOPLE[who].may


@everybody
@pytest.mark.parametrize("key", ASKING)
async def test_t10_nobody_else_turns_a_menus_pages_or_is_asked_for_texts(
    who: str, key: str
) -> None:
    shown = await press(await stage(), who, key)
    assert (shown.whispers == [REFUSED[:200]]) is not PEOPLE[who].may


@everybody
@pytest.mark.parametrize("name", ["subscribe", "resume"])
async def test_t10_only_who_manages_a_chat_subscribes_it(who: str, name: str) -> None:
    one = await stage(None)
    await ask(one, who, name)
    assert (await stored(one) is not None) is PEOPLE[who].may
    two = await stage(None)
    await press(two, who, f"set:do.{name}")
    assert (await stored(two) is not None) is PEOPLE[who].may


@everybody
@pytest.mark.parametrize(("name", "argument"), READING)
async def test_t10_everybody_may_ask_how_things_are(who: str, name: str, argument: str) -> None:
    one = await stage()
    shown = await ask(one, who, name, argument)
    assert len(shown.posts) == 1
    assert titles(shown) != [REFUSED]
    assert await stored(one) == CHAT
    if name == "settings" and not PEOPLE[who].may:
        assert (shown.last.actions, shown.last.selects) == ((), ())


@everybody
async def test_t10_forgetting_oneself_is_everybodys_right_and_touches_nobody_else(who: str) -> None:
    one = await stage()
    paper = PaperId("2309.12307")
    for user in ("fake:7", "fake:8"):
        await one.means.store.saved.add(user, paper, now=NOON)
    offered = await ask(one, who, "forget")
    keys = {action.key for action in offered.last.actions}
    assert ("set:do.forget-chat" in keys) is (PEOPLE[who].may and not PEOPLE[who].private)
    await press(one, who, "set:do.forget-me")
    kept = [len(await one.means.store.saved.of(user)) for user in ("fake:7", "fake:8")]
    assert kept == [0 if PEOPLE[who].user else 1, 1]
    assert await stored(one) == CHAT


async def test_t10_a_button_acts_for_who_presses_it_and_not_for_who_asked() -> None:
    one = await stage()
    offered = await ask(one, "administrator", "forget")
    key = next(a.key for a in offered.last.actions if a.key == "set:do.forget-chat")
    await press(one, "member", key)
    assert await stored(one) == CHAT
    await press(one, "administrator", key)
    assert await stored(one) is None


@everybody
async def test_answers_about_settings_are_for_who_asked_alone(who: str) -> None:
    one = await stage()
    for name, argument in (*COMMANDS, *READING[:3], ("forget", "")):
        shown = await ask(one, who, name, argument)
        assert all(post.private is not PEOPLE[who].private for post in shown.posts)
