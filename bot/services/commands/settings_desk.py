"""Where a chat's own settings are asked for: their commands and presses, under our limits."""

from collections.abc import Awaitable, Callable, Mapping

from adapters.base import Responder
from bot.domain.command import Command
from bot.domain.post import Action
from bot.services.chat_settings.first_look import FirstLook
from bot.services.chat_settings.keys import Deed, do_key, is_ours
from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.service import ChatSettings
from bot.services.chat_settings.visit import SettingsMeans
from bot.services.commands.asking import Asker, CommandOptions, Means
from bot.services.commands.limits import Effort, Verdict
from bot.services.commands.reception import Reception
from bot.services.commands.whispers import whisper


class SettingsDesk:
    """Hands what people ask on to ``ChatSettings``, which knows no limits and no wording."""

    def __init__(self, means: Means, options: CommandOptions, reception: Reception) -> None:
        self._offer = offer_of(means, options)
        self._settings = ChatSettings(
            SettingsMeans(
                means.store,
                means.clock,
                self._offer,
                means.speeches,
                wake=means.wake,
                changed=reception.look_again,
                summarise=means.summaries.summarise,
                first_look=FirstLook(means.store, means.clock, means.collect).at,
                everybody=reception.everybody,
            )
        )
        self._reception = reception

    def handlers(self) -> Mapping[str, Callable[[Asker, Responder], Awaitable[None]]]:
        """What answers each command."""
        return dict.fromkeys(self._settings.names, self._handle)

    def first_step(self, asker: Asker) -> tuple[Action, ...]:
        """A button for who gets nothing yet and may."""
        if not self._offer.subscriptions or (asker.chat is not None and asker.chat.sources):
            return ()
        return (Action(asker.speech.say("Subscribe"), do_key(Deed.SUBSCRIBE)),)

    def knows(self, key: str) -> bool:
        """Whether a button's key is of a settings menu."""
        return is_ours(key)

    async def press(self, key: str, command: Command, responder: Responder) -> None:
        """Do what a button of a settings menu says.

        Raises:
            StoreError: the store cannot be used.
            DeliveryError: the message cannot be replaced.
        """
        asker = await self._reception.asker(command)
        verdict = self._reception.judge(asker, Effort.COMMAND)
        if verdict is Verdict.NOTICE:
            await whisper(responder, asker.wording.commands.slow_down)
        elif verdict is Verdict.GO:
            await self._settings.press(key, command, asker.speech, responder)

    async def _handle(self, asker: Asker, responder: Responder) -> None:
        await self._settings.handle(asker.command, asker.speech, responder)


def offer_of(means: Means, options: CommandOptions) -> Offer:
    """What chats may choose."""
    return Offer(
        means.wordings,
        options.sources,
        options.open_sources,
        subscriptions=options.subscriptions,
        most_chats=options.most_chats,
    )
