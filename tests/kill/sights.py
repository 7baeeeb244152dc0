"""The messages that stand on the platforms, by chat."""

import json
from collections import Counter

from adapters.discord.testing import Channel
from bot.domain.target import Target
from tests.kill.reckoning import Shown
from tests.kill.world import World


def sights(world: World) -> dict[Target, list[Shown]]:
    """What each chat of the run shows now."""
    seen: dict[Target, list[Shown]] = {member.target: [] for member in world.members}
    by_chat = {(target.platform, target.chat): target for target in seen}
    for message in world.telegram.state.messages:
        if (target := by_chat.get(("telegram", message.chat))) is not None:
            seen[target].append(Shown(str(message.id), message.text))
    hooked = {"hooked": "discord-webhook"}
    for channel in world.discord.world.channels.values():
        place = channel.parent or channel.id
        platform = hooked.get(channel.name, "discord")
        name = channel.name if platform != "discord" else place
        if (target := by_chat.get((platform, name))) is not None:
            seen[target] += [_shown(message) for message in channel.messages]
    return seen


def days_begun_twice(world: World) -> list[str]:
    """Names of threads of a day that stand more than once under their channel."""
    days: dict[tuple[str | None, str], list[Channel]] = {}
    for channel in world.discord.world.channels.values():
        if channel.parent and channel.name[:2] == "20":
            days.setdefault((channel.parent, channel.name), []).append(channel)
    return [name for (_, name), found in days.items() if len(found) > 1]


def answers(world: World) -> dict[str, int]:
    """How many messages each who asked has got."""
    counts = Counter(message.chat for message in world.telegram.state.messages)
    return {user: counts[user] for user in world.asked}


def answered_twice(world: World) -> set[str]:
    """Those who asked and read the same more than once."""
    said = Counter((one.chat, one.text) for one in world.telegram.state.messages)
    return {chat for (chat, _), count in said.items() if count > 1 and chat in world.asked}


def _shown(message: dict[str, object]) -> Shown:
    said = json.dumps([message["content"], message["embeds"], message["components"]])
    return Shown(str(message["id"]), said)
