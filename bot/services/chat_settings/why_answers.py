"""Why a paper came, waits or did not come, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.chat import PAUSED, Chat
from bot.domain.delivery import MAX_AGE, Delivery, State
from bot.domain.due import window
from bot.domain.filters import MAY_CHANGE, Verdict
from bot.domain.listing import Listed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.selection import judge
from bot.domain.speech import Speech
from bot.domain.summary import Summary
from bot.domain.timetable import next_slot, quiet_until
from bot.services.chat_settings.describe import held_line, source_names
from bot.services.chat_settings.describe_filters import reason_of
from bot.services.chat_settings.enumeration import all_of
from bot.services.chat_settings.moments import moment_in
from bot.services.chat_settings.offer import Offer

_LONGEST_REASON = 120


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a paper in a chat. ``place`` is where it was first seen on one of the chat's
    lists; ``shown_by`` are rows of digests (``showing``) by the keys of the paper's own rows."""

    chat: Chat | None
    paper: Paper | None
    now: datetime
    place: Listed | None = None
    summary: Summary | None = None
    rows: Sequence[Delivery] = ()
    shown_by: Mapping[str, Delivery] = field(default_factory=dict[str, Delivery])

    def moment(self, moment: datetime) -> str:
        """A moment in the chat's zone."""
        return moment_in(self.chat.zone if self.chat else "UTC", moment, now=self.now)


def showing(paper: Delivery, messages: Iterable[Delivery]) -> Delivery | None:
    """Of a digest's message and those that brought it up to date the first that shows a paper; the
    newest, where none has come since the paper did."""
    firsts = (row for row in messages if row.part == 0 and row.state is not State.INCLUDED)
    in_turn = sorted(firsts, key=lambda row: row.created_at)
    came = (row for row in in_turn if row.sent_at is not None and row.sent_at >= paper.created_at)
    return next(came, in_turn[-1] if in_turn else None)


def answers(case: Case, paper_id: PaperId, speech: Speech, offer: Offer) -> list[str]:
    """One sentence a language that the paper came in; one where it did not come."""
    chat = case.chat
    if chat is None or not chat.sources:
        return [speech.say("This chat is not subscribed, so nothing comes by itself.")]
    if case.paper is None:
        return [
            speech.say(
                "No list that I read has {paper}. /paper {paper} shows it anyway.", paper=paper_id
            )
        ]
    if case.rows:
        return list(dict.fromkeys(_by_row(row, case, chat, speech) for row in case.rows))
    return [_by_decision(case, chat, case.paper, speech, offer)]


def _by_row(row: Delivery, case: Case, chat: Chat, speech: Speech) -> str:
    if row.state is State.INCLUDED:
        return _by_digest(row, case, chat, speech)
    if row.state in (State.PENDING, State.CLAIMED, State.SENDING):
        return _waiting(row, case, chat, speech)
    return _settled(row, case, chat, speech)


def _settled(row: Delivery, case: Case, chat: Chat, speech: Speech) -> str:
    say, reason = speech.say, _short(row.reason)
    match row.state:
        case State.SENT:
            return say("It came: {when}.", when=case.moment(row.sent_at or row.created_at))
        case State.PASSED:
            return say(
                "The limit of {count} a day was reached when it was its turn: {when}.",
                count=chat.filters.most_a_day or 0,
                when=case.moment(row.created_at),
            )
        case State.UNKNOWN:
            return say("It may or may not have arrived: {reason}.", reason=reason)
        case State.EXPIRED if row.reason == PAUSED:
            return say("This chat was paused when it was its turn.")
        case State.EXPIRED:
            return say("It was dropped before it was sent: {reason}.", reason=reason or "48 h")
        case _:
            return say("It could not be sent: {reason}.", reason=reason)


def _by_digest(row: Delivery, case: Case, chat: Chat, speech: Speech) -> str:
    digest = case.shown_by.get(row.post_key)
    if digest is None:
        return speech.say("It is part of a digest: {when}.", when=case.moment(row.created_at))
    if digest.state is State.SENT:
        when = case.moment(digest.sent_at or digest.created_at)
        return speech.say("It came in a digest: {when}.", when=when)
    return speech.say("It is part of a digest. {what}", what=_by_row(digest, case, chat, speech))


