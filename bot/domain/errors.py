"""One error tree with one root.

Each library's errors are translated into these in one place, chained with ``from``. A message says
what happened, to what, and what to do next; the command line prints it as it stands.
"""


class SulanError(Exception):
    """Root of everything that Sulan raises on purpose."""


class InvalidInput(SulanError):
    """What a person typed (an id, a date, a file) cannot be used."""


class InvalidPaperId(InvalidInput):
    """The text holds no arXiv id. Raised before any upstream is asked."""


class SettingsError(SulanError):
    """Settings are wrong; the message lists every fault, where it came from and what is allowed."""


class SourceError(SulanError):
    """An upstream (Hugging Face, arXiv) did not give a usable answer."""


class SourceUnavailable(SourceError):
    """No answer, or one that asks us to wait. Worth trying again later.

    ``retry_after`` is in seconds, ``None`` where the upstream named no time.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SourceLimited(SourceUnavailable):
    """The upstream limits us (429, 503 with Retry-After)."""


class SourceUnreachable(SourceUnavailable):
    """No connection at all: name resolution, refused, unreachable, time-out."""


class SourceBroken(SourceError):
    """An answer that is not what was asked for: wrong type, truncated, too big, another host."""


class SourceHasNoArchive(SourceError):
    """The source publishes only its latest list, and an older day was asked for."""


class StoreError(SulanError):
    """The store cannot be used: full, read-only, locked, damaged, or from a newer version."""


class SummaryError(SulanError):
    """No summary of this paper came of it. One paper's failure never concerns another.

    ``reason`` is a stable word for records and metrics; ``retry_after`` is in seconds.
    """

    reason = "failed"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SummaryRefused(SummaryError):
    """The model declined (F19)."""

    reason = "refused"


class SummaryFiltered(SummaryError):
    """The endpoint's content filter stopped the answer (F21)."""

    reason = "filtered"


class SummaryCutOff(SummaryError):
    """The answer ended at the token limit, twice (F20)."""

    reason = "cut_off"


class SummaryMalformed(SummaryError):
    """The answer has no usable shape, twice: not the four parts, empty, wrong language (F22)."""

    reason = "malformed"


class ModelBusy(SummaryError):
    """429, 5xx, a time-out or a dropped connection outlasted the retries (F23)."""

    reason = "busy"


class ModelUnusable(SummaryError):
    """No call will succeed until a person acts: key, quota, retired model (F24, F25)."""

    reason = "unusable"


class BudgetSpent(SummaryError):
    """The daily budget leaves no room for another call (F29)."""

    reason = "budget"


class MarkdownError(InvalidInput):
    """A file is not a four-part digest; the message names the line or the entry."""
