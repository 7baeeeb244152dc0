"""What a chat gets, said back in one sentence; small print in a few more. Pure.

"Each LLM paper from Hugging Face as it appears, in English, not between 23:00 and 07:00
Europe/Berlin; last one 12 minutes ago."
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from bot.domain.chat import BY_OPERATOR, UNLISTED, Chat, Style
from bot.domain.speech import Speech
from bot.domain.timetable import EVERY_DAY, WORKDAYS, Timetable
from bot.domain.wording import Wording
from bot.services.chat_settings.describe_filters import filter_clauses
from bot.services.chat_settings.enumeration import all_of, any_of, clauses
from bot.services.chat_settings.moments import span
from bot.services.chat_settings.offer import Offer


@dataclass(frozen=True, slots=True)
class Last:
    """When a chat got something last, ``None`` for never, and what time it is. UTC."""

    sent_at: datetime | None
    now: datetime


def describe(chat: Chat, offer: Offer, speech: Speech, *, last: Last | None = None) -> str:
    """The whole state as one sentence, with ``last`` one that says when something came."""
    wording = offer.wordings.get(speech.language)
    if not chat.sources:
        return speech.say("Nothing: this chat is not subscribed.")
    parts = clauses(tuple(_clauses(chat, offer, speech)), speech)
    said = speech.say("{sentence}.", sentence=parts)
    if last is not None and wording is not None:
        said = _with_last(parts, last, wording, speech)
    if chat.paused:
        return speech.say(
            "Paused: nothing comes until /resume. It is set to: {sentence}", sentence=said
        )
    return said


def small_print(chat: Chat, speech: Speech) -> tuple[str, ...]:
    """What else is set, a line each: what is as usual is not said."""
    lines = [line] if (line := held_line(chat, speech)) else []
    if chat.heartbeat is not None:
        lines.append(
            speech.say(
                "A day without papers is explained at {time} {zone}.",
                time=f"{chat.heartbeat:%H:%M}",
                zone=chat.zone,
            )
        )
    looks = chat.looks
    missing = [
        word
        for word, shown in (
            (speech.say("link previews"), looks.previews),
            (speech.say("pictures"), looks.pictures),
            (speech.say("sound"), looks.sound),
        )
        if not shown
    ]
    if missing:
        lines.append(speech.say("Without {what}.", what=any_of(missing, speech)))
    return tuple(lines)


def held_line(chat: Chat, speech: Speech) -> str:
    """That the operator keeps the chat closed, and why; "" where that is not so."""
    if chat.suspended == UNLISTED:
        return speech.say("Whoever runs this bot has taken this chat off the list.")
    if not chat.held:
        return ""
    reason = chat.suspended.removeprefix(BY_OPERATOR).rstrip(".。 ")
    return speech.say("Whoever runs this bot sends nothing here for now: {reason}.", reason=reason)


def source_names(chat: Chat, wording: Wording | None) -> list[str]:
    """The sources as people call them."""
    if wording is None:
        return list(chat.sources)
    return [wording.commands.source_name(source) for source in chat.sources]


def times_of(timetable: Timetable, speech: Speech) -> str:
    """``at 08:30 and 18:00 from Monday to Friday``."""
    times = all_of([f"{moment:%H:%M}" for moment in timetable.times], speech)
    if timetable.days == EVERY_DAY:
        return speech.say("at {times}", times=times)
    return speech.say("at {times} {days}", times=times, days=days_of(timetable.days, speech))


def days_of(days: tuple[int, ...], speech: Speech) -> str:
    """Weekdays as they follow a time."""
    if days == WORKDAYS:
        return speech.say("from Monday to Friday")
    if days == (5, 6):
        return speech.say("at weekends")
    names = day_names(speech)
    if len(days) == len(EVERY_DAY) - 1:
        missing = next(day for day in EVERY_DAY if day not in days)
        return speech.say("every day but {day}", day=names[missing])
    return speech.say("on {days}", days=all_of([names[day] for day in days], speech))


def day_names(speech: Speech) -> tuple[str, ...]:
    """Monday first."""
    say = speech.say
    return (
        say("Monday"),
        say("Tuesday"),
        say("Wednesday"),
        say("Thursday"),
        say("Friday"),
        say("Saturday"),
        say("Sunday"),
    )


def _clauses(chat: Chat, offer: Offer, speech: Speech) -> Iterator[str]:
    subject = _subject(chat, offer.wordings.get(speech.language), speech)
    filters, when = tuple(filter_clauses(chat.filters, speech)), _when(chat, speech)
    if filters:
        yield from (subject, *filters, when)
    else:
        yield speech.say("{papers} {when}", papers=subject, when=when)
    yield speech.say("in {languages}", languages=_languages(chat, offer, speech))
    if chat.style is Style.THREAD:
        yield speech.say("gathered in a thread a day")
    if chat.quiet_hours is not None:
        yield speech.say(
            "not between {start} and {end} {zone}",
            start=_clock(chat.quiet_hours.start),
            end=_clock(chat.quiet_hours.end),
            zone=chat.zone,
        )


def _when(chat: Chat, speech: Speech) -> str:
    """The zone is named once, with the last of the times."""
    if chat.timetable is None:
        return speech.say("as they appear") if _plural(chat) else speech.say("as it appears")
    when = times_of(chat.timetable, speech)
    if chat.quiet_hours is not None:
        return when
    return speech.say("{when} ({zone})", when=when, zone=chat.zone)


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


def _plural(chat: Chat) -> bool:
    return chat.style is Style.DIGEST or (chat.filters.most_a_day or 1) > 1


def _subject(chat: Chat, wording: Wording | None, speech: Speech) -> str:
    """Which papers, in which form, how many."""
    paper, papers = _noun(chat, wording, speech)
    most, digest = chat.filters.most_a_day, chat.style is Style.DIGEST
    if most is None:
        if digest:
            return speech.say("One digest a day of the {papers}", papers=papers)
        return speech.say("Each {paper}", paper=paper)
    if chat.timetable is not None:
        best = speech.say_many(
            "the best of the {papers} each day",
            "the {count} best of the {papers} each day",
            most,
            papers=papers,
        )
    else:
        best = speech.say_many(
            "the first of the {papers} each day",
            "the first {count} of the {papers} each day",
            most,
            papers=papers,
        )
    if digest:
        return speech.say("A digest of {chosen}", chosen=best)
    return best[:1].upper() + best[1:]


def _noun(chat: Chat, wording: Wording | None, speech: Speech) -> tuple[str, str]:
    """LLM paper from Hugging Face, and the same of several."""
    words = chat.filters.include
    sources = all_of(source_names(chat, wording), speech)
    if not words:
        return (
            speech.say("paper from {sources}", sources=sources),
            speech.say("papers from {sources}", sources=sources),
        )
    if len(words) == 1:
        return (
            speech.say("{word} paper from {sources}", word=words[0], sources=sources),
            speech.say("{word} papers from {sources}", word=words[0], sources=sources),
        )
    about = any_of(words, speech)
    return (
        speech.say("paper on {words} from {sources}", words=about, sources=sources),
        speech.say("papers on {words} from {sources}", words=about, sources=sources),
    )


def _languages(chat: Chat, offer: Offer, speech: Speech) -> str:
    return all_of([language_name(tag, offer, speech) for tag in chat.languages], speech)


def language_name(tag: str, offer: Offer, speech: Speech) -> str:
    """A language's name in the language of the sentence, where that has a word for it."""
    names = {"en": speech.say("English"), "zh": speech.say("Chinese")}
    wording = offer.wordings.get(tag)
    return names.get(tag) or (wording.name if wording else tag)


def _with_last(parts: str, last: Last, wording: Wording, speech: Speech) -> str:
    if last.sent_at is None:
        return speech.say("{sentence}; nothing has come yet.", sentence=parts)
    ago = span(last.now - last.sent_at, wording.commands.status.ago)
    return speech.say("{sentence}; last one {ago}.", sentence=parts, ago=ago)
