"""What an operator watches, as Prometheus reads it: few labels, and nothing that a client wrote."""

from collections.abc import Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.engine.archive import Archive
from server.engine.pool import Pool
from server.errors import ProblemError

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Requests as they are answered, and the state of the pool when it is asked for."""

    def __init__(self, pool: Pool, archive: Archive, tiers: Archive) -> None:
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
        self.purges = Counter(
            "maillage_cache_purges", "Purges of the cache that were asked for.",
            registry=self.registry,
        )  # fmt: skip
        self._counting: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.registry.register(PoolCollector(pool))
        self.registry.register(ArchiveCollector(archive, "older", "older releases"))
        self.registry.register(ArchiveCollector(tiers, "partner", "the partner tier"))
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float, sent: int) -> None:
        """Count one request."""
        known = method if method in METHODS else "other"
        requests, durations = self._children(known, route, status)
        requests.inc()
        durations.observe(seconds)
        self.sent.inc(sent)

    def _children(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Return what counts such requests, found once for all of them."""
        found = self._counting.get((method, route, status))
        if found is None:
            requests = self.requests.labels(method, route, str(status))
            found = self._counting[method, route, status] = (requests, self.seconds.labels(route))
        return found


class PoolCollector(Collector):
    """Queries, cache, workers and release, read from the pool at the moment of asking."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def collect(self) -> Iterator[Metric]:
        """Return the state of the pool."""
        pool = self.pool
        state = pool.state()
        yield counted("queries", "Queries by what became of them.", "outcome", pool.outcomes)
        yield counted("cache_lookups", "Queries that could be kept.", "result", pool.lookups)
        yield gauge("cache_bytes", "Bytes that the cache holds.", pool.cache.size)
        yield gauge("cache_limit_bytes", "Bytes that the cache may hold.", pool.cache.limit)
        yield gauge("cache_entries", "Answers that the cache holds.", len(pool.cache))
        yield gauge("queue_length", "Queries that wait for a worker.", state["waiting"])
        yield staff("workers", "Worker processes.", state)
        yield counted("workers_started", "Workers that started.", None, {"": pool.engine.started})
        yield counted("workers_ended", "Workers that ended, by why.", "reason", pool.engine.ended)
        yield from release(pool)


class ArchiveCollector(Collector):
    """The releases that are open for a while, beside the one served to all: all together."""

    def __init__(self, archive: Archive, name: str, what: str) -> None:
        self.archive = archive
        self.name = name
        self.what = what

    def collect(self) -> Iterator[Metric]:
        """Return the state of the archive."""
        state = self.archive.state()
        outcomes = self.archive.outcomes()
        name, what = self.name, self.what
        yield gauge(f"{name}_releases", f"Releases that are open: {what}.", state["releases"])
        yield staff(f"{name}_workers", f"Worker processes of {what}.", state)
        about = f"Queries of {what} by what became of them."
        yield counted(f"{name}_queries", about, "outcome", outcomes)


def staff(name: str, about: str, state: Mapping[str, int]) -> Metric:
    """Return how many workers there are by what they do."""
    busy = state["running"]
    family = GaugeMetricFamily(f"maillage_{name}", about, labels=["state"])
    family.add_metric(["busy"], busy)
    family.add_metric(["idle"], max(0, state["workers"] - busy))
    return family


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
