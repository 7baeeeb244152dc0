"""The alert rules and the dashboard, held against what ``/metrics`` really says."""

import json
import re
import shutil
import subprocess
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.clock import SystemClock
from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.paper_id import PaperId
from bot.domain.role import ALL_ROLES
from bot.domain.target import Target
from bot.engine_testing import InProcessEngine
from bot.observing import Extras, Observed, Observer
from bot.services.chat_roll import ChatRoll
from bot.services.deliver.tools import Settled
from bot.services.health import Health
from bot.services.rounds.membership import Membership
from bot.services.watching.concerns import Kind
from bot.store.memory import MemoryStore
from bot.testing import VirtualClock
from bot.web.metrics import Metrics

_ROOT = Path(__file__).resolve().parents[2]
_RULES = _ROOT / "docs" / "monitoring" / "alerts.yaml"
_DASHBOARD = _ROOT / "docs" / "monitoring" / "dashboard.json"
_GUIDE = (_ROOT / "docs" / "operating.md").read_text("utf-8")
_NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)

_SERIES = re.compile(r"\b((?:sulan|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
_SAMPLE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? [-+0-9.eInfNa]+$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)(?:=~|!~|!=|=)"')


def _rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(_RULES.read_text("utf-8"))["groups"]
    return group["rules"]


def _panels() -> list[dict[str, Any]]:
    return json.loads(_DASHBOARD.read_text("utf-8"))["panels"]


_EXPRESSIONS = [
    *((rule["alert"], rule["expr"]) for rule in _rules()),
    *((panel["title"], target["expr"]) for panel in _panels() for target in panel["targets"]),
]


async def _scraped() -> str:
    """``/metrics`` of a process that has seen everything once."""
    store, clock, health = MemoryStore(), VirtualClock(_NOW), Health()
    member = Membership(store.leases, clock, owner="a", patience=_HOUR, roles=ALL_ROLES)
    await member.join()
    target = Target("telegram", "1")
    await store.chats.save([Chat(target), Chat(Target("telegram", "2"), paused=True)], now=_NOW)
    row = Delivery(target, "paper:2608.00001:zh", _NOW, _NOW)
    await store.outbox.add([row])
    for part in ("source:hf", "model", "token:telegram"):
        health.failed(part, "503", at=_NOW)
        health.worked(part, at=_NOW)
    health.tally("summaries", "model")
    health.tally("commands", "telegram", "go")
    extras = Extras(
        roll=ChatRoll(store, clock),
        free=lambda: 10**9,
        answered=lambda: {("telegram", 401): 3, ("", 404): 1},
        daily_tokens=1000,
        daily_usd=Decimal("0.5"),
    )
    seen = {PaperId("2608.00001"): _NOW}
    engine = InProcessEngine(SystemClock())
    observed = Observed(store, clock, health, engine, ("store",), lambda: seen, "me", extras=extras)
    observer = Observer(observed, Metrics())
    sent = Delivery(target, "paper:2608.00001:zh", _NOW, _NOW, state=State.SENT, sent_at=_NOW)
    observer.settled(Settled(sent, "Sent"))
    observer.metrics.lagged(0.001)
    await observer.report()
    return (await observer.text()).decode()


async def _series() -> dict[str, set[str]]:
    """Every series of it with its labels."""
    known: dict[str, set[str]] = defaultdict(set)
    for name, labels in _SAMPLE.findall(await _scraped()):
        known[name].update(_LABEL.findall(labels))
    return known


async def test_every_series_of_a_rule_or_panel_is_one_that_is_served() -> None:
    known = await _series()
    ours = {"job", "instance"}  # Prometheus adds them
    for name, expression in _EXPRESSIONS:
        found = _SERIES.findall(expression)
        assert found, name
        for series, matchers in found:
            assert series == "up" or series in known, f"{name}: {series}"
            assert set(_LABEL.findall(matchers)) <= known[series] | ours, f"{name}: {matchers}"


async def test_every_series_of_ours_is_on_the_dashboard_or_has_a_rule() -> None:
    used = {series for _, expression in _EXPRESSIONS for series, _ in _SERIES.findall(expression)}
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in await _series()}
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in used}
    ours = {name for name in bases if name.startswith("sulan_")}
    assert {name for name in ours if not name.endswith("_created")} <= shown


async def test_labels_are_few_and_never_a_chat_or_a_paper() -> None:
    text = await _scraped()
    assert "2608.00001" not in text
    labels = {label for labels in (await _series()).values() for label in labels}
    assert labels <= {
        *("platform", "outcome", "state", "part", "kind", "role", "verdict", "door", "status"),
        *("le", "implementation", "major", "minor", "patchlevel", "version"),
    }


async def test_what_needs_a_person_is_counted_by_every_kind_also_where_nothing_does() -> None:
    text = await _scraped()
    for kind in Kind:
        assert f'sulan_needs_person{{kind="{kind}"}} 0.0' in text


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule["alert"])
def test_every_alert_leads_to_what_to_do(rule: dict[str, Any]) -> None:
    notes = rule["annotations"]
    file, _, anchor = notes["runbook"].partition("#")
    text = (_ROOT / file).read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
    assert f"`{rule['alert']}`" in text
    assert re.fullmatch(r"F[1-9]\d?", notes["fault"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert notes["summary"]
    assert notes["description"]


def test_the_guide_tells_of_every_metric() -> None:
    for _, expression in _EXPRESSIONS:
        for series, _ in _SERIES.findall(expression):
            base = re.sub(r"_(bucket|sum|count)$", "", series)
            assert not base.startswith("sulan_") or base in _GUIDE, base


def test_the_dashboards_panels_stand_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in _panels():
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in _panels()}) == len(_panels())


def test_prometheus_takes_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not here; the rules' shape and series were checked all the same")
    done = subprocess.run(
        [promtool, "check", "rules", str(_RULES)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
