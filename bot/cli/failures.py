"""From an error to one line on the screen and an exit code."""

import asyncio
import errno
import os
import sys
import traceback
from contextlib import suppress

from bot.domain.errors import InvalidInput, SettingsError, SulanError
from config.load import load_settings
from config.redaction import Redactor
from config.secrets import secrets_of

FAILED = 1
USAGE = 2
INTERRUPTED = 130

# The store's and the named files' faults have been told apart before: what is left is the output.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def explain(error: BaseException) -> int:
    """Say on stderr what happened; returns the exit code.

    Errors of ours carry their own words. Anything else is a fault in Sulan: its type and words are
    shown, and the traceback where ``SULAN_DEBUG`` is set.
    """
    if isinstance(error, (KeyboardInterrupt, asyncio.CancelledError)):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _quiet_stdout()
        return 0
    if os.environ.get("SULAN_DEBUG"):
        _say("".join(traceback.format_exception(error)))
    elif isinstance(error, SulanError):
        _say(str(error))
    else:
        _explain_foreign(error)
    return USAGE if isinstance(error, (InvalidInput, SettingsError)) else FAILED


def _explain_foreign(error: BaseException) -> None:
    if isinstance(error, UnicodeEncodeError):
        _say(
            f"Cannot print {error.object[error.start]!a}: the output's encoding is "
            f"{error.encoding}. Set PYTHONUTF8=1, or a locale with UTF-8."
        )
    elif isinstance(error, OSError) and error.errno in _NO_ROOM:
        _quiet_stdout()
        _say(f"Cannot write the output: {error.strerror}. Make room, or send it elsewhere.")
    else:
        _say(
            f"Unexpected {type(error).__name__}: {error}. Please report it; SULAN_DEBUG=1 shows "
            "where."
        )


def _say(line: str) -> None:
    # Words from outside may hold anything, a library's also the address that it called (T5).
    secrets = frozenset[str]()
    with suppress(SettingsError, OSError):
        secrets = secrets_of(load_settings())
    sys.stderr.write(f"sulan: {Redactor(secrets)(line)}\n")


def _quiet_stdout() -> None:
    """Nobody takes our output (``sulan today | head``): what is left must not be flushed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
