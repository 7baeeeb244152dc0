"""Finding, keeping and voting on Discord's loopback servers, the whole command service behind it;
every request is held against Discord's specification."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from adapters.discord.testing.interactions import Asked
from adapters.discord.testing.stage import Stage, listening
from adapters.discord.testing.world import Channel, JsonObject, Kind
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.target import Target
from bot.services.commands.testing import Bench, bench, summary_of
from bot.store.memory import MemoryStore
from bot.translations import load_speech
from summarizer.languages import load_wording

WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
DAY = date(2026, 11, 20)
EPHEMERAL = 64
PAPERS = [
    Paper(PaperId(f"2611.{number:05}"), f"Video generation, part {number}", "视频生成模型。")
    for number in range(1, 21)
]


@dataclass
class Reader:
    """Somebody who gives commands and presses what they see."""

    stage: Stage
    channel: Channel
    asked: Asked | None = None

    async def give(self, name: str, argument: str = "") -> Asked:
        made = self.stage.interactions.command(self.channel, name, argument, locale="en-US")
        return await self._answered(made)

    async def press(self, label: str) -> Asked:
        """What the press led to; the message is the one that was seen last."""
        seen = self.seen
        (button,) = [each for each in self._buttons(seen) if each["label"] == label]
        made = self.stage.interactions.press(
            self.channel, seen, button["custom_id"], locale="en-US"
        )
        return await self._answered(made)

    @property
    def seen(self) -> JsonObject:
        assert self.asked is not None
        assert self.asked.shown is not None
        return self.asked.shown

    @property
    def labels(self) -> list[str]:
        return [button["label"] for button in self._buttons(self.seen)]

    @property
    def text(self) -> str:
        embed = self.seen["embeds"][0]
        return f"{embed.get('title', '')}\n{embed.get('description', '')}".replace("\\", "")

    async def _answered(self, made: Asked) -> Asked:
        self.stage.clock.advance(20.0)  # nobody is told to slow down
        made.began = self.stage.clock.monotonic()
        asked = await self.stage.gateway.ask(made)
        await self.stage.gateway.until(lambda: bool(made.acknowledged))
        await self.stage.settle(advance=0.0)
        if asked.shown is not None:
            self.asked = asked
        return made

    def _buttons(self, message: JsonObject) -> Iterator[JsonObject]:
        for row in message["components"]:
            yield from (each for each in row["components"] if each["type"] == 2)


@pytest.fixture
async def desk(stage: Stage) -> AsyncGenerator[Bench]:
    one = bench(MemoryStore(), stage.clock, WORDINGS, speeches=SPEECHES)
    store = one.means.store
    await store.papers.save(PAPERS)
    await store.listings.record("hf", DAY, PAPERS, seen_at=stage.clock.now())
    for paper in PAPERS:
        key = one.means.summaries.key_of(paper, "en")
        await store.summaries.put(key, summary_of(paper, "en"))
    async with one.service as service, listening(stage, service):
        await stage.gateway.until(lambda: stage.gateway.present == 1)
        yield one


@pytest.fixture
def reader(stage: Stage, desk: Bench) -> Reader:
    return Reader(stage, stage.server.world.add(Kind.TEXT))


async def test_a_search_is_turned_opened_and_left_again_in_one_message(reader: Reader) -> None:
    await reader.give("search", "视频生成")
    first = reader.text
    assert first.startswith("“视频生成”: 20 papers\n")
    assert reader.labels == [*map(str, range(1, 9)), "▸"]
    await reader.press("▸")
    await reader.press("9")
    assert reader.text.startswith("Video generation, part 12\n")
    await reader.press("◂ List")
    await reader.press("◂")
    assert reader.text == first
    assert len(reader.channel.messages) == 1


async def test_words_behind_paper_are_offered_and_one_is_read(reader: Reader) -> None:
    await reader.give("paper", "generation part 7")
    assert reader.text.startswith("That is no id.")
    await reader.press("1")
    assert reader.text.startswith("Video generation, part 7\n")


async def test_votes_are_whispered_counted_and_shown_among_the_best(
    reader: Reader, desk: Bench
) -> None:
    await reader.give("paper", "2611.00005")
    pressed = await reader.press("👍")
    (told,) = pressed.told
    assert told["content"] == "👍 counted, thank you. Once more takes it back. /top"
    assert told["flags"] & EPHEMERAL
    chat = Target("discord", reader.channel.id)
    assert (await desk.means.store.votes.of_paper(chat, PAPERS[4].id)).up == 1
    await reader.give("top")
    assert "part 5 · 2026-11-20 · +1" in reader.text
    assert reader.labels[0] == "1"


async def test_what_somebody_saved_is_for_their_eyes_alone(reader: Reader) -> None:
    for number in range(1, 11):
        await reader.give("save", f"2611.{number:05}")
        assert reader.seen["flags"] & EPHEMERAL
    await reader.give("saved")
    assert reader.seen["flags"] & EPHEMERAL
    assert reader.text.startswith("10 saved papers\n")
    await reader.press("Remove …")
    await reader.press("✕ 1")
    assert reader.text.startswith("9 saved papers\n")
    await reader.press("▸")
    assert reader.labels == ["✕ 9", "◂", "Done"]
    assert reader.channel.messages == []
