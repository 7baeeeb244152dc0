"""``sulan copy-store``: the whole store in another database."""

from typing import Annotated

from cyclopts import Parameter

from bot.cli.screen import Screen
from bot.clock import SystemClock
from bot.store.copying import copy_store as copy
from bot.store.location import locate


def copy_store(
    source: str,
    target: str,
    *,
    force: Annotated[bool, Parameter(negative="", show_default=False)] = False,
) -> int:
    """Copy a stopped Sulan's store, and prove that all of it arrived.

    Each is a file's path or postgresql://USER@HOST/NAME (the password may stand in PGPASSWORD or
    ~/.pgpass). The source is left as it is; the target must be empty, and is left so if anything
    fails. The engine's jobs are not copied: they are found again from the store.

    Parameters
    ----------
    force
        Copy although a process is at work on the source: what it holds at this moment.
    """
    screen = Screen()
    copied = copy(source, target, now=SystemClock().now(), despite_leases=force)
    width = max(len(table.table) for table in copied)
    for table in copied:
        screen.line(f"{table.table:{width}}  {table.rows:>11,}  {table.digest[:16]}")
    total = sum(table.rows for table in copied)
    screen.note(
        f"{total:,} rows in {len(copied)} tables, each read again in {locate(target).name} with "
        "the same count and sum. Set it as store.url (or SULAN_DATABASE_URL) and start Sulan."
    )
    return 0
