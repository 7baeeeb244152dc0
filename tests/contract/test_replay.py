"""What chats lack of a day, and announcements, over every store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.errors import InvalidInput
from bot.domain.filters import Filters
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Store
from bot.services.announce import LONGEST, announce, announcement_of, lacking
from bot.services.commands.testing import summary_of
from bot.services.replay import Lack, Replay

_DAY = date(2026, 8, 20)
_THEN = datetime(2026, 8, 20, 5, tzinfo=UTC)
# Long after anything of that day would be posted unasked.
_NOW = _THEN + timedelta(days=30)
_CHAT = Chat(Target("telegram", "1"), since=_NOW)
_PAPERS = [
    Paper(
        id=PaperId(f"2608.0000{n}"),
        title=f"Paper {n}",
        abstract="We plan." if n < 4 else "",
        upvotes=n,
    )
    for n in (1, 2, 3, 4)
]


@pytest.fixture(autouse=True)
async def _listed(store: Store) -> None:
    """A day of three papers, and one without an abstract, which nobody is ever sent."""
    await store.papers.save(_PAPERS)
    await store.listings.record("hf", _DAY, _PAPERS, seen_at=_THEN)


async def _lack(store: Store, chat: Chat = _CHAT) -> Lack:
    return await Replay(store, _DAY, now=_NOW).lack_of(chat)


def _row(number: int, state: State, *, reason: str = "", language: str = "zh") -> Delivery:
    key = f"paper:2608.0000{number}:{language}"
    return Delivery(_CHAT.target, key, _THEN, _THEN, state=state, reason=reason)


def _keys(rows: Sequence[Delivery]) -> list[str]:
    return [row.post_key for row in rows]


async def test_a_chat_that_got_nothing_lacks_the_day_in_the_list_s_order(store: Store) -> None:
    lack = await _lack(store)
    assert _keys(lack.new) == [f"paper:2608.0000{n}:zh" for n in (1, 2, 3)]
    assert lack.messages == 3


async def test_only_what_it_lacks_is_queued_and_doing_it_twice_adds_nothing(store: Store) -> None:
    states = {1: State.SENT, 2: State.FAILED}
    await store.outbox.add([_row(n, state) for n, state in states.items()])
    lack = await _lack(store)
    assert (_keys(lack.new), _keys(lack.again)) == (
        ["paper:2608.00003:zh"],
        ["paper:2608.00002:zh"],
    )
    assert await Replay(store, _DAY, now=_NOW).queue(lack) == 2
    assert await Replay(store, _DAY, now=_NOW).queue(lack) == 0
    pending = await store.outbox.find(DeliveryQuery(states=frozenset({State.PENDING})))
    assert sorted(_keys(pending)) == ["paper:2608.00002:zh", "paper:2608.00003:zh"]
    assert {row.created_at for row in pending} == {_NOW}
    assert (await _lack(store)).messages == 0
    assert (await store.bells.rung())["deliver"] >= 1, "who delivers in another process looks"


@pytest.mark.parametrize(
    "state", [State.PENDING, State.CLAIMED, State.SENDING, State.SENT, State.UNKNOWN]
)
async def test_what_a_chat_has_or_may_have_is_not_sent_again_f37(
    store: Store, state: State
) -> None:
    await store.outbox.add([_row(n, state) for n in (1, 2, 3)])
    lack = await _lack(store)
    assert (lack.messages, lack.unknown) == (0, 3 if state is State.UNKNOWN else 0)


async def test_filters_languages_and_the_limit_hold_but_no_hours_and_no_beginning(
    store: Store,
) -> None:
    chat = replace(_CHAT, second_language="en", filters=Filters(least_upvotes=2, most_a_day=1))
    lack = await _lack(store, chat)
    assert _keys(lack.new) == ["paper:2608.00003:zh", "paper:2608.00003:en"]
    await store.outbox.add([_row(2, State.SENT), _row(2, State.SENT, language="en")])
    assert (await _lack(store, chat)).messages == 0


async def test_what_only_the_second_language_s_summary_tells_counts(store: Store) -> None:
    summary = summary_of(_PAPERS[0], "en", points=4.5)
    await store.summaries.put(SummaryKey(summary.paper_id, 1, "en", "v1", "m"), summary)
    rated = Filters(least_recommendation=4)
    both = replace(_CHAT, second_language="en", filters=rated)
    assert _keys((await _lack(store, both)).new) == ["paper:2608.00001:zh", "paper:2608.00001:en"]
    assert not (await _lack(store, replace(_CHAT, filters=rated))).new


@pytest.mark.parametrize(
    "closed",
    [replace(_CHAT, paused=True), replace(_CHAT, suspended="kicked")],
    ids=["paused", "suspended"],
)
async def test_a_closed_chat_lacks_nothing(store: Store, closed: Chat) -> None:
    assert (await _lack(store, closed)).messages == 0


async def test_a_digest_chat_gets_one_digest_of_what_it_lacks(store: Store) -> None:
    chat = replace(_CHAT, style=Style.DIGEST)
    lack = await _lack(store, chat)
    assert lack.messages == 1
    digest = "digest:2026-08-20:zh"
    papers = [row for row in lack.new if row.state is State.INCLUDED]
    assert len(papers) == 3
    assert {row.reason for row in papers} == {digest}
    assert _keys([row for row in lack.new if row.state is State.PENDING]) == [digest]


async def test_a_digest_that_was_sent_is_added_to(store: Store) -> None:
    digest = "digest:2026-08-20:zh"
    sent = Delivery(_CHAT.target, digest, _THEN, _THEN, state=State.SENT, message_id="1")
    await store.outbox.add([sent, _row(1, State.INCLUDED, reason=digest)])
    lack = await _lack(store, replace(_CHAT, style=Style.DIGEST))
    pending = [row for row in lack.new if row.state is State.PENDING]
    assert _keys(pending) == [f"edit:{digest}:3"]


async def test_a_digest_that_was_never_sent_goes_out_with_all_its_papers(store: Store) -> None:
    digest = "digest:2026-08-20:zh"
    dead = Delivery(_CHAT.target, digest, _THEN, _THEN, state=State.EXPIRED)
    await store.outbox.add([dead, *(_row(n, State.INCLUDED, reason=digest) for n in (1, 2, 3))])
    lack = await _lack(store, replace(_CHAT, style=Style.DIGEST))
    assert (_keys(lack.new), _keys(lack.again)) == ([], [digest])


async def test_papers_that_a_limit_passed_over_join_the_digest_once_there_is_room(
    store: Store,
) -> None:
    digest = "digest:2026-08-20:zh"
    sent = Delivery(_CHAT.target, digest, _THEN, _THEN, state=State.SENT, message_id="1")
    passed = [_row(n, State.PASSED) for n in (2, 3)]
    await store.outbox.add([sent, _row(1, State.INCLUDED, reason=digest), *passed])
    chat = replace(_CHAT, style=Style.DIGEST, filters=Filters(most_a_day=2))
    lack = await _lack(store, chat)
    assert lack.messages == 1
    await Replay(store, _DAY, now=_NOW).queue(lack)
    rows = {row.post_key: row for row in await store.outbox.find(DeliveryQuery())}
    assert rows["paper:2608.00003:zh"].state is State.INCLUDED
    assert rows["paper:2608.00003:zh"].reason == digest
    assert rows["paper:2608.00002:zh"].state is State.PASSED
    assert rows[f"edit:{digest}:2"].state is State.PENDING
    assert (await _lack(store, chat)).messages == 0


async def test_an_edit_that_was_never_made_is_made(store: Store) -> None:
    digest = "digest:2026-08-20:zh"
    sent = Delivery(_CHAT.target, digest, _THEN, _THEN, state=State.SENT, message_id="1")
    edits = [
        Delivery(_CHAT.target, f"edit:{digest}:{n}", _THEN, _THEN, state=state)
        for n, state in ((9, State.SENT), (10, State.FAILED))
    ]
    papers = [_row(n, State.INCLUDED, reason=digest) for n in (1, 2, 3)]
    await store.outbox.add([sent, *edits, *papers])
    lack = await _lack(store, replace(_CHAT, style=Style.DIGEST))
    assert (_keys(lack.new), _keys(lack.again)) == ([], [f"edit:{digest}:10"])


async def test_an_announcement_reaches_each_open_chat_once(store: Store) -> None:
    chats = [
        Chat(Target("telegram", "1"), since=_THEN),
        Chat(Target("discord", "2"), since=_THEN),
        Chat(Target("discord", "3"), since=_THEN, paused=True),
    ]
    text = "Maintenance\n\nOn Sunday nothing is sent.\n"
    name = announcement_of(text)
    for expected in (2, 0):
        rows = await lacking(name, chats, store, _NOW)
        assert len(rows) == expected
        assert await announce(name, text, rows, store) == expected
    assert await store.announcements.get(name.announcement) == text.strip()
    assert announcement_of(text + " \n") == name
    assert announcement_of("another text") != name


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST + 1)], ids=["empty", "blank", "long"])
def test_there_is_nothing_to_announce_or_too_much(text: str) -> None:
    with pytest.raises(InvalidInput):
        announcement_of(text)
