"""The bundled sample day as a source: Hugging Face's answer from a file instead of the network."""

from datetime import date

from bot.domain.errors import SourceHasNoArchive
from bot.domain.listing import Listing
from bot.sample import DAY, daily_papers
from bot.sources.hf_parse import parse_daily


class SampleDay:
    """Lists the sample's one day under Hugging Face's key, read by the same parser."""

    key = "hf"

    async def list_day(self, day: date) -> Listing:
        """The sample's list.

        Raises:
            SourceHasNoArchive: the sample has another day only.
        """
        if day != DAY:
            raise SourceHasNoArchive(f"The sample has one day, {DAY}, not {day}.")
        return parse_daily(daily_papers(), day=day)
