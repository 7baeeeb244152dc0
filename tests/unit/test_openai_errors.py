"""Which refusal of an endpoint means what: the table, row by row."""

from datetime import UTC, datetime

import pytest

from bot.domain.errors import ModelBusy, ModelUnusable, SummaryError, SummaryFiltered
from summarizer.openai_errors import (
    KeyRefused,
    NotOffered,
    OptionRefused,
    Refusal,
    ServerFault,
    Subject,
    error_detail,
    refusal_error,
    wait_seconds,
)

SUBJECT = Subject("gpt-6-luna", "https://api.example.test/v1", has_key=True)
SECRET = "sk-proj-0123456789"


def _refusal(status: int, message: str = "", **fields: object) -> Refusal:
    return Refusal(status, {"message": f"{message} {SECRET}", **fields})


@pytest.mark.parametrize(
    ("refusal", "error", "reason"),
    [
        pytest.param(_refusal(401), KeyRefused, "unusable", id="F24 key not accepted"),
        pytest.param(_refusal(403), KeyRefused, "unusable", id="F24 not allowed"),
        pytest.param(
            _refusal(429, code="insufficient_quota"), ModelUnusable, "unusable", id="F24 quota code"
        ),
        pytest.param(
            _refusal(429, type="insufficient_quota"), ModelUnusable, "unusable", id="F24 quota type"
        ),
        pytest.param(_refusal(402), ModelUnusable, "unusable", id="F24 no credit"),
        pytest.param(
            _refusal(404, code="model_not_found"), NotOffered, "unusable", id="F25 not found"
        ),
        pytest.param(_refusal(410), NotOffered, "unusable", id="F25 gone"),
        pytest.param(
            _refusal(400, code="model_decommissioned"), NotOffered, "unusable", id="F25 retired"
        ),
        pytest.param(_refusal(307), ModelUnusable, "unusable", id="a redirect is not followed"),
        pytest.param(_refusal(429), ModelBusy, "busy", id="F23 limited"),
        pytest.param(
            _refusal(429, code="rate_limit_exceeded"), ModelBusy, "busy", id="F23 limited, named"
        ),
        pytest.param(_refusal(500), ServerFault, "busy", id="F23 500"),
        pytest.param(_refusal(503), ModelBusy, "busy", id="F23 503"),
        pytest.param(_refusal(529), ModelBusy, "busy", id="F23 overloaded"),
        pytest.param(_refusal(408), ModelBusy, "busy", id="F23 server's time-out"),
        pytest.param(
            _refusal(400, code="content_filter"), SummaryFiltered, "filtered", id="F21 prompt"
        ),
        pytest.param(
            _refusal(400, code="context_length_exceeded", param="messages"),
            SummaryError,
            "failed",
            id="too long",
        ),
        pytest.param(_refusal(400, "bad value"), SummaryError, "failed", id="any other 400"),
        pytest.param(_refusal(413), SummaryError, "failed", id="too large"),
    ],
)
def test_every_refusal_has_one_meaning_f21_f24_f25_t5_f23(
    refusal: Refusal, error: type[SummaryError], reason: str
) -> None:
    found = refusal_error(refusal, SUBJECT)
    assert type(found) is error
    assert found.reason == reason
    assert SECRET not in str(found), "T5: an endpoint's words stay out of ours"


@pytest.mark.parametrize(
    ("refusal", "option"),
    [
        pytest.param(
            _refusal(400, "Invalid parameter", param="response_format"),
            "response_format",
            id="OpenAI: model without structured output",
        ),
        pytest.param(
            _refusal(400, "This response_format type is unavailable now"),
            "response_format",
            id="DeepSeek",
        ),
        pytest.param(
            _refusal(400, "This model does not support response format `json_schema`."),
            "response_format",
            id="Groq",
        ),
        pytest.param(
            _refusal(422, "Input should be 'text' or 'json_object'"), "response_format", id="422"
        ),
        pytest.param(
            _refusal(500, "Failed to convert the json_schema to a grammar"),
            "response_format",
            id="500 that names the schema",
        ),
        pytest.param(
            _refusal(
                400,
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead.",
                param="max_tokens",
                code="unsupported_parameter",
            ),
            "max_tokens",
            id="OpenAI: older name of the cap",
        ),
        pytest.param(
            _refusal(422, "max_completion_tokens: extra fields not permitted"),
            "max_completion_tokens",
            id="newer name of the cap",
        ),
        pytest.param(
            _refusal(
                400,
                "Unsupported value: 'temperature' does not support 0.2 with this model.",
                param="temperature",
                code="unsupported_value",
            ),
            "temperature",
            id="temperature",
        ),
        pytest.param(
            _refusal(400, "Unrecognized request argument supplied: reasoning_effort"),
            "reasoning_effort",
            id="effort",
        ),
    ],
)
def test_a_refused_parameter_is_named(refusal: Refusal, option: str) -> None:
    found = refusal_error(refusal, SUBJECT)
    assert isinstance(found, OptionRefused)
    assert found.option == option


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens, you requested max_tokens 4000.",
        "max_tokens is too large: 9000. This model supports at most 4096 completion tokens.",
        "The maximum context length is 4096 tokens; a max_tokens of 4000 is not allowed.",
        "Prompt is too long",
    ],
)
def test_a_request_that_is_too_big_is_no_refused_parameter(message: str) -> None:
    assert type(refusal_error(_refusal(400, message), SUBJECT)) is SummaryError


def test_a_gone_model_is_named_with_what_to_do_f25() -> None:
    """F25."""
    text = str(refusal_error(_refusal(404), SUBJECT))
    assert "gpt-6-luna" in text
    assert "set model.name" in text


def test_a_missing_key_is_not_called_a_wrong_one() -> None:
    keyless = Subject("local", "http://127.0.0.1:1/v1", has_key=False)
    assert "none is set" in str(refusal_error(_refusal(401), keyless))


NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "21 Aug 44444440 12:00"}, None),
        ({"retry-after": f"2 Aug 6 2:0+{8 * 10**20}"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 -0000"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert wait_seconds(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "m"}}, "m"),
        ({"error": "m"}, "m"),
        ({"detail": "m"}, "m"),
        ({"object": "error", "message": "m"}, "m"),
        ("m", "m"),
    ],
)
def test_the_error_is_found_in_every_servers_envelope(body: object, message: str) -> None:
    assert error_detail(body)["message"] == message


@pytest.mark.parametrize("body", [None, [], 7, {}])
def test_a_body_without_an_error_has_no_detail(body: object) -> None:
    assert "message" not in error_detail(body)
