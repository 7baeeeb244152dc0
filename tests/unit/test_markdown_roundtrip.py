"""What is written is read back equal, whatever the texts say (T4)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # comes with rich: an independent reading of CommonMark

from bot.domain.digest import Digest, Entry
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import (
    Finding,
    FindingKind,
    Keyword,
    Origin,
    Provenance,
    Score,
    Scores,
    Summary,
)
from bot.domain.text import collapse
from summarizer.languages import available_languages, load_wording
from summarizer.markdown import read_digest, write_digest

# Pieces that are structure to Markdown, or to the four-part format, in either language.
PIECES = (
    r"` `` ** * _ ~ ]( <b> --- ``` /5 4.5/5 ， ： （ ） ( ) \ \* | &lt; #"
    " 1.通过 主要亮点 亮点： Summary: Highlights 论文总结 未评分：没有使用模型"
    " 实用性：4.5/5，好 论文 a 。 360° 🤖 👩\u200d🔬 é"
    " • ① 5 [a](https://huggingface.co/papers/2309.12307)"
)
PHRASES = (
    *("## x", "### 3. 核心关键词", "### 4. Scores", "- ", "1. ", "> ⚠ ", "> ✍ 导入的速览"),
    *("<!-- sulan version=2 -->", "Novelty: 3/5", ", ", ": ", "B ", "由 ", " 生成", "\u3000"),
)
STRUCTURE = st.sampled_from([*PHRASES, *PIECES.split()])
LINES = st.one_of(st.lists(STRUCTURE, min_size=1, max_size=6).map("".join), st.text(max_size=30))
TEXT = LINES.map(collapse).filter(bool)
MAYBE = LINES.map(collapse)

IDS = st.sampled_from(["2309.12307", "0704.0001", "2608.13558", "hep-th/9901001", "math/0309285"])
SOURCES = st.sampled_from(["hf", "arxiv:cs.CL", "arxiv:hep-th", "arxiv:cs.CL+cs.LG"])
SCORES = st.builds(Score, st.floats(0, 5), MAYBE)
STABLE = {
    FindingKind.FALLBACK: ["busy", "refused", "budget", "failed"],
    FindingKind.CUT_OFF: ["main_work", "recommendation"],
    FindingKind.LENGTH: ["highlights"],
    FindingKind.SCORES: ["novelty", "scores"],
}


def findings(language: str) -> st.SearchStrategy[Finding]:
    """Findings whose detail is a stable word, or any text but the language's word for one."""
    wording = load_wording(language)

    def details(kind: FindingKind) -> st.SearchStrategy[Finding]:
        words = set(wording.detail_words(kind).values())
        free = MAYBE.filter(lambda detail: detail not in words)
        known = [st.sampled_from(STABLE[kind])] if kind in STABLE else []
        return st.builds(Finding, st.just(kind), st.one_of(free, *known))

    return st.sampled_from(FindingKind).flatmap(details)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis wants naive bounds)
PROVENANCES = st.one_of(
    st.builds(Provenance, st.just(Origin.EXTRACTIVE), st.just(""), MAYBE, st.none() | MOMENTS),
    st.builds(
        Provenance,
        st.sampled_from([Origin.MODEL, Origin.IMPORTED]),
        st.one_of(st.sampled_from(["GPT-4", "gpt-6-luna", ""]), MAYBE),
        MAYBE,
        st.none() | MOMENTS,
    ),
)


