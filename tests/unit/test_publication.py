"""From a delivery's key to its post."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.errors import InvalidInput, SummaryError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.summary import Origin, Provenance, Summary, SummaryKey
from bot.domain.target import Target
from bot.services.health import Health
from bot.services.heartbeat import QuietWords
from bot.services.post_keys import (
    DigestPost,
    EditPost,
    PaperPost,
    PostName,
    QuietPost,
    read_post_key,
)
from bot.services.publication import Publication, Voices
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording

NOW = datetime(2026, 8, 20, 10, 0, tzinfo=UTC)
CHAT = Chat(Target("telegram", "A"), language="en", heartbeat=time(10), since=NOW)
PAPER = Paper(
    id=PaperId("2608.00001"),
    title="A paper",
    abstract="We propose a method for planning. It is twice as fast as the best one so far.",
)


@pytest.mark.parametrize(
    "name",
    [
        PaperPost(PaperId("2608.00001"), "zh"),
        PaperPost(PaperId("hep-th/9901001"), "en"),
        QuietPost("hf", date(2026, 8, 20)),
        QuietPost("arxiv:cs.CL", date(2026, 8, 20)),
        DigestPost("2026-08-20", "zh"),
        DigestPost("2026-08-20.0830", "en"),
        EditPost(DigestPost("2026-08-20.0830", "en"), 12),
    ],
    ids=str,
)
def test_a_key_says_what_it_was_made_of(name: PostName) -> None:
    assert read_post_key(name.key) == name


@pytest.mark.parametrize(
    "key",
    [
        *("", "paper", "paper:", "paper:x:en", "quiet:hf:today", "poem:1:en", "paper:2608.00001"),
        *("digest:", "digest:2026-08-20", "digest:today:zh", "edit:paper:2608.00001:zh:1"),
        *("edit:digest:2026-08-20:zh", "edit:digest:2026-08-20:zh:many"),
    ],
)
def test_a_key_of_nothing_we_know_is_refused_by_name(key: str) -> None:
    with pytest.raises(InvalidInput, match="No post goes by the key"):
        read_post_key(key)


async def _post(store: MemoryStore, key: str, chat: Chat = CHAT) -> Post | None:
    clock = VirtualClock(NOW)
    quiet = QuietWords(store, clock, health=Health(), wording=load_wording)
    voices = Voices(load_wording, ("en", "zh"), ExtractiveSummarizer(clock))
    delivery = Delivery(CHAT.target, key, created_at=NOW, due_at=NOW)
    post = await Publication(store, voices, quiet, clock=clock).compose(delivery, chat)
    assert post is None or isinstance(post, Post)
    return post


async def test_a_paper_is_posted_with_its_stored_summary_and_buttons_under_it() -> None:
    store = MemoryStore()
    await store.papers.save([PAPER])
    provenance = Provenance(origin=Origin.MODEL, model="m", prompt="v1")
    summary = Summary(PAPER.id, "en", "It plans.", ("Fast.",), (), None, provenance)
    await store.summaries.put(SummaryKey(PAPER.id, 1, "en", "v1", "m"), summary)
    post = await _post(store, "paper:2608.00001:en")
    assert post is not None
    assert post.title == "A paper"
    assert post.sections[0].lines == ("It plans.",)
    assert [action.key for action in post.actions] == [
        "entry:zh:2608.00001",
        "vote:up:2608.00001",
        "vote:down:2608.00001",
        "save:2608.00001",
    ]


async def test_f23_a_paper_whose_summary_is_late_is_quoted() -> None:
    store = MemoryStore()
    await store.papers.save([PAPER])
    post = await _post(store, "paper:2608.00001:en")
    assert post is not None
    assert "We propose a method for planning." in post.sections[0].lines[0]
    assert "no model was used" in post.footer[0]


async def test_what_cannot_be_posted_is_an_error_that_names_it() -> None:
    store = MemoryStore()
    with pytest.raises(InvalidInput, match=r"2608\.00001 is not in the store"):
        await _post(store, "paper:2608.00001:en")
    await store.papers.save([Paper(id=PAPER.id, title="A paper")])
    with pytest.raises(SummaryError):
        await _post(store, "paper:2608.00001:en")


async def test_a_heartbeat_says_why_there_is_nothing() -> None:
    post = await _post(MemoryStore(), "quiet:hf:2026-08-20")
    assert post is not None
    assert "not up yet" in post.title


@pytest.mark.parametrize(
    ("sources", "begins"),
    [
        (("hf",), "Hugging Face Daily Papers 2026-08-20 · "),
        (("arxiv:cs.CL", "hf"), "arXiv cs.CL 2026-08-19 · "),
        (("arxiv:cs.CV",), ""),
    ],
    ids=["one", "the first of two", "none"],
)
async def test_a_paper_says_on_which_of_the_chats_lists_it_stands(
    sources: tuple[str, ...], begins: str
) -> None:
    store = MemoryStore()
    await store.papers.save([PAPER])
    for source, day in (("hf", date(2026, 8, 20)), ("arxiv:cs.CL", date(2026, 8, 19))):
        await store.listings.record(source, day, [PAPER], seen_at=NOW)
    post = await _post(store, "paper:2608.00001:en", replace(CHAT, sources=sources))
    assert post is not None
    assert post.footer[0] == begins + "Sentences from the abstract; no model was used"
