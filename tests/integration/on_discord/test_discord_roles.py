"""Who may change what a Discord chat gets (T10), whatever way they ask, over real sockets."""

from collections.abc import Callable

import pytest

from adapters.base import Responder, Steward
from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.playing import attended
from adapters.discord.testing.stage import Stage
from adapters.discord.testing.world import Channel, JsonObject, Kind
from bot.domain.command import Command

# T10: Manage Server or Administrator, whatever else somebody may do.


ROLES = {
    "nobody": (0, False),
    "moderator": (1 << 13 | 1 << 4 | 1 << 28, False),  # messages, channels, roles
    "manager": (1 << 5, True),
    "administrator": (1 << 3, True),
    "owner": ((1 << 50) - 1, True),
}


@pytest.mark.parametrize("how", ["command", "button", "menu", "window"])
@pytest.mark.parametrize(("permissions", "may"), ROLES.values(), ids=ROLES)
async def test_t10_who_may_manage_a_servers_channel(
    stage: Stage, channel: Channel, how: str, permissions: int, *, may: bool
) -> None:
    stage.interactions.permissions = permissions
    assert await asked_whether(stage, channel, how) is may


@pytest.mark.parametrize("how", ["command", "button", "menu", "window"])
async def test_t10_in_private_anyone_may_manage_their_own(stage: Stage, how: str) -> None:
    direct = stage.server.world.add(Kind.DIRECT)
    assert await asked_whether(stage, direct, how) is True


ELSEWHERE: dict[str, JsonObject] = {
    # Installed by the person alone: the bot itself is not there and could not post.
    "without-the-bot": {"authorizing_integration_owners": {"1": "610000000000000001"}},
    "between-people": {"guild_id": None, "context": 2},
    "without-a-member": {"member": None, "user": {"id": "610000000000000001", "username": "a"}},
}


@pytest.mark.parametrize("more", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_t10_nobody_manages_where_the_bot_is_no_member(
    stage: Stage, channel: Channel, more: JsonObject
) -> None:
    stage.interactions.permissions = 1 << 5 | 1 << 3
    event = stage.interactions.command(channel, "settings", **more).event
    for key in [key for key, value in more.items() if value is None]:
        del event[key]
    if "guild_id" not in event:
        event["user"] = stage.interactions.person
        del event["member"]
    assert await heard_whether(stage, event) is False


async def asked_whether(stage: Stage, channel: Channel, how: str) -> bool:
    interactions, message = stage.interactions, {"embeds": [{"title": "Old"}]}
    posted = stage.server.world.post(channel, message, stage.server.world.bot)
    ways: dict[str, Callable[[], Asked]] = {
        "command": lambda: interactions.command(channel, "settings", "language en"),
        "button": lambda: interactions.press(channel, posted, "sulan:set:pause"),
        "menu": lambda: interactions.choose(channel, posted, "sulan-select:set:style", ["each"]),
        "window": lambda: submitted(stage, channel),
    }
    return await heard_whether(stage, ways[how]().event)


def submitted(stage: Stage, channel: Channel) -> Asked:
    before = stage.interactions.command(channel, "settings")
    label: JsonObject = {"type": 18, "component": {"custom_id": "answer"}}
    before.modal = {"custom_id": "sulan-ask:settings include", "components": [label]}
    return stage.interactions.submit(channel, before, "LLM")


async def heard_whether(stage: Stage, event: JsonObject) -> bool:
    said: list[bool] = []

    async def script(_: str, __: Command, responder: Responder) -> None:
        assert isinstance(responder, Steward)
        said.append(await responder.may_manage())

    async with attended(stage, script):
        await stage.gateway.push("INTERACTION_CREATE", event)
        await stage.gateway.until(lambda: bool(said))
    return said[0]
