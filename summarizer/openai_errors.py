"""What an endpoint's refusals mean: one table, from HTTP to our errors.

Nothing of a body or a header gets into a message (T5): some endpoints repeat the key or the
prompt in their errors.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import cast

from bot.domain.errors import ModelBusy, ModelUnusable, SummaryError, SummaryFiltered

RESPONSE_FORMAT = "response_format"
# Parameters that some endpoints or models do not take, and that we can do without.
_OPTIONS = ("max_completion_tokens", "max_tokens", "temperature", "reasoning_effort")

_OUT_OF_MONEY = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
}
_NO_MODEL = {"model_not_found", "model_decommissioned", "deployment_not_found"}
_FILTERED = {"content_filter", "content_policy_violation"}
_TOO_LONG = re.compile(r"context.{0,3}(length|window)|maximum context|prompt is too long", re.I)
_FORMAT = re.compile(
    r"response[ _]?format|json[ _]?schema|json[ _]?object|json mode|structured output|grammar"
    r"|guided[ _](json|decoding)",
    re.I,
)
_NOT_TAKEN = re.compile(
    r"unsupported|not supported|does ?n[o']t support|unknown|unrecogni[sz]ed|unexpected|deprecated"
    r"|not permitted|extra (input|field)|invalid (param|arg)|not allowed|no longer",
    re.I,
)


class OptionRefused(SummaryError):
    """The endpoint takes no request with this parameter; ``option`` is its name."""

    def __init__(self, message: str, option: str) -> None:
        super().__init__(message)
        self.option = option


class KeyRefused(ModelUnusable):
    """The endpoint does not take the key, or does not let it use the model (401, 403)."""


class NotOffered(ModelUnusable):
    """The endpoint has no such model, or no such address (404, 410)."""


class ServerFault(ModelBusy):
    """Status 500: an outage, or a server that chokes on a JSON schema (llama-cpp-python)."""


class AnswerLost(ModelBusy):
    """The request went out and no answer came back: it may have been billed."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer that is no success. ``detail`` is the ``error`` object of its body."""

    status: int
    detail: Mapping[str, object] = field(repr=False)
    retry_after: float | None = None

    def text(self, name: str) -> str:
        """A field of the error as text, "" where it has none."""
        value = self.detail.get(name)
        return value if isinstance(value, str) else ""

    @property
    def words(self) -> set[str]:
        """The machine-readable names of the fault."""
        return {self.text("code").lower(), self.text("type").lower()}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a message is about: a model's name and its endpoint as it may be shown."""

    model: str
    url: str
    has_key: bool


def refusal_error(refusal: Refusal, subject: Subject) -> SummaryError:
    """Our error for a refusal: whether to wait, to adapt, to give up on the paper or on all."""
    return (
        _for_a_person(refusal, subject)
        or _worth_waiting(refusal, subject)
        or _about_the_request(refusal, subject)
    )


def _for_a_person(refusal: Refusal, subject: Subject) -> ModelUnusable | None:
    status, url = refusal.status, subject.url
    if status == 401:
        said = "did not accept the key" if subject.has_key else "asks for a key, and none is set"
        return KeyRefused(f"{url} {said} (HTTP 401). Check model.api_key and model.base_url.")
    if status == 402 or refusal.words & _OUT_OF_MONEY:
        return ModelUnusable(
            f"{url} says that the account's quota or credit is used up (HTTP {status}). Top it up, "
            "or use another key; until then summaries quote the abstracts."
        )
    if status == 403:
        return KeyRefused(
            f"{url} does not allow this key to use {subject.model} (HTTP 403). Check the key's "
            "project and permissions, and whether the service is offered in your region."
        )
    if status in (404, 405, 410) or refusal.words & _NO_MODEL:
        return NotOffered(
            f"{url} does not offer the model {subject.model} (HTTP {status}): retired, misspelt, "
            "or model.base_url lacks its version path (/v1). `sulan check` lists what is offered; "
            "set model.name."
        )
    if 300 <= status < 400:
        return ModelUnusable(
            f"{url} redirects elsewhere (HTTP {status}), which is not followed with a key. Set "
            "model.base_url to the final address."
        )
    return None


def _worth_waiting(refusal: Refusal, subject: Subject) -> ModelBusy | None:
    status, wait = refusal.status, refusal.retry_after
    if status == 500 and not _FORMAT.search(refusal.text("message")):
        return ServerFault(f"{subject.url} failed (HTTP 500). Try again later.", retry_after=wait)
    if status in (408, 409, 425, 429) or status > 500:
        said = "limits our requests" if status == 429 else "is not available"
        message = f"{subject.url} {said} (HTTP {status}). Try again later."
        return ModelBusy(message, retry_after=wait)
    return None


def _about_the_request(refusal: Refusal, subject: Subject) -> SummaryError:
    status, message = refusal.status, refusal.text("message")
    if refusal.words & _FILTERED:
        return SummaryFiltered(f"{subject.url}'s content filter stopped the request.")
    if "context_length_exceeded" in refusal.words or _TOO_LONG.search(message):
        return SummaryError(f"The paper is too long for {subject.model} at {subject.url}.")
    option = refused_option(refusal)
    if option:
        return OptionRefused(f"{subject.model} at {subject.url} takes no {option}.", option)
    return SummaryError(
        f"{subject.url} did not take the request (HTTP {status}). If every paper fails like this, "
        f"check model.name ({subject.model}) and model.base_url."
    )


def refused_option(refusal: Refusal) -> str | None:
    """The parameter that a refusal is about, ``None`` where it is about something else. Servers
    answer 400, 422 and, some, 500 to a form of answer that they do not know."""
    if refusal.status not in (400, 422, 500):
        return None
    named, message = refusal.text("param"), refusal.text("message")
    if _FORMAT.search(named) or _FORMAT.search(message):
        return RESPONSE_FORMAT
    unsupported = refusal.text("code").startswith("unsupported") or _NOT_TAKEN.search(message)
    if not unsupported:
        return None
    if named in _OPTIONS:
        return named
    # Where a message names two ("'max_tokens' …, use 'max_completion_tokens' instead"), the
    # refused one comes first.
    found = re.search(rf"\b({'|'.join(_OPTIONS)})\b", message)
    return found[1] if found else None


def error_detail(body: object) -> Mapping[str, object]:
    """The error object of a decoded body: OpenAI's ``{"error": {…}}``, the bare object, FastAPI's
    ``{"detail": …}`` or a plain text. Empty for anything else."""
    if isinstance(body, str):
        return {"message": body}
    if not isinstance(body, dict):
        return {}
    fields = cast("dict[str, object]", body)
    inner = fields.get("error", fields.get("detail", fields))
    if isinstance(inner, dict):
        return cast("dict[str, object]", inner)
    return {"message": str(inner)}


def wait_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """``Retry-After`` in seconds (a number or a date, RFC 9110 §10.2.3), or OpenAI's
    ``retry-after-ms``; ``None`` where it is absent or makes no sense."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,12}(\.\d*)?", text, re.ASCII):
            return float(text) / unit
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, (moment - now).total_seconds()) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the latter for years and zones of many digits
        return None
