"""What is kept for how long: no more of anybody than the work needs (T12)."""

import logging
from datetime import datetime, timedelta

from bot.ports import Store

_log = logging.getLogger(__name__)

# Settled deliveries: long enough to answer why a paper came or did not, and to find the paper of an
# old message; many times longer than anything is news.
KEEP_DELIVERIES = timedelta(days=60)
# Updates that were handled: Telegram repeats one for a day at most (FACTS §1.5).
KEEP_UPDATES = timedelta(days=2)
# Updates that nobody has handled: those of a bot that is served no more. Whoever serves it again
# sooner still learns which chats took it in or put it out.
KEEP_UNANSWERED = timedelta(days=14)
# What chats and the operator were told: longer than any row that has yet to be sent names it.
KEEP_ANNOUNCEMENTS = timedelta(days=90)
# Leases and claims on summaries that ran out: a process that is killed leaves those that bear its
# name.
KEEP_LEASES = timedelta(days=1)
# What was used up in a day: for whoever compares it with a bill.
KEEP_ALLOWANCES = timedelta(days=400)


async def forget_old(store: Store, now: datetime) -> int:
    """Forget what nobody needs any more; returns how many deliveries that were.

    Raises:
        StoreError: the store cannot be used; tomorrow is another day.
    """
    deliveries = await store.backlog.prune(before=now - KEEP_DELIVERIES)
    updates = await store.inbox.prune(before=now - KEEP_UPDATES, kept_before=now - KEEP_UNANSWERED)
    await store.announcements.prune(before=now - KEEP_ANNOUNCEMENTS)
    await store.leases.prune(before=now - KEEP_LEASES)
    await store.summaries.prune_claims(before=now - KEEP_LEASES)
    await store.allowances.prune(before=now.date() - KEEP_ALLOWANCES)
    if deliveries or updates:
        said = {"deliveries": deliveries, "updates": updates}
        _log.info("old deliveries and updates forgotten", extra=said)
    return deliveries
