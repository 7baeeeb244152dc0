"""A digest's entries open in place, or for who asked alone, and lead back to their page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.target import Target
from bot.services.buttons import DigestPage, read_key
from bot.services.commands.testing import Bench, bench
from bot.services.deliver.testing_digests import paper_of, store_paper
from bot.services.post_keys import DigestPost, PaperPost
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from summarizer.languages import load_wording

NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
DIGEST = DigestPost("2026-08-20", "en")
# Where the bench's commands come from.
HERE = Target("fake", "1")


async def stage(count: int) -> Bench:
    """A chat with a digest of so many papers."""
    store = MemoryStore()
    chat = Chat(HERE, language="en", style=Style.DIGEST)
    await store.chats.save([chat], now=NOON)
    for number in range(1, count + 1):
        await store_paper(store, number)
        key, at = PaperPost(paper_of(number).id, "en").key, NOON + timedelta(microseconds=number)
        row = Delivery(HERE, key, at, at, state=State.INCLUDED, reason=DIGEST.key)
        await store.outbox.add([row])
    return bench(store, HeldClock(NOON), WORDINGS)


async def test_a_number_opens_the_entry_in_place_and_leads_back_to_its_page() -> None:
    one = await stage(17)
    second = await one.press("list:en:2026-08-20:15")
    assert second.last.title.endswith("16-17")
    select = second.last.selects[0]
    entry = await one.press(select.flipped(select.choices[1].value))
    assert entry.last.title == "Paper 17"
    assert not entry.last.private
    chinese, *_, back = entry.last.actions
    assert chinese.key == "read:zh:2608.00017:2026-08-20:en:15"
    again = await one.press(back.key)
    assert again.last == second.last


async def test_a_menu_answers_who_asked_alone_and_leaves_the_list() -> None:
    one = await stage(2)
    select = (await one.press("list:en:2026-08-20:0")).last.selects[0]
    entry = await one.press(select.picked([select.choices[0].value]))
    assert (entry.last.title, entry.last.private) == ("Paper 1", True)
    assert not any(action.key.startswith("list:") for action in entry.last.actions)


async def test_the_way_back_from_another_language_is_to_what_stood_there() -> None:
    one = await stage(1)
    await store_paper(one.means.store, 1)
    entry = await one.press("read:zh:2608.00001:2026-08-20:en:0")
    assert entry.last.actions[-1].key == "list:en:2026-08-20:0"


async def test_a_page_that_is_no_more_is_the_first_one() -> None:
    one = await stage(1)
    shown = await one.press("list:en:2026-08-20:990")
    assert shown.last.sections[0].lines[0] == "1. ★4 Paper 1"


@pytest.mark.parametrize(
    "key",
    [
        "list:en:2026-13-40:0",
        "list:en:2026-08-20.99:0",
        "pick:en:2026-08-20:0~../etc",
        "pick:en:2026-08-20:0=2608.00001,2608.00002",
        "pick:en:2026-08-20:0=",
        "read:en:2608.00001:2026-08-20:en",
        "list:en:2026-08-20:-1",
    ],
)
async def test_a_key_that_nobody_was_given_does_nothing(key: str) -> None:
    assert read_key(key) is None
    one = await stage(1)
    assert (await one.press(key)).posts == []


async def test_another_chat_s_digest_cannot_be_seen() -> None:
    one = await stage(1)
    shown = await one.press("list:en:2026-08-20:0", target=replace(HERE, chat="2"))
    assert shown.posts == []


def test_no_key_is_longer_than_a_button_takes() -> None:
    page = DigestPage("2026-08-20.0830", "zh-Hant", 9990)
    keys = [page.open_key("zh-Hant", "hep-th/9901001"), page.list_key("en")]
    assert all(len(key.encode()) <= 64 for key in [*keys, f"{page.pick_key}~hep-th+9901001"])
    assert all(read_key(key) for key in keys)
