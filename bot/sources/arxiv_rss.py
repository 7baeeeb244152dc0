"""arXiv's daily announcements by category."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yarl import URL

from bot.domain.errors import InvalidInput, SourceHasNoArchive
from bot.domain.listing import Listing
from bot.ports import Clock
from bot.sources.exchange import FEED_TYPES, Answer, Request
from bot.sources.http import HttpClient
from bot.sources.rss_parse import RssFeed, parse_rss

ARXIV_RSS = "https://rss.arxiv.org/rss"
# As in cs, cs.CL, hep-th, astro-ph.CO; only two archives have subjects in small letters
# (physics.acc-ph, cond-mat.mes-hall), so that cs.cl is a slip worth pointing out.
_CATEGORY = re.compile(
    r"(?:physics|cond-mat)\.[a-z]{2,8}(?:-[a-z]{2,4})?|[a-z]{1,8}(?:-[a-z]{2,4})?(?:\.[A-Z]{2})?",
    re.ASCII,
)
# arXiv names some 155 categories; whoever asks for more than this wants its archives instead.
_MAX_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class Announced:
    """Which announcements count: ``categories`` as arXiv spells them, in the order of the key."""

    categories: tuple[str, ...]
    cross_lists: bool = False
    replacements: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.categories) <= _MAX_CATEGORIES:
            raise InvalidInput(f"Name 1 to {_MAX_CATEGORIES} arXiv categories, such as cs.CL.")
        for category in self.categories:
            if not _CATEGORY.fullmatch(category):
                raise InvalidInput(
                    f"Not an arXiv category: {category[:40]!r}. Categories look like cs.CL, "
                    "hep-th or physics.acc-ph, capitals included; join several with a +."
                )

    @property
    def types(self) -> frozenset[str]:
        """arXiv's ``announce_type`` values that are taken (F15)."""
        cross = {"cross"} if self.cross_lists else set[str]()
        replaced = {"replace"} if self.replacements else set[str]()
        both = {"replace-cross"} if self.cross_lists and self.replacements else set[str]()
        return frozenset({"new"} | cross | replaced | both)


def parse_categories(text: str) -> tuple[str, ...]:
    """Categories from ``cs.CL`` or ``cs.CL+cs.LG``, each once.

    ``Announced`` checks them.
    """
    return tuple(dict.fromkeys(part.strip() for part in text.split("+")))


class ArxivRss:
    """Implements ``bot.ports.Source``: one announcement, the newest, and no archive.

    ``url`` is what stands before the categories in the feed's address.
    """

    def __init__(
        self, client: HttpClient, clock: Clock, *, announced: Announced, url: str = ARXIV_RSS
    ) -> None:
        self._client = client
        self._clock = clock
        self._announced = announced
        self._url = str(URL(url) / "+".join(announced.categories))

    @property
    def key(self) -> str:
        return f"arxiv:{'+'.join(self._announced.categories)}"

    async def list_day(self, day: date) -> Listing:
        """See ``Source.list_day``. A day after today (UTC) is read as today.

        Today is an empty list while the feed still shows an earlier announcement: the next comes
        at midnight Eastern, and none at weekends and on holidays.
        """
        today = self._clock.now().date()
        day = min(day, today)
        feed = await self._client.get(
            Request(self._url, content_types=FEED_TYPES, conditional=True), self._read
        )
        empty = not feed.papers and not feed.quarantined
        if feed.announced == day and not (empty and day < today):
            return Listing(self.key, day, feed.papers, feed.quarantined)
        if day == today and feed.announced < today:
            return Listing(self.key, day, ())
        raise SourceHasNoArchive(_no_archive(self._announced.categories, day, feed, empty=empty))

    def _read(self, answer: Answer) -> RssFeed:
        return parse_rss(answer.body, announce=self._announced.types)


def _no_archive(categories: Sequence[str], day: date, feed: RssFeed, *, empty: bool) -> str:
    shown = "nothing new" if empty else f"the announcement of {feed.announced}"
    return (
        f"arXiv's feed of {' and '.join(categories)} keeps no past days: it shows {shown}, and "
        f"{day} was asked for. Ask for {'today' if empty else feed.announced}, or ask Hugging Face."
    )
