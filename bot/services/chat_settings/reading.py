"""What a typed value is read with, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.chat import Chat
from bot.domain.speech import Speech
from bot.services.chat_settings.misread import Misread
from bot.services.chat_settings.offer import Offer

# Changes what it is about and leaves the rest, so that of two people who change different things
# at once neither loses. May raise Misread where it does not fit the chat as it is then.
Change: TypeAlias = Callable[[Chat], Chat]

_LONGEST_ECHO = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """In whose words errors are said, and what may be chosen."""

    speech: Speech
    offer: Offer

    def misread(self, text: str, example: str) -> Misread:
        """The error that repeats what was typed, shortened, and shows the right form."""
        form = self.speech.say("Write it like this: {example}", example=f"/settings {example}")
        if not text:
            return Misread(self.speech.say("Something is missing there. {form}", form=form))
        shown = text if len(text) <= _LONGEST_ECHO else text[:_LONGEST_ECHO].rstrip() + " …"
        return Misread(
            self.speech.say("I do not understand “{text}” there. {form}", text=shown, form=form)
        )
