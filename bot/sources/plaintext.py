"""Titles and abstracts as plain Unicode."""

from bot.domain.text import collapse


def plain(text: str) -> str:
    """Text as a reader wants it."""
    return collapse(text)
