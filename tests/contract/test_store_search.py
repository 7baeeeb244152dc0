"""What every PaperIndex finds, in whatever language, and whatever is typed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import Keyword, Origin, Provenance, Score, Scores, Summary, SummaryKey
from bot.ports import Store
from bot.store.memory import MemoryStore
from bot.store.sql_store import SqlStore

NOON = datetime(2026, 8, 10, 12, tzinfo=UTC)

LONG, VIDEO, FLOW, OLD = (
    Paper(
        id=PaperId("2608.00001"),
        title="LongLoRA: Efficient Fine-tuning of Long-Context LLMs",
        abstract="Sparse attention models train\nquickly. Café results by Müller on GPT-4.",
        published_at=NOON,
    ),
    Paper(
        id=PaperId("2608.00002"),
        title="Diffusion Models for Video",
        abstract="We generate videos of cats, and study their embeddings.",
        published_at=NOON + timedelta(days=1),
    ),
    Paper(
        id=PaperId("2608.00003"),
        title="Flows",
        abstract="Unlike video diffusion, a modelling of flows. Видео и אב שלום. हिन्दी भाषा",
        published_at=NOON + timedelta(days=2),
    ),
    Paper(id=PaperId("hep-th/9901001"), title="Anti de Sitter Space"),
)
PAPERS = (LONG, VIDEO, FLOW, OLD)


def summary(paper: Paper, language: str, *texts: str) -> tuple[SummaryKey, Summary]:
    key = SummaryKey(paper.id, 1, language, "p1", "m")
    reason = Score(4, "因为推理很快。")
    written = Summary(
        paper_id=paper.id,
        language=language,
        main_work=texts[0],
        highlights=texts[1:],
        keywords=(Keyword("Sparse Attention", "稀疏注意力"), Keyword("LoRA")),
        scores=Scores(reason, reason, reason),
        provenance=Provenance(Origin.MODEL, "m", "p1", NOON),
    )
    return key, written


CHINESE = summary(LONG, "zh", "本文提出大型语言模型的高效微调方法。", "显存占用减少 40%，速度更快")


async def found(store: Store, text: str) -> list[str]:
    page = await store.index.search(text, limit=99)
    assert page.total == len(page.papers)
    return [paper_id.value for paper_id in page.papers]


async def fill(store: Store) -> None:
    await store.papers.save(PAPERS)
    await store.summaries.put(*CHINESE)


ONE, TWO, THREE = (paper.id.value for paper in PAPERS[:3])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("longlora", [ONE], id="title"),
        pytest.param("SPARSE Attention", [ONE], id="abstract, capitals"),
        pytest.param("attention longlora", [ONE], id="words in any order and place"),
        pytest.param("sparse cats", [], id="all words, not some"),
        pytest.param("cafe muller", [ONE], id="without accents"),
        pytest.param("ＣＡＦＥ", [ONE], id="full width"),
        pytest.param("video diffusion", [TWO, THREE], id="title hits first"),
        pytest.param('"video diffusion"', [THREE], id="quoted words stand together"),
        pytest.param("“video diffusion”", [THREE], id="curly quotation marks"),
        pytest.param("「video diffusion」", [THREE], id="Chinese quotation marks"),
        pytest.param('"video diffusion', [TWO, THREE], id="unclosed quotation mark"),
        pytest.param('diffusion" models', [TWO, THREE], id="stray quotation mark"),
        pytest.param("gpt-4", [ONE], id="what a hyphen joins"),
        pytest.param("4-gpt", [], id="stands in this order"),
        pytest.param("embedding", [TWO], id="singular for plural"),
        pytest.param("cat", [TWO], id="singular for plural of three letters"),
        pytest.param("generating video", [TWO], id="ending of a verb"),
        pytest.param("modeled", [TWO, THREE, ONE], id="doubled letter"),
        pytest.param("语言模型", [ONE], id="Chinese word of four"),
        pytest.param("模型", [ONE], id="Chinese word of two"),
        pytest.param("型", [ONE], id="Chinese character"),
        pytest.param("法", [ONE], id="Chinese character before a full stop"),
        pytest.param("稀疏注意力", [ONE], id="keyword's translation"),
        pytest.param("显存 微调", [ONE], id="two Chinese words"),
        pytest.param("推理很快", [ONE], id="a score's reason"),
        pytest.param("语模", [], id="characters that do not stand together"),
        pytest.param("快因", [], id="nor over the end of a sentence"),
        pytest.param("高效 longlora", [ONE], id="two languages"),
        pytest.param("減少", [], id="traditional characters are others"),
        pytest.param("видео", [THREE], id="Cyrillic"),
        pytest.param("שלום", [THREE], id="right to left"),
        pytest.param("हिन्दी", [THREE], id="signs that combine"),
        pytest.param("sitter", ["hep-th/9901001"], id="old-style id, no date"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \t\n", [], id="white space"),
        pytest.param("\" ' * ^ : - ( ) % _ \\", [], id="signs only"),
        pytest.param("title : longlora", [], id="F66 a column's name is a word"),
        pytest.param("longlora AND", [], id="F66 an operator is a word"),
        pytest.param("long*", [ONE], id="F66 an asterisk is none"),
        pytest.param("NEAR(cats 3)", [], id="F66 a function is words"),
        pytest.param("cats' | 'x:*A & !(dogs", [], id="F66 tsquery-ish"),
        pytest.param("'; DROP TABLE papers; --", [], id="F66 SQL-ish"),
        pytest.param("\0longlora\ud800\u202e", [ONE], id="F66 NUL, lone surrogate, direction"),
        pytest.param("long\u00adlora", [ONE], id="F66 soft hyphen"),
        pytest.param("x" * 10_000, [], id="F66 10 kB of one word"),
        pytest.param("longlora " * 1_100, [ONE], id="F66 10 kB of words"),
        pytest.param("模" * 10_000, [], id="F66 10 kB of Chinese"),
        pytest.param("(" * 5_000, [], id="F66 brackets"),
    ],
)
async def test_papers_are_found_f66(store: Store, text: str, expected: list[str]) -> None:
    await fill(store)
    assert await found(store, text) == expected


async def test_pages_follow_one_another_and_tell_how_many_there_are(store: Store) -> None:
    papers = [
        replace(VIDEO, id=PaperId(f"2608.{n:05}"), published_at=NOON + timedelta(hours=n))
        for n in range(1, 26)
    ]
    await store.papers.save(papers)
    pages = [await store.index.search("video", limit=10, offset=n) for n in (0, 10, 20, 30)]
    assert [len(page.papers) for page in pages] == [10, 10, 5, 0]
    assert {page.total for page in pages} == {25}
    newest_first = [paper.id for paper in reversed(papers)]
    assert [paper_id for page in pages for paper_id in page.papers] == newest_first
    nothing = await store.index.search("video", limit=0, offset=-5)
    assert (list(nothing.papers), nothing.total) == ([], 25)


async def test_a_thousand_papers_are_found_at_most(store: Store) -> None:
    papers = [replace(FLOW, id=PaperId(f"2608.{n:05}"), title=f"Net {n}") for n in range(1, 1_005)]
    await store.papers.save([*papers, VIDEO])
    page = await store.index.search("diffusion", limit=1)
    assert (list(page.papers), page.total) == ([VIDEO.id], 1_000)


async def test_a_summary_is_found_as_soon_as_it_is_stored_and_as_it_is_now(store: Store) -> None:
    await store.papers.save(PAPERS)
    assert not await found(store, "微调")
    await store.summaries.put(*CHINESE)
    assert await found(store, "微调") == [ONE]
    key, written = CHINESE
    await store.summaries.put(key, replace(written, main_work="另外的内容"))
    assert not await found(store, "微调")
    await store.summaries.put(*summary(LONG, "fr", "Réglage affiné"))
    assert await found(store, "reglage 另外") == [ONE]


async def test_a_summary_that_was_there_first_is_found_with_its_paper(store: Store) -> None:
    await store.summaries.put(*CHINESE)
    assert not await found(store, "微调")
    await store.papers.save([LONG])
    assert await found(store, "微调") == [ONE]


async def test_a_paper_is_found_by_its_newest_text_and_keeps_its_summaries(store: Store) -> None:
    await fill(store)
    await store.papers.save([replace(LONG, version=2, title="Renamed", abstract="About dogs.")])
    assert await found(store, "renamed dogs 微调") == [ONE]
    assert not await found(store, "longlora")


async def test_suggestions_go_on_with_what_a_search_finds(store: Store) -> None:
    await fill(store)

    async def suggested(text: str, limit: int = 9) -> Sequence[str]:
        return [found.paper_id for found in await store.index.suggest(text, limit=limit)]

    assert await suggested("video") == [TWO, THREE]
    assert await suggested("video", 1) == [TWO]
    assert await suggested("微调") == [ONE]
    assert not await suggested("2608.9")


TYPED = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["video", "模型", "模", '"', "“", "-", "*", "GPT-4", "\0", "AND", "'", "\\", ":", " ", "ß"]
    )
).map("".join)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TYPED)
async def test_f66_nothing_that_is_typed_is_an_error(store: Store, text: str) -> None:
    page = await store.index.search(text, limit=5)
    assert page.total == 0
    await store.index.suggest(text, limit=5)


VERSIONS = count(2)
WORDS = st.lists(
    st.sampled_from(["video", "videos", "cat", "模型", "语言模型", "型", "GPT-4", "a", "，", "é"]),
    max_size=6,
).map(" ".join)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=WORDS, abstract=WORDS, text=WORDS)
async def test_the_databases_find_what_the_fake_finds(
    sql_store: SqlStore, title: str, abstract: str, text: str
) -> None:
    fake = MemoryStore()
    paper = replace(LONG, title=title or "x", abstract=abstract or "y", version=next(VERSIONS))
    for store in (sql_store, fake):
        await store.papers.save([paper])
    for typed in (text, f'"{text}"'):
        assert await found(sql_store, typed) == await found(fake, typed)
