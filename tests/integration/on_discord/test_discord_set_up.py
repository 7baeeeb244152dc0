"""A Discord channel set up from nothing, by menus and windows alone, with the whole command service
behind them; every request is held against Discord's specification."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.stage import Stage, listening
from adapters.discord.testing.world import Channel, JsonObject, Kind
from bot.domain.chat import Chat, Style
from bot.domain.delivery import Delivery, State
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.commands.asking import CommandOptions
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.translations import load_speech
from summarizer.languages import load_wording

WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
MANAGE_SERVER = 1 << 5
EPHEMERAL = 64
PAPERS = [
    Paper(PaperId(f"2611.{number:05}"), f"Video generation, part {number}", "We generate videos.")
    for number in range(1, 4)
]


@dataclass
class Reader:
    """Somebody who sees what Discord shows, and presses and chooses from that alone."""

    stage: Stage
    channel: Channel
    locale: str = "en-US"
    asked: Asked | None = None

    async def give(self, name: str, argument: str = "") -> Asked:
        made = self.stage.interactions.command(self.channel, name, argument, locale=self.locale)
        return await self._answered(made)

    async def press(self, label: str) -> Asked:
        button = next(each for each in self._components(2) if each.get("label") == label)
        made = self.stage.interactions.press(
            self.channel, self.seen, button["custom_id"], locale=self.locale
        )
        return await self._answered(made)

    async def choose(self, number: int, *labels: str) -> Asked:
        """From the menu of this number, what is labelled so (without the question before it)."""
        menu = list(self._components(3))[number]
        options: Sequence[JsonObject] = menu["options"]
        values = [
            option["value"]
            for label in labels
            for option in options
            if option["label"].rpartition(" · ")[2] == label
        ]
        assert len(values) == len(labels), [option["label"] for option in options]
        assert menu["min_values"] <= len(values) <= menu["max_values"]
        made = self.stage.interactions.choose(self.channel, self.seen, menu["custom_id"], values)
        return await self._answered(made)

    async def write(self, text: str) -> Asked:
        """Into the window that was opened last."""
        assert self.asked is not None
        return await self._answered(self.stage.interactions.submit(self.channel, self.asked, text))

    @property
    def seen(self) -> JsonObject:
        """The message that stands now."""
        assert self.asked is not None
        assert self.asked.shown is not None
        return self.asked.shown

    @property
    def text(self) -> str:
        embed = self.seen["embeds"][0]
        parts = (embed.get("title", ""), embed.get("description", ""))
        return "\n".join(parts).replace("\\", "")

    @property
    def window(self) -> JsonObject:
        assert self.asked is not None
        assert self.asked.modal is not None
        return self.asked.modal

    @property
    def labels(self) -> list[str]:
        """The buttons' words."""
        return [button["label"] for button in self._components(2)]

    async def _answered(self, made: Asked) -> Asked:
        self.stage.clock.advance(20.0)  # nobody is told to slow down
        made.began = self.stage.clock.monotonic()
        self.asked = await self.stage.gateway.ask(made)
        await self.stage.gateway.until(lambda: bool(made.acknowledged))
        await self.stage.settle(advance=0.0)
        return made

    def _components(self, kind: int) -> Iterator[JsonObject]:
        for row in self.seen["components"]:
            yield from (each for each in row["components"] if each["type"] == kind)


@pytest.fixture
async def desk(stage: Stage) -> AsyncGenerator[Bench]:
    """The command service, with a day's papers stored, listening on Discord."""
    options = CommandOptions(
        language="en", sources=("hf",), model="a-model", open_sources=("hf", "arxiv:*")
    )
    one = bench(MemoryStore(), stage.clock, WORDINGS, options=options, speeches=SPEECHES)
    store = one.means.store
    await store.papers.save(PAPERS)
    for language in WORDINGS:
        for paper in PAPERS:
            key = one.means.summaries.key_of(paper, language)
            await store.summaries.put(key, summary_of(paper, language))
    day = date(2026, 11, 20)
    seen_at = stage.clock.now() - timedelta(hours=1)
    await store.listings.record("hf", day, PAPERS, seen_at=seen_at)
    async with one.service as service, listening(stage, service):
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        yield one


@pytest.fixture
def manager(stage: Stage, channel: Channel, desk: Bench) -> Reader:
    stage.interactions.permissions = MANAGE_SERVER
    return Reader(stage, channel)


async def stored(desk: Bench, channel: Channel) -> Chat | None:
    return await desk.means.store.register.at(Target("discord", channel.id))


async def test_a_channel_is_subscribed_and_set_up_by_menus_and_windows(
    manager: Reader, desk: Bench, channel: Channel
) -> None:
    await manager.give("subscribe")
    assert manager.seen["flags"] & EPHEMERAL
    first = manager.seen
    await manager.press("Style")
    await manager.choose(0, "one digest a day")
    await manager.press("◂ Settings")
    await manager.press("Filters")
    await manager.choose(0, "10")
    await manager.press("Include words")
    assert manager.window["custom_id"] == "sulan-ask:settings include"
    await manager.write('LLM, "video generation"')
    assert "video generation" in manager.text
    await manager.press("When")
    await manager.press("Time zone")
    await manager.write("Shanghai")
    await manager.press("When")
    await manager.choose(0, "08:30")
    assert "08:30" in manager.text
    assert "Shanghai" in manager.text
    chat = await stored(desk, channel)
    assert chat is not None
    assert chat.style is Style.DIGEST
    assert chat.filters.include == ("LLM", "video generation")
    assert chat.filters.most_a_day == 10
    assert chat.zone == "Asia/Shanghai"
    assert chat.timetable is not None
    assert [f"{time:%H:%M}" for time in chat.timetable.times] == ["08:30"]
    # All of it in one message that nobody else has seen.
    assert manager.seen is first
    assert channel.messages == []


