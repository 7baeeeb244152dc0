"""Thumbs under messages and the loss of a server, as Discord's gateway tells of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from adapters.base import Responder
from adapters.discord.testing.stage import Stage, listening
from adapters.discord.testing.world import Channel, JsonObject, Kind
from bot.domain.command import Command, Reaction, Suggestion
from bot.domain.errors import StoreError
from bot.domain.target import Target

UP, DOWN = "\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"
ALICE = "610000000000000001"


@dataclass
class Listening:
    """Hears of thumbs and of lost servers; ``broken`` once fails."""

    thumbs: list[Reaction] = field(default_factory=list[Reaction])
    lost: list[Target] = field(default_factory=list[Target])
    reasons: list[str] = field(default_factory=list[str])
    found: list[Target] = field(default_factory=list[Target])
    broken: bool = False

    async def handle(self, command: Command, responder: Responder) -> None: ...

    async def act(self, key: str, command: Command, responder: Responder) -> None: ...

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return ()

    async def react(self, reaction: Reaction) -> None:
        if self.broken:
            self.broken = False
            raise StoreError("the disk is full")
        self.thumbs.append(reaction)

    async def evicted(self, chats: Sequence[Target], reason: str) -> None:
        self.lost += chats
        self.reasons.append(reason)

    async def readmitted(self, chats: Sequence[Target]) -> None:
        self.found += chats


class Deaf:
    """Commands that want to know of nothing."""

    async def handle(self, command: Command, responder: Responder) -> None: ...

    async def act(self, key: str, command: Command, responder: Responder) -> None: ...

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        return ()


@asynccontextmanager
async def attended(stage: Stage, commands: Listening | Deaf) -> AsyncGenerator[None]:
    async with listening(stage, commands):
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        yield


@dataclass(frozen=True)
class Thumb:
    """One event; by default alice's thumb up under a message of ours."""

    emoji: str = UP
    added: bool = True
    user: str = ALICE
    author: str | None = "800000000000000001"
    bot: bool = False
    custom: str | None = None


async def push(stage: Stage, place: Channel, thumb: Thumb, *, message: str = "42") -> None:
    """As Discord tells of it: when added with whose message it is, in a server with who added."""
    private = place.kind is Kind.DIRECT
    event: JsonObject = {
        "user_id": thumb.user,
        "type": 0,
        "message_id": message,
        "channel_id": place.id,
        "emoji": {"name": thumb.emoji, "id": thumb.custom},
        "burst": False,
    }
    if not private:
        event["guild_id"] = stage.server.world.guild
    if thumb.added and thumb.author:
        event["message_author_id"] = thumb.author
    if thumb.added and not private:
        person = {**stage.interactions.person, "id": thumb.user, "bot": thumb.bot}
        joined = "2026-01-01T00:00:00+00:00"
        event["member"] = {"user": person, "roles": [], "joined_at": joined, "flags": 0}
    await stage.gateway.push(f"MESSAGE_REACTION_{'ADD' if thumb.added else 'REMOVE'}", event)


SEQUENCES: dict[str, tuple[Sequence[Thumb], Sequence[tuple[int, int]]]] = {
    "up": ([Thumb()], [(1, 0)]),
    "down": ([Thumb(DOWN)], [(0, 1)]),
    "a skin tone": ([Thumb(UP + "\U0001f3fd")], [(1, 0)]),
    "up and taken back": ([Thumb(), Thumb(added=False)], [(1, 0), (0, 0)]),
    "taken back after a restart": ([Thumb(added=False)], [(0, 0)]),
    "the last of two counts": (
        [Thumb(), Thumb(DOWN), Thumb(DOWN, added=False)],
        [(1, 0), (0, 1), (1, 0)],
    ),
    "of two the first is taken back": (
        [Thumb(), Thumb(DOWN), Thumb(UP, added=False)],
        [(1, 0), (0, 1), (0, 1)],
    ),
    "author untold": ([Thumb(author=None)], [(1, 0)]),
    "another emoji": ([Thumb("\N{PARTY POPPER}")], []),
    "a custom emoji": ([Thumb(UP, custom="5")], []),
    "somebody else's message": ([Thumb(author="1")], []),
    "our own": ([Thumb(user="800000000000000001")], []),
    "a bot's": ([Thumb(user="7", bot=True)], []),
}


