"""A word to the one who pressed."""

from adapters.base import Responder, Whisperer


async def whisper(responder: Responder, text: str) -> None:
    """Tell the one who pressed, where the platform has a way to."""
    if isinstance(responder, Whisperer):
        await responder.whisper(text)