def _waiting(row: Delivery, case: Case, chat: Chat, speech: Speech) -> str:
    say = speech.say
    if (held := _held(chat, speech)) is not None:
        return held
    quiet = quiet_until(chat.quiet_hours, chat.zone, case.now)
    if quiet is not None and row.due_at > case.now:
        return say("It waits for the end of the quiet hours: {when}.", when=case.moment(quiet))
    if row.due_at > case.now and row.reason:
        return say(
            "It is tried again at {when}: {reason}.",
            when=case.moment(row.due_at),
            reason=_short(row.reason),
        )
    if row.due_at > case.now:
        return say("It waits until {when}.", when=case.moment(row.due_at))
    return say("It is on its way.")


def _held(chat: Chat, speech: Speech) -> str | None:
    """Why nothing at all is sent, if so."""
    if line := held_line(chat, speech):
        return line
    if chat.suspended:
        return speech.say(
            "Nothing is sent here: {reason}. Once that is mended, /start resumes it.",
            reason=_short(chat.suspended),
        )
    if chat.paused:
        return speech.say("This chat is paused. /resume lets new papers come.")
    return None


def _by_decision(case: Case, chat: Chat, paper: Paper, speech: Speech, offer: Offer) -> str:
    """There is no row: in the order in which a paper is put to the questions."""
    say = speech.say
    if case.place is None:
        names = all_of(source_names(chat, offer.wordings.get(speech.language)), speech)
        return say("It is on none of this chat's lists: {sources}.", sources=names)
    verdict = judge(chat.filters, paper, case.summary)
    reasons = (
        *_of_paper(paper, speech),
        *_of_age(case, case.place, chat, speech),
        *((held,) if (held := _held(chat, speech)) else ()),
        *_of_filters(case, case.place, chat, verdict, speech),
        *_of_time(case, case.place, chat, speech),
    )
    return reasons[0]


def _of_paper(paper: Paper, speech: Speech) -> Iterator[str]:
    if paper.withdrawn:
        yield speech.say("Its authors have withdrawn it.")
    elif not paper.abstract:
        yield speech.say("It has no abstract, and so no summary.")


def _of_age(case: Case, place: Listed, chat: Chat, speech: Speech) -> Iterator[str]:
    when = case.moment(place.first_seen)
    if chat.since is not None and place.first_seen < chat.since:
        yield speech.say("It was listed before this chat began to get papers: {when}.", when=when)


def _of_filters(
    case: Case, place: Listed, chat: Chat, verdict: Verdict, speech: Speech
) -> Iterator[str]:
    if verdict.passes:
        return
    reason = reason_of(verdict, chat.filters, speech)
    again = place.first_seen + MAX_AGE
    if verdict.failed in MAY_CHANGE and case.now < again:
        yield speech.say(
            "It does not pass this chat's filters so far: {reason}. I look again until {when}.",
            reason=reason,
            when=case.moment(again),
        )
    else:
        yield speech.say("It does not pass this chat's filters: {reason}.", reason=reason)


def _of_time(case: Case, place: Listed, chat: Chat, speech: Speech) -> Iterator[str]:
    say, seen = speech.say, place.first_seen
    due = window(chat.timetable, chat.zone, case.now)
    if chat.timetable is not None and (due is None or seen > due.upto):
        slot = case.moment(next_slot(chat.timetable, chat.zone, case.now))
        yield say("It waits for this chat's next time: {when}.", when=slot)
    elif due is None or seen <= due.after:
        yield say(
            "It is no longer news: listed {when}, and what is older than two days does not come "
            "by itself.",
            when=case.moment(seen),
        )
    elif case.summary is None:
        yield say("Its summary is being written; it comes after that.")
    else:
        yield say("It comes within a minute or so.")


def _short(reason: str) -> str:
    """A technical sentence from far below; its beginning tells what it is."""
    reason = " ".join(reason.split()).rstrip(".。 ")
    return reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON].rstrip() + " …"
