"""Files that are no digest, or a damaged one: a clear word or a note, never anything else."""

import random
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import MarkdownError
from bot.domain.summary import FindingKind, Origin
from summarizer.markdown import decode_digest, read_digest
from summarizer.markdown.reader import MAX_CHARACTERS

ENTRY = """\
## A  Paper

### 1. 主要工作

做了什么。

### 2. 主要亮点

- 快。

### 3. 核心关键词

- `A` (甲)

### 4. 评分

- 实用性：4分。好。
- 创新性：5分。好。
- 推荐度：4分。好。

[详情](https://huggingface.co/papers/2309.12307)
"""
DIGEST = f"# 【2023-09-22】Huggingface 每日论文速览\n\n> - 使用 GPT-4 进行内容生成，整合。\n{ENTRY}"


def test_a_foreign_digest_is_imported_from_the_model_that_its_note_names() -> None:
    imported = read_digest(DIGEST)
    (entry,) = imported.digest.entries
    assert (imported.digest.day, imported.digest.source) == (date(2023, 9, 22), "hf")
    assert (entry.paper.id.value, entry.paper.title) == ("2309.12307", "A Paper")
    assert (entry.summary.provenance.origin, entry.summary.provenance.model) == (
        Origin.IMPORTED,
        "GPT-4",
    )
    assert imported.notes == ()


NO_DIGESTS = [
    ("empty", "", "line 1: no four-part digest"),
    ("blank", "\n \n\t\n", "line 1: no four-part digest"),
    ("binary", "\x00\x01PNG\x00", "line 1: no four-part digest"),
    ("other Markdown", "# Notes\n\n## Install\n\nRun it.\n", "line 3, Install: left out: no link"),
    ("JSON", '{"a": [1, 2]}', "line 1: no four-part digest"),
    ("no date", ENTRY, "line 1: no date"),
    ("no source", f"# 2023-09-22\n\n{ENTRY}", "line 1: no source"),
    ("an entry without text", DIGEST.split("###", maxsplit=1)[0], "line 4, A Paper: left out"),
    ("too big", "x" * (MAX_CHARACTERS + 1), "too many"),
]


@pytest.mark.parametrize(
    ("text", "message"), [case[1:] for case in NO_DIGESTS], ids=[case[0] for case in NO_DIGESTS]
)
def test_what_is_no_digest_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(MarkdownError) as caught:
        read_digest(text, source_name="notes.md")
    assert str(caught.value).startswith("notes.md")
    assert message in str(caught.value)


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(MarkdownError, match=r"picture\.png, line 2: not UTF-8"):
        decode_digest(b"\x89PNG"[1:] + b"\n\xff", source_name="picture.png")
    with pytest.raises(MarkdownError, match="too many"):
        decode_digest(b"x" * (4 * MAX_CHARACTERS + 4))


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm() -> None:
    data = b"\xef\xbb\xbf" + DIGEST.replace("\n", "\r\n").encode()
    assert read_digest(decode_digest(data)).digest == read_digest(DIGEST).digest


DAMAGES = [
    ("no link", ENTRY.replace("[详情]", "详情："), "line 18, B: left out: no link", 1),
    ("no main work", ENTRY.replace("做了什么。", ""), "left out: no main work", 1),
    ("no score", ENTRY.replace("- 创新性：5分。好。", ""), "no novelty", 2),
    ("no keywords", ENTRY.replace("- `A` (甲)", ""), "no keywords", 2),
    ("stray text", f"{ENTRY}\nstray\n", "left out: 'stray'", 2),
]


@pytest.mark.parametrize(
    ("second", "note", "left"), [case[1:] for case in DAMAGES], ids=[case[0] for case in DAMAGES]
)
def test_a_damaged_entry_costs_itself_and_is_noted(second: str, note: str, left: int) -> None:
    second = second.replace("A  Paper", "B").replace("12307", "12308")
    imported = read_digest(DIGEST + second)
    assert len(imported.digest.entries) == left
    assert any(note.removeprefix("line 18, ") in str(found) for found in imported.notes)


def test_a_count_that_does_not_fit_is_noted() -> None:
    line = "- [Daily Papers](https://huggingface.co/papers?date=2023-09-22) 共推荐 3 篇论文。"
    imported = read_digest(DIGEST.replace("\n\n> -", f"\n\n{line}\n\n> -"))
    assert [str(note) for note in imported.notes] == [
        "line 1, the list: 3 papers are announced, 1 entries were read"
    ]


def test_a_cut_entry_is_named_f20() -> None:
    """F20"""
    imported = read_digest(DIGEST.replace("推荐度：4分。好。", "推荐度：4分。值得在"))
    (finding,) = imported.digest.entries[0].summary.findings
    assert (finding.kind, finding.detail) == (FindingKind.CUT_OFF, "recommendation")
    assert [paper.value for paper in imported.cut_off] == ["2309.12307"]


def test_an_english_digest_of_others_is_told_by_its_headings() -> None:
    text = """# Hugging Face papers, 2024-05-01

## A Paper

**Main work:** It does.

**Highlights:** Fast.

**Keywords:** A, B

**Scores:**
- Practicality: 4/5. Good.
- Novelty: 3.5/5. Good.
- Recommendation: 4/5. Good.

https://huggingface.co/papers/2405.00001v2
"""
    digest = read_digest(text).digest
    assert (digest.language, digest.source) == ("en", "hf")
    assert digest.entries[0].paper.version == 2
    assert digest.entries[0].summary.scores is not None


def reads_or_refuses(text: str) -> None:
    with suppress(MarkdownError):
        read_digest(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text)
    reads_or_refuses(DIGEST + text)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**9))
def test_a_real_digest_with_lines_dropped_doubled_and_shuffled_is_read_or_refused(
    shared: Path, seed: int
) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted((shared / "digests").glob("*.md")))
    lines = path.read_text("utf-8").splitlines()[: chance.randrange(1, 150)]
    for _ in range(chance.randrange(1, 30)):
        place = chance.randrange(len(lines))
        action = chance.randrange(4)
        if action == 0 and len(lines) > 1:
            del lines[place]
        elif action == 1:
            lines.insert(chance.randrange(len(lines)), lines[place])
        elif action == 2:
            lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]
        else:
            lines[place : place + 9] = chance.sample(some := lines[place : place + 9], len(some))
    reads_or_refuses("\n".join(lines))


N = 150_000
HOSTILE = [
    *("`" * N, "`a" * N, "*" * N, "**a " * N, "\\" * N, "# " * N, "## x\n" * N, "> ⚠ x\n" * N),
    *("[" * N, "[a](" * N, "(" * N, "（" * N, "-" * N, "- " * N, "- a\n" * N, "1." * N, "1" * N),
    *("实用性：4.5/5 " * N, "实用性：4.5/5\n" * N, "实用性：" + "9" * N, "- `a` (b)\n" * N),
    *("- `" + "``a" * N, "<!-- sulan " + "a=b " * N + "-->", "**主要亮点" * N, "：" * N),
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_hostile_text_takes_time_in_proportion_to_its_size(body: str) -> None:
    """Under half a second here, and a few for a megabyte; the square would take many minutes."""
    body = body[:150_000]
    head, tail = DIGEST.split("做了什么。")
    for part in ("做了什么。\n\n", "### 4. 打分\n", "### 3. 关键词\n- "):
        start = time.perf_counter()
        reads_or_refuses(f"{head}{part}{body}{tail}")
        assert time.perf_counter() - start < 10
