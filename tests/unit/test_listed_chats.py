"""Chats as the operator lists them: from an entry in the settings to a chat."""

from dataclasses import dataclass, replace
from datetime import time
from typing import Any

import pytest
from pydantic import ValidationError

from bot.chats import TERMINAL, chats_of, fingerprint
from bot.domain.chat import Chat, Looks, Style
from bot.domain.delivery import OnUnknown
from bot.domain.filters import Filters
from bot.domain.target import Target
from bot.domain.timetable import QuietHours, Timetable
from config.rules import contradictions
from config.settings import Settings


def _settings(**values: Any) -> Settings:
    return Settings.model_validate(values)


def _listed(settings: Settings) -> list[Chat]:
    """The chats without their entries' fingerprints."""
    return [replace(chat, listed="") for chat in chats_of(settings)]


def test_without_chats_the_terminal_is_one() -> None:
    settings = _settings(language="en", sources=["hf", "arxiv:cs.CL"])
    assert _listed(settings) == [Chat(TERMINAL, "en", ("hf", "arxiv:cs.CL"))]


def test_where_only_an_adapter_is_set_nobody_is_published_to_unasked() -> None:
    assert chats_of(_settings(adapters={"telegram": {"token": "x"}})) == []


def test_an_entry_s_fingerprint_changes_with_all_that_it_says_and_with_nothing_else() -> None:
    entries = [
        {"platform": "telegram", "chat": "1"},
        {"platform": "telegram", "chat": "1", "least_upvotes": 3},
        {"platform": "telegram", "chat": "1", "hours": "08:30", "days": "mon-fri"},
        {"platform": "telegram", "chat": "1", "include": ["LLM"]},
    ]
    marks = [chats_of(_settings(chats=[entry]))[0].listed for entry in entries]
    assert len(set(marks)) == len(marks)
    assert "" not in marks
    again = [chats_of(_settings(chats=[entry]))[0].listed for entry in entries]
    assert again == marks


@dataclass(frozen=True, slots=True)
class _LaterFilters(Filters):
    nearby: bool = False


@dataclass(frozen=True, slots=True)
class _LaterChat(Chat):
    colour: str = ""


def test_an_entry_is_not_applied_anew_because_a_later_version_knows_more_settings() -> None:
    given: dict[str, Any] = {"language": "en", "timetable": Timetable((time(8, 30),))}
    now = Chat(TERMINAL, filters=Filters(include=("LLM",)), **given)
    later = _LaterChat(TERMINAL, filters=_LaterFilters(include=("LLM",)), **given)
    assert fingerprint(later) == fingerprint(now)
    assert fingerprint(replace(later, colour="blue")) != fingerprint(now)


def test_an_entry_can_say_all_that_a_chat_can_choose() -> None:
    entry = {
        "platform": "discord",
        "chat": "7",
        "second_language": "en",
        "include": ["LLM", "video generation"],
        "categories": "cs.CL, cs",
        "least_recommendation": 4.5,
        "most_a_day": 10,
        "code": True,
        "style": "Digest",
        "hours": ["18:00", "8:30"],
        "days": "fri-mon",
        "quiet_hours": "23:00-7:00",
        "zone": "Asia/Shanghai",
        "sound": False,
    }
    (chat,) = _listed(_settings(chats=[entry]))
    assert chat == Chat(
        Target("discord", "7"),
        zone="Asia/Shanghai",
        second_language="en",
        filters=Filters(
            include=("LLM", "video generation"),
            categories=("cs.CL", "cs"),
            least_recommendation=4.5,
            most_a_day=10,
            code=True,
        ),
        style=Style.DIGEST,
        timetable=Timetable((time(8, 30), time(18)), (0, 4, 5, 6)),
        quiet_hours=QuietHours(time(23), time(7)),
        looks=Looks(sound=False),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": "25:00"},
        {"hours": "08:30", "days": "someday"},
        {"quiet_hours": "07:00"},
        {"quiet_hours": "07:00-07:00"},
        {"least_recommendation": 4.3},
        {"most_a_day": 0},
        {"include": ["x" * 101]},
        {"days": "mon-fri"},
    ],
    ids="-".join,
)
def test_what_an_entry_cannot_mean_is_refused(wrong: dict[str, Any]) -> None:
    entry = {"platform": "telegram", "chat": "1", **wrong}
    try:
        found = list(contradictions(_settings(chats=[entry])))
    except ValidationError:
        return
    assert found


def test_a_chat_takes_from_the_top_level_what_it_does_not_say() -> None:
    settings = _settings(
        language="en",
        chats=[
            {"platform": "telegram", "chat": "@a"},
            {
                "platform": "discord",
                "chat": "7",
                "thread": "8",
                "language": "zh",
                "sources": ["arxiv:cs.CL"],
                "heartbeat": "12:00",
                "zone": "Asia/Shanghai",
                "on_unknown": "leave",
            },
        ],
    )
    assert _listed(settings) == [
        Chat(Target("telegram", "@a"), "en", ("hf",)),
        Chat(
            Target("discord", "7", "8"),
            "zh",
            ("arxiv:cs.CL",),
            time(12),
            "Asia/Shanghai",
            OnUnknown.LEAVE,
        ),
    ]
