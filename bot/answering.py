"""The composition of what answers commands.

Imported only by a process that has the role and listens to a platform: others need none of it.
"""

from bot.ground import Ground
from bot.services.commands.asking import CommandOptions, Means
from bot.services.commands.service import CommandService
from bot.services.wakes import DELIVER
from bot.translations import load_speech
from config.settings import Settings
from summarizer.languages import available_languages, load_wording


def answering(ground: Ground) -> CommandService:
    """Who answers; to be entered."""
    return CommandService(_means(ground), options=_command_options(ground.sulan.settings))


def _means(ground: Ground) -> Means:
    sulan = ground.sulan
    return Means(
        store=sulan.store,
        clock=sulan.clock,
        summaries=sulan.summaries,
        lookup=sulan.lookup,
        collect=ground.collecting.collect_day,
        wordings={language: load_wording(language) for language in available_languages()},
        health=ground.health,
        speeches={language: load_speech(language) for language in available_languages()},
        wake=lambda: ground.wakes.wake(DELIVER),
        roll=ground.roll,
    )


def _command_options(settings: Settings) -> CommandOptions:
    model = settings.model
    return CommandOptions(
        language=settings.language,
        sources=settings.sources,
        model=model.name,
        daily_usd=model.daily_usd,
        daily_tokens=model.daily_tokens if model.name else None,
        open_sources=settings.subscriptions.sources,
        subscriptions=settings.subscriptions.open,
        most_chats=settings.subscriptions.most_chats,
    )
