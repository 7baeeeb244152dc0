"""What a bot has done, as a Bot API server remembers it. Pure: no time, no network."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.telegram.testing_members import member_of

# 2026-11-21 12:00 UTC; no test reads it.
_DATE = 1795262400
_BOT = {"id": 123456, "is_bot": True, "first_name": "Sulan", "username": "sulan_test_bot"}
# tginfo/Telegram-Limits, 187 and 228: found by others, documented nowhere.
_MOST_BUTTONS, _MOST_MARKUP = 100, 10_000
# What an edit does not name and cannot change.
_PLACED = ("message_thread_id", "reply_parameters")
_ME = {
    **_BOT,
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


class Refusal(Exception):
    """An error as Telegram answers it; ``parameters`` are those of its ``ResponseParameters``."""

    def __init__(
        self, status: int, description: str, parameters: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters: Mapping[str, int] = parameters or {}


@dataclass(frozen=True, slots=True)
class Standing:
    """A message as it stands in a chat: what was last said of it, as it arrived."""

    id: int
    chat: str
    params: Mapping[str, str]
    edits: int = 0

    @property
    def text(self) -> str:
        """The text with its markup; "" for a file."""
        return self.params.get("text", "")

    @property
    def replies_to(self) -> str:
        """The id of the message that it answers, "" for none."""
        parameters = json.loads(self.params.get("reply_parameters", "{}"))
        return str(parameters.get("message_id", ""))

    def buttons(self) -> list[list[dict[str, Any]]]:
        """The keyboard under it."""
        markup = json.loads(self.params.get("reply_markup", "{}"))
        return markup.get("inline_keyboard", [])


@dataclass(slots=True)
class BotState:
    """Messages in the order of sending, command menus by scope and language, the webhook, what was
    answered to inline and callback queries (by their ids), and who is what in a chat: a status by
    chat and user, "member" for everybody else."""

    messages: list[Standing] = field(default_factory=list[Standing])
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(
        default_factory=dict[tuple[str, str], list[dict[str, str]]]
    )
    webhook: dict[str, str] = field(default_factory=dict[str, str])
    answers: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    members: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def in_chat(self, chat: str) -> list[Standing]:
        """The messages of one chat."""
        return [message for message in self.messages if message.chat == chat]

    def call(self, method: str, params: Mapping[str, str]) -> object:
        """A method's result.

        Raises:
            Refusal: as Telegram would, or 404 for a method that is not played here.
        """
        played = _METHODS.get(method.lower())
        if played is None:
            raise Refusal(404, "Not Found")
        return played(self, params)


def _send(state: BotState, params: Mapping[str, str]) -> object:
    if not params.get("text", "").strip():
        raise Refusal(400, "Bad Request: message text is empty")
    return _keep(state, params)


def _send_document(state: BotState, params: Mapping[str, str]) -> object:
    return _keep(state, params)


def _keep(state: BotState, params: Mapping[str, str]) -> object:
    buttons = json.loads(params.get("reply_markup", "{}")).get("inline_keyboard", [])
    if sum(map(len, buttons)) > _MOST_BUTTONS or len(params.get("reply_markup", "")) > _MOST_MARKUP:
        raise Refusal(400, "Bad Request: reply markup is too long")
    message = Standing(len(state.messages) + 1, params["chat_id"], params)
    state.messages.append(message)
    return _message(message)


def _edit(state: BotState, params: Mapping[str, str]) -> object:
    if "inline_message_id" in params:
        return True
    place, known = _find(state, params)
    stays = {name: known.params[name] for name in _PLACED if name in known.params}
    said = {name: value for name, value in params.items() if name != "message_id"} | stays
    shown = ("text", "reply_markup")
    if all(known.params.get(name) == said.get(name) for name in shown):
        raise Refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply "
            "markup are exactly the same as a current content and reply markup of the message",
        )
    edited = replace(known, params=said, edits=known.edits + 1)
    state.messages[place] = edited
    return {**_message(edited), "edit_date": _DATE}


def _find(state: BotState, params: Mapping[str, str]) -> tuple[int, Standing]:
    for place, known in enumerate(state.messages):
        if (known.chat, str(known.id)) == (params["chat_id"], params["message_id"]):
            return place, known
    raise Refusal(400, "Bad Request: message to edit not found")


def _member(state: BotState, params: Mapping[str, str]) -> object:
    status = state.members.get((params["chat_id"], params["user_id"]), "member")
    return member_of(int(params["user_id"]), status)


def _answer_query(state: BotState, params: Mapping[str, str]) -> object:
    state.answers[params.get("inline_query_id") or params["callback_query_id"]] = params
    return True


def _set_commands(state: BotState, params: Mapping[str, str]) -> object:
    state.commands[_menu(params)] = json.loads(params["commands"])
    return True


def _get_commands(state: BotState, params: Mapping[str, str]) -> object:
    return state.commands.get(_menu(params), [])


def _delete_commands(state: BotState, params: Mapping[str, str]) -> object:
    state.commands.pop(_menu(params), None)
    return True


def _set_webhook(state: BotState, params: Mapping[str, str]) -> object:
    state.webhook = dict(params)
    return True


def _delete_webhook(state: BotState, _: Mapping[str, str]) -> object:
    state.webhook = {}
    return True


def _webhook_info(state: BotState, _: Mapping[str, str]) -> object:
    url = state.webhook.get("url", "")
    return {"url": url, "has_custom_certificate": False, "pending_update_count": 0}


_Method = Callable[[BotState, Mapping[str, str]], object]
_METHODS: Mapping[str, _Method] = {
    "getme": lambda _, __: _ME,
    "sendmessage": _send,
    "senddocument": _send_document,
    "getchatmember": _member,
    "editmessagetext": _edit,
    "answerinlinequery": _answer_query,
    "answercallbackquery": _answer_query,
    "sendchataction": lambda _, __: True,
    "setmycommands": _set_commands,
    "getmycommands": _get_commands,
    "deletemycommands": _delete_commands,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": _webhook_info,
}


def _menu(params: Mapping[str, str]) -> tuple[str, str]:
    return params.get("scope", '{"type": "default"}'), params.get("language_code", "")


def _message(message: Standing) -> dict[str, Any]:
    chat: dict[str, Any] = {"id": -1001000000001, "type": "channel", "title": "A channel"}
    sender: dict[str, Any] = {"from": _BOT}
    if message.chat.startswith("@"):
        chat["username"] = message.chat[1:]
        sender = {"sender_chat": chat}
    elif message.chat.startswith("-"):
        chat = {"id": int(message.chat), "type": "supergroup", "title": "A group"}
    else:
        chat = {"id": int(message.chat), "type": "private", "first_name": "Ada"}
    told = {"message_id": message.id, "date": _DATE, "chat": chat, **sender}
    if "text" in message.params:
        told["text"] = message.text
    else:
        told["document"] = {"file_id": "1", "file_unique_id": "1"}
    if "message_thread_id" in message.params:
        told |= {"message_thread_id": int(message.params["message_thread_id"])}
        told |= {"is_topic_message": True}
    if message.buttons():
        told["reply_markup"] = {"inline_keyboard": message.buttons()}
    return told
