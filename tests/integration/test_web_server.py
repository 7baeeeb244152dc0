"""The web server over a real socket."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hmac import compare_digest

import pytest
from aiohttp import ClientSession

from bot.domain.errors import InvalidInput, SettingsError
from bot.domain.model_call import Spending
from bot.ports import Waiting
from bot.services.health import Health
from bot.web.gathered import Gathered
from bot.web.hooks import MAX_BODY, Hooks
from bot.web.metrics import Metrics
from bot.web.readiness import Report, report
from bot.web.server import Pages, WebServer

_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Running:
    """A server on a port of its own, with everything behind it."""

    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    hooks: Hooks = field(default_factory=lambda: Hooks("https://bot.example", "seed"))
    gathered: Gathered = field(default_factory=lambda: Gathered((), 0, Spending(), {}))
    base: str = ""

    async def report(self) -> Report:
        return report(self.health.all(), ["store", "source:hf"], now=_NOW)

    async def text(self) -> bytes:
        return self.metrics.text(self.gathered, now=_NOW)


@pytest.fixture
async def running() -> AsyncGenerator[Running, None]:
    it = Running()
    pages = Pages(it.report, it.text, it.hooks)
    server = WebServer(pages, host="127.0.0.1", port=0)
    await server.start()
    it.base = f"http://127.0.0.1:{server.port}"
    yield it
    await server.stop()


async def _get(address: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def _post(address: str, body: bytes, **headers: str) -> int:
    async with (
        ClientSession() as session,
        session.post(address, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_it_is_alive_before_it_is_ready(running: Running) -> None:
    assert await _get(f"{running.base}/healthz") == (200, "ok\n")
    status, text = await _get(f"{running.base}/readyz")
    assert status == 503
    assert json.loads(text)["parts"] == {"store": "not yet", "source:hf": "not asked yet"}
    running.health.worked("store", at=_NOW)
    running.health.worked("source:hf", at=_NOW)
    status, text = await _get(f"{running.base}/readyz")
    assert (status, json.loads(text)["ready"]) == (200, True)


async def test_metrics_are_readable_by_prometheus(running: Running) -> None:
    running.metrics.delivered("telegram", "sent")
    running.metrics.arrived("telegram", 90.0)
    running.metrics.lagged(0.004)
    running.health.failed("source:hf", "HTTP 503", at=_NOW)
    queue = Waiting("telegram", 7, _NOW - timedelta(seconds=30))
    spending = Spending(calls=2, tokens=1234, cost_usd=Decimal("0.25"))
    running.gathered = Gathered((queue,), 3, spending, running.health.all())
    status, text = await _get(f"{running.base}/metrics")
    assert status == 200
    for line in (
        'sulan_deliveries_total{outcome="sent",platform="telegram"} 1.0',
        'sulan_delivery_latency_seconds_bucket{le="300.0",platform="telegram"} 1.0',
        'sulan_queue_waiting{platform="telegram"} 7.0',
        'sulan_queue_oldest_seconds{platform="telegram"} 30.0',
        "sulan_jobs_unfinished 3.0",
        "sulan_model_tokens 1234.0",
        "sulan_model_cost_usd 0.25",
        'sulan_loop_lag_seconds_bucket{le="0.005"} 1.0',
        'sulan_part_working{part="source:hf"} 0.0',
    ):
        assert f"\n{line}\n" in text, line


async def test_a_call_with_the_secret_is_handed_on(running: Running) -> None:
    taken: list[bytes] = []

    async def take(body: bytes) -> None:
        taken.append(body)

    hook = running.hooks.mount("telegram", header="X-Secret", handler=take)
    assert hook.url == "https://bot.example/hooks/telegram"
    address = f"{running.base}/hooks/telegram"
    assert await _post(address, b'{"update_id": 1}', **{"X-Secret": hook.secret}) == 200
    assert taken == [b'{"update_id": 1}']


_STRANGERS: dict[str, tuple[str, dict[str, str], bytes, int]] = {
    "no secret": ("telegram", {}, b"{}", 401),
    "a wrong secret": ("telegram", {"X-Secret": "0" * 64}, b"{}", 401),
    "the beginning of it": ("telegram", {"X-Secret": "SECRET"[:3]}, b"{}", 401),
    "no ASCII": ("telegram", {"X-Secret": "\u00e9\u00e9"}, b"{}", 401),
    "another door": ("discord", {"X-Secret": "SECRET"}, b"{}", 404),
    "too much": ("telegram", {"X-Secret": "SECRET"}, b"x" * (MAX_BODY + 1), 413),
}


@pytest.mark.parametrize(
    ("door", "headers", "body", "status"), list(_STRANGERS.values()), ids=list(_STRANGERS)
)
async def test_who_has_not_the_secret_gets_nothing_done_t6(
    running: Running, door: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    async def never(_: bytes) -> None:
        raise AssertionError("handed on")

    hook = running.hooks.mount("telegram", header="X-Secret", handler=never)
    given = {name: value.replace("SECRET", hook.secret) for name, value in headers.items()}
    assert await _post(f"{running.base}/hooks/{door}", body, **given) == status


async def test_t6_whatever_is_given_as_the_secret_is_compared_in_constant_time(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take(_: bytes) -> None: ...

    compared: list[bytes] = []

    def compare(given: bytes, secret: bytes) -> bool:
        compared.append(given)
        return compare_digest(given, secret)

    monkeypatch.setattr("bot.web.hooks.hmac.compare_digest", compare)
    hook = running.hooks.mount("telegram", header="X-Secret", handler=take)
    given = (hook.secret, hook.secret[:-1], "0" * 64, "")
    for secret in given:
        await _post(f"{running.base}/hooks/telegram", b"{}", **{"X-Secret": secret})
    assert compared == [secret.encode() for secret in given]


@pytest.mark.parametrize(
    ("error", "status"),
    [(InvalidInput("no JSON"), 400), (RuntimeError("a mistake"), 500)],
    ids=["nonsense is not repeated", "a fault of ours is"],
)
async def test_what_goes_wrong_behind_a_door_is_told_by_its_status(
    running: Running, error: Exception, status: int
) -> None:
    async def fail(_: bytes) -> None:
        raise error

    hook = running.hooks.mount("telegram", header="X-Secret", handler=fail)
    address = f"{running.base}/hooks/telegram"
    assert await _post(address, b"{}", **{"X-Secret": hook.secret}) == status


async def test_a_secret_lasts_as_long_as_its_seed_and_belongs_to_one_door() -> None:
    async def take(_: bytes) -> None: ...

    def secret(seed: str, name: str) -> str:
        return Hooks("https://x.example", seed).mount(name, header="h", handler=take).secret

    assert secret("seed", "a") == secret("seed", "a")
    assert len({secret("seed", "a"), secret("seed", "b"), secret("other", "a")}) == 3


async def test_without_a_public_address_nobody_can_be_called() -> None:
    async def take(_: bytes) -> None: ...

    with pytest.raises(SettingsError, match=r"web\.public_url does not say where"):
        Hooks(None, "seed").mount("telegram", header="h", handler=take)


async def test_a_port_that_is_taken_is_said_plainly(running: Running) -> None:
    port = int(running.base.rpartition(":")[2])
    pages = Pages(running.report, running.text, running.hooks)
    second = WebServer(pages, host="127.0.0.1", port=port)
    with pytest.raises(SettingsError, match=rf"Nothing can listen on 127\.0\.0\.1:{port}"):
        await second.start()
