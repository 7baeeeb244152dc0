"""What one call to Telegram will say, before any library sees it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens ``url``, or sends us ``key`` (1 to 64 bytes)."""

    label: str
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class TelegramMessage:
    """One message: a text in Telegram's HTML, or without markup where ``html`` is false.

    ``preview`` is the page whose preview goes under it, "" for none. ``follows`` is whether it
    continues the message before it, and so need not notify again.
    """

    text: str
    html: bool = True
    preview: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    follows: bool = False
