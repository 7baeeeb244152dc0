"""Somebody with a Telegram client: sees what was sent as Telegram shows it, types and touches.

Clients parse nothing: a message is what Telegram's own parser made of it.
"""

from collections.abc import Mapping
from typing import Any

from adapters.telegram.blocks import units
from adapters.telegram.testing import TelegramServer
from adapters.telegram.testing_bot import Standing
from adapters.telegram.testing_oracle import Entity, Oracle

_BOT = {"id": 123456, "is_bot": True, "first_name": "Sulan", "username": "sulan_test_bot"}
# The accounts behind which a group's anonymous administrators write, and people as their channels.
_ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
_AS_CHANNEL = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
_DATE = 1_795_262_400
_KINDS = {"TextUrl": "text_link", "BlockQuote": "blockquote", "BotCommand": "bot_command"}
_FIRST_ID = 5000


class Person:
    """A user in one chat. ``chat`` is the Bot API's ``Chat``.

    In a forum they are in ``topic``. With ``sender_chat`` the person writes as a chat: as the group
    itself (an anonymous administrator), or as a channel of theirs. In a channel what they write is
    the channel's.
    """

    def __init__(
        self,
        server: TelegramServer,
        oracle: Oracle,
        *,
        chat: Mapping[str, Any],
        user: int = 7,
        sender_chat: Mapping[str, Any] | None = None,
        topic: int | None = None,
    ) -> None:
        self._server = server
        self._oracle = oracle
        self._chat = chat
        self._user = {"id": user, "is_bot": False, "first_name": "A", "language_code": "en"}
        self._sender_chat = sender_chat
        self._place: dict[str, Any] = {"chat": chat}
        if topic is not None:
            self._place |= {"message_thread_id": topic, "is_topic_message": True}
        self._written: dict[str, dict[str, Any]] = {}
        self._presses = 0

    def types(self, text: str, *, replying_to: Standing | None = None) -> None:
        """Write a message, or a reply to one."""
        number = _FIRST_ID + len(self._written)
        message: dict[str, Any] = {"message_id": number, "date": _DATE, **self._place}
        message |= {"text": text, **self._author()}
        if text.startswith("/"):
            length = units(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if replying_to is not None:
            message["reply_to_message"] = self.message(replying_to)
        self._written[str(number)] = message
        kind = "channel_post" if self._chat["type"] == "channel" else "message"
        self._server.push({kind: message})

    def touches(self, label: str, *, under: Standing | None = None) -> str:
        """Press a button by its label, with or without its mark; returns the query's id.

        Raises:
            LookupError: the message (the last with buttons, if none is named) has no such button.
        """
        message = under or self._last_with_buttons()
        for button in (button for row in message.buttons() for button in row):
            if button["text"].removeprefix("✓ ") == label:
                return self.sends_key(button["callback_data"], under=message)
        raise LookupError(f"{label!r} is none of {self.labels(message)}")

    def sends_key(self, key: str, *, under: Standing) -> str:
        """Press a button with this key, whether the message shows it or not."""
        self._presses += 1
        number = f"{self._user['id']}.{self._chat['id']}.{self._presses}"
        query = {"id": number, "from": self._user, "chat_instance": "1", "data": key}
        self._server.push({"callback_query": {**query, "message": self.message(under)}})
        return number

    def sees(self) -> list[Standing]:
        """The bot's messages in the chat, as they stand."""
        return self._server.state.in_chat(str(self._chat["id"]))

    def labels(self, message: Standing) -> list[list[str]]:
        """What its buttons say."""
        return [[button["text"] for button in row] for row in message.buttons()]

    def reads(self, message: Standing) -> str:
        """What is seen of a message's text."""
        return self._oracle.parse(message.text).text

    def message(self, standing: Standing) -> dict[str, Any]:
        """A message of the bot's as an update would hold it."""
        read = self._oracle.parse(standing.text)
        channel = self._chat["type"] == "channel"
        told: dict[str, Any] = {
            "message_id": standing.id,
            "date": _DATE,
            **self._place,
            **({"sender_chat": self._chat} if channel else {"from": _BOT}),
            "text": read.text,
            "entities": [_entity(entity) for entity in read.entities],
        }
        if standing.buttons():
            told["reply_markup"] = {"inline_keyboard": standing.buttons()}
        if (answered := self._written.get(standing.replies_to)) is not None:
            told["reply_to_message"] = answered
        return told

    def _author(self) -> dict[str, Any]:
        if self._chat["type"] == "channel":
            return {"sender_chat": self._chat}
        if self._sender_chat is None:
            return {"from": self._user}
        as_group = self._sender_chat["id"] == self._chat["id"]
        return {"from": _ANONYMOUS if as_group else _AS_CHANNEL, "sender_chat": self._sender_chat}

    def _last_with_buttons(self) -> Standing:
        for message in reversed(self.sees()):
            if message.buttons():
                return message
        raise LookupError("no message has buttons")


def _entity(entity: Entity) -> dict[str, Any]:
    told: dict[str, Any] = {"type": _KINDS.get(entity.kind, entity.kind.lower())}
    told |= {"offset": entity.offset, "length": units(entity.text)}
    return told | ({"url": entity.url} if entity.url else {})
