"""Who gets what in a run: each way of sending that the two platforms have."""

from dataclasses import dataclass
from typing import Any

from adapters.discord.testing import Channel, DiscordServer, Kind
from bot.domain.target import Target

# The same words on both platforms, so that the two must end with the same papers.
_SOME = ("video", "diffusion")
_FEW = ("robot",)
_DIGESTS = ("robot", "reasoning", "3D")
_CROWD = 30


@dataclass(frozen=True, slots=True)
class Member:
    """A chat of the run. ``style`` as in the settings; ``most`` papers a day, ``None`` for all;
    with ``words`` only papers that have one."""

    target: Target
    language: str = "en"
    style: str = "each"
    words: tuple[str, ...] = ()
    most: int | None = None

    @property
    def takes_all(self) -> bool:
        """Whether a row must stand for each paper, sent or passed over."""
        return not self.words

    def toml(self) -> str:
        """Its table in the settings."""
        lines = [
            "[[chats]]",
            f'platform = "{self.target.platform}"',
            f'chat = "{self.target.chat}"',
            f'language = "{self.language}"',
            f'style = "{self.style}"',
        ]
        if self.target.thread:
            lines.append(f'thread = "{self.target.thread}"')
        if self.words:
            lines.append(f"include = {list(self.words)!r}")
        if self.most is not None:
            lines.append(f"most_a_day = {self.most}")
        return "\n".join(lines)


def on_telegram() -> list[Member]:
    """A person, a group, a forum's topic, digests, and a crowd whose rows make one transaction
    long: each gets one paper a day, and a row for every other that says so."""
    several = [
        Member(Target("telegram", "4242"), language="zh"),
        Member(Target("telegram", "-1001000000001"), words=_SOME),
        Member(Target("telegram", "-1001000000002", "77"), words=_FEW),
    ]
    digests = [
        Member(Target("telegram", str(5000 + n)), style="digest", words=(word,))
        for n, word in enumerate(_DIGESTS)
    ]
    crowd = [Member(Target("telegram", str(6000 + n)), most=1) for n in range(_CROWD)]
    return [*several, *digests, *crowd]


@dataclass(frozen=True, slots=True)
class Discord:
    """The channels of the run, with the options that the adapters need for them."""

    members: list[Member]
    options: str


def on_discord(server: DiscordServer) -> Discord:
    """A text channel, threads of days, both kinds of forums, digests, and a webhook."""
    world = server.world

    def add(kind: Kind, name: str) -> Channel:
        return world.add(kind, name=name)

    text, days = add(Kind.TEXT, "papers"), add(Kind.TEXT, "days")
    by_paper, by_day = add(Kind.FORUM, "forum"), add(Kind.FORUM, "day-forum")
    digests = [add(Kind.TEXT, f"digest-{word.lower()}") for word in _DIGESTS]
    hooked = add(Kind.TEXT, "hooked")
    hook = server.routes.add_webhook(hooked.id)
    members = [
        Member(_channel(text)),
        Member(_channel(days), style="thread", words=_SOME),
        Member(_channel(by_paper), words=_SOME),
        Member(_channel(by_day), words=_SOME),
        *(
            Member(_channel(channel), style="digest", words=(word,))
            for channel, word in zip(digests, _DIGESTS, strict=True)
        ),
        Member(Target("discord-webhook", "hooked"), words=_SOME),
    ]
    options = f"""
[adapters.discord.channels.{by_paper.id}]
forum = "paper"
[adapters.discord.channels.{by_day.id}]
forum = "day"
[adapters.discord-webhook.hooks.hooked]
url = "{server.rest}{hook}"
"""
    return Discord(members, options)


def _channel(channel: Channel) -> Target:
    return Target("discord", channel.id)


def update_of(user: int, text: str) -> dict[str, Any]:
    """Somebody gives a command in private."""
    somebody = {"id": user, "is_bot": False, "first_name": "A", "language_code": "en"}
    message = {
        "message_id": 5,
        "date": 1_795_262_400,
        "chat": {"id": user, "type": "private", "first_name": "A"},
        "from": somebody,
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": text.find(" ")}],
    }
    return {"message": message}
