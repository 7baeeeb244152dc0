"""Where a chat's own settings are asked for: their commands and presses, under our limits."""

from bot.services.chat_settings.offer import Offer
from bot.services.chat_settings.service import ChatSettings
from bot.services.chat_settings.visit import SettingsMeans
from bot.services.commands.asking import CommandOptions, Means


def settings_desk(means: Means, options: CommandOptions) -> ChatSettings:
    """What answers about settings, within what the operator offers."""
    offer = offer_of(means, options)
    return ChatSettings(SettingsMeans(means.store, means.clock, offer, means.speeches, means.wake))


def offer_of(means: Means, options: CommandOptions) -> Offer:
    """What chats may choose."""
    return Offer(
        means.wordings,
        options.sources,
        options.open_sources,
        subscriptions=options.subscriptions,
        most_chats=options.most_chats,
    )
