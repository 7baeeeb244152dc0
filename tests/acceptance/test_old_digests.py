"""The five digests of the system before this one: 44 of 44 entries, nothing of them lost."""

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.domain.digest import Digest, Entry
from bot.domain.summary import Finding, FindingKind, Origin
from summarizer.languages import load_wording
from summarizer.markdown import ImportedDigest, read_digest, write_digest

# Entries, scores with a reason (of three each), keywords with a translation: counted by hand.
COUNTS = {
    "2023-09-10": (13, 28, 65),
    "2023-09-13": (9, 25, 45),
    "2023-09-20": (9, 17, 45),
    "2023-09-22": (8, 24, 40),
    "2023-09-25": (5, 13, 25),
}
CUT_OFF = {"2309.13018", "2309.03897", "2309.10706", "2309.10150"}


@pytest.fixture(scope="module")
def imported(shared: Path) -> dict[str, ImportedDigest]:
    paths = sorted((shared / "digests").glob("*.md"))
    return {
        path.stem: read_digest(path.read_text("utf-8"), source_name=path.name) for path in paths
    }


def all_entries(imported: dict[str, ImportedDigest]) -> list[Entry]:
    return [entry for read in imported.values() for entry in read.digest.entries]


def reasons(entry: Entry) -> int:
    scores = entry.summary.scores
    assert scores is not None
    return sum(bool(s.reason) for s in (scores.practicality, scores.novelty, scores.recommendation))


def test_every_entry_is_read_whole(imported: dict[str, ImportedDigest]) -> None:
    counts: dict[str, tuple[int, int, int]] = {}
    for day, read in imported.items():
        entries = read.digest.entries
        translated = [k for e in entries for k in e.summary.keywords if k.translation]
        counts[day] = (len(entries), sum(map(reasons, entries)), len(translated))
        assert read.notes == ()
        assert (read.digest.source, read.digest.day.isoformat()) == ("hf", day)
        assert read.digest.language == "zh"
    assert counts == COUNTS
    assert len({entry.paper.id for entry in all_entries(imported)}) == 44
    for entry in all_entries(imported):
        summary = entry.summary
        assert summary.highlights
        assert len(summary.keywords) == 5
        assert (summary.provenance.origin, summary.provenance.model) == (Origin.IMPORTED, "GPT-4")


def test_exactly_the_four_cut_entries_are_named(imported: dict[str, ImportedDigest]) -> None:
    found = {
        entry.paper.id.value: entry.summary.findings
        for entry in all_entries(imported)
        if entry.summary.findings
    }
    expected = (Finding(FindingKind.CUT_OFF, "recommendation"),)
    assert found == dict.fromkeys(CUT_OFF, expected)
    assert {i.value for read in imported.values() for i in read.cut_off} == CUT_OFF


def test_scores_keep_their_values(imported: dict[str, ImportedDigest]) -> None:
    values: Counter[float] = Counter()
    for entry in all_entries(imported):
        scores = entry.summary.scores
        assert scores is not None
        values.update(s.value for s in (scores.practicality, scores.novelty, scores.recommendation))
    assert values.total() == 132
    assert values[5.0] == 53
    assert values[4.8] == 2
    assert values[4.7] == 3
    assert min(values) == 4.0


def test_titles_are_the_papers_own(imported: dict[str, ImportedDigest], shared: Path) -> None:
    """Against the titles of arXiv's own records, letter by letter."""
    for entry in all_entries(imported):
        record = (shared / "data" / "abstracts" / f"{entry.paper.id}.json").read_text("utf-8")
        letters = re.sub(r"[^a-z0-9]|circ", "", entry.paper.title.casefold())
        assert letters in re.sub(r"\\u[0-9a-f]{4}|\\n|[^a-z0-9]|circ", "", record.casefold())
        assert "  " not in entry.paper.title
        assert "^circ" not in entry.paper.title


# What an entry may show besides its text: headings, score names and notations, and the link.
NOTATION = re.compile(
    r"^(?:#+ |\*\*)?(?:(?:论文|文章|本文)总结)(?:：)?(?:\*\*)?$"
    r"|^\W*(?:[1-4]|[一二三四])?[.、]?\W*(?:介绍)?(?:本文|文章)?(?:的|工作的|工作)*(?:主要工作|主要亮点|亮点)"
    r"(?:\W*$|\**[：:]\**)"
    r"|^\W*(?:[1-4]|[一二三四])?[.、]?\W*核心关键词\W*"
    r"|^\W*(?:[1-4]|[一二三四])?[.、]?\W*(?:从?实用性、创新性和推荐度(?:进行)?(?:打分)?|各项评分|打分|评分|评价)\W*$"
    r"|^\W*[1-3]?\W*(?:实用性|创新性|推荐度)(?:打分|评分)?\W*[：:]\W*[0-9.]+\**(?:/5(?:\.0)?|分)?"
    r"|^\[.*\]\(https://huggingface\.co/papers/[0-9.]+\)$"
    r"|^[0-9]\.(?= )"
)
RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z0-9]+")


def everything_in(entry: Entry) -> str:
    summary = entry.summary
    scores = summary.scores
    assert scores is not None
    said = [scores.practicality.reason, scores.novelty.reason, scores.recommendation.reason]
    keywords = [f"{k.term} {k.translation}" for k in summary.keywords]
    return "\n".join([entry.paper.title, summary.main_work, *summary.highlights, *keywords, *said])


def test_no_visible_text_of_an_entry_is_lost(
    imported: dict[str, ImportedDigest], shared: Path
) -> None:
    runs = 0
    for day, read in imported.items():
        text = (shared / "digests" / f"{day}.md").read_text("utf-8")
        bodies = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        assert len(bodies) == len(read.digest.entries)
        for body, entry in zip(bodies, read.digest.entries, strict=True):
            kept = Counter(RUN.findall(everything_in(entry)))
            lines = [
                NOTATION.sub(" ", line.strip()) for line in body.replace("^circ", "°").split("\n")
            ]
            shown = Counter(RUN.findall("\n".join(lines)))
            assert shown - kept == Counter(), entry.paper.id
            assert kept - shown == Counter(), entry.paper.id
            runs += shown.total()
    assert runs > 3_000


def test_export_of_what_was_imported_reads_back_equal(imported: dict[str, ImportedDigest]) -> None:
    wording = load_wording("zh")
    for read in imported.values():
        written = write_digest(read.digest, wording)
        again = read_digest(written)
        assert again.digest == read.digest
        assert again.notes == ()
        assert write_digest(again.digest, wording) == written
        assert "<!--" not in written


def test_export_has_one_wording_where_the_old_digests_had_25(
    imported: dict[str, ImportedDigest],
) -> None:
    wording = load_wording("zh")
    digests: list[Digest] = [read.digest for read in imported.values()]
    lines = [line for d in digests for line in write_digest(d, wording).splitlines()]
    assert len({line for line in lines if line.startswith("### ")}) == 4
    assert (
        sum(bool(re.match(r"- (实用性|创新性|推荐度)：[0-9.]+/5(，|$)", line)) for line in lines)
        == 132
    )
