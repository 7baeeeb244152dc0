"""Who works and who fails, since when: a board in memory that services write and people read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.standing import Standing

__all__ = ["Health", "Standing", "token_part"]


def token_part(platform: str) -> str:
    """A platform's token on the board: it is accepted, or refused until a person acts (F39)."""
    return f"token:{platform}"


class Health:
    """The board. A part goes by a stable name: ``source:hf``, ``list:hf``, ``lookup``,
    ``model``, ``adapter:telegram``, ``token:telegram``, ``store``.

    Names come from the settings and never from people, so that the board stays small.
    """

    def __init__(self) -> None:
        self._standings: dict[str, Standing] = {}
        self._tallies: Counter[tuple[str, ...]] = Counter()

    def worked(self, part: str, *, at: datetime) -> None:
        """It did what it was asked; whatever failed before is over."""
        known = self._standings.get(part, Standing())
        self._standings[part] = replace(known, worked_at=at, failing_since=None)

    def failed(self, part: str, reason: str, *, at: datetime) -> None:
        """It failed at something; a row of failures begins with its first."""
        self._note(part, reason, at)
        self.tally("failures", part)

    def found_failing(self, part: str, reason: str, *, at: datetime) -> None:
        """A look at it found that it does not work. That is one failure, however often it is looked
        at, until it works again."""
        if self.of(part).failing_since is None:
            self.tally("failures", part)
        self._note(part, reason, at)

    def _note(self, part: str, reason: str, at: datetime) -> None:
        known = self.of(part)
        since = known.failing_since or at
        self._standings[part] = replace(known, failing_since=since, failed_at=at, reason=reason)

    def tally(self, what: str, *labels: str) -> None:
        """Count something for the metrics. Labels are words of ours and names of the settings."""
        self._tallies[what, *labels] += 1

    def tallies(self) -> Mapping[tuple[str, ...], int]:
        """How often each was counted, by what it is and its labels."""
        return dict(self._tallies)

    def of(self, part: str) -> Standing:
        """How it stands; empty for a part that never reported."""
        return self._standings.get(part, Standing())

    def all(self) -> dict[str, Standing]:
        """Every part that ever reported, by name, in the order of their first reports."""
        return dict(self._standings)
