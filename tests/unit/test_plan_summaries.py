"""What only a summary can tell is asked of the summary, also of one that comes late."""

from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.summary import (
    Keyword,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
    SummaryKey,
)
from bot.services.news_desk import PATIENCE
from bot.services.testing_plan import PAPERS, A, PlanStage, at, keys_of
from bot.store.memory import MemoryStore

ONE, TWO = PAPERS[:2]


def _by_a_model(paper: Paper, *keywords: Keyword) -> Summary:
    score = Score(4)
    return Summary(
        paper_id=paper.id,
        language="zh",
        main_work="它能做到。",
        highlights=("它能做到。",),
        keywords=keywords,
        scores=Scores(score, score, score),
        provenance=Provenance(Origin.MODEL, "m", "v2"),
    )


async def test_a_chinese_word_is_found_in_a_summary_that_follows_a_quotation() -> None:
    world = PlanStage(MemoryStore())
    await world.chat(A, at(-99), filters=Filters(include=("世界模型",)))
    await world.listed(ONE, TWO, at=at(0), languages=("zh",))  # quoted: no keywords
    assert await world.plan_at(at(0) + PATIENCE) == 0
    for paper, term in ((ONE, Keyword("world model", "世界模型")), (TWO, Keyword("video", "视频"))):
        key = SummaryKey(paper.id, 1, "zh", "v2", "m")
        await world.store.summaries.put(key, _by_a_model(paper, term))
    assert await world.plan_at(at(1)) == 1
    assert await world.keys(A) == keys_of(ONE)
