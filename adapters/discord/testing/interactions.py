"""Interactions as Discord hands them out, and its rules for answering them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.testing.faults import Answer, refusal
from adapters.discord.testing.routes import APPLICATION, Call, Routes
from adapters.discord.testing.world import Channel, JsonObject, Kind, Missing, World, user
from bot.ports import Clock

# "Receiving and Responding": 3 s for the first answer, 15 min for all others.
DEADLINE_S, TOKEN_S = 3.0, 900.0
COMMAND, COMPONENT, COMPLETION, ANSWER = 2, 3, 4, 5
_MESSAGE, _THINKING, _WORKING, _REPLACE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_EPHEMERAL = 64
_LABEL = 18
# "Receiving and Responding": what may answer what first.
_FIT = {
    COMMAND: {_MESSAGE, _THINKING, _MODAL},
    COMPONENT: {_MESSAGE, _THINKING, _WORKING, _REPLACE, _MODAL},
    COMPLETION: {_CHOICES},
    ANSWER: {_MESSAGE, _THINKING, _WORKING, _REPLACE},
}


@dataclass(slots=True)
class Asked:
    """One interaction and what became of it.

    ``shown`` is the first answer (or the message whose button was pressed), ``told`` are the
    follow-ups; a message with the flag 64 was for who asked alone. ``acknowledged`` is the type of
    the first answer, 0 while there is none; ``modal`` is the window that it opened.
    """

    event: JsonObject
    channel: Channel
    began: float
    acknowledged: int = 0
    thinking: bool = False
    shown: JsonObject | None = None
    told: list[JsonObject] = field(default_factory=list[JsonObject])
    choices: list[JsonObject] = field(default_factory=list[JsonObject])
    modal: JsonObject | None = None
    hidden: bool = False
    late: int = 0
    repeated: int = 0

    @property
    def token(self) -> str:
        return self.event["token"]

    @property
    def titles(self) -> list[str]:
        """What is to be seen, by the titles of its embeds, else its words."""
        seen = [*([self.shown] if self.shown else []), *self.told]
        return [m["embeds"][0].get("title", "") if m["embeds"] else m["content"] for m in seen]


class Interactions:
    """Makes interactions in a world and takes their answers on its routes.

    ``person`` is who asks, with ``permissions`` in the server.
    """

    def __init__(self, world: World, routes: Routes, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._asked: dict[str, Asked] = {}
        self.person = user("610000000000000001", "alice")
        self.permissions = 0
        one = f"/webhooks/{APPLICATION}/{{interaction_token}}/messages/{{message_id}}"
        routes.add(
            "POST", "/interactions/{interaction_id}/{interaction_token}/callback", self._first
        )
        routes.add("POST", f"/webhooks/{APPLICATION}/{{interaction_token}}", self._follow_up)
        routes.add("PATCH", one, self._edit)
        routes.add("DELETE", one, self._delete)

    def command(self, channel: Channel, name: str, argument: str = "", /, **more: Any) -> Asked:
        """Somebody gives a command; ``more`` is laid over the event (a locale, a partial
        channel)."""
        data = {"id": "1", "name": name, "type": 1, "options": _options(argument)}
        return self._new(COMMAND, channel, {"data": data, **more})

    def typing(self, channel: Channel, name: str, typed: str) -> Asked:
        """Somebody is typing a command's option."""
        options = [{**option, "focused": True} for option in _options(typed)]
        data = {"id": "1", "name": name, "type": 1, "options": options}
        return self._new(COMPLETION, channel, {"data": data})

    def press(self, channel: Channel, message: JsonObject, custom_id: str, /, **more: Any) -> Asked:
        """Somebody presses a button of a message."""
        data = {"custom_id": custom_id, "component_type": 2}
        pressed = self._new(COMPONENT, channel, {"data": data, "message": message, **more})
        pressed.shown = message
        return pressed

    def choose(
        self, channel: Channel, message: JsonObject, custom_id: str, values: Sequence[str]
    ) -> Asked:
        """Somebody chooses from a menu of a message."""
        data = {"custom_id": custom_id, "component_type": 3, "values": list(values)}
        return self.press(channel, message, custom_id, data=data)

    def submit(self, channel: Channel, asked: Asked, text: str) -> Asked:
        """Somebody sends the window in that was opened in answer, with this text in it."""
        if asked.modal is None:
            raise ValueError("no window was opened")
        (label,) = [each for each in asked.modal["components"] if each["type"] == _LABEL]
        answer = {"type": 4, "custom_id": label["component"]["custom_id"], "value": text, "id": 2}
        data = {
            "custom_id": asked.modal["custom_id"],
            "components": [{"type": _LABEL, "id": 1, "component": answer}],
        }
        from_message = {"message": asked.shown} if asked.shown else {}
        sent = self._new(ANSWER, channel, {"data": data, **from_message})
        sent.shown = asked.shown
        return sent

    def _new(self, kind: int, channel: Channel, more: JsonObject) -> Asked:
        number = self._world.new_id()
        private = channel.kind is Kind.DIRECT
        event: JsonObject = {
            "id": number,
            "application_id": APPLICATION,
            "type": kind,
            "token": f"interaction-token-{number}",
            "version": 1,
            "channel_id": channel.id,
            "channel": self._partial(channel),
            "locale": "en-US",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {"0": self._world.guild},
            "context": 1 if private else 0,
            "attachment_size_limit": 10485760,
            **({"user": self.person} if private else self._in_guild()),
            **more,
        }
        asked = Asked(event, channel, self._clock.monotonic())
        self._asked[asked.token] = asked
        return asked

    def _partial(self, channel: Channel) -> JsonObject:
        if channel.kind is Kind.DIRECT:
            recipients = [self.person]
            return {"id": channel.id, "type": 1, "flags": 0, "recipients": recipients}
        return self._world.channel_json(channel)

    def _in_guild(self) -> JsonObject:
        member: JsonObject = {
            "user": self.person,
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(self.permissions),
        }
        return {"guild_id": self._world.guild, "guild_locale": "en-US", "member": member}

    def _first(self, call: Call) -> Any:
        asked = self._asked.get(call.ids["interaction_token"])
        if asked is None or asked.event["id"] != call.ids["interaction_id"]:
            raise Missing(10062, "Unknown interaction")
        if asked.acknowledged:
            asked.repeated += 1
            return refusal(400, 40060, "Interaction has already been acknowledged.")
        if self._clock.monotonic() - asked.began > DEADLINE_S:
            asked.late += 1
            raise Missing(10062, "Unknown interaction")
        if call.body["type"] not in _FIT[asked.event["type"]]:
            return refusal(400, 50035, "Invalid Form Body")
        asked.acknowledged = call.body["type"]
        self._take(asked, call.body["type"], call.body.get("data") or {})
        return Answer(204)

    def _take(self, asked: Asked, kind: int, data: JsonObject) -> None:
        if kind == _MESSAGE:
            asked.shown = self._say(asked, data)
        elif kind == _THINKING:
            asked.thinking = True
            asked.hidden = bool(data.get("flags", 0) & _EPHEMERAL)
        elif kind == _MODAL:
            asked.modal = data
        elif kind == _REPLACE and asked.shown is not None:
            self._world.edit(asked.shown, data)
        elif kind == _CHOICES:
            asked.choices = data["choices"]

    def _follow_up(self, call: Call) -> Any:
        asked = self._valid(call)
        if asked.thinking:
            # "Create Followup Message": after a deferral it is the original, ephemeral or not.
            asked.thinking = False
            asked.shown = self._say(asked, {**call.body, "flags": _EPHEMERAL * asked.hidden})
            return asked.shown
        asked.told.append(self._say(asked, call.body))
        return asked.told[-1]

    def _edit(self, call: Call) -> Any:
        asked = self._valid(call)
        if call.ids["message_id"] != "@original":
            return self._world.edit(self._told(asked, call.ids["message_id"]), call.body)
        if asked.thinking:
            asked.thinking = False
            asked.shown = self._say(asked, {**call.body, "flags": _EPHEMERAL * asked.hidden})
            return asked.shown
        if asked.shown is None:
            raise Missing(10008, "Unknown Message")
        return self._world.edit(asked.shown, call.body)

    def _delete(self, call: Call) -> Any:
        asked = self._valid(call)
        if call.ids["message_id"] == "@original":
            if asked.shown is None and not asked.thinking:
                raise Missing(10008, "Unknown Message")
            gone, asked.shown, asked.thinking = asked.shown, None, False
        else:
            gone = self._told(asked, call.ids["message_id"])
            asked.told.remove(gone)
        if gone in asked.channel.messages:
            asked.channel.messages.remove(gone)
        return Answer(204)

    def _valid(self, call: Call) -> Asked:
        asked = self._asked.get(call.ids["interaction_token"])
        if asked is None or not asked.acknowledged:
            raise Missing(10015, "Unknown Webhook")
        if self._clock.monotonic() - asked.began > TOKEN_S:
            raise Missing(10015, "Unknown Webhook")
        return asked

    def _told(self, asked: Asked, message_id: str) -> JsonObject:
        for message in asked.told:
            if message["id"] == message_id:
                return message
        raise Missing(10008, "Unknown Message")

    def _say(self, asked: Asked, data: JsonObject) -> JsonObject:
        """A message in the channel, or, where it is for one person, in nobody's history."""
        flags = data.get("flags", 0)
        place = Channel(asked.channel.id, Kind.TEXT) if flags & _EPHEMERAL else asked.channel
        message = self._world.post(place, data, self._world.bot)
        message["flags"] |= flags
        return message


def _options(argument: str) -> list[JsonObject]:
    return [{"name": "id", "type": 3, "value": argument}] if argument else []
