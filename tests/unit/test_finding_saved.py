"""``/save``, ``/saved``, ``/export``: everybody's own, and nobody else's."""

from datetime import UTC, datetime

import pytest

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.target import Target
from bot.services.buttons import save_key
from bot.services.commands.ask_saved import MOST_SAVED
from bot.services.commands.testing import Bench, Shown, bench, summary_of
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
GROUP = Target("fake", "-100")
PAPER = Paper(
    PaperId("2309.12307"),
    "LongLoRA: *Efficient* [Fine-tuning](tg://x)",
    authors=("A Chen", "B", "C", "D"),
    published_at=datetime(2023, 9, 21, tzinfo=UTC),
)
MORE = [Paper(PaperId(f"2611.{n:05}"), f"Paper {n}") for n in range(1, MOST_SAVED + 2)]
NOBODY = "I cannot tell who you are here. Please ask me that in a private chat."


@pytest.fixture
async def one() -> Bench:
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS)
    await one.means.store.papers.save([PAPER, *MORE])
    return one


async def save(one: Bench, count: int) -> None:
    """Save the first papers of ``MORE``, each a second after the other."""
    for paper in MORE[:count]:
        await one.means.store.saved.add("fake:7", paper.id, now=one.means.clock.now())
        assert isinstance(one.means.clock, HeldClock)
        one.means.clock.advance(4)


def labels(post: Post) -> list[str]:
    return [action.label for action in post.actions]


def key(post: Post, label: str) -> str:
    return next(action.key for action in post.actions if action.label == label)


def lines(shown: Shown) -> list[str]:
    return [line for section in shown.last.sections for line in section.lines]


async def test_a_paper_is_saved_by_its_id_and_listed_for_who_saved_it_alone(one: Bench) -> None:
    shown = await one.ask("save", "https://arxiv.org/abs/2309.12307v2")
    assert shown.titles == [f"Saved: {PAPER.title}"]
    assert shown.last.private
    listed = await one.ask("saved")
    assert (listed.last.title, lines(listed)) == (
        "1 saved paper",
        [f"1. {PAPER.title} · 2023-09-21"],
    )
    assert listed.last.private
    assert (await one.ask("saved", user="8")).titles == ["You have not saved anything yet."]
    assert (await one.ask("saved", target=Target("other", "1"))).titles == [
        "You have not saved anything yet."
    ]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("", "Which paper? Send its arXiv id or a link: /save 2309.12307"),
        ("garbage", WORDINGS["en"].commands.paper.bad_id),
        ("2309.99999", "2309.99999 is not stored here yet. Show it first, then save it."),
    ],
)
async def test_what_cannot_be_saved_is_explained(one: Bench, typed: str, title: str) -> None:
    shown = await one.ask("save", typed)
    assert shown.titles == [title]
    assert shown.last.private
    assert one.lookup.asked == []
    assert await one.means.store.saved.of("fake:7") == []


async def test_the_button_saves_and_takes_back_without_touching_the_message(one: Bench) -> None:
    for said, kept in (("Saved. All that you saved: /saved", [PAPER.id]), ("No longer saved.", [])):
        pressed = await one.press(save_key(PAPER.id))
        assert (pressed.posts, pressed.whispers) == ([], [said])
        assert await one.means.store.saved.of("fake:7") == kept


async def test_t11_a_button_that_names_an_unknown_paper_keeps_nothing(one: Bench) -> None:
    pressed = await one.press("save:2309.99999")
    assert (pressed.posts, pressed.whispers) == ([], [])
    assert await one.means.store.saved.of("fake:7") == []


@pytest.mark.parametrize(
    "who",
    [
        pytest.param({"user": "", "private": False, "target": GROUP}, id="a channel's post"),
        pytest.param({"user": "-100", "private": False, "target": GROUP}, id="an anonymous admin"),
    ],
)
async def test_who_cannot_be_told_from_others_is_sent_to_a_private_chat(
    one: Bench, who: dict[str, object]
) -> None:
    for name, argument in (("save", "2309.12307"), ("saved", ""), ("export", "")):
        assert (await one.ask(name, argument, **who)).titles == [NOBODY]
    assert (await one.press(save_key(PAPER.id), **who)).whispers == [NOBODY]
    assert await one.means.store.saved.of("fake:-100") == []


