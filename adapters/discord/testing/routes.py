"""The routes of Discord's API that an adapter may use, over the world of a test."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.discord.testing.faults import refusal
from adapters.discord.testing.world import Channel, Kind, World, user


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a route: the ids in its path, its query, and its body's JSON."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


Handler = Callable[[Call], Any]

APPLICATION = "900000000000000001"


class Routes:
    """A table of routes. ``commands`` holds what was registered, by guild ("" for global).

    ``shards`` is how many the gateway recommends, ``at_once`` how many may be introduced at once.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._webhook_channels: dict[str, str] = {}
        self.gateway = "ws://127.0.0.1:1/"
        self.shards = self.at_once = 1
        self.commands: dict[str, list[dict[str, Any]]] = {}
        self._table: list[tuple[str, str, re.Pattern[str], Handler]] = []
        for method, path, handler in self._known():
            self.add(method, path, handler)

    def add(self, method: str, path: str, handler: Handler) -> None:
        """A further route; it goes before those there are."""
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
        self._table.insert(0, (method, path, pattern, handler))

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str], Handler | None]:
        for wanted, route, pattern, handler in self._table:
            match = pattern.fullmatch(path)
            if match and method == wanted:
                return route, match.groupdict(), handler
        return path, {}, None

    def add_webhook(self, channel_id: str) -> str:
        """A webhook of a channel; gives the end of its address, ``/webhooks/ID/TOKEN``."""
        webhook_id = self._world.new_id()
        self._webhook_channels[webhook_id] = channel_id
        return f"/webhooks/{webhook_id}/{'t' * 68}"

    def _known(self) -> list[tuple[str, str, Handler]]:
        channel = "/channels/{channel_id}"
        message = channel + "/messages/{message_id}"
        hook = "/webhooks/{webhook_id}/{webhook_token}"
        commands = "/applications/{application_id}/commands"
        guild_commands = "/applications/{application_id}/guilds/{guild_id}/commands"
        return [
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/gateway", lambda _: {"url": self.gateway}),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("GET", channel, self._channel),
            ("GET", channel + "/messages", self._history),
            ("POST", channel + "/messages", self._post),
            ("GET", message, self._message),
            ("PATCH", message, self._edit),
            ("POST", message + "/crosspost", self._crosspost),
            ("POST", channel + "/threads", self._start_thread),
            ("GET", "/guilds/{guild_id}/threads/active", self._active_threads),
            ("GET", channel + "/threads/archived/public", self._archived_threads),
            ("POST", hook, self._execute),
            ("PATCH", hook + "/messages/{message_id}", self._edit_by_hook),
            ("GET", commands, self._commands),
            ("PUT", commands, self._replace_commands),
            ("GET", guild_commands, self._commands),
            ("PUT", guild_commands, self._replace_commands),
        ]

    def _me(self, _call: Call) -> Any:
        return {
            **self._world.bot,
            "verified": True,
            "email": None,
            "mfa_enabled": True,
            "locale": "en-US",
            "accent_color": None,
            "banner": None,
        }

    def _application(self, _call: Call) -> Any:
        return {
            "id": APPLICATION,
            "name": "Sulan",
            "icon": None,
            "description": "",
            "summary": "",
            "verify_key": "0" * 64,
            "type": None,
            "flags": 0,
            "flags_new": "0",
            "bot_public": True,
            "bot_require_code_grant": False,
            "hook": True,
            "team": None,
            "owner": user("600000000000000001", "owner"),
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "eligible_oauth2_scopes": [],
            "explicit_content_filter": 0,
        }

    def _gateway_bot(self, _call: Call) -> Any:
        starts = {
            "total": 1000,
            "remaining": 999,
            "reset_after": 14400000,
            "max_concurrency": self.at_once,
        }
        return {"url": self.gateway, "shards": self.shards, "session_start_limit": starts}

    def _channel(self, call: Call) -> Any:
        return self._world.channel_json(self._world.channel(call.ids["channel_id"]))

    def _history(self, call: Call) -> Any:
        before = int(call.query.get("before") or 1 << 63)
        newest = reversed(self._world.channel(call.ids["channel_id"]).messages)
        older = [message for message in newest if int(message["id"]) < before]
        return older[: int(call.query.get("limit", "50"))]

    def _post(self, call: Call) -> Any:
        channel = self._world.channel(call.ids["channel_id"])
        if channel.kind is Kind.FORUM:
            return refusal(400, 50008, "Cannot send messages in a non-text channel")
        return self._world.post(channel, call.body, self._world.bot)

    def _message(self, call: Call) -> Any:
        return self._world.message(call.ids["channel_id"], call.ids["message_id"])

    def _edit(self, call: Call) -> Any:
        return self._world.edit(self._message(call), call.body)

    def _crosspost(self, call: Call) -> Any:
        return self._world.crosspost(self._message(call))

    def _start_thread(self, call: Call) -> Any:
        return self._world.start_thread(self._world.channel(call.ids["channel_id"]), call.body)

    def _active_threads(self, _call: Call) -> Any:
        return self._listed(self._world.threads(archived=False))

    def _archived_threads(self, call: Call) -> Any:
        return self._listed(self._world.threads(archived=True, parent=call.ids["channel_id"]))

    def _listed(self, threads: list[Channel]) -> Any:
        return {
            "threads": [self._world.thread_json(thread) for thread in threads],
            "members": [],
            "has_more": False,
        }

    def _execute(self, call: Call) -> Any:
        channel = self._world.channel(self._place(call))
        author = user(call.ids["webhook_id"], "Sulan", bot=True)
        if call.body.get("thread_name"):
            channel = self._world.add(
                Kind.PUBLIC_THREAD, name=call.body["thread_name"], parent=channel.id
            )
            return self._world.post(channel, call.body, author, message_id=channel.id)
        return self._world.post(channel, call.body, author)

    def _edit_by_hook(self, call: Call) -> Any:
        message = self._world.message(self._place(call), call.ids["message_id"])
        return self._world.edit(message, call.body)

    def _place(self, call: Call) -> str:
        return call.query.get("thread_id") or self._webhook_channels.get(call.ids["webhook_id"], "")

    def _commands(self, call: Call) -> Any:
        return self.commands.get(call.ids.get("guild_id", ""), [])

    def _replace_commands(self, call: Call) -> Any:
        guild = call.ids.get("guild_id", "")
        self.commands[guild] = [
            {
                "type": 1,
                "dm_permission": True,
                "contexts": None,
                "integration_types": [0],
                "nsfw": False,
                "default_member_permissions": None,
                **command,
                "id": self._world.new_id(),
                "application_id": call.ids["application_id"],
                "version": self._world.new_id(),
            }
            for command in call.body
        ]
        return self.commands[guild]
