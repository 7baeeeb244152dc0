"""Which papers are worth a summary, where one of them breaks whatever reads it."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.filters import Filters
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.services.audiences import Audience, Group, Groups, Taste
from bot.services.news import Place
from bot.services.rounds.demand import Demand, Open
from bot.services.testing_plan import NINE, PAPERS, TODAY

TASTE = Taste(Filters(), ("zh",))
GROUPS = Groups(by_taste={TASTE: [Group(Audience(("zh",), ("hf",)))]})


def _open(paper: Paper) -> Open:
    place = Place("hf", Listed(paper.id, 1, TODAY, 0, NINE), NINE)
    return Open(paper, {"hf": place}, "zh")


async def test_f63_a_paper_that_cannot_be_read_keeps_no_other_from_being_summarised() -> None:
    poison = replace(PAPERS[1], authors=("A",))
    object.__setattr__(poison, "authors", (None,))
    papers = [_open(poison), _open(PAPERS[0])]
    wanted = await Demand().since(papers, GROUPS, NINE + timedelta(minutes=1))
    assert [one.paper for one, _ in wanted] == [PAPERS[0]]
