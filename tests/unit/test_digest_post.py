"""A digest as messages: what it says, in which order, in how many messages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adapters.base import Message
from adapters.discord.render import render as render_discord
from adapters.telegram.render import render as render_telegram
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.speech import ENGLISH
from bot.domain.summary import Origin, Provenance, Score, Scores, Summary
from bot.services.buttons import ShowEntry, read_key
from bot.services.digest_post import (
    PAGE,
    DigestRow,
    DigestView,
    best_first,
    day_heading,
    digest_posts,
    lead,
    shortened,
)
from bot.services.post_keys import DigestPost
from bot.sources.hf_parse import parse_daily
from bot.translations import load_speech
from summarizer.languages import load_wording

DIGEST = DigestPost("2026-08-21", "en")
_MODEL = Provenance(Origin.MODEL, "m", "v1")


def row(number: int, *, points: float | None = 4, votes: int | None = None) -> DigestRow:
    return said(f"It does {number} things. And well.", number, points=points, votes=votes)


def said(
    text: str, number: int = 1, *, points: float | None = 4, votes: int | None = None
) -> DigestRow:
    paper = Paper(id=PaperId(f"2608.{number:05}"), title=f"Paper {number}", upvotes=votes)
    scores = None if points is None else Scores(*[Score(points)] * 3)
    return DigestRow(paper, Summary(paper.id, "en", text, (), (), scores, _MODEL))


def view(*rows: DigestRow, **changes: object) -> DigestView:
    fields: dict[str, object] = {"digest": DIGEST, "heading": "HF 2026-08-21", "rows": rows}
    return DigestView(**(fields | changes))  # pyright: ignore[reportArgumentType] - the caller's


def posts(*rows: DigestRow, **changes: object) -> tuple[Post, ...]:
    return digest_posts(view(*rows, **changes), load_wording("en"), ENGLISH)


def numbers(post: Post) -> list[str]:
    return [section.lines[0].rpartition(" ")[2] for section in post.sections]


def test_an_entry_is_score_linked_title_and_one_sentence() -> None:
    (post,) = posts(row(7, points=4.5))
    (entry,) = post.sections
    assert entry.lines == ("1. ★4.5 Paper 7", "It does 7 things.")
    assert entry.urls == ("https://huggingface.co/papers/2608.00007", "")


def test_the_best_come_first_unrated_ones_last_equals_as_they_came() -> None:
    rows = [row(1, points=None, votes=90), row(2), row(3, votes=5), row(4, points=5), row(5)]
    assert [r.paper.title for r in best_first(rows)] == [f"Paper {n}" for n in (4, 3, 2, 5, 1)]


@pytest.mark.parametrize(
    ("changes", "title", "signals"),
    [
        pytest.param({}, "HF 2026-08-21 · 2 papers", (), id="all at once"),
        pytest.param(
            {"as_of": "14:20", "grows": True},
            "HF 2026-08-21 · 2 papers",
            ("As of 14:20 · the list usually still grows",),
            id="more may come",
        ),
        pytest.param(
            {"as_of": "14:20"}, "HF 2026-08-21 · 2 papers", ("Updated at 14:20",), id="edited"
        ),
        pytest.param(
            {"earlier": 9}, "HF 2026-08-21 · 2 more papers", (), id="a message of its own"
        ),
    ],
)
def test_the_head_says_what_it_is_and_as_of_when(
    changes: Mapping[str, object], title: str, signals: tuple[str, ...]
) -> None:
    (post,) = posts(row(1), row(2), **changes)
    assert (post.title, post.signals) == (title, signals)


def test_one_paper_is_a_paper() -> None:
    assert posts(row(1))[0].title == "HF 2026-08-21 · 1 paper"


def test_no_papers_are_no_message() -> None:
    assert posts() == ()


@pytest.mark.parametrize("count", [1, PAGE, PAGE + 1, 38, 200])
def test_nothing_is_lost_however_many_papers_there_are(count: int) -> None:
    made = posts(*(row(n) for n in range(1, count + 1)))
    assert len(made) == -(-count // PAGE)
    assert [n for post in made for n in numbers(post)] == [str(n) for n in range(1, count + 1)]


def test_further_messages_say_which_part_they_are_and_go_on_counting() -> None:
    first, second = posts(*(row(n) for n in range(1, 18)), as_of="14:20")
    assert first.title.endswith("17 papers · 1-15")
    assert second.title.endswith("17 papers · 16-17")
    assert second.sections[0].lines[0].startswith("16. ")
    assert (first.signals, second.signals) == (("Updated at 14:20",), ())


def test_each_entry_opens_by_its_number_on_a_button_and_by_its_title_in_a_menu() -> None:
    (post,) = posts(row(2), row(1, points=5))
    (select,) = post.selects
    assert [(c.label, c.hint) for c in select.choices] == [("1", "Paper 1"), ("2", "Paper 2")]
    pressed = read_key(select.flipped(select.choices[0].value))
    picked = read_key(select.picked([select.choices[0].value]))
    assert isinstance(pressed, ShowEntry)
    assert isinstance(picked, ShowEntry)
    assert (str(pressed.ref.id), pressed.private, pressed.back is None) == (
        "2608.00001",
        False,
        False,
    )
    assert (str(picked.ref.id), picked.private, picked.back) == ("2608.00001", True, None)


def test_an_old_id_survives_its_way_through_a_select() -> None:
    paper = Paper(id=PaperId("hep-th/9901001"), title="Old")
    digest = DigestPost("2026-08-21.0830", "zh")
    made = digest_posts(view(DigestRow(paper), digest=digest), load_wording("zh"), ENGLISH)
    select = made[0].selects[0]
    opened = read_key(select.flipped(select.choices[0].value))
    assert isinstance(opened, ShowEntry)
    assert str(opened.ref.id) == "hep-th/9901001"
    assert opened.back is not None
    assert len(opened.back.open_key("zh", paper.id).encode()) <= 64


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("It works. It is fast.", "It works.", id="two sentences"),
        pytest.param("It works", "It works", id="no full stop"),
        pytest.param("It beats e.g. GPT by 1.5 points. Yes.", "It beats e.g. GPT by 1.5 points.",
                     id="an abbreviation and a decimal"),
        pytest.param("As Smith et al. Show it works.", "As Smith et al. Show it works.",
                     id="others"),
        pytest.param("本文提出一种方法。效果很好。", "本文提出一种方法。", id="chinese"),
        pytest.param("First part.\nSecond part.", "First part.", id="paragraphs"),
        pytest.param("A\u202eB works.", "AB works.", id="hidden characters t4"),
    ],
)  # fmt: skip
def test_the_sentence_is_the_first_of_the_main_work(text: str, sentence: str) -> None:
    assert lead(said(text)) == sentence


def test_without_a_summary_the_abstract_speaks_and_without_that_nobody() -> None:
    paper = Paper(id=PaperId("2608.00001"), title="A", abstract="We try. It works.")
    assert lead(DigestRow(paper)) == "We try."
    assert lead(DigestRow(Paper(id=paper.id, title="A"))) == ""


@pytest.mark.parametrize(
    ("text", "short"),
    [
        pytest.param("one two three four", "one two …", id="at a word"),
        pytest.param("onetwothreefour", "onetwothre …", id="one long word"),
        pytest.param("一二三四五六七八", "一二三四五 …", id="chinese takes two columns"),
        pytest.param("one two", "one two", id="short enough"),
    ],
)
def test_what_is_too_long_is_cut_and_says_so(text: str, short: str) -> None:
    assert shortened(text, 12) == short


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("hf",), "Hugging Face Daily Papers 2026-08-21"),
        (("hf", "arxiv:cs.CL"), "Hugging Face, arXiv cs.CL · 2026-08-21"),
        (("hf", "arxiv:cs.CL", "arxiv:cs.CV"), "3 sources · 2026-08-21"),
    ],
)
def test_a_day_is_named_after_its_lists(sources: tuple[str, ...], expected: str) -> None:
    assert day_heading(sources, "2026-08-21", load_wording("en"), ENGLISH) == expected


def test_a_digest_speaks_chinese() -> None:
    speech = load_speech("zh")
    made = digest_posts(view(row(1), as_of="14:20", grows=True), load_wording("zh"), speech)
    assert made[0].title == "HF 2026-08-21 · 1 篇"
    assert made[0].signals == ("更新于 14:20 · 名单通常还会变长",)


@pytest.mark.parametrize("render", [render_telegram, render_discord])
def test_a_page_of_any_real_day_is_one_message(
    render: Callable[[Post], Sequence[Message]], shared: Path
) -> None:
    days = list((shared / "data" / "hf_daily").glob("????-??-??.json"))
    for file in days:
        papers = parse_daily(file.read_bytes(), day=date.fromisoformat(file.stem)).papers
        rows = [said("词" * 300, n) for n in range(1, len(papers) + 1)]
        titled = [
            DigestRow(replace(r.paper, title=p.title), r.summary)
            for r, p in zip(rows, papers, strict=True)
        ]
        made = posts(*titled, heading=f"Hugging Face Daily Papers {file.stem}")
        assert [len(render(post)) for post in made] == [1] * len(made), file.stem
    assert len(days) > 20
