"""What Telegram and Discord send: bodies, updates, interactions, refusals."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import discord

from adapters.base import Desk, Responder
from adapters.discord.counter import Counter
from adapters.discord.errors import verdict
from adapters.telegram.intake import Intake, read_body
from adapters.telegram.keeping import Keeper
from bot.domain.command import Command, Reaction, Suggestion
from bot.domain.delivery_errors import RateLimited
from bot.domain.errors import InvalidInput
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from tests.fuzz.bend import bent
from tests.fuzz.deal import Deal, dealt
from tests.fuzz.target import Target, require

_CLOCK = VirtualClock(datetime(2026, 8, 21, 12, tzinfo=UTC))
_PERSON = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "en", "username": "ann"}
_PRIVATE = {"id": 7, "type": "private", "first_name": "Ann", "username": "ann"}
_GROUP = {"id": -1001, "type": "supergroup", "title": "Group", "is_forum": True, "username": "gr"}
_OWN = {"id": 99, "is_bot": True, "first_name": "Sulan", "username": "sulanbot"}
_ASKED = {
    "message_id": 5, "date": 1, "chat": _GROUP, "from": _OWN,
    "text": "Include\n↳ /settings include",
    "entities": [{"type": "code", "offset": 8, "length": 19}],
}  # fmt: skip
_MESSAGES: tuple[dict[str, Any], ...] = (
    {"message_id": 1, "date": 1, "chat": _PRIVATE, "from": _PERSON, "text": "/paper 2309.12307"},
    {"message_id": 2, "date": 1, "chat": _GROUP, "from": _PERSON, "text": "/settings@sulanbot x",
     "is_topic_message": True, "message_thread_id": 3},
    {"message_id": 6, "date": 1, "chat": _GROUP, "from": _PERSON, "sender_chat": {"id": -1001},
     "text": "LLM, RAG", "reply_to_message": _ASKED},
    {"message_id": 7, "date": 1, "chat": _PRIVATE, "from": _PERSON,
     "text": "see https://arxiv.org/abs/2309.12307 please"},
)  # fmt: skip
_THUMB = {"type": "emoji", "emoji": "👍"}
_UPDATES: tuple[dict[str, Any], ...] = (
    *({"update_id": 1, "message": message} for message in _MESSAGES),
    {"update_id": 2, "channel_post": {"message_id": 1, "date": 1, "text": "/today",
     "chat": {"id": -100, "type": "channel", "title": "C"}}},
    {"update_id": 3, "callback_query": {"id": "1", "from": _PERSON, "data": "entry:en:2309.12307",
     "chat_instance": "1", "message": _MESSAGES[1] | {"reply_to_message": _MESSAGES[0]}}},
    {"update_id": 4, "inline_query": {"id": "1", "from": _PERSON, "query": "llm", "offset": ""}},
    {"update_id": 5, "my_chat_member": {"chat": _GROUP, "from": _PERSON, "date": 1,
     "new_chat_member": {"status": "restricted", "is_member": True, "user": _OWN}}},
    {"update_id": 6, "message_reaction": {"chat": _GROUP, "message_id": 9, "user": _PERSON,
     "date": 1, "old_reaction": [], "new_reaction": [_THUMB]}},
    {"update_id": 7, "message_reaction_count": {"chat": _GROUP, "message_id": 9, "date": 1,
     "reactions": [{"type": _THUMB, "total_count": 3}]}},
)  # fmt: skip
_USER = {"id": "610000000000000001", "username": "ann", "discriminator": "0", "avatar": None}
_MEMBER: dict[str, Any] = {
    "user": _USER, "roles": [], "joined_at": "2026-01-01T00:00:00Z", "permissions": "32",
    "deaf": False, "mute": False, "flags": 0,
}  # fmt: skip
_CHANNEL = {"id": "20", "type": 0, "name": "c", "permissions": "0", "guild_id": "30"}
_ASKING: dict[str, Any] = {
    "id": "1", "application_id": "9", "token": "t", "version": 1, "locale": "en-US",
    "guild_id": "30", "channel_id": "20", "channel": _CHANNEL, "member": _MEMBER, "context": 0,
    "authorizing_integration_owners": {"0": "30"}, "entitlements": [], "app_permissions": "0",
    "attachment_size_limit": 1, "guild": {"id": "30", "locale": "en-US", "features": []},
}  # fmt: skip
_SAID: dict[str, Any] = {
    "id": "8", "channel_id": "20", "author": _USER, "content": "", "timestamp":
    "2026-01-01T00:00:00Z", "edited_timestamp": None, "tts": False, "mention_everyone": False,
    "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False,
    "type": 0, "flags": 64, "components": [],
}  # fmt: skip
_TEXT_INPUT = {"type": 4, "custom_id": "answer", "value": "LLM", "id": 2}
_INTERACTIONS: tuple[dict[str, Any], ...] = (
    _ASKING | {"type": 2, "data": {"id": "1", "name": "paper", "type": 1, "options": [
        {"type": 3, "name": "paper", "value": "2309.12307"}]}},
    _ASKING | {"type": 3, "message": _SAID, "data": {
        "custom_id": "sulan:entry:en:2309.12307", "component_type": 2}},
    _ASKING | {"type": 3, "message": _SAID, "data": {
        "custom_id": "sulan-select:set:src", "component_type": 3, "values": ["hf", "arxiv:cs.CL"]}},
    _ASKING | {"type": 4, "data": {"id": "1", "name": "paper", "type": 1, "options": [
        {"type": 3, "name": "paper", "value": "23", "focused": True}]}},
    _ASKING | {"type": 5, "message": _SAID, "data": {"custom_id": "sulan-ask:settings include",
        "components": [{"type": 18, "id": 1, "component": _TEXT_INPUT}]}},
)  # fmt: skip


class _Heard:
    """Implements ``Commands``, ``Opinions``, ``Departures``: everything must be a proper value."""

    async def handle(self, command: Command, responder: Responder) -> None:
        _proper(command)

    async def act(self, key: str, command: Command, responder: Responder) -> None:
        _proper(command)
        require(type(key) is str, "a key is a text")

    async def suggest(self, text: str, *, limit: int) -> Sequence[Suggestion]:
        require(type(text) is str, "what is typed is a text")
        return ()

    async def react(self, reaction: Reaction) -> None:
        require(reaction.up >= 0 <= reaction.down, "thumbs are counted from 0")

    async def left(self, command: Command, reason: str) -> None:
        _proper(command)


def _proper(command: Command) -> None:
    texts = (command.id, command.name, command.argument, command.user, command.target.chat)
    require(all(type(text) is str for text in texts), "a command is made of texts")
    require(type(command.language) in (str, type(None)), "a language is a text")
    require(type(command.target.thread) in (str, type(None)), "a topic is a text")


class _Bot:
    """In the place of Telegram's: takes every call."""

    def __getattr__(self, name: str) -> Any:
        async def taken(*_args: object, **_named: object) -> None:
            await asyncio.sleep(0)

        return taken


