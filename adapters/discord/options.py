"""What the Discord adapters take from ``[adapters.discord]`` and ``[adapters.discord-webhook]``.

All faults of a table are told at once, each with its place; no value is ever quoted, because any of
them may be a secret (T5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from adapters.base import Options
from adapters.discord import option_values
from adapters.discord.option_table import OptionTable

REST_ADDRESS = "https://discord.com/api/v10"
GATEWAY_ADDRESS = "wss://gateway.discord.gg/"


class ForumStyle(StrEnum):
    """How a forum is filled: a post for each paper, or one a day with the papers as its replies."""

    PAPER = "paper"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """What is particular about one channel; a text channel or a thread needs none.

    ``forum`` is set for a forum or media channel, ``tags`` are ids of its tags, and
    ``archive_minutes`` is when its posts are archived. ``crosspost`` publishes what is posted in an
    announcement channel to those that follow it.
    """

    forum: ForumStyle | None = None
    tags: tuple[str, ...] = ()
    archive_minutes: int = 10080
    crosspost: bool = False


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Discord is: REST with its version, and the gateway."""

    rest: str = REST_ADDRESS
    gateway: str = GATEWAY_ADDRESS


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """The options of the bot that the settings call ``name``. ``timeout`` is in seconds, for one
    call with its answer.

    ``day_title`` names a forum's post of a day; ``{day}`` is its date (UTC).
    """

    token: str = field(repr=False)
    addresses: Addresses = Addresses()
    channels: Mapping[str, ChannelOptions] = field(default_factory=dict[str, ChannelOptions])
    timeout: float = 20.0
    day_title: str = "{day}"
    name: str = "discord"


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: its address is a secret, whoever has it can post. ``forum`` is whether it belongs
    to a forum: then each paper is a post (a day's post could not be found again)."""

    url: str = field(repr=False)
    forum: bool = False


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """Webhooks by the short names that targets use as ``chat``."""

    hooks: Mapping[str, Hook] = field(repr=False)
    timeout: float = 20.0
    name: str = "discord-webhook"


def read_options(options: Options) -> DiscordOptions:
    """The bot's table, validated.

    Raises:
        SettingsError: names every fault.
    """
    table = OptionTable(options.values, f"adapters.{options.name}")
    table.known("token", "api_url", "gateway_url", "timeout_s", "day_title", "channels")
    token = table.take("token", option_values.token, default="")
    if options.values.get("token") in (None, ""):
        table.fault("token", "is missing: create a bot at https://discord.com/developers/")
    read = DiscordOptions(
        token=token,
        addresses=Addresses(
            rest=table.take("api_url", option_values.rest_address, default=REST_ADDRESS),
            gateway=table.take(
                "gateway_url", option_values.gateway_address, default=GATEWAY_ADDRESS
            ),
        ),
        channels=table.each("channels", _channel),
        timeout=table.take("timeout_s", option_values.seconds, default=20.0),
        day_title=table.take("day_title", option_values.day_title, default="{day}"),
        name=options.name,
    )
    table.complain()
    return read


def read_webhook_options(options: Options) -> WebhookOptions:
    """The webhooks' table, validated.

    Raises:
        SettingsError: names every fault.
    """
    table = OptionTable(options.values, f"adapters.{options.name}")
    table.known("hooks", "timeout_s")
    hooks = table.each("hooks", _hook, names=re.compile(r".+"))
    if not options.values.get("hooks"):
        table.fault("hooks", "is missing: NAME = the webhook's address (channel settings)")
    timeout = table.take("timeout_s", option_values.seconds, default=20.0)
    read = WebhookOptions(hooks, timeout, options.name)
    table.complain()
    return read


def _channel(table: OptionTable) -> ChannelOptions:
    table.known("forum", "tags", "archive_minutes", "crosspost")
    return ChannelOptions(
        forum=table.take("forum", _style, default=None),
        tags=table.take("tags", option_values.tag_ids, default=()),
        archive_minutes=table.take("archive_minutes", option_values.archive_minutes, default=10080),
        crosspost=table.take("crosspost", option_values.truth, default=False),
    )


def _hook(table: OptionTable) -> Hook:
    table.known("url", "forum")
    url = table.take("url", option_values.hook_address, default="")
    if not url and not table.faults:
        table.fault("url", "is missing: copy the webhook's address from the channel's settings")
    return Hook(url, table.take("forum", option_values.truth, default=False))


def _style(value: object) -> ForumStyle | None:
    try:
        return ForumStyle(str(value).lower())
    except ValueError:
        raise ValueError("must be paper (a post a paper) or day (a post a day)") from None
