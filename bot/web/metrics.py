"""The numbers of a run, in Prometheus' terms. The only importer of prometheus_client.

Labels are names out of the settings and words of ours: never a chat, a paper or a token.
"""

from datetime import datetime

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.services.health import Standing
from bot.web.gathered import Gathered

CONTENT_TYPE = CONTENT_TYPE_LATEST

# Seconds: from "at once" over a slow model to a chat behind 10,000 others, and two days.
_LATENCY = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800)
_LAG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """One registry of one run; nothing of it is global."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._deliveries = Counter(
            "sulan_deliveries",
            "Calls to a platform, by what came of them.",
            ("platform", "outcome"),
            registry=registry,
        )
        self._ended = Counter(
            "sulan_deliveries_ended",
            "Deliveries that came to their end, by their last state.",
            ("platform", "state"),
            registry=registry,
        )
        self._latency = Histogram(
            "sulan_delivery_latency_seconds",
            "From a paper's first sight in a list to its arrival in a chat.",
            ("platform",),
            buckets=_LATENCY,
            registry=registry,
        )
        self._lag = Histogram(
            "sulan_loop_lag_seconds",
            "How late the event loop wakes whoever sleeps.",
            buckets=_LAG,
            registry=registry,
        )
        self._gauges = _Gauges(registry)
        self._elsewhere = _Elsewhere(registry)

    def delivered(self, platform: str, outcome: str) -> None:
        """A call to a platform came to an outcome: sent, limited, refused …"""
        self._deliveries.labels(platform, outcome).inc()

    def ended(self, platform: str, state: str) -> None:
        """A delivery came to its end: sent, failed, unknown, expired."""
        self._ended.labels(platform, state).inc()

    def arrived(self, platform: str, seconds: float) -> None:
        """A paper reached a chat so long after it was first listed."""
        self._latency.labels(platform).observe(max(0.0, seconds))

    def lagged(self, seconds: float) -> None:
        """The event loop was so late."""
        self._lag.observe(max(0.0, seconds))

    def text(self, gathered: Gathered, *, now: datetime) -> bytes:
        """Everything, with what was gathered a moment ago."""
        self._gauges.show(gathered, now)
        self._elsewhere.show(gathered)
        return generate_latest(self._registry)


class _Gauges:
    """What is read when somebody asks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waiting = Gauge(
            "sulan_queue_waiting", "Deliveries not yet sent.", ("platform",), registry=registry
        )
        self._oldest = Gauge(
            "sulan_queue_oldest_seconds",
            "How long the one that is due longest has been due.",
            ("platform",),
            registry=registry,
        )
        # Only where there is an engine to ask.
        self._jobs: Gauge | None = None
        self._registry = registry
        self._roles = Gauge(
            "sulan_role_processes", "Processes that have a role.", ("role",), registry=registry
        )
        self._calls = Gauge("sulan_model_calls", "Calls to models, ever.", registry=registry)
        self._tokens = Gauge("sulan_model_tokens", "Tokens paid for, ever.", registry=registry)
        self._cost = Gauge(
            "sulan_model_cost_usd", "US dollars, ever, where prices are known.", registry=registry
        )
        self._working = Gauge(
            "sulan_part_working",
            "1 while a source, a platform or the store works, 0 while it fails.",
            ("part",),
            registry=registry,
        )
        self._worked = Gauge(
            "sulan_part_worked_timestamp_seconds",
            "When it last did, in Unix time.",
            ("part",),
            registry=registry,
        )

    def show(self, gathered: Gathered, now: datetime) -> None:
        for gauge in (self._waiting, self._oldest, self._working, self._worked):
            gauge.clear()  # an empty queue, or a part that is no more, is not among those gathered
        for queue in gathered.queues:
            self._waiting.labels(queue.platform).set(queue.count)
            late = (now - queue.oldest_due).total_seconds()
            self._oldest.labels(queue.platform).set(max(0.0, late))
        if gathered.jobs is not None:
            self._show_jobs(gathered.jobs)
        for role, count in gathered.roles.items():
            self._roles.labels(role.value).set(count)
        self._calls.set(gathered.spending.calls)
        self._tokens.set(gathered.spending.tokens)
        self._cost.set(float(gathered.spending.cost_usd))
        for part, standing in gathered.standings.items():
            self._show_part(part, standing)

    def _show_jobs(self, count: int) -> None:
        if self._jobs is None:
            meaning = "Jobs that wait or run, all processes."
            self._jobs = Gauge("sulan_jobs_unfinished", meaning, registry=self._registry)
        self._jobs.set(count)

    def _show_part(self, part: str, standing: Standing) -> None:
        self._working.labels(part).set(standing.failing_since is None)
        if standing.worked_at is not None:
            self._worked.labels(part).set(standing.worked_at.timestamp())


class _Elsewhere:
    """What is counted elsewhere, and what stands there."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, meaning: str, *labels: str) -> Counter:
            return Counter(name, meaning, labels, registry=registry)

        self._registry = registry
        self._counters = {
            "failures": counter("sulan_part_failures", "Failures of a part.", "part"),
            "summaries": counter(
                "sulan_summaries", "Summaries by who wrote, or why the model did not.", "outcome"
            ),
            "commands": counter(
                "sulan_commands",
                "What people asked, by the limits' verdict.",
                "platform",
                "verdict",
            ),
            "hooks": counter("sulan_hooks", "Calls of platforms, by answer.", "door", "status"),
        }
        self._shown: dict[tuple[str, ...], int] = {}
        self._needs = Gauge(
            "sulan_needs_person", "What needs a person now, by kind.", ("kind",), registry=registry
        )
        self._chats = Gauge(
            "sulan_chats", "Chats by platform and state.", ("platform", "state"), registry=registry
        )
        # Only where there is one to tell of.
        self._single: dict[str, Gauge] = {}

    def show(self, gathered: Gathered) -> None:
        hooks = {("hooks", door, str(status)): n for (door, status), n in gathered.hooks.items()}
        for key, total in {**gathered.tallies, **hooks}.items():
            what, *labels = key
            self._counters[what].labels(*labels).inc(total - self._shown.get(key, 0))
            self._shown[key] = total
        for kind, count in gathered.needs.items():
            self._needs.labels(kind).set(count)
        self._chats.clear()
        for labels, count in gathered.chats.items():
            self._chats.labels(*labels).set(count)
        self._show_single(
            "sulan_store_free_bytes", "Room on the disk of the store's file.", gathered.free
        )
        self._show_single(
            "sulan_model_budget_used_ratio", "Part of today's budget that is used.", gathered.budget
        )

    def _show_single(self, name: str, meaning: str, value: float | None) -> None:
        if value is None:
            return
        if name not in self._single:
            self._single[name] = Gauge(name, meaning, registry=self._registry)
        self._single[name].set(value)