@st.composite
def entries(draw: st.DrawFn, language: str) -> Entry:
    paper = Paper(id=PaperId(draw(IDS)), title=draw(TEXT), version=draw(st.integers(1, 9)))
    summary = Summary(
        paper_id=paper.id,
        language=draw(st.sampled_from([language, language, "en"])),
        main_work="\n".join(draw(st.lists(TEXT, min_size=1, max_size=3))),
        highlights=tuple(draw(st.lists(TEXT, max_size=4))),
        keywords=tuple(draw(st.lists(st.builds(Keyword, TEXT, st.none() | TEXT), max_size=4))),
        scores=draw(st.none() | st.builds(Scores, SCORES, SCORES, SCORES)),
        provenance=draw(PROVENANCES),
        findings=tuple(draw(st.lists(findings(language), max_size=3))),
    )
    return Entry(paper, summary)


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    language = draw(st.sampled_from(available_languages()))
    listed = draw(st.lists(entries(language), max_size=3))
    day = draw(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    return Digest(draw(SOURCES), day, language, tuple(listed))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(digests())
def test_every_digest_reads_back_equal_and_writes_the_same_again(digest: Digest) -> None:
    wording = load_wording(digest.language)
    written = write_digest(digest, wording)
    imported = read_digest(written)
    assert imported.digest == digest
    assert imported.notes == ()
    assert write_digest(imported.digest, wording) == written


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(digests())
def test_an_independent_reader_sees_no_structure_but_ours(digest: Digest) -> None:
    wording = load_wording(digest.language)
    tokens = MarkdownIt("commonmark").parse(write_digest(digest, wording))
    headings = [
        "".join(child.content for child in tokens[place + 1].children or ())
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    parts = [getattr(wording.headings, name) for name in wording.headings.__slots__]
    titles = [[entry.paper.title, *parts] for entry in digest.entries]
    assert headings[1:] == [heading for entry in titles for heading in entry]
    inline = [child for token in tokens for child in token.children or ()]
    hrefs = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    assert len(hrefs) == 1 + len(digest.entries)
    assert all(href.startswith(("https://huggingface.co/", "https://arxiv.org/")) for href in hrefs)
    html = [t.content for t in [*tokens, *inline] if t.type in {"html_block", "html_inline"}]
    assert all(tag.startswith("<!-- sulan ") for tag in html)
    assert {t.type for t in tokens} & {"fence", "code_block", "hr", "ordered_list_open"} == set()


def test_texts_are_normalised_at_the_border() -> None:
    entry = Entry(
        Paper(id=PaperId("2309.12307"), title="A  title\u202e of two\tspaces"),
        Summary(
            paper_id=PaperId("2309.12307"),
            language="zh",
            main_work="  第一段。\n\n第二\u200b段。 ",
            highlights=("一\n二",),
            keywords=(Keyword("A\u2028B", " "),),
            scores=None,
            provenance=Provenance(Origin.MODEL, model=" GPT-4 "),
        ),
    )
    digest = Digest("hf", date(2023, 9, 25), "zh", (entry,))
    read = read_digest(write_digest(digest, load_wording("zh"))).digest.entries[0]
    assert read.paper.title == "A title of two spaces"
    assert read.summary.main_work == "第一段。\n第二段。"
    assert read.summary.highlights == ("一 二",)
    assert read.summary.keywords == (Keyword("A B"),)
    assert read.summary.provenance.model == "GPT-4"


@pytest.mark.parametrize("language", available_languages())
def test_the_note_tells_who_wrote_most_entries_and_others_say_so_themselves(language: str) -> None:
    """What a model wrote is imported as that model's, because the text says so."""
    model = Provenance(Origin.MODEL, "gpt-6-luna", "2", datetime(2026, 11, 21, tzinfo=UTC))
    authors = (model, Provenance(Origin.EXTRACTIVE, prompt="1"), replace(model, prompt="3"))
    papers = [Paper(id=PaperId(f"2309.1230{n}"), title=f"T{n}") for n in range(3)]
    listed = tuple(
        Entry(paper, Summary(paper.id, language, "M.", ("H.",), (), None, author))
        for paper, author in zip(papers, authors, strict=True)
    )
    digest = Digest("hf", date(2026, 11, 21), language, listed)
    written = write_digest(digest, load_wording(language))
    assert written.count("> ✍ ") == 1
    assert read_digest(written).digest == digest
