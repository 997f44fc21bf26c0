"""What an operator watches, as Prometheus reads it: few labels, and nothing that a client wrote."""

from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.errors import ProblemError
from server.pool import Pool

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Requests as they are answered, and the state of the pool when it is asked for."""

    def __init__(self, pool: Pool) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "maillage_requests", "Requests answered.", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "maillage_request_seconds", "Seconds from the request to the end of its answer.",
            ["route"], buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.sent = Counter(
            "maillage_sent_bytes", "Bytes of answers, as sent.", registry=self.registry
        )
        self.registry.register(PoolCollector(pool))
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float, sent: int) -> None:
        """Count one request."""
        known = method if method in METHODS else "other"
        self.requests.labels(known, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        self.sent.inc(sent)


class PoolCollector(Collector):
    """Queries, cache, workers and release, read from the pool at the moment of asking."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def collect(self) -> Iterator[Metric]:
        """Return the state of the pool."""
        pool = self.pool
        state = pool.state()
        busy, idle = state["running"], max(0, state["workers"] - state["running"])
        yield counted("queries", "Queries by what became of them.", "outcome", pool.outcomes)
        yield counted("cache_lookups", "Queries that could be kept.", "result", pool.lookups)
        yield gauge("cache_bytes", "Bytes that the cache holds.", pool.cache.size)
        yield gauge("cache_limit_bytes", "Bytes that the cache may hold.", pool.cache.limit)
        yield gauge("cache_entries", "Answers that the cache holds.", len(pool.cache))
        yield gauge("queue_length", "Queries that wait for a worker.", state["waiting"])
        workers = GaugeMetricFamily("maillage_workers", "Worker processes.", labels=["state"])
        workers.add_metric(["busy"], busy)
        workers.add_metric(["idle"], idle)
        yield workers
        yield counted("workers_started", "Workers that started.", None, {"": pool.started})
        yield counted("workers_ended", "Workers that ended, by why.", "reason", pool.ended)
        yield from release(pool)


def counted(name: str, about: str, label: str | None, values: dict[str, int]) -> Metric:
    """Return numbers that only grow."""
    family = CounterMetricFamily(f"maillage_{name}", about, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], number)
    return family


def gauge(name: str, about: str, value: float) -> Metric:
    """Return a number that rises and falls."""
    return GaugeMetricFamily(f"maillage_{name}", about, value)


def release(pool: Pool) -> Iterator[Metric]:
    """Return which release is served; nothing before the first one is."""
    try:
        snapshot = pool.snapshot
    except ProblemError:
        return
    named = GaugeMetricFamily("maillage_release_info", "The release served.", labels=["release"])
    named.add_metric([snapshot.id], 1)
    yield named
    yield gauge("release_statements", "Statements of the release.", snapshot.statements)
