"""``/save`` and ``/saved``: what somebody keeps for themselves."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.base import Responder
from bot.domain.command import Command
from bot.domain.errors import InvalidPaperId
from bot.domain.paper_id import PaperId, parse_paper_ref
from bot.domain.post import Action, Post
from bot.domain.summary import Language
from bot.services.buttons import entry_key
from bot.services.commands.asker_rows import AskerRows
from bot.services.commands.asking import Asker, Means
from bot.services.commands.replies import notice
from bot.services.commands.whispers import whisper
from bot.services.finding.keys import Drop, SavedPage, mark
from bot.services.finding.lists import PAGE, Part, list_section, opening, turning
from bot.services.finding.rows import PaperRow

# Kept for one person: 25 pages, and an export of some 100 kB.
MOST_SAVED = 200


def person(command: Command) -> str:
    """Who asks, as the store knows people; "" where no single person can be told: a channel's post,
    or administrators who write as their group."""
    anonymous = command.user == command.target.chat and not command.private
    return f"{command.target.platform}:{command.user}" if command.user and not anonymous else ""


def nobody(asker: Asker) -> Post:
    """The answer to who cannot be told from others."""
    return notice(asker.wording, _unknown(asker))


def nothing_saved(asker: Asker) -> Post:
    """The answer to who has saved nothing: how to."""
    say = asker.speech.say
    how = say("Press “Save” under a paper, or send /save with its id or a link.")
    return notice(asker.wording, say("You have not saved anything yet."), how)


class AskSaved:
    """Answers about what one person keeps; ``sources`` tell the days of papers."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._means = means
        self._saved = means.store.saved
        self._rows = AskerRows(means, sources=sources)

    async def save(self, asker: Asker) -> Post:
        """Keep the paper that a command names, if it is stored.

        Raises:
            StoreError: the store cannot be used.
        """
        say, argument = asker.speech.say, asker.command.argument
        try:
            paper_id = parse_paper_ref(argument).id
        except InvalidPaperId:
            usage = say("Which paper? Send its arXiv id or a link: /save 2309.12307")
            text = asker.wording.commands.paper.bad_id if argument.strip() else usage
            return notice(asker.wording, text)
        show = Action(
            asker.wording.commands.paper.show, entry_key(asker.wording.language, paper_id)
        )
        paper = (await self._means.store.papers.get([paper_id])).get(paper_id)
        if paper is None:
            text = say(
                "{paper} is not stored here yet. Show it first, then save it.", paper=paper_id
            )
            return notice(asker.wording, text, actions=(show,))
        text = await self._keep(paper_id, asker) or say("Saved: {title}", title=paper.title)
        return notice(asker.wording, text, actions=(show,))

    async def toggle(self, paper_id: PaperId, asker: Asker) -> str:
        """Keep a paper, or no longer; returns a sentence about what was done.

        Raises:
            StoreError: the store cannot be used.
        """
        say, user = asker.speech.say, person(asker.command)
        if user and await self._saved.remove(user, paper_id):
            return say("No longer saved.")
        return await self._keep(paper_id, asker) or say("Saved. All that you saved: /saved")

    async def _keep(self, paper_id: PaperId, asker: Asker) -> str:
        """Keep a paper; returns why it cannot be, "" where it is."""
        say, user = asker.speech.say, person(asker.command)
        if not user:
            return _unknown(asker)
        kept = await self._saved.of(user)
        if len(kept) >= MOST_SAVED and paper_id not in kept:
            return say(
                "I keep {count} papers for one person at most. Take some off: /saved",
                count=MOST_SAVED,
            )
        await self._saved.add(user, paper_id, now=self._means.clock.now())
        return ""

    async def saved(self, asker: Asker) -> Post:
        """The first page of what the asker saved.

        Raises:
            StoreError: the store cannot be read.
        """
        user = person(asker.command)
        return await self._page(SavedPage(mark(user)), asker) if user else nobody(asker)

    async def page(self, here: SavedPage, asker: Asker, responder: Responder) -> Post | None:
        """A page of the asker's own list; of anybody else's, nothing.

        Raises:
            StoreError: the store cannot be read.
        """
        if mark(person(asker.command)) != here.owner:
            say = asker.speech.say
            await whisper(responder, say("That is somebody else's list. Yours: /saved"))
            return None
        return await self._page(here, asker)

    async def drop(self, press: Drop, asker: Asker, responder: Responder) -> Post | None:
        """Take a paper off the asker's own list, and show the page again.

        Raises:
            StoreError: the store cannot be used.
        """
        if mark(person(asker.command)) == press.page.owner:
            await self._saved.remove(person(asker.command), press.paper_id)
        return await self.page(press.page, asker, responder)

    async def _page(self, here: SavedPage, asker: Asker) -> Post:
        kept = await self._saved.of(person(asker.command))
        if not kept:
            return nothing_saved(asker)
        part = Part(min(here.page, Part(0, len(kept)).last), len(kept))
        here = replace(here, page=part.number)
        rows = await self._rows.rows(kept[part.first : part.first + PAGE], asker)
        language = asker.wording.language
        before, after = (replace(here, page=part.number + step) for step in (-1, 1))
        numbers = _dropping if here.removing else opening
        return Post(
            language,
            asker.speech.say_many("{count} saved paper", "{count} saved papers", len(kept)),
            "",
            sections=(list_section(rows, first=part.first + 1),),
            actions=(
                *numbers(rows, language, here, first=part.first + 1),
                *turning(part, language, before=before, after=after),
                _other_way(here, asker),
            ),
        )


def _unknown(asker: Asker) -> str:
    return asker.speech.say("I cannot tell who you are here. Please ask me that in a private chat.")


def _dropping(
    rows: Sequence[PaperRow], language: Language, here: SavedPage, *, first: int
) -> tuple[Action, ...]:
    """A number for each row, which takes it off the list."""
    return tuple(
        Action(f"✕ {number}", here.drop_key(language, row.paper.id))
        for number, row in enumerate(rows, start=first)
    )


def _other_way(here: SavedPage, asker: Asker) -> Action:
    """From opening to removing, and back."""
    say = asker.speech.say
    label = say("Done") if here.removing else say("Remove …")
    return Action(label, replace(here, removing=not here.removing).list_key(asker.wording.language))
