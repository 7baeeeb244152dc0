"""What an operator asks of chats and deliveries, as typed."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.chat_file import read_chats, write_chats
from bot.domain.chat import Chat, Looks, Style
from bot.domain.delivery import Delivery, OnUnknown, State
from bot.domain.filters import Filters
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from bot.store.sql_store import open_store
from config.settings import Settings


class Said(Protocol):
    code: int
    out: str
    err: str


Sulan = Callable[..., Said]

_NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
_TELEGRAM = Target("telegram", "-1001234567890", "5")
_DISCORD = Target("discord", "77")


@pytest.fixture
def chats(sulan: Sulan, tmp_path: Path) -> Sulan:
    """The command line over a store with two chats and some deliveries."""
    file = tmp_path / "chats.toml"
    file.write_text(
        """
        [[chats]]
        platform = "telegram"
        chat = "-1001234567890"
        thread = "5"
        language = "en"
        include = ["LLM"]
        hours = "08:30"
        days = "mon-fri"
        zone = "Asia/Shanghai"
        [[chats]]
        platform = "discord"
        chat = "77"
        style = "digest"
        """,
        encoding="utf-8",
    )
    said = sulan("chats", "import", str(file))
    assert (said.code, said.err) == (0, "2 chats read: 2 new, 0 brought up to date.\n")
    return sulan


def test_each_chat_is_shown_by_name_with_what_it_gets(chats: Sulan) -> None:
    said = chats("chats")
    assert said.code == 0
    first, second = said.out.splitlines()
    assert first.startswith("✓ discord/77  ")
    assert second.startswith("✓ telegram/-1001234567890/5  ")
    assert "LLM" in second
    assert "08:30" in second


def test_json_and_a_platform_narrow_what_is_shown(chats: Sulan) -> None:
    (only,) = json.loads(chats("chats", "--platform", "discord", "--json").out)
    assert (only["name"], only["open"], only["listed"]) == ("discord/77", True, False)


def test_a_chat_that_is_suspended_says_why_until_it_is_resumed_f34(chats: Sulan) -> None:
    assert chats("chats", "suspend", "discord/77", "--reason", "too loud").code == 0
    shown = chats("chats", "show", "discord/77").out
    assert shown.startswith("✗ discord/77")
    assert "suspended: by the operator: too loud" in shown
    assert "new from now on" in chats("chats", "resume", "discord/77").err
    assert chats("chats", "show", "discord/77").out.startswith("✓")
    assert "was not suspended" in chats("chats", "resume", "discord/77").err


def test_a_misspelt_chat_is_answered_with_those_that_are_near(chats: Sulan) -> None:
    said = chats("chats", "show", "discord/78")
    assert (said.code, said.out) == (2, "")
    assert "Did you mean discord/77?" in said.err


def test_what_is_exported_can_be_imported_and_changes_nothing(chats: Sulan, tmp_path: Path) -> None:
    file = tmp_path / "kept.toml"
    assert chats("chats", "export", "-o", str(file)).code == 0
    before = chats("chats", "--json").out
    assert "0 new, 2 brought up to date" in chats("chats", "import", str(file)).err
    assert chats("chats", "--json").out == before
    assert chats("chats", "export").out == file.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chats = 3", "names no chat"),
        ("[[chats", "no TOML file"),
        ('[[chats]]\nplatform = "telegram"\nzone = "Mars/Base"', "number 1: zone"),
        ('[[chats]]\nplatform = "telegram"\ntoken = "secret-token"', "number 1: token"),
    ],
    ids=["no table", "no TOML", "no zone", "no such key"],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_says_where(
    chats: Sulan, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    before = chats("chats", "--json").out
    said = chats("chats", "import", str(file))
    assert said.code == 2
    assert words in said.err
    assert "secret-token" not in said.err
    assert chats("chats", "--json").out == before


_NAMES = st.sampled_from(["-1", "@x", '"'])
_TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
_WORDS = st.lists(st.text("aé汉 \"'#\\", min_size=1).filter(str.strip).map(str.strip), max_size=3)


@st.composite
def _chats(draw: st.DrawFn) -> Chat:
    words = [tuple(dict.fromkeys(draw(_WORDS))) for _ in range(5)]
    times, days = draw(st.sets(_TIMES, max_size=3)), draw(st.sets(st.integers(0, 6), min_size=1))
    quiet = draw(st.none() | st.lists(_TIMES, min_size=2, max_size=2, unique=True))
    return Chat(
        Target(
            "telegram", draw(st.sampled_from(["-1", "@x", '"'])), draw(st.none() | st.just("5"))
        ),
        language=draw(st.sampled_from(["zh", "en"])),
        sources=draw(st.sampled_from([("hf",), ("arxiv:cs.CL", "hf"), ("arxiv:math+cs.LG",), ()])),
        heartbeat=draw(st.none() | _TIMES),
        zone=draw(st.sampled_from(["UTC", "Asia/Shanghai", "Etc/GMT-8"])),
        on_unknown=draw(st.sampled_from(OnUnknown)),
        since=draw(st.none() | st.just(_NOW)),
        suspended=draw(st.sampled_from(["", "kicked"])),
        second_language=draw(st.sampled_from([None, "zh", "en"])),
        filters=Filters(
            *words,
            least_upvotes=draw(st.integers(0, 50)),
            least_recommendation=draw(st.integers(0, 10)) / 2,
            most_a_day=draw(st.none() | st.integers(1, 50)),
            code=draw(st.booleans()),
        ),
        style=draw(st.sampled_from(Style)),
        timetable=Timetable(tuple(sorted(times)), tuple(sorted(days))) if times else None,
        quiet_hours=QuietHours(*quiet) if quiet else None,
        looks=Looks(*(draw(st.booleans()) for _ in range(3))),
        paused=draw(st.booleans()),
        listed=draw(st.sampled_from(["", "abc"])),
    )


@given(st.lists(_chats(), min_size=1, max_size=3))
def test_every_chat_survives_its_file(some: list[Chat]) -> None:
    assert read_chats(write_chats(some), Settings()) == some


@pytest.fixture
def delivered(chats: Sulan, tmp_path: Path) -> Sulan:
    """Three deliveries of two days: sent, failed with its reason, and one that waits."""

    def row(target: Target, number: int, state: State, reason: str = "") -> Delivery:
        at = _NOW - timedelta(days=1) if state is State.SENT else _NOW
        key = f"paper:2608.0000{number}:zh"
        return Delivery(target, key, at, at, state=state, reason=reason)

    rows = [
        row(_TELEGRAM, 1, State.SENT),
        row(_DISCORD, 1, State.FAILED, "Missing Access (50001)"),
        row(_DISCORD, 2, State.PENDING),
    ]

    async def fill() -> None:
        async with open_store(tmp_path / "xdg_data_home" / "sulan" / "sulan.sqlite3") as store:
            await store.outbox.add(rows)

    asyncio.run(fill())
    return chats


@pytest.mark.parametrize(
    ("arguments", "posts"),
    [
        ((), ["2608.00002", "2608.00001", "2608.00001"]),
        (("--chat", "discord/77"), ["2608.00002", "2608.00001"]),
        (("--state", "failed", "--state", "pending"), ["2608.00002", "2608.00001"]),
        (("--date", "2026-08-19"), ["2608.00001"]),
        (("--date", "2026-08-20", "--state", "sent"), []),
    ],
    ids=["all", "chat", "states", "day", "day and state"],
)
def test_deliveries_are_found_by_chat_state_and_day(
    delivered: Sulan, arguments: tuple[str, ...], posts: list[str]
) -> None:
    found = json.loads(delivered("deliveries", "--json", *arguments).out)
    assert [one["post"].split(":")[1] for one in found] == posts


def test_a_delivery_that_failed_says_why_and_more_than_asked_for_is_said(delivered: Sulan) -> None:
    said = delivered("deliveries", "--limit", "2")
    assert "failed    discord/77  paper:2608.00001:zh  Missing Access (50001)" in said.out
    assert len(said.out.splitlines()) == 2
    assert "more than 2" in said.err


def test_an_unknown_state_is_answered_with_those_there_are(chats: Sulan) -> None:
    said = chats("deliveries", "--state", "lost")
    assert said.code == 2
    assert "pending" in said.err


def test_an_announcement_is_shown_first_and_sent_only_when_told(
    chats: Sulan, tmp_path: Path
) -> None:
    file = tmp_path / "news.txt"
    file.write_text("Maintenance\nOn Sunday.\n", encoding="utf-8")
    said = chats("broadcast", str(file))
    assert said.out == "Maintenance\nOn Sunday.\n"
    assert "To 2 of 2 chats (discord 1, telegram 1)." in said.err
    assert "Nothing has been sent." in said.err
    assert json.loads(chats("deliveries", "--json").out) == []
    said = chats("broadcast", str(file), "--platform", "discord", "--send")
    assert "Queued: 1." in said.err
    said = chats("broadcast", str(file), "--send")
    assert "To 1 of 2 chats (telegram 1)." in said.err
    assert "Not to 1 that have had this very text." in said.err
    assert len(json.loads(chats("deliveries", "--json").out)) == 2


def test_a_day_is_replayed_to_who_lacks_it_when_told(
    online: Sulan, chats: Sulan, tmp_path: Path
) -> None:
    day = "2026-08-21"
    assert "Run: sulan today" in chats("replay", "--date", day).err
    assert online("today", "--date", day, "--limit", "1").code == 0
    said = chats("replay", "--date", day, "--chat", "discord/77")
    assert "discord/77: 1 message\n" in said.out
    assert "Nothing has been sent." in said.err
    assert json.loads(chats("deliveries", "--json").out) == []
    assert "Queued: " in chats("replay", "--date", day, "--send").err
    again = chats("replay", "--date", day)
    assert again.out == ""
    assert "2 of 2 chats lack nothing." in again.err
