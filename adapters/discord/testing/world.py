"""What a server of Discord's remembers: channels, messages, threads, nonces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from bot.ports import Clock

JsonObject = dict[str, Any]

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_CROSSPOSTED = 1


class Kind(IntEnum):
    """A channel's type, as the API numbers it."""

    TEXT = 0
    DIRECT = 1
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    FORUM = 15


@dataclass(slots=True)
class Channel:
    """A channel or thread with its messages, oldest first; a thread may be ``archived``, and
    somebody else's (``owner``)."""

    id: str
    kind: Kind
    name: str = "papers"
    parent: str | None = None
    messages: list[JsonObject] = field(default_factory=list[JsonObject])
    archived: bool = False
    owner: str = ""


class Missing(LookupError):
    """What was asked for is not there; ``args`` are Discord's code and words."""


class World:
    """One server (guild) with a bot in it.

    Nonces count for ``nonce_window`` seconds, which Discord calls a few minutes.
    """

    guild = "700000000000000001"

    def __init__(self, clock: Clock, *, nonce_window: float = 180.0) -> None:
        self._clock = clock
        self._nonce_window = nonce_window
        self._nonces: dict[tuple[str, str], tuple[float, str, str]] = {}
        self._count = 0
        self.channels: dict[str, Channel] = {}
        self.bot = user("800000000000000001", "Sulan", bot=True)

    def add(self, kind: Kind, *, name: str = "papers", parent: str | None = None) -> Channel:
        """A new channel."""
        channel = Channel(self.new_id(), kind, name, parent)
        self.channels[channel.id] = channel
        return channel

    def new_id(self) -> str:
        """A snowflake of now, larger than all before."""
        self._count += 1
        milliseconds = int((self._clock.now() - _EPOCH).total_seconds() * 1000)
        return str((milliseconds << 22) + self._count)

    def channel(self, channel_id: str) -> Channel:
        try:
            return self.channels[channel_id]
        except KeyError:
            raise Missing(10003, "Unknown Channel") from None

    def message(self, channel_id: str, message_id: str) -> JsonObject:
        for message in self.channel(channel_id).messages:
            if message["id"] == message_id:
                return message
        raise Missing(10008, "Unknown Message")

    def forget_nonces(self) -> None:
        """Let the window of every nonce pass."""
        self._nonces.clear()

    def post(
        self, channel: Channel, body: Mapping[str, Any], author: JsonObject, *, message_id: str = ""
    ) -> JsonObject:
        """Create a message, or give the one with the same enforced nonce.

        The nonce stands in this answer only; Discord does not keep it with the message.
        """
        nonce = body.get("nonce")
        slot = (author["id"], str(nonce))
        if nonce and body.get("enforce_nonce") and self._known(slot):
            return {**self.message(*self._nonces[slot][1:]), "nonce": nonce}
        message = self._message(channel, body, author, message_id or self.new_id())
        channel.messages.append(message)
        channel.archived = False  # "Threads": a message brings one back
        if nonce:
            self._nonces[slot] = (self._clock.monotonic(), channel.id, message["id"])
            return {**message, "nonce": nonce}
        return message

    def edit(self, message: JsonObject, body: Mapping[str, Any]) -> JsonObject:
        """Change a message in place."""
        shown = _shown({**message, **{k: v for k, v in body.items() if k in _EDITABLE}})
        message.update(shown, edited_timestamp=self._clock.now().isoformat())
        return message

    def crosspost(self, message: JsonObject) -> JsonObject:
        """Publish to those who follow."""
        message["flags"] |= _CROSSPOSTED
        return message

    def threads(self, *, archived: bool, parent: str | None = None) -> list[Channel]:
        """All threads, or those of a channel."""
        return [
            channel
            for channel in self.channels.values()
            if channel.kind in (Kind.PUBLIC_THREAD, Kind.ANNOUNCEMENT_THREAD)
            and channel.archived is archived
            and parent in (None, channel.parent)
        ]

    def start_thread(self, forum: Channel, body: Mapping[str, Any]) -> JsonObject:
        """A forum's post: a thread whose first message has its id; elsewhere an empty thread."""
        if forum.kind is not Kind.FORUM:
            return self.thread_json(
                self.add(Kind(body["type"]), name=body["name"], parent=forum.id)
            )
        thread = self.add(Kind.PUBLIC_THREAD, name=body["name"], parent=forum.id)
        first = self.post(thread, body["message"], self.bot, message_id=thread.id)
        return {**self.thread_json(thread), "message": first}

    def thread_json(self, thread: Channel) -> JsonObject:
        return {
            "id": thread.id,
            "type": int(thread.kind),
            "guild_id": self.guild,
            "name": thread.name,
            "parent_id": thread.parent,
            "owner_id": thread.owner or self.bot["id"],
            "flags": 0,
            "last_message_id": thread.messages[-1]["id"] if thread.messages else None,
            "rate_limit_per_user": 0,
            "message_count": max(0, len(thread.messages) - 1),
            "member_count": 1,
            "total_message_sent": len(thread.messages),
            "thread_metadata": {
                "archived": thread.archived,
                "archive_timestamp": self._clock.now().isoformat(),
                "auto_archive_duration": 10080,
                "locked": False,
                "create_timestamp": self._clock.now().isoformat(),
            },
        }

    def channel_json(self, channel: Channel) -> JsonObject:
        if channel.parent:
            return self.thread_json(channel)
        if channel.kind is Kind.DIRECT:
            return {"id": channel.id, "type": 1, "flags": 0, "recipients": [self.bot]}
        return {
            "id": channel.id,
            "type": int(channel.kind),
            "guild_id": self.guild,
            "name": channel.name,
            "position": 0,
            "permission_overwrites": [],
            "nsfw": False,
            "flags": 0,
            "parent_id": None,
            "last_message_id": channel.messages[-1]["id"] if channel.messages else None,
            "rate_limit_per_user": 0,
            "topic": None,
        }

    def _known(self, slot: tuple[str, str]) -> bool:
        at = self._nonces.get(slot, (float("-inf"), "", ""))[0]
        return self._clock.monotonic() - at < self._nonce_window

    def _message(
        self, channel: Channel, body: Mapping[str, Any], author: JsonObject, message_id: str
    ) -> JsonObject:
        return _shown(
            {
                "id": message_id,
                "type": 0,
                "channel_id": channel.id,
                "author": author,
                "content": body.get("content") or "",
                "embeds": body.get("embeds") or [],
                "components": body.get("components") or [],
                "attachments": [],
                "mentions": [],
                "mention_roles": [],
                "mention_everyone": False,
                "pinned": False,
                "tts": False,
                "flags": (body.get("flags") or 0) & _KEPT,
                "timestamp": self._clock.now().isoformat(),
                "edited_timestamp": None,
            }
        )


_KEPT = 1 << 12  # of the flags that are given with a message: no sound
_EDITABLE = frozenset({"content", "embeds", "components", "flags"})


def user(user_id: str, name: str, *, bot: bool = False) -> JsonObject:
    """A user as messages name their author."""
    return {
        "id": user_id,
        "username": name,
        "global_name": None,
        "discriminator": "0000",
        "avatar": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "bot": bot,
    }


def _shown(message: JsonObject) -> JsonObject:
    """As Discord gives a message back: embeds typed, every component with an id."""
    components = [dict(c) for c in message["components"]]
    taken = {c["id"] for c in _flat(components) if c.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    return {
        **message,
        "embeds": [{**embed, "type": "rich"} for embed in message["embeds"]],
        "components": [_numbered(component, free) for component in components],
    }


def _flat(components: list[JsonObject]) -> list[JsonObject]:
    return [c for row in components for c in (row, *row.get("components", ()))]


def _numbered(component: JsonObject, free: Any) -> JsonObject:
    numbered = {**component, "id": component.get("id") or next(free)}
    if "components" in component:
        numbered["components"] = [_numbered(c, free) for c in component["components"]]
    return numbered
