"""What a person asks of the bot, on whatever platform."""

from dataclasses import dataclass

from bot.domain.target import Target


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``name`` has no slash; ``argument`` is what follows it, as typed.

    ``id`` names the request on its platform (an update, an interaction), so that the same one is
    never handled twice. ``user`` is an opaque id, "" where the platform tells none (a channel's
    post). ``language`` is what the person's client speaks, as a BCP 47 tag, if it says.
    """

    id: str
    name: str
    argument: str
    target: Target
    user: str = ""
    language: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A paper offered while somebody types."""

    paper_id: str
    title: str
