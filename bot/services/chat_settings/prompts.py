"""Questions for a text, and what each setting is called on its button. Pure."""

from bot.domain.chat import Chat
from bot.domain.post import Prompt
from bot.domain.speech import Speech
from bot.domain.timetable import EVERY_DAY, Timetable
from bot.services.chat_settings.topics import Topic
from bot.services.chat_settings.typed import quoted
from bot.services.chat_settings.typed_guide import EXAMPLES

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def prompt_for(topic: Topic, chat: Chat, speech: Speech) -> Prompt:
    """The question for a setting's text, with what stands there now."""
    example = EXAMPLES[topic]
    return Prompt(
        f"settings {topic}",
        topic_label(topic, speech),
        speech.say("Such as: {example}. “off” for none.", example=example),
        present_text(topic, chat),
        replying=speech.say("Reply to this message."),
    )


def typed_form(topic: Topic, speech: Speech) -> str:
    """How to type it, for a platform that cannot ask."""
    example = f"/settings {topic} {EXAMPLES[topic]}"
    return speech.say("Write it like this: {example}", example=example)


def present_text(topic: Topic, chat: Chat) -> str:
    """What holds now, as it would be typed; "" for nothing."""
    filters, quiet = chat.filters, chat.quiet_hours
    texts = {
        Topic.SOURCES: " ".join(chat.sources),
        Topic.INCLUDE: _typed(filters.include),
        Topic.EXCLUDE: _typed(filters.exclude),
        Topic.CATEGORIES: " ".join(filters.categories),
        Topic.AUTHORS: _typed(filters.authors),
        Topic.ORGANIZATIONS: _typed(filters.organizations),
        Topic.HOURS: _hours(chat.timetable) if chat.timetable else "",
        Topic.QUIET: f"{quiet.start:%H:%M}-{quiet.end:%H:%M}" if quiet else "",
        Topic.ZONE: chat.zone,
        Topic.HEARTBEAT: f"{chat.heartbeat:%H:%M}" if chat.heartbeat else "",
    }
    return texts.get(topic, "")


def _hours(timetable: Timetable) -> str:
    days = [_DAYS[day] for day in timetable.days] if timetable.days != EVERY_DAY else []
    return " ".join([*(f"{time:%H:%M}" for time in timetable.times), *days])


def _typed(words: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, words))


def topic_label(topic: Topic, speech: Speech) -> str:
    """What a setting that takes a text is called."""
    say = speech.say
    labels = {
        Topic.SOURCES: say("Other sources"),
        Topic.INCLUDE: say("Include words"),
        Topic.EXCLUDE: say("Exclude words"),
        Topic.CATEGORIES: say("Categories"),
        Topic.AUTHORS: say("Authors"),
        Topic.ORGANIZATIONS: say("Organizations"),
        Topic.HOURS: say("Other times"),
        Topic.QUIET: say("Other quiet hours"),
        Topic.ZONE: say("Time zone"),
        Topic.HEARTBEAT: say("Another time"),
    }
    return labels.get(topic, topic.value)
