"""What the operator lets chats choose. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.summary import Language
from bot.domain.wording import Wording

# Lists that people ask for most; a menu holds 25 choices.
_POPULAR = ("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.RO", "cs.IR", "cs.SE", "cs.HC", "cs.CR")
_POPULAR_ELSEWHERE = ("stat.ML", "eess.AS", "eess.IV", "quant-ph", "q-bio.QM")
_ALL_OF_ARXIV = "arxiv:*"


@dataclass(frozen=True, slots=True)
class Offer:
    """The languages there are, and the sources: ``sources`` are also what a new subscriber gets,
    ``patterns`` more that may be chosen (a key, or ``arxiv:*`` for each category by itself).

    ``subscriptions`` is whether chats may subscribe at all, ``most_chats`` how many may.
    """

    wordings: Mapping[Language, Wording]
    sources: tuple[str, ...] = ("hf",)
    patterns: tuple[str, ...] = ("hf",)
    subscriptions: bool = True
    most_chats: int = 10_000

    def allows(self, source: str) -> bool:
        """Whether a chat may choose this source."""
        if source in self.sources or source in self.patterns:
            return True
        # Categories joined in one list are a list more to read: there would be no end of them (T8).
        one_category = source.startswith("arxiv:") and "+" not in source
        return _ALL_OF_ARXIV in self.patterns and one_category

    @property
    def menu(self) -> tuple[str, ...]:
        """Sources to choose from at a glance: what the operator names, and well-known lists."""
        named = (p for p in self.patterns if p != _ALL_OF_ARXIV)
        popular = (f"arxiv:{category}" for category in (*_POPULAR, *_POPULAR_ELSEWHERE))
        return tuple(dict.fromkeys((*self.sources, *named, *filter(self.allows, popular))))

    @property
    def named(self) -> tuple[str, ...]:
        """The same for an error's text: patterns instead of examples."""
        return tuple(dict.fromkeys((*self.sources, *self.patterns)))