@pytest.mark.parametrize(("thumbs", "counted"), SEQUENCES.values(), ids=SEQUENCES)
async def test_thumbs_are_handed_on_as_what_somebody_thinks_now(
    stage: Stage, channel: Channel, thumbs: Sequence[Thumb], counted: Sequence[tuple[int, int]]
) -> None:
    async with attended(stage, heard := Listening()):
        for thumb in thumbs:
            await push(stage, channel, thumb)
        await push(stage, channel, Thumb(), message="last")
        await push(stage, channel, Thumb(), message="43")
        await stage.gateway.until(lambda: [r.message_id for r in heard.thumbs][-1:] == ["43"])
    told = [reaction for reaction in heard.thumbs if reaction.message_id == "42"]
    assert [(reaction.up, reaction.down) for reaction in told] == list(counted)
    assert {reaction.target for reaction in told} <= {Target("discord", channel.id)}
    assert {reaction.user for reaction in told} <= {ALICE}


async def test_a_thumb_in_a_thread_is_told_under_each_name_its_message_may_have(
    stage: Stage, channel: Channel
) -> None:
    thread = stage.server.world.add(Kind.PUBLIC_THREAD, parent=channel.id)
    async with attended(stage, heard := Listening()):
        await stage.settle(advance=0.0)  # the server's threads are told after READY
        await push(stage, thread, Thumb())
        await stage.gateway.until(lambda: len(heard.thumbs) == 3)
    assert {(reaction.target, reaction.message_id) for reaction in heard.thumbs} == {
        (Target("discord", channel.id, thread.id), "42"),
        (Target("discord", channel.id), f"{thread.id}/42"),
        (Target("discord", thread.id), "42"),
    }


async def test_a_thumb_in_private_counts_for_that_chat(stage: Stage) -> None:
    direct = stage.server.world.add(Kind.DIRECT)
    async with attended(stage, heard := Listening()):
        await push(stage, direct, Thumb())
        await stage.gateway.until(lambda: len(heard.thumbs) == 1)
    assert heard.thumbs[0].target == Target("discord", direct.id)


async def test_a_fault_costs_one_thumb_and_nothing_else(
    stage: Stage, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with attended(stage, heard := Listening(broken=True)):
        await push(stage, channel, Thumb(), message="1")
        await push(stage, channel, Thumb(), message="2")
        await stage.gateway.until(lambda: [r.message_id for r in heard.thumbs] == ["2"])
    assert "an event was not handled" in caplog.text
    assert "disk" not in caplog.text


async def test_f32_a_server_that_puts_the_bot_out_is_lost_with_all_its_channels(
    stage: Stage, channel: Channel
) -> None:
    forum = stage.server.world.add(Kind.FORUM)
    thread = stage.server.world.add(Kind.PUBLIC_THREAD, parent=forum.id)
    async with attended(stage, heard := Listening()):
        await stage.gateway.push("GUILD_DELETE", {"id": stage.server.world.guild})
        await stage.gateway.until(lambda: bool(heard.reasons))
    assert {target.chat for target in heard.lost} == {channel.id, forum.id, thread.id}
    assert {target.platform for target in heard.lost} == {"discord"}
    assert heard.found == []


async def test_f32_a_server_that_takes_the_bot_back_is_found_with_all_its_channels(
    stage: Stage, channel: Channel
) -> None:
    thread = stage.server.world.add(Kind.PUBLIC_THREAD, parent=channel.id)
    async with attended(stage, heard := Listening()):
        await stage.settle(advance=0.0)  # the servers that were there are told of after READY
        await stage.gateway.push("GUILD_DELETE", {"id": stage.server.world.guild})
        await stage.gateway.push("GUILD_CREATE", stage.gateway.guild(joined=True))
        await stage.gateway.until(lambda: bool(heard.found))
    assert {target.chat for target in heard.found} == {channel.id, thread.id}
    assert heard.found == heard.lost


async def test_f50_a_server_that_is_there_at_the_start_is_not_taken_for_a_new_one(
    stage: Stage, channel: Channel
) -> None:
    async with attended(stage, heard := Listening()):
        await push(stage, channel, Thumb())
        await stage.gateway.until(lambda: len(heard.thumbs) == 1)
    assert heard.found == []


async def test_a_server_that_is_away_for_a_while_is_not_lost(
    stage: Stage, channel: Channel
) -> None:
    gone = {"id": stage.server.world.guild, "unavailable": True}
    async with attended(stage, heard := Listening()):
        await stage.gateway.push("GUILD_DELETE", gone)
        await push(stage, channel, Thumb())
        await stage.gateway.until(lambda: len(heard.thumbs) == 1)
    assert heard.lost == []


async def test_nothing_is_handed_on_to_who_does_not_want_it(stage: Stage, channel: Channel) -> None:
    async with attended(stage, Deaf()):
        await push(stage, channel, Thumb())
        await stage.gateway.push("GUILD_DELETE", {"id": stage.server.world.guild})
        await stage.settle(advance=0.0)
