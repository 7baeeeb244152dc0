"""From when on a chat's papers count after it changed its mind. Pure.

A wider filter, another list or another language would make two days' papers news at once; whoever
changes a setting wants what comes from then on (F69).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.chat import Chat
from bot.domain.timetable import latest_slot

# A paper may still wait for its summary for so long (services.plan.PATIENCE): it must not be lost
# to somebody who changes a setting meanwhile.
_UNDER_WAY = timedelta(minutes=20)


def counted(before: Chat, after: Chat, now: datetime, *, looked: bool = False) -> Chat:
    """The changed chat with its new ``since``, if what comes there may be something else now.

    With a timetable what has gathered since its latest slot still comes at the next one. ``looked``
    is whether a list was just read for the first time: what stood there is not news by that.
    """
    if _chooses(before) == _chooses(after):
        return after
    begin = now if looked else now - _UNDER_WAY
    if after.timetable is not None:
        begin = min(begin, latest_slot(after.timetable, after.zone, now))
    return replace(after, since=max(begin, after.since or begin))


def _chooses(chat: Chat) -> tuple[object, ...]:
    return chat.sources, chat.filters, chat.languages
