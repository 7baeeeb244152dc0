"""Commands on each database: what people type meets SQL."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.services.commands.testing import bench, summary_of
from bot.store.sql_store import open_store
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
PAPER = Paper(PaperId("2309.12307"), "100% _LongLoRA_ of O'Hara", "An abstract.")
HOSTILE = ["%%", "__", "' OR 1=1 --", "'; DROP TABLE papers; --", "\x00\x00", "\ud800\ud800",
           "\u202e2309", "a" * 10_240, "2309.12307'"]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
async def test_f66_what_is_typed_never_reaches_sql_as_sql(typed: str, place: str) -> None:
    async with open_store(place) as store:
        one = bench(store, HeldClock(NOON), WORDINGS)
        one.lookup.papers[PAPER.id] = PAPER
        async with one.service:
            assert (await one.ask("paper", "2309.12307")).last.title == PAPER.title
            for name in ("paper", "digest", "search", "save", "export", ""):
                shown = await one.ask(name, typed)
                assert WORDINGS["en"].commands.apology not in shown.titles
            assert len(await one.service.suggest(typed, limit=5)) <= 1
            assert [s.title for s in await one.service.suggest("o'hara", limit=5)] == [PAPER.title]
            assert (await one.ask("paper", "2309.12307")).titles == [PAPER.title]
            assert len((await one.ask("status")).posts) == 1
        assert one.lookup.asked == [one.lookup.asked[0]]


async def test_what_is_found_saved_and_voted_is_there_after_a_restart(place: str) -> None:
    chinese = Paper(PaperId("2611.00001"), "Long videos", "An abstract.")
    async with open_store(place) as store:
        one = bench(store, HeldClock(NOON), WORDINGS)
        await store.papers.save([PAPER, chinese])
        key = one.means.summaries.key_of(chinese, "zh")
        await store.summaries.put(
            key, replace(summary_of(chinese, "zh"), main_work="视频生成模型。")
        )
        found = (await one.ask("search", "视频生成")).last
        assert found.sections[0].lines == ("1. ★4 Long videos",)
        assert (await one.ask("paper", "100% _longlora_ of o'hara")).last.title == PAPER.title
        await one.ask("save", "2611.00001")
        for user in ("7", "8", "8", "9"):
            await one.press("vote:up:2611.00001", user=user)
    async with open_store(place) as store:
        again = bench(store, HeldClock(NOON), WORDINGS)
        assert (await again.press(found.actions[0].key)).last.title == "Long videos"
        assert (await again.ask("saved")).last.title == "1 saved paper"
        best = (await again.ask("top")).last
        assert best.sections[0].lines[0].endswith("+2")
