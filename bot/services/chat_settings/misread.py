"""Something typed that cannot be taken."""

from bot.domain.errors import InvalidInput


class Misread(InvalidInput):
    """The message is for who typed it, in their language: what was not understood, and the form
    that is."""
