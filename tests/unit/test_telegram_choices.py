"""Choices as buttons, and what else a post may want: quiet, no preview, a file."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.telegram.buttons import HEADING, columns, rows_of
from adapters.telegram.message import Button, TelegramMessage
from adapters.telegram.render import render
from bot.domain.post import Action, Attachment, Choice, Link, Post, Section, Select

STYLE = Select(
    "set:style",
    "Style",
    (Choice("Each paper", "each", chosen=True), Choice("One digest a day", "digest")),
)
HOURS = Select(
    "set:hours",
    "Hours",
    tuple(Choice(f"{hour:02}:00", f"{hour:02}", chosen=hour == 8) for hour in range(24)),
    several=True,
)
BACK = Action("Back", "set:home")


def menu(*selects: Select, **more: object) -> Post:
    post = Post("en", "Settings", "", selects=selects, actions=(BACK,))
    return replace(post, **more)  # pyright: ignore[reportArgumentType] - the caller's fields


def labels(rows: Sequence[Sequence[Button]]) -> list[list[str]]:
    return [[button.label for button in row] for row in rows]


def test_a_choice_is_a_button_that_flips_it_and_what_is_chosen_is_marked() -> None:
    rows = rows_of(menu(STYLE))
    assert labels(rows) == [["✓ Each paper"], ["One digest a day"], ["Back"]]
    assert [row[0].key for row in rows] == ["set:style~each", "set:style~digest", "set:home"]


def test_several_questions_have_a_heading_each_and_one_is_asked_in_the_text() -> None:
    both = menu(STYLE, HOURS)
    headings = [row[0].label for row in rows_of(both) if row[0].key == HEADING]
    assert headings == ["— Style —", "— Hours —"]
    assert "Style" not in render(both)[0].text
    (message,) = render(menu(HOURS))
    assert message.text == "<b>Settings</b>\n\n<b>Hours</b>"
    assert all(button.key != HEADING for row in message.buttons for button in row)


@pytest.mark.parametrize(
    "said",
    [{"title": "Settings · Hours"}, {"sections": (Section("Hours", ("When?",)),)}],
    ids=["in the title", "over a section"],
)
def test_a_question_is_not_asked_twice(said: dict[str, object]) -> None:
    assert render(menu(HOURS, **said))[0].text.count("Hours") == 1


def test_a_press_moves_no_button() -> None:
    some = replace(HOURS, choices=tuple(replace(c, chosen=c.value < "12") for c in HOURS.choices))
    before, after = rows_of(menu(HOURS)), rows_of(menu(some))
    assert [len(row) for row in before] == [len(row) for row in after]
    assert max(len(row) for row in before) > 1


def test_a_row_fits_a_phone_at_equal_widths() -> None:
    words = ("cs.CL", "Computation and Language", "cs.CV", "图像与视频理解", "stat.ML", "a", "b")
    select = Select("set:x", "X", tuple(Choice(word, str(n)) for n, word in enumerate(words)))
    for row in rows_of(menu(select))[:-1]:
        widest = max(columns(button.label) for button in row) + 2 + 3
        assert len(row) == 1 or widest * len(row) <= 36


def test_a_keyboard_never_outgrows_telegram_and_keeps_the_way_back() -> None:
    wide = tuple(
        Select(f"set:{n}", f"Question {n}", tuple(Choice(f"c{m}", str(m)) for m in range(25)))
        for n in range(6)
    )
    rows = rows_of(menu(*wide, links=(Link("arXiv", "https://arxiv.org/abs/2309.12307"),)))
    assert sum(map(len, rows)) <= 100
    assert rows[0][0].label == "arXiv"
    assert rows[-1] == (Button("Back", key="set:home"),)
    long = tuple(
        Select("k" * 50 + str(n), "Q", tuple(Choice("文" * 60, str(m)) for m in range(24)))
        for n in range(3)
    )
    told = [f"{button.label}{button.key}" for row in rows_of(menu(*long)) for button in row]
    assert len("".join(told).encode()) < 9_000


def test_a_label_from_outside_is_one_line_of_bearable_length_t4() -> None:
    nasty = "a\nb\u202e" + "x" * 300
    select = Select("set:x", "X", (Choice(nasty, "1", chosen=True), Choice("\u200b", "2")))
    (first,), (second,), _ = rows_of(menu(select))
    assert first.label.startswith("✓ a b")
    assert len(first.label) <= 62
    assert "\u202e" not in first.label
    assert second.label == "2"


def test_a_silent_post_is_silent_in_all_its_parts() -> None:
    long = Post("en", "T", "", sections=(Section("S", ("word " * 2000,)),))
    assert [message.silent for message in render(long)] == [False] * len(render(long))
    assert all(message.silent for message in render(replace(long, silent=True)))
    assert len(render(long)) > 1


@pytest.mark.parametrize("plain", [False, True])
def test_a_post_without_previews_shows_none(plain: bool) -> None:
    post = Post("en", "T", "https://arxiv.org/abs/2309.12307")
    assert render(post, plain=plain)[0].preview == post.url
    assert render(replace(post, previews=False), plain=plain)[0].preview == ""


def test_a_file_follows_in_the_sections_place_and_plain_has_the_sections() -> None:
    file = Attachment("saved.bib", "@misc{a}")
    post = Post(
        "en",
        "Saved: 1",
        "",
        sections=(Section("", ("@misc{a}",)),),
        attachment=file,
        actions=(BACK,),
        silent=True,
    )
    text, document = render(post)
    assert text.text == "<b>Saved: 1</b>"
    assert labels(text.buttons) == [["Back"]]
    assert document == TelegramMessage("", follows=True, silent=True, document=file)
    (plain,) = render(post, plain=True)
    assert "@misc{a}" in plain.text.replace("\u2060", "")
    assert plain.document is None