async def test_pages_the_newest_first_and_what_is_opened_leads_back(one: Bench) -> None:
    await save(one, 10)
    first = (await one.ask("saved")).last
    assert labels(first) == [*map(str, range(1, 9)), "▸", "Remove …"]
    assert first.sections[0].lines[0] == "1. Paper 10"
    second = (await one.press(key(first, "▸"))).last
    assert (second.sections[0].lines, labels(second)) == (
        ("9. Paper 2", "10. Paper 1"),
        ["9", "10", "◂", "Remove …"],
    )
    one.lookup.papers[MORE[0].id] = MORE[0]
    key_of = one.means.summaries.key_of(MORE[0], "en")
    await one.means.store.summaries.put(key_of, summary_of(MORE[0], "en"))
    entry = (await one.press(key(second, "10"))).last
    assert entry.title == "Paper 1"
    back = (await one.press(key(entry, "◂ List"))).last
    assert back.title == "10 saved papers"
    assert labels(back) == labels(second)


async def test_papers_are_taken_off_one_by_one_until_nothing_is_left(one: Bench) -> None:
    await save(one, 9)
    removing = (await one.press(key((await one.ask("saved")).last, "Remove …"))).last
    assert labels(removing) == [*(f"✕ {n}" for n in range(1, 9)), "▸", "Done"]
    second = (await one.press(key(removing, "▸"))).last
    assert labels(second) == ["✕ 9", "◂", "Done"]
    left = (await one.press(key(second, "✕ 9"))).last
    assert (left.title, labels(left)) == ("8 saved papers", [*labels(removing)[:8], "Done"])
    assert labels((await one.press(key(left, "Done"))).last)[-1] == "Remove …"
    for _ in range(8):
        left = (await one.press(left.actions[0].key)).last
    assert left.title == "You have not saved anything yet."


async def test_nobody_turns_or_empties_anybody_elses_list(one: Bench) -> None:
    await save(one, 9)
    first = (await one.ask("saved", target=GROUP, private=False)).last
    removing = (await one.press(key(first, "Remove …"), target=GROUP, private=False)).last
    await one.means.store.saved.add("fake:8", MORE[8].id, now=NOON)
    for button in (*first.actions[-2:], *removing.actions):
        pressed = await one.press(button.key, user="8", target=GROUP, private=False)
        assert (pressed.posts, pressed.whispers) == (
            [],
            ["That is somebody else's list. Yours: /saved"],
        )
    assert len(await one.means.store.saved.of("fake:7")) == 9
    assert await one.means.store.saved.of("fake:8") == [MORE[8].id]


async def test_t8_one_person_keeps_a_bounded_number(one: Bench) -> None:
    await save(one, MOST_SAVED)
    full = f"I keep {MOST_SAVED} papers for one person at most. Take some off: /saved"
    assert (await one.ask("save", "2309.12307")).titles == [full]
    assert (await one.press(save_key(PAPER.id))).whispers == [full]
    assert (await one.ask("save", MORE[0].id.value)).titles == ["Saved: Paper 1"]
    assert (await one.press(save_key(MORE[0].id))).whispers == ["No longer saved."]


@pytest.mark.parametrize("form", ["", "bibtex", " BibTeX ", "bib"])
async def test_an_export_is_bibtex_unless_asked_otherwise(one: Bench, form: str) -> None:
    await one.ask("save", "2309.12307")
    shown = await one.ask("export", form)
    assert shown.last.private
    file = shown.last.attachment
    assert file is not None
    assert file.name == "saved.bib"
    assert file.text.startswith("@misc{chen2023longlora,\n")
    assert file.text == "\n".join(lines(shown)) + "\n"


async def test_markdown_is_a_list_without_anybody_elses_links(one: Bench) -> None:
    await one.ask("save", "2309.12307")
    await one.means.store.summaries.put(
        one.means.summaries.key_of(PAPER, "en"), summary_of(PAPER, "en", points=4.5)
    )
    file = (await one.ask("export", "markdown")).last.attachment
    assert file is not None
    assert file.name == "saved.md"
    assert file.text == (
        r"- **[LongLoRA: \*Efficient\* \[Fine-tuning\]\(tg://x\)]"
        "(https://huggingface.co/papers/2309.12307)**  \n"
        "  A Chen, B, C et al. · arXiv:2309.12307 · 2023-09-21 · ★4.5  \n"
        "  2309.12307 in en by a-model.\n"
    )


async def test_an_export_of_nothing_and_an_unknown_form_are_explained(one: Bench) -> None:
    assert (await one.ask("export")).titles == ["You have not saved anything yet."]
    (title,) = (await one.ask("export", "pdf")).titles
    assert "/export bibtex" in title
    assert "/export markdown" in title


async def test_a_whole_export_is_in_the_order_of_the_list(one: Bench) -> None:
    await save(one, 30)
    shown = await one.ask("export")
    assert len(shown.last.sections) == 30
    assert shown.last.title == "30 saved papers"
    assert "Paper 30" in shown.last.sections[0].lines[1]
