"""Commands and buttons for finding papers, keeping them, and saying what one thinks of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from adapters.base import Responder
from bot.domain.command import Reaction
from bot.domain.paper_id import PaperId, PaperRef
from bot.domain.post import Post
from bot.services.commands.ask_export import AskExport
from bot.services.commands.ask_saved import AskSaved, person
from bot.services.commands.ask_search import AskSearch
from bot.services.commands.ask_top import AskTop
from bot.services.commands.asking import Asker, Means
from bot.services.commands.whispers import whisper
from bot.services.finding.keys import (
    CastVote,
    Drop,
    FindingPress,
    FoundPage,
    SavedPage,
    ShowList,
    ToggleSaved,
)
from bot.services.finding.opinions import CountOpinions

_Ask: TypeAlias = Callable[[Asker], Awaitable[Post]]

# What somebody keeps is nobody else's affair (``command_lines`` says the same to the menus).
_PRIVATE = frozenset({"save", "saved", "export"})


class FindingDesk:
    """Hands each request to what answers it; ``sources`` are those of who is no listed chat."""

    def __init__(self, means: Means, *, sources: Sequence[str]) -> None:
        self._means = means
        self._search = AskSearch(means, sources=sources)
        self._saved = AskSaved(means, sources=sources)
        self._top = AskTop(means, sources=sources)
        self._opinions = CountOpinions(means.store, means.clock)
        self._asks: Mapping[str, _Ask] = {
            "search": self._search.search,
            "save": self._saved.save,
            "saved": self._saved.saved,
            "export": AskExport(means, sources=sources).export,
            "top": self._top.top,
        }

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        await self._top.close()

    def handlers(self) -> Mapping[str, Callable[[Asker, Responder], Awaitable[None]]]:
        """What answers each command."""
        return {name: _shown(ask, private=name in _PRIVATE) for name, ask in self._asks.items()}

    async def offer(self, asker: Asker) -> PaperRef | Post:
        """The paper whose title follows ``/paper``, or what to show for such words.

        Raises:
            StoreError: the store cannot be read.
        """
        return await self._search.offer(asker)

    async def press(self, wanted: FindingPress, asker: Asker, responder: Responder) -> Post | None:
        """What is to replace the message, ``None`` for nothing.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: a word could not be said.
        """
        match wanted:
            case ShowList(_, FoundPage() as page):
                return await self._search.page(page, asker)
            case ShowList(_, SavedPage() as page):
                return await self._saved.page(page, asker, responder)
            case ShowList():
                return await self._top.top(asker)
            case Drop():
                return await self._saved.drop(wanted, asker, responder)
            case ToggleSaved(paper_id):
                if await self._is_known(paper_id):
                    await whisper(responder, await self._saved.toggle(paper_id, asker))
            case CastVote():
                if await self._is_known(wanted.paper_id):
                    await whisper(responder, await self._vote(wanted, asker))
        return None

    async def react(self, reaction: Reaction) -> None:
        """Count a reaction.

        Raises:
            StoreError: the store cannot be used.
        """
        await self._opinions.react(reaction)

    async def _vote(self, wanted: CastVote, asker: Asker) -> str:
        say, user = asker.speech.say, person(asker.command)
        if not user:
            return say("I cannot tell who you are here, so your vote cannot be counted.")
        target = asker.chat.target if asker.chat else asker.command.target
        value = 1 if wanted.up else -1
        stands = await self._opinions.press(target, user, wanted.paper_id, value=value)
        if not stands:
            return say("Taken back.")
        sign = "👍" if wanted.up else "👎"
        return say("{sign} counted, thank you. Once more takes it back. /top", sign=sign)

    async def _is_known(self, paper_id: PaperId) -> bool:
        """Keys come from clients: what was never stored is not counted or kept (T11)."""
        return bool(await self._means.store.papers.get([paper_id]))


def _shown(ask: _Ask, *, private: bool) -> Callable[[Asker, Responder], Awaitable[None]]:
    async def answer(asker: Asker, responder: Responder) -> None:
        await responder.show(replace(await ask(asker), private=private))

    return answer
