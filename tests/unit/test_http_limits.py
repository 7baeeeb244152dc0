"""F2, F10: how long an upstream asks us to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.sources.limits import requested_wait

NOW = datetime(2026, 8, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        pytest.param(429, {"retry-after": "120"}, 120.0, id="seconds"),
        pytest.param(429, {"retry-after": " 0 "}, 0.0, id="nought"),
        pytest.param(503, {"retry-after": "1.5"}, 1.5, id="decimals"),
        pytest.param(429, {"retry-after": "Fri, 21 Aug 2026 12:02:00 GMT"}, 120.0, id="a date"),
        pytest.param(
            429, {"retry-after": "Friday, 21-Aug-26 12:02:00 GMT"}, 120.0, id="an RFC 850 date"
        ),
        pytest.param(429, {"retry-after": "Fri Aug 21 12:02:00 2026"}, 120.0, id="an asctime date"),
        pytest.param(503, {"retry-after": "Fri, 21 Aug 2026 11:00:00 GMT"}, 0.0, id="a past date"),
        pytest.param(429, {"retry-after": "soon"}, None, id="a word"),
        pytest.param(429, {"retry-after": "-5"}, None, id="negative"),
        pytest.param(429, {"retry-after": "²"}, None, id="a superscript digit"),
        pytest.param(429, {"retry-after": "nan"}, None, id="not a number"),
        pytest.param(429, {"retry-after": "9" * 400}, None, id="absurdly long"),
        pytest.param(429, {"retry-after": "21 Aug 44444440 12:00"}, None, id="an absurd year"),
        pytest.param(429, {"retry-after": f"2 Aug 6 2:0+{8 * 10**20}"}, None, id="an absurd zone"),
        pytest.param(429, {}, None, id="nothing"),
        pytest.param(200, {"retry-after": "120"}, None, id="on a success"),
        pytest.param(404, {"retry-after": "120"}, None, id="on an answer"),
        pytest.param(429, {"ratelimit": '"api";r=0;t=123'}, 123.0, id="RateLimit"),
        pytest.param(429, {"ratelimit": '"api"; r=0; t=123'}, 123.0, id="RateLimit, spaced"),
        pytest.param(429, {"ratelimit": '"api";r=7;t=123'}, 123.0, id="a 429 beats what remains"),
        pytest.param(
            429, {"ratelimit": '"api";r=0;t=9, "pages";r=80;t=300'}, 9.0, id="the spent one of two"
        ),
        pytest.param(200, {"ratelimit": '"api";r=0;t=60'}, 60.0, id="the last permitted one"),
        pytest.param(200, {"ratelimit": '"api";r=499;t=60'}, None, id="plenty remains"),
        pytest.param(200, {"ratelimit": '"api";t=60'}, None, id="no count on a success"),
        pytest.param(429, {"ratelimit": "garbage;;r=;t="}, None, id="garbage"),
        pytest.param(
            429, {"retry-after": "5", "ratelimit": '"api";r=0;t=50'}, 50.0, id="the longer of both"
        ),
    ],
)
def test_the_requested_wait_f2_f10(
    status: int, headers: Mapping[str, str], wait: float | None
) -> None:
    assert requested_wait(status, headers, NOW) == wait
