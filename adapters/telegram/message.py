"""What one call to Telegram will say, before any library sees it."""

from dataclasses import dataclass

from bot.domain.post import Attachment


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens ``url``, or sends us ``key`` (1 to 64 bytes)."""

    label: str
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Opens a reply to the message in people's clients, ``placeholder`` (at most 64 characters)
    standing where the answer goes. ``selective``: only for whom the message itself replies to."""

    placeholder: str = ""
    selective: bool = False


@dataclass(frozen=True, slots=True)
class TelegramMessage:
    """One message: a text in Telegram's HTML, or without markup where ``html`` is false.

    ``preview`` is the page whose preview goes under it, "" for none. ``follows`` is whether it
    continues the message before it, and so need not notify again; a ``silent`` one notifies nobody
    either. A ``document`` is sent as a file, without a text. ``replies_to`` is the id of a message
    in the same chat, "" for none. ``paid`` is whether it may cost Stars.
    """

    text: str
    html: bool = True
    preview: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    follows: bool = False
    silent: bool = False
    document: Attachment | None = None
    replies_to: str = ""
    question: Question | None = None
    paid: bool = False
