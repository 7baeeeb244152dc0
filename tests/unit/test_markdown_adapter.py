"""An archive that grows by itself: canonical files, whole days, nothing twice."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.base import Adapter, ArchivedDay, Options
from adapters.markdown import create, file_name
from bot.domain.chat import Chat
from bot.domain.delivery_errors import ContentRejected, DeliveryError, NotDelivered
from bot.domain.digest import Digest, Entry
from bot.domain.errors import InvalidInput, SettingsError, StoreError
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.post import Post
from bot.domain.speech import ENGLISH
from bot.domain.summary import Keyword, Origin, Provenance, Summary, SummaryKey
from bot.domain.target import Target
from bot.ports import Store
from bot.services.archive import StoredDays
from bot.services.compose import compose
from bot.services.digest import assemble
from bot.services.digest_post import DigestRow, DigestView, digest_posts
from bot.services.post_keys import DigestPost
from bot.sources.hf_parse import parse_daily
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from summarizer.extractive import ExtractiveSummarizer
from summarizer.languages import load_wording
from summarizer.markdown import read_digest, write_digest

DAY = date(2026, 8, 21)
NOW = datetime(2026, 8, 21, 12, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    Paper(PaperId(f"2608.0000{n}"), f"Paper {n}: [a](https://evil.example)", "An abstract.")
    for n in (1, 2, 3)
)


def written(digest: Digest) -> str:
    return write_digest(digest, load_wording(digest.language))


def entry(paper: Paper, language: str = "zh") -> Entry:
    words = Provenance(Origin.MODEL, "a-model", "v1")
    keywords = (Keyword("LoRA"),)
    return Entry(
        paper, Summary(paper.id, language, "主要工作。", ("亮点。",), keywords, None, words)
    )


def post(paper: Paper, language: str = "zh") -> Post:
    return compose(entry(paper, language), load_wording(language))


async def listed(store: Store, *papers: Paper, source: str = "hf", day: date = DAY) -> None:
    """The papers stand on a list, in this order, and are summarised in Chinese."""
    await store.papers.save(papers)
    await store.listings.record(source, day, papers, seen_at=NOW)
    for paper in papers:
        key = SummaryKey(paper.id, 1, "zh", "v1", "a-model")
        await store.summaries.put(key, entry(paper).summary)


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target("markdown", str(tmp_path / "archive" / "daily"))


@pytest.fixture
async def adapter(store: Store, target: Target) -> Adapter:
    await store.chats.save([Chat(target)], now=NOW)
    return create(Options("markdown", {}, StoredDays(store, write=written)))


def folder(target: Target) -> dict[str, str]:
    """What stands in the folder, hidden files too, by name."""
    place = Path(target.chat)
    return {path.name: path.read_text("utf-8") for path in sorted(place.glob("*"))}


async def publish(adapter: Adapter, target: Target, *posts: Post) -> None:
    for number, one in enumerate(posts):
        for message in adapter.render(one):
            await adapter.send(target, message, key=f"key{number}")


async def test_a_day_grows_in_the_lists_order_as_papers_arrive(
    adapter: Adapter, store: Store, target: Target
) -> None:
    await listed(store, SECOND)
    await publish(adapter, target, post(SECOND))
    await listed(store, FIRST, SECOND, THIRD)  # late papers, one of them above the first
    await publish(adapter, target, post(THIRD), post(FIRST))
    ((name, text),) = folder(target).items()
    assert name == "2026-08-21.zh.md"
    digest = read_digest(text, source_name=name).digest
    assert [one.paper.id for one in digest.entries] == [FIRST.id, SECOND.id, THIRD.id]
    assert text == written((await assemble(store, "hf", DAY, "zh")).digest)


async def test_the_same_post_twice_changes_nothing(
    adapter: Adapter, store: Store, target: Target
) -> None:
    await listed(store, FIRST, SECOND)
    await publish(adapter, target, post(FIRST))
    path = Path(target.chat) / "2026-08-21.zh.md"
    before = path.stat()
    await publish(adapter, target, post(FIRST), post(SECOND))
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_each_source_of_the_chat_and_each_language_has_its_own_file(
    adapter: Adapter, store: Store, target: Target
) -> None:
    for source in ("hf", "arxiv:cs.CL", "arxiv:cs.LG"):
        await listed(store, FIRST, source=source)
    await store.summaries.put(
        SummaryKey(FIRST.id, 1, "en", "v1", "a-model"), entry(FIRST, "en").summary
    )
    other = Chat(Target("markdown", "!elsewhere"), sources=("arxiv:cs.LG",))
    await store.chats.save([other, Chat(target, sources=("hf", "arxiv:cs.CL"))], now=NOW)
    await publish(adapter, target, post(FIRST), post(FIRST, "en"))
    assert set(folder(target)) == {
        "2026-08-21.zh.md",
        "2026-08-21.en.md",
        "2026-08-21.arxiv-cs.CL.zh.md",
        "2026-08-21.arxiv-cs.CL.en.md",
    }


async def test_f6_a_paper_on_two_days_lists_stands_in_both_files(
    adapter: Adapter, store: Store, target: Target
) -> None:
    await listed(store, FIRST)
    await listed(store, FIRST, SECOND, day=date(2026, 8, 24))
    await publish(adapter, target, post(FIRST))
    assert set(folder(target)) == {"2026-08-21.zh.md", "2026-08-24.zh.md"}


async def test_a_digest_brings_the_files_of_all_its_papers_up_to_date(
    adapter: Adapter, store: Store, target: Target
) -> None:
    await listed(store, FIRST, SECOND)
    await listed(store, THIRD, day=date(2026, 8, 24))
    rows = tuple(DigestRow(paper, entry(paper).summary) for paper in (SECOND, THIRD))
    view = DigestView(DigestPost("2026-08-24", "zh"), "HF", rows)
    await publish(adapter, target, *digest_posts(view, load_wording("zh"), ENGLISH))
    assert set(folder(target)) == {"2026-08-21.zh.md", "2026-08-24.zh.md"}


@pytest.mark.parametrize(
    "nothing",
    [
        pytest.param(Post("zh", "今天没有论文：周末", ""), id="a heartbeat"),
        pytest.param(post(FIRST), id="a paper that no list has"),
    ],
)
async def test_a_post_about_no_listed_paper_writes_nothing(
    adapter: Adapter, target: Target, nothing: Post, tmp_path: Path
) -> None:
    await publish(adapter, target, nothing)
    assert not tmp_path.joinpath("archive").exists()


async def test_posts_at_the_same_time_leave_one_whole_file(
    adapter: Adapter, store: Store, target: Target
) -> None:
    await listed(store, FIRST, SECOND, THIRD)
    posts = [post(paper) for paper in (FIRST, SECOND, THIRD)] * 5
    await asyncio.gather(*(publish(adapter, target, one) for one in posts))
    assert list(folder(target)) == ["2026-08-21.zh.md"]


async def test_f57_a_folder_that_cannot_be_written_leaves_no_trace(
    adapter: Adapter, store: Store, target: Target, tmp_path: Path
) -> None:
    await listed(store, FIRST)
    (tmp_path / "archive").write_text("a file, not a folder")
    with pytest.raises(NotDelivered, match="cannot write the folder: Not a directory"):
        await publish(adapter, target, post(FIRST))
    (tmp_path / "archive").unlink()
    await publish(adapter, target, post(FIRST))
    assert len(folder(target)) == 1


async def test_f57_a_full_disk_leaves_the_older_file_whole(
    adapter: Adapter, store: Store, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listed(store, FIRST)
    await publish(adapter, target, post(FIRST))
    before = folder(target)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    await listed(store, FIRST, SECOND)
    with pytest.raises(NotDelivered, match="No space left"):
        await publish(adapter, target, post(SECOND))
    assert folder(target) == before


class Overtaking:
    """An archive whose first answer comes last and is the older."""

    def __init__(self) -> None:
        self.texts = ["older\n", "newer\n"]
        self.answer = asyncio.Event()

    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        text = self.texts.pop(0)
        if self.texts:
            await self.answer.wait()
        return (ArchivedDay("hf", DAY, "zh", text),)


async def test_an_older_text_never_overwrites_a_newer_one(target: Target) -> None:
    archive = Overtaking()
    adapter = create(Options("markdown", {}, archive))
    first = asyncio.ensure_future(publish(adapter, target, post(FIRST)))
    second = asyncio.ensure_future(publish(adapter, target, post(SECOND)))
    done, _ = await asyncio.wait([second], timeout=0.1)
    assert not done, "it overtook the first"
    archive.answer.set()
    await asyncio.gather(first, second)
    assert folder(target) == {"2026-08-21.zh.md": "newer\n"}


class Failing:
    """An archive that cannot answer."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def days_of(self, target: Target, post: Post) -> Sequence[ArchivedDay]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        pytest.param(StoreError("locked"), NotDelivered, id="the store"),
        pytest.param(InvalidInput("no words"), ContentRejected, id="no words for the source"),
    ],
)
async def test_an_archive_that_cannot_answer_is_a_delivery_error(
    target: Target, error: Exception, raised: type[DeliveryError]
) -> None:
    with pytest.raises(raised):
        await publish(create(Options("markdown", {}, Failing(error))), target, post(FIRST))


def test_without_a_store_there_is_no_such_adapter() -> None:
    with pytest.raises(SettingsError, match="store"):
        create(Options("markdown", {}))


def test_a_file_name_stays_in_its_folder() -> None:
    assert file_name(ArchivedDay("arxiv:a/../b", DAY, "zh", "")) == "2026-08-21.arxiv-a-..-b.zh.md"


async def test_a_real_day_becomes_the_file_that_export_writes(
    adapter: Adapter, store: Store, target: Target, shared: Path
) -> None:
    body = (shared / "data" / "hf_daily" / f"{DAY}.json").read_bytes()
    papers = parse_daily(body, day=DAY).papers
    await store.papers.save(papers)
    await store.listings.record("hf", DAY, papers, seen_at=NOW)
    writer = ExtractiveSummarizer(VirtualClock(NOW))
    for paper in papers:
        summary = await writer.summarize(paper, "zh")
        await store.summaries.put(SummaryKey(paper.id, 1, "zh", "x", ""), summary)
        await publish(adapter, target, compose(Entry(paper, summary), load_wording("zh")))
    digest = (await assemble(store, "hf", DAY, "zh")).digest
    assert folder(target) == {"2026-08-21.zh.md": written(digest)}
    assert len(digest.entries) == len(papers)
