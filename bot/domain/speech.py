"""What the bot says in one language, by what it says in English."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.summary import Language


@dataclass(frozen=True, slots=True)
class Speech:
    """Sentences of one language. The English one is the key, and stands in for a missing one.

    ``text`` translates a sentence, ``plural`` chooses and translates the form for a number. Values
    are put into ``{places}``; texts from outside are values, never part of a sentence.
    """

    language: Language
    text: Callable[[str], str]
    plural: Callable[[str, str, int], str]

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence with its values."""
        return self.text(sentence).format(**values)

    def say_many(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The form for the number, which goes to the place ``{count}``."""
        return self.plural(one, many, number).format(count=number, **values)


def _as_it_is(sentence: str) -> str:
    return sentence


def _one_or_many(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


# What stands in the code, for whoever has no other language loaded.
ENGLISH = Speech("en", _as_it_is, _one_or_many)
