"""``/search``, and ``/paper`` with words: what is stored, by what it says."""

import unicodedata
from collections.abc import Sequence

from bot.domain.paper_id import PaperRef
from bot.domain.post import Action, Post
from bot.ports import Found
from bot.services.commands.asker_rows import AskerRows
from bot.services.commands.asking import Asker, Means
from bot.services.commands.replies import notice
from bot.services.finding.keys import FoundPage, room_for_words
from bot.services.finding.lists import PAGE, Part, list_section, opening, turning
from bot.services.finding.rows import PaperRow
from bot.services.finding.words import LONGEST, wanted_words

# As many are offered for the words behind /paper; more are a search.
_OFFERED = 5
# More than this the port does not count.
_COUNTED = 1000


class AskSearch:
    """Answers about words; ``sources`` are those of who is no listed chat."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._means = means
        self._rows = AskerRows(means, sources=sources)

    async def search(self, asker: Asker) -> Post:
        """The first page of what a search finds, or how to search.

        Raises:
            StoreError: the store cannot be read.
        """
        say = asker.speech.say
        wanted = wanted_words(asker.command.argument, room=room_for_words(asker.wording.language))
        if not wanted.words:
            usage = say("What are you looking for? Write words behind it: /search video generation")
            return notice(asker.wording, usage, _how(asker))
        notes = (
            (say("Searched for the longest words only: more do not fit into the buttons."),)
            if wanted.cut
            else ()
        )
        return await self.page(FoundPage(wanted.words), asker, notes=notes)

    async def page(self, here: FoundPage, asker: Asker, *, notes: Sequence[str] = ()) -> Post:
        """A page of what a search finds; the last one where there are fewer.

        Raises:
            StoreError: the store cannot be read.
        """
        found = await self._find(here)
        part = Part(here.page, found.total)
        if part.number > part.last:
            here, part = FoundPage(here.words, part.last), Part(part.last, found.total)
            found = await self._find(here)
        if not found.papers:
            return _nothing(here.words, asker)
        rows = await self._rows.rows(found.papers, asker)
        language = asker.wording.language
        before, after = (FoundPage(here.words, here.page + step) for step in (-1, 1))
        return Post(
            language,
            _title(here.words, found.total, asker),
            "",
            sections=(list_section(rows, first=part.first + 1),),
            actions=(
                *opening(rows, language, here, first=part.first + 1),
                *turning(part, language, before=before, after=after),
            ),
            footer=(*notes, *_place(part, len(rows), asker)),
        )

    async def offer(self, asker: Asker) -> PaperRef | Post:
        """The one paper whose title was typed; else papers to choose from, or that there are none.

        Raises:
            StoreError: the store cannot be read.
        """
        say, text = asker.speech.say, asker.command.argument[:LONGEST]
        found = await self._means.store.index.search(text, limit=_OFFERED)
        rows = await self._rows.rows(found.papers, asker)
        if not rows:
            either = say("No paper that I have stored has all of these words either.")
            return notice(asker.wording, asker.wording.commands.paper.bad_id, either)
        same = [row.paper.id for row in rows if _bare(row.paper.title) == _bare(text)]
        if len(same) == 1:
            return PaperRef(same[0])
        return self._offered(rows, found.total, asker)

    def _offered(self, rows: Sequence[PaperRow], total: int, asker: Asker) -> Post:
        language = asker.wording.language
        wanted = wanted_words(asker.command.argument, room=room_for_words(language))
        here = FoundPage(wanted.words)
        everything = Action(asker.speech.say("All of them"), here.list_key(language))
        return Post(
            language,
            asker.speech.say("That is no id. Is it one of these?"),
            "",
            sections=(list_section(rows),),
            actions=(
                *opening(rows, language, here),
                *((everything,) if total > len(rows) else ()),
            ),
        )

    async def _find(self, here: FoundPage) -> Found:
        index = self._means.store.index
        return await index.search(here.words, limit=PAGE, offset=here.page * PAGE)


def _title(words: str, total: int, asker: Asker) -> str:
    if total >= _COUNTED:
        return asker.speech.say("“{words}”: {count} papers or more", words=words, count=total)
    return asker.speech.say_many(
        "“{words}”: {count} paper", "“{words}”: {count} papers", total, words=words
    )


def _place(part: Part, shown: int, asker: Asker) -> tuple[str, ...]:
    if part.total <= PAGE:
        return ()
    place = asker.wording.commands.day.part
    first = part.first + 1
    return (place.format(first=first, last=part.first + shown, count=part.total),)


def _nothing(words: str, asker: Asker) -> Post:
    say = asker.speech.say
    return notice(
        asker.wording,
        say("Nothing that I have stored has all of these words: {words}", words=words),
        say("Try fewer words, or other ones."),
        say("Any paper of arXiv, stored or not: /paper with its id or a link."),
    )


def _how(asker: Asker) -> str:
    return asker.speech.say(
        "They are looked for in titles, abstracts and summaries, English and Chinese. "
        "“Quoted words” stand together."
    )


def _bare(text: str) -> str:
    """Letters and digits alone: people type titles without their signs."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
