"""The options of both Discord adapters: what is taken, and that every fault is told at once."""

import pytest

from adapters.base import Options
from adapters.discord import create, create_webhook
from adapters.discord.options import (
    Addresses,
    ChannelOptions,
    ForumStyle,
    read_options,
    read_webhook_options,
)
from bot.domain.errors import SettingsError

TOKEN = "MTA.secret-of-a.bot"
HOOK = f"https://discord.com/api/webhooks/1234567890/{'h' * 68}"


def options(**values: object) -> Options:
    return Options("discord", {"token": TOKEN, **values})


def test_a_token_is_enough() -> None:
    read = read_options(options())
    assert read.token == TOKEN
    assert read.addresses == Addresses()
    assert read.channels == {}


def test_everything_may_come_as_text_as_environment_variables_give_it() -> None:
    read = read_options(
        options(
            timeout_s="7.5",
            api_url="http://127.0.0.1:8080/api/v10/",
            gateway_url="ws://localhost:8081/",
            day_title="论文 {day}",
            channels={
                "11": {"forum": "day", "tags": "1, 2", "archive_minutes": "1440"},
                "22": {"crosspost": "true"},
            },
        )
    )
    assert read.timeout == 7.5
    assert read.addresses == Addresses("http://127.0.0.1:8080/api/v10", "ws://localhost:8081/")
    assert read.channels["11"] == ChannelOptions(ForumStyle.DAY, ("1", "2"), 1440)
    assert read.channels["22"] == ChannelOptions(crosspost=True)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"token": ""}, "adapters.discord.token"),
        ({"token": "two words"}, "adapters.discord.token"),
        ({"tokn": "x"}, "adapters.discord.tokn"),
        ({"api_url": "http://discord.com/api"}, "api_url"),
        ({"api_url": "https://user:pass@discord.com/api"}, "api_url"),
        ({"gateway_url": "https://gateway.discord.gg"}, "gateway_url"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"timeout_s": "soon"}, "timeout_s"),
        ({"day_title": "today"}, "day_title"),
        ({"channels": "11"}, "channels"),
        ({"channels": {"general": {}}}, "channels"),
        ({"channels": {"11": {"forum": "week"}}}, "channels.11.forum"),
        ({"channels": {"11": {"tags": ["a"]}}}, "channels.11.tags"),
        ({"channels": {"11": {"tags": 5}}}, "channels.11.tags"),
        ({"channels": {"11": {"archive_minutes": 5}}}, "channels.11.archive_minutes"),
        ({"channels": {"11": {"crosspost": "maybe"}}}, "channels.11.crosspost"),
        ({"channels": {"11": {"colour": "red"}}}, "channels.11.colour"),
    ],
    ids=str,
)
def test_a_fault_is_told_with_its_place_and_without_the_value(
    values: dict[str, object], place: str
) -> None:
    with pytest.raises(SettingsError, match=place) as raised:
        create(options(**values))
    assert TOKEN not in str(raised.value)
    assert "pass" not in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        create(options(token="a b", timeout_s=99, channels={"11": {"forum": "x", "tags": "y"}}))
    assert len(str(raised.value).splitlines()) == 4


def test_a_missing_token_says_where_to_get_one() -> None:
    with pytest.raises(SettingsError, match=r"discord\.com/developers"):
        create(Options("discord", {}))


def test_secrets_are_in_no_repr_t5() -> None:
    webhooks = read_webhook_options(Options("discord-webhook", {"hooks": {"lab": HOOK}}))
    assert TOKEN not in repr(read_options(options()))
    assert HOOK not in repr(webhooks)
    assert HOOK not in repr(webhooks.hooks["lab"])


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({}, "hooks"),
        ({"hooks": {"lab": "https://discord.com/channels/1/2"}}, "hooks.lab.url"),
        ({"hooks": {"lab": f"http://discord.com/api/webhooks/1/{'h' * 68}"}}, "hooks.lab.url"),
        ({"hooks": {"lab": {"forum": True}}}, "hooks.lab.url"),
        ({"hooks": {"lab": {"url": HOOK, "forum": "day"}}}, "hooks.lab.forum"),
        ({"hooks": {"lab": HOOK}, "token": "x"}, "token"),
    ],
    ids=str,
)
def test_a_fault_in_webhooks_is_told_without_the_address_t5(
    values: dict[str, object], place: str
) -> None:
    with pytest.raises(SettingsError, match=place) as raised:
        create_webhook(Options("discord-webhook", values))
    assert "hhh" not in str(raised.value)
