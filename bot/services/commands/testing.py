"""A command service among stand-ins, for anyone's tests."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.command import Command
from bot.domain.errors import SourceError, SummaryError
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef
from bot.domain.post import Post, Prompt
from bot.domain.speech import Speech
from bot.domain.summary import Language, Origin, Provenance, Score, Scores, Summary
from bot.domain.target import Target
from bot.domain.wording import Wording
from bot.ports import Clock, Store
from bot.services.collect import Collected
from bot.services.commands.asking import CommandOptions, Means
from bot.services.commands.service import CommandService
from bot.services.health import Health
from bot.services.summarise import SummariseService, Writers


@dataclass
class Shown:
    """Implements ``adapters.base.Responder`` and ``Whisperer``; ``posts`` is all that was shown,
    the last of which stands. ``error`` is raised instead."""

    posts: list[Post] = field(default_factory=list[Post])
    whispers: list[str] = field(default_factory=list[str])
    error: Exception | None = None

    async def show(self, post: Post) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.posts.append(post)

    async def whisper(self, text: str) -> None:
        self.whispers.append(text)

    @property
    def titles(self) -> list[str]:
        """The titles of everything shown, in order."""
        return [post.title for post in self.posts]

    @property
    def last(self) -> Post:
        """What stands now."""
        return self.posts[-1]


@dataclass
class Managed(Shown):
    """Implements ``Steward`` and ``Prompter`` too: ``manages`` is whether who asks may change the
    chat, ``asks`` whether a text can be asked for; ``prompts`` is every question."""

    manages: bool = True
    asks: bool = True
    prompts: list[Prompt] = field(default_factory=list[Prompt])

    async def may_manage(self) -> bool:
        await asyncio.sleep(0)
        return self.manages

    async def prompt(self, prompt: Prompt) -> bool:
        if self.asks:
            self.prompts.append(prompt)
        return self.asks


@dataclass
class ScriptedLookup:
    """Implements ``bot.ports.PaperLookup``. Finds ``papers``, misses the rest, or raises.

    ``failure`` goes with every answer, ``gate`` holds answers back, ``asked`` is every question.
    """

    papers: dict[PaperId, Paper] = field(default_factory=dict[PaperId, Paper])
    error: Exception | None = None
    failure: SourceError | None = None
    gate: asyncio.Event | None = None
    asked: list[PaperRef] = field(default_factory=list[PaperRef])

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        self.asked += refs
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        found = {ref.id: self.papers[ref.id] for ref in refs if ref.id in self.papers}
        missing = frozenset(ref.id for ref in refs) - found.keys()
        return LookUp(found, missing, failure=self.failure)


@dataclass
class ScriptedWriter:
    """Implements ``summarizer.base.Summarizer``; ``gate`` holds answers back."""

    model: str = "a-model"
    prompt: str = "v1"
    error: SummaryError | None = None
    gate: asyncio.Event | None = None
    calls: list[tuple[PaperId, Language]] = field(default_factory=list[tuple[PaperId, Language]])

    async def summarize(self, paper: Paper, language: Language) -> Summary:
        self.calls.append((paper.id, language))
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return summary_of(paper, language, model=self.model)


@dataclass
class ScriptedCollect:
    """A look at a source's list: does what it is told for the source, or finds nothing.

    A step is called with the day and stores what it likes, or is an error to raise.
    """

    steps: dict[str, Callable[[date], object] | Exception] = field(
        default_factory=dict[str, Callable[[date], object] | Exception]
    )
    asked: list[tuple[str, date]] = field(default_factory=list[tuple[str, date]])

    async def __call__(self, source: str, day: date) -> Collected:
        self.asked.append((source, day))
        await asyncio.sleep(0)
        step = self.steps.get(source)
        if isinstance(step, Exception):
            raise step
        if step is not None:
            coming = step(day)
            if asyncio.iscoroutine(coming):
                await coming
        return Collected(source, day, asked=True)


@dataclass
class Bench:
    """A command service with everything around it within reach; ``shown`` makes a way back for
    each command and press."""

    means: Means
    service: CommandService
    lookup: ScriptedLookup
    writer: ScriptedWriter
    quoting: ScriptedWriter
    collect: ScriptedCollect
    shown: Callable[[], Shown] = Shown

    async def ask(self, name: str, argument: str = "", **changes: object) -> Shown:
        """Give a command and return what was shown; ``changes`` are fields of the command."""
        shown = self.shown()
        await self.service.handle(command(name, argument, **changes), shown)
        return shown

    async def press(self, key: str, **changes: object) -> Shown:
        """Press a button and return what was shown."""
        shown = self.shown()
        await self.service.act(key, command("", "", **changes), shown)
        return shown


def bench(
    store: Store,
    clock: Clock,
    wordings: Mapping[Language, Wording],
    *,
    options: CommandOptions | None = None,
    speeches: Mapping[Language, Speech] | None = None,
) -> Bench:
    """A service over a store; nothing is known upstream until ``lookup`` is told. Without
    ``speeches`` sentences are English."""
    lookup, collect = ScriptedLookup(), ScriptedCollect()
    writer, quoting = ScriptedWriter(), ScriptedWriter(model="extractive")
    summaries = SummariseService(Writers(writer, quoting), store=store, clock=clock, owner="one")
    means = Means(store, clock, summaries, lookup, collect, wordings, Health(), speeches or {})
    chosen = options or CommandOptions(language="en", sources=("hf",), model="a-model")
    service = CommandService(means, options=chosen)
    return Bench(means, service, lookup, writer, quoting, collect)


def command(name: str, argument: str = "", **changes: object) -> Command:
    """A command in a private chat; without an id, so that it may come again."""
    plain = Command("", name, argument, Target("fake", "1"), user="7", private=True)
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType] - the caller's fields


def summary_of(
    paper: Paper, language: Language, *, model: str = "a-model", points: float = 4
) -> Summary:
    """A summary that tells whose, in which language and by whom it is."""
    origin = Origin.EXTRACTIVE if model == "extractive" else Origin.MODEL
    rated = Scores(Score(points), Score(points), Score(points))
    return Summary(
        paper.id,
        language,
        f"{paper.id} in {language} by {model}.",
        ("A highlight.",),
        (),
        None if origin is Origin.EXTRACTIVE else rated,
        Provenance(origin, "" if origin is Origin.EXTRACTIVE else model, "v1"),
    )
