"""Asking for a text: a message to reply to, whose last line says what the reply is for. Pure.

Nothing else remembers the question, so it is understood after a restart, by another process, and
weeks later. In groups where a bot sees commands only (privacy mode), it sees replies to itself.
"""

import re
from collections.abc import Iterator, Sequence

from adapters.telegram.blocks import Block, Line, Span, Style, units
from adapters.telegram.defuse import outside
from adapters.telegram.html import to_html
from adapters.telegram.message import Question, TelegramMessage
from adapters.telegram.origin import Json
from bot.domain.post import Prompt
from bot.domain.text import collapse

# Before the command, in a line of their own.
_SIGN = "↳ "
_ASKED = re.compile(rf"{_SIGN}(?P<command>/[a-z0-9_]{{1,32}}(?: [^\n]{{1,100}})?)")
# Characters; together far below a message's 4096.
_TITLE, _HINT, _VALUE, _REPLYING = 200, 600, 1000, 200
# Bot API, ForceReply.
_PLACEHOLDER = 64


def prompt_message(
    prompt: Prompt, *, replies_to: str = "", selective: bool = False
) -> TelegramMessage:
    """The question: what is asked for, how to write it, what stands there now (to be copied by a
    touch), how to answer, and the command."""
    lines = tuple(line for line in _lines(prompt) if line)
    placeholder = collapse(prompt.hint or prompt.title)[:_PLACEHOLDER].strip()
    return TelegramMessage(
        to_html((Block(lines),)),
        replies_to=replies_to,
        question=Question(placeholder, selective=selective),
    )


def _lines(prompt: Prompt) -> Iterator[Line]:
    yield outside(prompt.title[:_TITLE], {}, Style.BOLD)
    yield outside(prompt.hint[:_HINT], {})
    if value := collapse(prompt.value)[:_VALUE]:
        yield (Span(value, Style.CODE),)
    yield outside(prompt.replying[:_REPLYING], {})
    yield (Span(f"{_SIGN}/{collapse(prompt.command).lstrip('/')}", Style.CODE),)


def command_asked_for(message: Json, *, username: str) -> str:
    """The command line that a message answers, "" if it is no reply to a question of our own.

    Others may write the same text, so the question's author counts. In a message of ours no text
    from outside makes such a last line: set as code as a whole, with a blank in it
    (``defuse.outside`` sets single words).
    """
    asked: Json = message.get("reply_to_message") or {}
    author: Json = asked.get("from") or {}
    if not username or author.get("is_bot") is not True or "sender_chat" in asked:
        return ""
    if author.get("username", "").lower() != username.lower():
        return ""
    text = asked.get("text") or ""
    line = text.rpartition("\n")[2]
    found = _ASKED.fullmatch(line)
    place = {"type": "code", "offset": units(text) - units(line), "length": units(line)}
    entities: Sequence[Json] = asked.get("entities") or ()
    whole = any(place.items() <= each.items() for each in entities)
    return found["command"] if found and whole else ""
