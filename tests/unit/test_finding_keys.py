"""Keys of lists, saving and voting: they hold everything, fit, and nothing else is taken."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.domain.post import Action
from bot.services.buttons import ShowEntry, WayBack, entry_key, read_key, save_key, vote_key
from bot.services.commands.asking import CommandOptions
from bot.services.commands.limits import Allowance, Effort, Limits
from bot.services.commands.testing import bench
from bot.services.finding.keys import (
    CastVote,
    Drop,
    FoundPage,
    SavedPage,
    ShowList,
    ToggleSaved,
    TopList,
    mark,
    read_finding_key,
    room_for_words,
)
from bot.services.finding.words import wanted_words
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}

PAPER = PaperId("2309.12307")
SAVED = SavedPage(mark("fake:7"), 3)
LISTS = [
    pytest.param(FoundPage("长上下文 a:b", 99), id="search"),
    pytest.param(SAVED, id="saved"),
    pytest.param(TopList(), id="top"),
]


@pytest.mark.parametrize("here", LISTS)
def test_a_list_and_what_it_opens_are_read_back(here: FoundPage | SavedPage | TopList) -> None:
    assert read_finding_key(here.list_key("zh")) == ShowList("zh", here)
    opened = read_finding_key(here.open_key("zh", PAPER))
    assert opened == ShowEntry("zh", PaperRef(PAPER), here)


def test_taking_off_saving_and_voting_are_read_back() -> None:
    removing = SavedPage(SAVED.owner, 3, removing=True)
    assert read_finding_key(removing.list_key("en")) == ShowList("en", removing)
    assert read_finding_key(removing.drop_key("en", PAPER)) == Drop("en", PAPER, removing)
    assert read_finding_key(save_key(PAPER)) == ToggleSaved(PAPER)
    assert read_finding_key(vote_key(PAPER, up=True)) == CastVote(PAPER, up=True)
    assert read_finding_key(vote_key("hep-th/9901001", up=False)) == CastVote(
        PaperId("hep-th/9901001"), up=False
    )


def test_an_old_id_beside_many_words_leads_on_without_a_way_back() -> None:
    here = FoundPage("x" * room_for_words("en"), 10)
    assert here.open_key("en", "hep-th/9901001") == entry_key("en", "hep-th/9901001")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "find:en:0:",
        "find:en::words",
        "find:en:100:words",
        "find:en:-1:words",
        "find:en:٣:words",
        "hit:en:garbage:0:words",
        "hit:en:2309.12307:0:",
        "saved:en:0:12345",
        "saved:en:0:ABCDEF:",
        "kept:en:2309.12307:0:12345g",
        "drop:en:0000.00000:0:123456",
        "top:",
        "top:en:0",
        "best:en:2309.1",
        "save:",
        "save:../../etc/passwd",
        "vote:sideways:2309.12307",
        "vote:up:",
        "Vote:up:2309.12307",
        "entry:en:2309.12307",
    ],
)
def test_any_other_key_is_none_of_these(key: str) -> None:
    assert read_finding_key(key) is None


@given(st.text(max_size=64))
def test_t4_whatever_a_client_sends_is_read_or_refused(key: str) -> None:
    for begun in ("", "find:en:0:", "hit:en:2309.12307:1:", "vote:up:", "saved:en:0:"):
        read_finding_key(begun + key)
        read_key(begun + key)


@given(st.text(max_size=400), st.integers(0, 99), st.sampled_from(["en", "zh", "pt-br"]))
def test_whatever_is_looked_for_fits_into_every_key(text: str, page: int, language: str) -> None:
    words = wanted_words(text, room=room_for_words(language)).words
    if not words:
        return
    here: WayBack = FoundPage(words, page)
    for key in (here.list_key(language), here.open_key(language, PAPER)):
        Action("1", key)
        read = read_finding_key(key)
        assert isinstance(read, ShowList | ShowEntry)
        assert here in (getattr(read, "wanted", None), getattr(read, "back", None))


@given(
    st.sampled_from(["find", "hit", "saved", "kept", "drop", "top", "best", "save", "vote"]),
    st.lists(
        st.sampled_from(
            [
                "en",
                "zh",
                "xx",
                "0",
                "99",
                "2309.12307",
                "hep-th/9901001",
                "abcdef",
                "up",
                "down",
                "words",
                "x",
                "",
            ]
        ),
        max_size=5,
    ),
)
@settings(deadline=None)
async def test_no_key_harms_anybody(kind: str, rest: list[str]) -> None:
    free = dict.fromkeys(Effort, Allowance(10**6, 1))
    options = CommandOptions("en", ("hf",), limits=Limits(user=free, chat=free))
    one = bench(MemoryStore(), HeldClock(NOON), WORDINGS, options=options)
    await one.means.store.papers.save([Paper(PAPER, "LongLoRA words", "An abstract.")])
    pressed = await one.press(":".join((kind, *rest)))
    assert WORDINGS["en"].commands.apology not in pressed.whispers
    assert all(post.title for post in pressed.posts)
