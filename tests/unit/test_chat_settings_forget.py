"""T12: ``/forget`` removes what is kept about a person or a chat, after one more press."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.ports import DeliveryQuery, Vote
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, Managed, bench
from bot.services.commands.transcript import Transcript
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from summarizer.languages import load_wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
HERE, THERE = Target("fake", "1"), Target("fake", "-100")
PAPER = PaperId("2611.00001")


async def stage() -> Bench:
    """Somebody who saved a paper and voted here and in a group, both of which get papers."""
    one = bench(MemoryStore(), VirtualClock(NOON), WORDINGS, options=CommandOptions("en", ("hf",)))
    store = one.means.store
    for place in (HERE, THERE):
        await store.register.put(Chat(place, language="en", since=NOON))
        row = Delivery(place, f"paper:{PAPER}:en", NOON, NOON, state=State.SENT, sent_at=NOON)
        await store.outbox.add([row])
        for user in ("fake:7", "fake:8"):
            await store.votes.cast(Vote(place, PAPER, user, 1, NOON))
    for user in ("fake:7", "fake:8"):
        await store.saved.add(user, PAPER, now=NOON)
    return one


async def kept(one: Bench, place: Target) -> tuple[bool, int, int]:
    """Whether the chat is known, how much was sent there, and how many votes there are."""
    store = one.means.store
    known = await store.register.at(place) is not None
    rows = await store.outbox.find(DeliveryQuery(target=place))
    return known, len(rows), (await store.votes.of_paper(place, PAPER)).up


async def test_t12_in_private_everything_of_the_person_and_the_chat_goes() -> None:
    one = await stage()
    talk = Transcript(one)
    asked = await talk.say("/forget")
    assert asked is not None
    assert asked.title == "Delete what I keep? This cannot be undone."
    assert await kept(one, HERE) == (True, 1, 2)
    done = await talk.press("Delete everything")
    assert done is not None
    assert (done.title, done.sections[0].lines) == (
        "Deleted",
        (
            "1 saved paper",
            "2 votes",
            "this chat's settings, votes and deliveries; nothing more comes here",
        ),
    )
    assert await kept(one, HERE) == (False, 0, 0)
    # The group is not theirs to delete; what they thought there is.
    assert await kept(one, THERE) == (True, 1, 1)
    assert [len(await one.means.store.saved.of(user)) for user in ("fake:7", "fake:8")] == [0, 1]


async def test_t12_in_a_group_ones_own_and_the_groups_go_apart() -> None:
    one = await stage()
    one.shown = Managed
    talk = Transcript(one, {"target": THERE, "private": False})
    await talk.say("/forget")
    await talk.press("Delete this chat's")
    assert await kept(one, THERE) == (False, 0, 0)
    assert len(await one.means.store.saved.of("fake:7")) == 1
    await talk.say("/forget")
    await talk.press("Delete what is about me")
    assert await one.means.store.saved.of("fake:7") == []
    assert await kept(one, HERE) == (True, 1, 1)


async def test_keeping_everything_keeps_everything() -> None:
    one = await stage()
    talk = Transcript(one)
    await talk.say("/forget")
    done = await talk.press("Keep everything")
    assert done is not None
    assert done.title == "Everything stays as it is."
    assert await kept(one, HERE) == (True, 1, 2)


async def test_a_channel_without_people_forgets_only_itself() -> None:
    one = await stage()
    one.shown = Managed
    talk = Transcript(one, {"target": THERE, "private": False, "user": ""})
    asked = await talk.say("/forget")
    assert asked is not None
    assert [action.label for action in asked.actions] == ["Delete this chat's", "Keep everything"]
    assert await one.means.store.saved.of("fake:7") == [PAPER]


async def test_a_listed_chat_is_told_that_the_operator_may_take_it_up_again() -> None:
    one = await stage()
    await one.means.store.register.put(replace(Chat(HERE, language="en", since=NOON), listed="ab"))
    talk = Transcript(one)
    await talk.say("/forget")
    done = await talk.press("Delete everything")
    assert done is not None
    assert done.sections[0].lines[-1] == (
        "Whoever runs this bot lists this chat: it may be taken up again there."
    )


async def test_who_left_nothing_behind_is_told_so() -> None:
    one = bench(MemoryStore(), VirtualClock(NOON), WORDINGS)
    one.shown = Managed
    shown = await one.press("set:do.forget-chat", target=THERE, private=False)
    assert shown.titles == ["There was nothing to delete."]
