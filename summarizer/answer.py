"""From a reply to a draft, or to the reason why there is none."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.errors import (
    SummaryCutOff,
    SummaryFiltered,
    SummaryMalformed,
    SummaryRefused,
)
from bot.domain.wording import Wording
from summarizer.chat import ChatReply
from summarizer.draft import Draft
from summarizer.ladder import Rung
from summarizer.schema import NotTheFourParts, read_json

# Characters; more than ten of the longest entries. What is longer is not even looked at, lest the
# checks, which take some milliseconds a thousand characters, hold up everybody else (F65).
_LONGEST = 50_000
# Reasoning that local servers leave in the text instead of a field of its own.
_THOUGHTS = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


# Reads the four-part Markdown, as ``summarizer.markdown`` does; what is not there is empty.
TextReader: TypeAlias = Callable[[str, Wording], Draft]


class AnswerUnreadable(SummaryMalformed):
    """The answer has not the asked form; ``fault`` is a half sentence to tell the model."""

    def __init__(self, message: str, fault: str) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is an answer to. ``about`` names paper and model in messages; ``read_text``
    reads plain text on the last rung."""

    about: str
    wording: Wording
    read_text: TextReader


def read_answer(reply: ChatReply, rung: Rung, asked: Asked) -> Draft:
    """The draft in a reply to a request on this rung.

    Raises:
        SummaryRefused: the model declined (F19).
        SummaryFiltered: a content filter stopped it (F21).
        SummaryCutOff: it ended at the token limit (F20).
        AnswerUnreadable: it holds no four parts (F22).
    """
    about = asked.about
    if reply.refused:
        raise SummaryRefused(f"{about}: the model declined to answer.")
    if reply.finish == "content_filter":
        raise SummaryFiltered(f"{about}: the endpoint's content filter stopped the answer.")
    if reply.finish == "length":
        raise SummaryCutOff(
            f"{about}: the answer was cut off at the token limit. Raise model.max_output_tokens."
        )
    text = _THOUGHTS.sub("", reply.content).strip()
    try:
        if not reply.readable or not text:
            raise NotTheFourParts("it was empty")
        if len(text) > _LONGEST:
            raise NotTheFourParts("it was far too long")
        return _read(text, rung, asked)
    except NotTheFourParts as error:
        message = f"{about}: the answer cannot be used: {error}."
        raise AnswerUnreadable(message, str(error)) from error


def _read(text: str, rung: Rung, asked: Asked) -> Draft:
    if rung is not Rung.TEXT:
        return read_json(text)
    draft = asked.read_text(text, asked.wording)
    if not draft.main_work or not draft.highlights:
        raise NotTheFourParts("it had not the four parts under their headings")
    return draft