class _Client:
    bot = _Bot()


class _Adapter:
    name = "telegram"
    client = _Client()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _telegram(update: Any) -> None:
    """Kept, handled, and done with: what is left over would be tried at every start."""

    async def served() -> int:
        store = MemoryStore()
        desk = Desk(store.inbox, store.leases, _CLOCK, "one")
        keeper = Keeper(desk, platform="telegram", username="sulanbot")
        intake = Intake(cast("Any", _Adapter()), _Heard(), desk, keeper=keeper)
        await intake.keep([update])
        await intake.drain()
        return len(await store.inbox.open("telegram:", limit=9))

    require(_loop().run_until_complete(served()) == 0, "an update is handled once")


def _body(data: bytes) -> None:
    with suppress(InvalidInput):
        _telegram(read_body(data))


def _update(data: bytes) -> None:
    deal = Deal(data)
    update = bent(deal.one_of(_UPDATES), deal)
    with suppress(InvalidInput):
        _telegram(read_body(json.dumps(update).encode()))


class _Faults(logging.Handler):
    """Notes what the counter could not serve."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()}: {record.__dict__.get('where')}")


class _Rest:
    async def call(self, *_args: object, **_named: object) -> None:
        await asyncio.sleep(0)


@cache
def _faults() -> _Faults:
    handler = _Faults()
    logging.getLogger("adapters.discord.counter").addHandler(handler)
    return handler


@cache
def _client() -> Any:
    return discord.Client(intents=discord.Intents.none())


def _interaction(data: bytes) -> None:
    deal = Deal(data)
    event = bent(deal.one_of(_INTERACTIONS), deal)

    async def served() -> None:
        state = _client()._connection
        try:
            interaction: Any = discord.Interaction(data=event, state=state)
        except Exception:  # noqa: BLE001 - discord.py's own reading; the gateway outlives it
            return
        counter = Counter(_Heard(), cast("Any", _Rest()), _CLOCK)
        counter.take(interaction)
        await counter.drain()

    faults = _faults()
    faults.said.clear()
    _loop().run_until_complete(served())
    require(not faults.said, f"an interaction is served: {faults.said}")


def _refusal(data: bytes) -> None:
    deal = Deal(data)
    status = deal.one_of((200, 204, 400, 401, 403, 404, 429, 500, 502, 599))
    headers = {"Retry-After": deal.text(100), "X-RateLimit-Scope": deal.text(20), "Via": "1.1"}
    headers["Content-Type"] = deal.one_of(("application/json", "text/html"))
    error = verdict(status, headers, deal.rest())
    if isinstance(error, RateLimited):
        require(error.retry_after >= 0, "a wait is no negative time")
    str(error).encode()


def _choices(number: int) -> Iterator[bytes]:
    """One input for each document, with one change that matters little."""
    return (bytes((n, 0, 0, 0, 0)) + dealt("x") for n in range(number))


TARGETS = (
    Target("telegram-webhook", _body, 30, lambda: [json.dumps(u).encode() for u in _UPDATES],
           ('"update_id":', '"chat":', '"id":', "1e999", "-0.0", '"text":"/paper ', "\\ud83d")),
    Target("telegram-update", _update, 20, lambda: _choices(len(_UPDATES)), ("/paper ", "/set@")),
    Target("discord-interaction", _interaction, 15, lambda: _choices(len(_INTERACTIONS)),
           ("sulan:", "sulan-select:", "sulan-ask:", "set:src=")),
    Target("discord-refusal", _refusal, 50, lambda: [b"\6" + dealt("1.5", "user") + b"\0" +
           b'{"code": 20028, "message": "x", "retry_after": 1.5, "global": false}'],
           ('"code":', '"retry_after":', "1e999", "null", "shared", "global")),
)  # fmt: skip