async def test_every_page_in_both_languages_is_taken_by_discord(
    manager: Reader, desk: Bench, stage: Stage
) -> None:
    for locale, language in (("en-US", "en"), ("zh-CN", "zh")):
        manager.locale = locale
        await manager.give("subscribe")
        await manager.give("settings", f"language {language}")
        pages = manager.labels
        for label in pages[-6:]:
            await manager.press(label)
            (back,) = [each for each in manager.labels if "◂" in each]
            await manager.press(back)
    assert len(stage.server.requests("POST", "/callback")) >= 2 * 14


async def test_a_change_that_is_typed_is_said_back(manager: Reader, desk: Bench) -> None:
    await manager.give("subscribe")
    await manager.give("settings", "quiet 23:00-07:00; zone Berlin; score 4")
    assert "Changed" in manager.text
    assert "Europe/Berlin" in manager.text
    await manager.give("settings", "zone Atlantis")
    assert "Atlantis" in manager.text
    assert manager.seen["flags"] & EPHEMERAL


async def test_t10_who_does_not_manage_the_server_is_told_who_may(
    stage: Stage, channel: Channel, desk: Bench
) -> None:
    reader = Reader(stage, channel)
    for name, argument in (
        ("subscribe", ""),
        ("settings", "language zh"),
        ("unsubscribe", ""),
        ("pause", ""),
        ("resume", ""),
    ):
        await reader.give(name, argument)
        assert "Manage Server" in reader.text, name
        assert reader.seen["flags"] & EPHEMERAL
    assert await stored(desk, channel) is None
    assert channel.messages == []


async def test_t10_a_menu_that_a_manager_opened_serves_nobody_else(
    manager: Reader, desk: Bench, stage: Stage, channel: Channel
) -> None:
    """A message for one person cannot be pressed by another; whoever forges it changes nothing."""
    await manager.give("subscribe")
    await manager.press("Style")
    before = await stored(desk, channel)
    stage.interactions.permissions = 0
    asked = await manager.choose(0, "one digest a day")
    assert any("Manage Server" in message["content"] for message in asked.told)
    assert await stored(desk, channel) == before


async def test_in_private_anyone_subscribes_for_themselves(stage: Stage, desk: Bench) -> None:
    direct = stage.server.world.add(Kind.DIRECT)
    reader = Reader(stage, direct)
    await reader.give("subscribe", "cs.CL")
    await reader.press("Pause")
    chat = await stored(desk, direct)
    assert chat is not None
    assert chat.paused
    assert chat.sources == ("arxiv:cs.CL",)
    assert len(direct.messages) == 1  # no need to hide anything there


async def test_what_is_saved_in_private_comes_back_as_a_file(
    stage: Stage, channel: Channel, desk: Bench
) -> None:
    reader = Reader(stage, channel)
    await reader.give("save", "2611.00001")
    await reader.give("export", "bibtex")
    (sent,) = [request for request in stage.server.recorded if request.files]
    assert "2611.00001" in "".join(sent.files.values())
    assert channel.messages == []


@pytest.mark.parametrize("place", ["channel", "listed thread", "thread of the day", "forum"])
async def test_a_thumb_counts_for_the_chat_wherever_its_message_stands(
    stage: Stage, desk: Bench, place: str
) -> None:
    world = stage.server.world
    parent = world.add(Kind.FORUM if place == "forum" else Kind.TEXT)
    thread = world.add(Kind.PUBLIC_THREAD, parent=parent.id)
    await stage.gateway.push("THREAD_CREATE", {**world.thread_json(thread), "newly_created": True})
    target, message_id = {
        "channel": (Target("discord", parent.id), "42"),
        "listed thread": (Target("discord", parent.id, thread.id), "42"),
    }.get(place, (Target("discord", parent.id), f"{thread.id}/42"))
    now = stage.clock.now()
    post_key = f"paper:{PAPERS[0].id}:en"
    sent = Delivery(target, post_key, now, now, state=State.SENT, message_id=message_id)
    await desk.means.store.outbox.add([sent])
    event = {
        "user_id": "610000000000000001",
        "type": 0,
        "message_id": "42",
        "message_author_id": world.bot["id"],
        "channel_id": parent.id if place == "channel" else thread.id,
        "guild_id": world.guild,
        "emoji": {"name": "\N{THUMBS UP SIGN}", "id": None},
        "burst": False,
    }
    await stage.gateway.push("MESSAGE_REACTION_ADD", event)
    await stage.settle(advance=0.0)
    tally = await desk.means.store.votes.of_paper(target, PAPERS[0].id)
    assert (tally.up, tally.down) == (1, 0)


@pytest.mark.parametrize("how", ["start", "added again"])
async def test_f32_a_server_that_put_the_bot_out_is_suspended_until_it_takes_the_bot_back(
    manager: Reader, desk: Bench, stage: Stage, channel: Channel, how: str
) -> None:
    async def suspended() -> str:
        chats = await desk.means.store.chats.all()
        (reason,) = [chat.suspended for chat in chats if chat.target.chat == channel.id]
        return reason

    await manager.give("subscribe")
    await stage.gateway.push("GUILD_DELETE", {"id": stage.server.world.guild})
    await stage.settle(advance=0.0)
    assert "removed" in await suspended()
    if how == "start":
        await manager.give("start")
    else:
        await stage.gateway.push("GUILD_CREATE", stage.gateway.guild(joined=True))
        await stage.settle(advance=0.0)
    assert not await suspended()
