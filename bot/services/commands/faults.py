"""What nobody foresaw: reported without anybody's words, and apologised for if that is possible."""

import logging
from collections.abc import Awaitable
from pathlib import PurePath
from traceback import extract_tb

_log = logging.getLogger(__name__)


async def quietly(answer: Awaitable[None]) -> None:
    """Show an apology if that is still possible."""
    try:
        await answer
    except Exception as error:  # noqa: BLE001 - there is nobody left to tell
        report("apology not shown", error)


def report(message: str, error: Exception) -> None:
    """Say what failed and where. Not the error's words: they may quote what somebody wrote."""
    frame = (extract_tb(error.__traceback__) or [None])[-1]
    where = f"{PurePath(frame.filename).name}:{frame.lineno}" if frame else ""
    _log.error(message, extra={"error": type(error).__name__, "where": where})
