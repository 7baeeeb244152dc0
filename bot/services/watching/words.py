"""What is said of what needs a person: what it is, since when, and what to do."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.errors import ModelBusy, ModelUnusable
from bot.domain.speech import Speech
from bot.services.watching.concerns import Concern, Kind

# More at once is one fault with many faces; `sulan doctor` has them all.
_MOST = 8
# Of what a platform or an upstream says of itself.
_LONGEST_REASON = 160


def notice(found: Sequence[Concern], ended: Sequence[Concern], speech: Speech) -> str:
    """One message: its first line is the title."""
    lines = [f"{what(one, speech)} {to_do(one, speech)}" for one in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(speech.say("There is more: sulan doctor lists everything."))
    lines += [well_again(one, speech) for one in ended[:_MOST]]
    title = speech.say("Sulan needs you") if found else speech.say("Well again")
    return "\n".join([title, *lines])


def moment(at: datetime) -> str:
    """A moment as operators compare it with logs: ``2026-08-20 09:12 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def what(concern: Concern, speech: Speech) -> str:
    """What is wrong, since when, and why."""
    return {**_abroad(concern, speech), **_at_home(concern, speech)}[concern.kind]


def _abroad(concern: Concern, speech: Speech) -> Mapping[Kind, str]:
    """Of platforms, upstreams and the model."""
    say, name, since = speech.say, concern.subject, moment(concern.since)
    reason = _reason(concern, speech)
    return {
        Kind.TOKEN: say(
            "{platform} has refused the bot's token since {since} ({reason}); nothing is sent "
            "there.",
            platform=name,
            since=since,
            reason=reason,
        ),
        Kind.MODEL: say(
            "The model has written nothing since {since} ({reason}); papers come with sentences "
            "from their abstracts.",
            since=since,
            reason=reason,
        ),
        Kind.BUDGET: say(
            "The model's budget for the day was spent by {since}; papers come with sentences from "
            "their abstracts until midnight UTC.",
            since=since,
        ),
        Kind.SOURCE: say(
            "{source} has given no list since {since}: {reason}",
            source=name,
            since=since,
            reason=reason,
        ),
        Kind.PLATFORM: say(
            "{platform} has been out of reach since {since}: {reason}",
            platform=name,
            since=since,
            reason=reason,
        ),
        Kind.QUEUE: say(
            "Messages to {platform} are more than an hour late: {reason}",
            platform=name,
            reason=reason,
        ),
    }


def _at_home(concern: Concern, speech: Speech) -> Mapping[Kind, str]:
    """Of what is ours: the store, the roles, the chats."""
    say, name, since = speech.say, concern.subject, moment(concern.since)
    reason = _reason(concern, speech)
    return {
        Kind.STORE: say(
            "The store has not worked since {since}: {reason}; nothing is sent that cannot be "
            "recorded.",
            since=since,
            reason=reason,
        ),
        Kind.DISK: say("The disk of the store is almost full: {reason}", reason=reason),
        Kind.ROLE: say("Nobody has had the role {role} since {since}.", role=name, since=since),
        Kind.CHAT: say(
            "{chat}, which the settings list, takes nothing: {reason}", chat=name, reason=reason
        ),
        Kind.CHATS: say(
            "Many chats on {platform} have begun to refuse messages: {reason}",
            platform=name,
            reason=reason,
        ),
    }


def to_do(concern: Concern, speech: Speech) -> str:
    """What a person can do."""
    say, name = speech.say, concern.subject
    return {
        Kind.TOKEN: say("Make a new token, set it, and restart Sulan."),
        Kind.MODEL: say("Look at the key, the credit and the model's name with sulan check."),
        Kind.BUDGET: say("If that is too early, raise model.daily_usd or model.daily_tokens."),
        Kind.SOURCE: say(
            "Sulan keeps asking and catches up for two days; sulan check tries it now."
        ),
        Kind.PLATFORM: say(
            "Sulan keeps trying. Look whether this machine reaches it; what waits is sent then, if "
            "it is no older than two days."
        ),
        Kind.QUEUE: say(
            "Look at the log for a limit or an outage, and whether a process that delivers runs."
        ),
        Kind.STORE: say("Make room, or let the database answer again; Sulan goes on by itself."),
        Kind.DISK: say("Make room before it is full."),
        Kind.ROLE: say("Start a process that has it: sulan run --roles {role}", role=name),
        Kind.CHAT: say(
            "Give the bot back its place and its rights there, then: sulan chats resume {chat}",
            chat=name,
        ),
        Kind.CHATS: say("Look with sulan chats whether one reason has closed them all."),
    }[concern.kind]


def well_again(concern: Concern, speech: Speech) -> str:
    """That it is over."""
    say, name = speech.say, concern.subject
    return {
        Kind.TOKEN: say("{platform} accepts the bot's token again.", platform=name),
        Kind.MODEL: say("The model writes again."),
        Kind.BUDGET: say("The model has a budget again, and writes."),
        Kind.SOURCE: say("{source} gives its lists again.", source=name),
        Kind.PLATFORM: say("{platform} can be reached again.", platform=name),
        Kind.QUEUE: say("Messages to {platform} are on time again.", platform=name),
        Kind.STORE: say("The store works again."),
        Kind.DISK: say("The disk of the store has room again."),
        Kind.ROLE: say("Somebody has the role {role} again.", role=name),
        Kind.CHAT: say("{chat} is open again.", chat=name),
        Kind.CHATS: say("No more chats on {platform} refuse messages.", platform=name),
    }[concern.kind]


def _reason(concern: Concern, speech: Speech) -> str:
    """Why, in one line: what a part said, or what our own words for a model's failures mean."""
    known = {
        ModelUnusable.reason: speech.say("its endpoint refuses every call"),
        ModelBusy.reason: speech.say("its endpoint is busy or does not answer"),
    }
    reason = " ".join(known.get(concern.reason, concern.reason).split())
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"
