"""What /metrics says, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("serve_scorer_requests_total", "Answered requests.", ["path", "status"], registry=self.registry)
        self.seconds = Histogram("serve_scorer_request_seconds", "From a request to its answer.", ["path"], registry=self.registry, buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300))
        self.read = Counter("serve_scorer_prompt_tokens_total", "Tokens read.", ["role"], registry=self.registry)
        self.written = Counter("serve_scorer_generation_tokens_total", "Tokens written.", registry=self.registry)
        self.passes = Counter("serve_scorer_passes_total", "Passes over several rows.", ["role"], registry=self.registry)
        self.rows = Counter("serve_scorer_pass_rows_total", "Rows of these passes that were asked for; the others were padding.", ["role"], registry=self.registry)
        self.room = Counter("serve_scorer_pass_room_total", "Rows of these passes.", ["role"], registry=self.registry)
        self.open = Gauge("serve_scorer_open_requests", "Requests that wait or are computed.", registry=self.registry)
        self.cancelled = Counter("serve_scorer_cancelled_total", "Requests whose sender hung up.", registry=self.registry)

    def passed(self, role: str, rows: int, of: int) -> None:
        self.passes.labels(role).inc()
        self.rows.labels(role).inc(rows)
        self.room.labels(role).inc(of)
