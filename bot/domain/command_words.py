"""The words of one language for what the bot answers to commands."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperWords:
    """Answers to ``/paper``. Placeholders: paper (an id), version, minutes, reason, language.

    ``limited``, ``unreachable`` and ``broken`` say that nothing could be shown, ``limited_for``
    the first of them with a time; ``standing_in`` and ``limited_standing_in`` go with a title and
    an abstract from Hugging Face while arXiv does not answer.
    """

    usage: str
    bad_id: str
    fetching: str
    writing: str
    improving: str
    abstract: str
    not_found: str
    no_version: str
    withdrawn: str
    no_abstract: str
    limited: str
    limited_for: str
    unreachable: str
    broken: str
    standing_in: str
    limited_standing_in: str
    stood_in: str
    as_stored: str
    no_summary: str
    offer: str
    show: str
    turning: str
    not_turned: str


@dataclass(frozen=True, slots=True)
class DayWords:
    """Answers to ``/today`` and ``/digest``. Placeholders: day, today, time, source, reason,
    first, last, count.

    ``failures`` maps a kind of upstream failure (limited, unreachable, broken, no_archive) to a
    sentence.
    """

    looking: str
    bad_date: str
    future: str
    too_early: str
    growing: str
    part: str
    newest: str
    failing: str
    back: str
    failures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StatusWords:
    """Answers to ``/status``.

    Placeholders: reason, sent, waiting, failed, when, paper, count, source, ago, model, spent,
    limit, age. ``spans`` and ``ago`` map a unit (moment, minutes, hours, days) to words for a
    length of time and for a time that is past (placeholder: count).
    """

    title: str
    this_chat: str
    service: str
    suspended: str
    held: str
    counts: str
    last: str
    never: str
    failed: str
    unknown: str
    source_ok: str
    source_failing: str
    source_waiting: str
    lookup_failing: str
    adapter_failing: str
    no_model: str
    model: str
    model_limited: str
    model_failing: str
    tokens: str
    queue_empty: str
    queue: str
    queue_long: str
    spans: Mapping[str, str]
    ago: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CommandWords:
    """Everything that commands answer, by command.

    ``sources`` maps a source's kind to its name (placeholder: category). ``menu`` has a line for
    each command in the order to show them, ``arguments`` one for each that takes an argument, both
    of at most 100 characters; ``argument_signs`` stand for the arguments in the help.
    """

    sources: Mapping[str, str]
    menu: Mapping[str, str]
    arguments: Mapping[str, str]
    argument_signs: Mapping[str, str]
    about: str
    pasting: str
    credits: str
    unknown: str
    slow_down: str
    apology: str
    resumed: str
    paper: PaperWords
    day: DayWords
    status: StatusWords

    def source_name(self, key: str) -> str:
        """What people call a source: ``arxiv:cs.CL`` is arXiv cs.CL."""
        kind, _, category = key.partition(":")
        return self.sources.get(kind, key).format(category=category)
