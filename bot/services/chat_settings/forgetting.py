"""``/forget``: everything about a person or a chat goes, after one more press (T12)."""

from dataclasses import replace

from bot.domain.chat import BY_OPERATOR, Chat
from bot.domain.post import Action, Post, Section
from bot.domain.speech import Speech
from bot.services.chat_settings.chat_ledger import ChatLedger
from bot.services.chat_settings.keys import Deed, do_key
from bot.services.chat_settings.visit import SettingsMeans, Visit


class Forgetting:
    """Says what is there, and removes what the presser may remove.

    A button acts for who presses it, never for who asked: in a group anybody can press.
    """

    def __init__(self, means: SettingsMeans, ledger: ChatLedger) -> None:
        self._means = means
        self._ledger = ledger

    async def ask(self, visit: Visit) -> None:
        """Say what would go, and offer to do it.

        Raises:
            StoreError: the store cannot be read.
        """
        say, private = visit.speech.say, visit.command.private
        manages = visit.chat is not None and await visit.may_change()
        lines: list[str] = []
        if visit.command.user:
            lines.append(say("About you: the papers that you saved, and your votes everywhere."))
        if manages:
            lines.append(say("About this chat: its settings, its votes, and what was sent here."))
        keep = Action(say("Keep everything"), do_key(Deed.KEEP))
        if private:
            actions = [Action(say("Delete everything"), do_key(Deed.FORGET_ALL)), keep]
        else:
            me = Action(say("Delete what is about me"), do_key(Deed.FORGET_ME))
            chat = Action(say("Delete this chat's"), do_key(Deed.FORGET_CHAT))
            actions = [*([me] if visit.command.user else []), *([chat] if manages else []), keep]
        await visit.show(
            Post(
                visit.speech.language,
                say("Delete what I keep? This cannot be undone."),
                "",
                sections=(Section("", tuple(lines), bulleted=True),) if lines else (),
                actions=tuple(actions),
            )
        )

    async def forget_person(self, visit: Visit) -> None:
        """Remove what is kept about who presses."""
        await self._report(visit, await self._person(visit))

    async def forget_chat(self, visit: Visit) -> None:
        """Remove what is kept about the chat, if the presser may."""
        if not await visit.may_change():
            await visit.refuse()
            return
        await self._report(visit, await self._chat(visit))

    async def forget_all(self, visit: Visit) -> None:
        """Both, in a private chat."""
        if not await visit.may_change():
            await visit.refuse()
            return
        await self._report(visit, (*await self._person(visit), *await self._chat(visit)))

    async def keep(self, visit: Visit) -> None:
        """Leave everything as it is."""
        await visit.show(
            Post(visit.speech.language, visit.speech.say("Everything stays as it is."), "")
        )

    async def _person(self, visit: Visit) -> tuple[str, ...]:
        command, speech = visit.command, visit.speech
        if not command.user:
            return ()
        user = f"{command.target.platform}:{command.user}"
        saved = await self._means.store.saved.forget(user)
        votes = await self._means.store.votes.forget(user)
        return (
            speech.say_many("{count} saved paper", "{count} saved papers", saved),
            speech.say_many("{count} vote", "{count} votes", votes),
        )

    async def _chat(self, visit: Visit) -> tuple[str, ...]:
        """Under each name that the chat may be kept by. Nobody opens by it what the operator has
        closed: that, and no more, is noted anew (T10)."""
        chat = visit.chat
        places = {*visit.command.places, *((chat.target,) if chat else ())}
        for place in places:
            await self._means.store.register.forget(place)
        if chat is None:
            return ()
        if _is_closed(chat):
            closed = Chat(chat.target, sources=(), paused=True, suspended=chat.suspended)
            await self._means.store.chats.save([closed], now=self._means.clock.now())
        return _of_chat(chat, visit.speech)

    async def _report(self, visit: Visit, gone: tuple[str, ...]) -> None:
        say = visit.speech.say
        title = say("Deleted") if gone else say("There was nothing to delete.")
        sections = (Section("", gone, bulleted=True),) if gone else ()
        post = Post(visit.speech.language, title, "", sections=sections)
        await visit.show(replace(post, footer=_again(visit.chat, visit.speech) if gone else ()))


def _of_chat(chat: Chat, speech: Speech) -> tuple[str, ...]:
    lines = [speech.say("this chat's settings, votes and deliveries; nothing more comes here")]
    if _is_closed(chat):
        lines.append(speech.say("Whoever runs this bot has closed this chat; that stays noted."))
    elif chat.listed:
        lines.append(
            speech.say("Whoever runs this bot lists this chat: it may be taken up again there.")
        )
    return tuple(lines)


def _again(chat: Chat | None, speech: Speech) -> tuple[str, ...]:
    if chat is None or _is_closed(chat):
        return ()
    return (speech.say("/subscribe begins anew."),)


def _is_closed(chat: Chat) -> bool:
    """Whether the operator has suspended it, rather than taken it off the list."""
    return chat.suspended.startswith(BY_OPERATOR)
