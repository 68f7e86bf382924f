"""Numbers for machines that watch: a Prometheus text file, OpenTelemetry."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from scraper import __version__
from scraper.store import StoreError, open_store
from scraper.store.reports import last_reports

OUTCOMES = "ok partial empty refused blocked login needs-key looped broken moved".split()

STATES = "found read known held rejected lost".split()

FORGOTTEN_AFTER = timedelta(days=30)
"""A target that was not crawled for so long is no longer in the file."""

NAMES = {
    "rolecall_postings": "Postings of a target in its last crawl, by state",
    "rolecall_crawl_requests": "Requests of a target's last crawl",
    "rolecall_crawl_bytes": "Bytes that a target's last crawl received",
    "rolecall_crawl_seconds": "Seconds that a target's last crawl took",
    "rolecall_latency_seconds": "Seconds until a reply began, by quantile",
    "rolecall_outcome": "1 for the outcome of a target's last crawl, 0 for the others",
    "rolecall_alarms": "Alarms that stand for a target, by severity",
    "rolecall_last_crawl_timestamp_seconds": "When a target was last crawled",
    "rolecall_last_success_timestamp_seconds": "When a target was last crawled with success",
    "rolecall_run_exit_code": "Exit code of the last run",
    "rolecall_run_seconds": "Seconds that the last run took",
    "rolecall_run_timestamp_seconds": "When the last run ended",
    "rolecall_run_targets": "Targets of the last run",
    "rolecall_build_info": "1, with the version that ran",
}

Point = tuple[str, dict[str, str], float]


class MetricsError(Exception):
    """Metrics that could not be handed on, in one line."""


def write_metrics(report: Mapping[str, Any], store: Path | None) -> None:
    """Write the metrics of a run's report to the file of `ROLECALL_METRICS`, for the textfile collector of Prometheus'
    node exporter. With a store, the file holds the last crawl of every target, whether this run crawled it or not.
    Raises `MetricsError`.
    """
    path = os.environ.get("ROLECALL_METRICS")
    if not path:
        return
    try:
        registry = CollectorRegistry()
        gauges: dict[str, Gauge] = {}
        for name, labels, value in [*run_points(report), *target_points(targets_of(report, store))]:
            if name not in gauges:
                gauges[name] = Gauge(name, NAMES[name], list(labels), registry=registry)
            (gauges[name].labels(**labels) if labels else gauges[name]).set(value)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_to_textfile(path, registry)
    except OSError as error:
        raise MetricsError(f"cannot write ROLECALL_METRICS={path}: {error.strerror or error}") from None
    except (sqlite3.Error, StoreError) as error:
        raise MetricsError(f"cannot write ROLECALL_METRICS={path}: {error}") from None


def targets_of(report: Mapping[str, Any], store: Path | None) -> list[Mapping[str, Any]]:
    """The targets of a run, and with a store those of the runs before."""
    here = {target["target"]: target | {"finished_at": report["finished"]} for target in report["targets"]}
    if store is not None:
        memory = open_store(store)
        since = datetime.fromisoformat(report["finished"]) - FORGOTTEN_AFTER
        for last in last_reports(memory, f"{since:%Y-%m-%dT%H:%M:%SZ}"):
            here[last["target"]] = last
        memory.close()
    return [here[name] for name in sorted(here)]


def run_points(report: Mapping[str, Any]) -> Iterator[Point]:
    """The numbers of a run."""
    yield "rolecall_build_info", {"version": __version__}, 1
    yield "rolecall_run_exit_code", {}, report["exit"]
    yield "rolecall_run_seconds", {}, report["seconds"]
    yield "rolecall_run_timestamp_seconds", {}, datetime.fromisoformat(report["finished"]).timestamp()
    yield "rolecall_run_targets", {}, len(report["targets"])


def target_points(targets: list[Mapping[str, Any]]) -> Iterator[Point]:
    """The numbers of targets. A number that a report lacks is not given."""
    for t in targets:
        name = t["target"]
        events = t.get("events") or {}
        counts = {state: t.get(state) for state in ("open", *STATES)}
        counts |= {kind: events.get(kind, 0) for kind in ("new", "changed", "closed", "reopened")}
        for state, count in counts.items():
            if count is not None:
                yield "rolecall_postings", {"target": name, "state": state}, count
        for what in ("requests", "bytes", "seconds"):
            if t.get(what) is not None:
                yield f"rolecall_crawl_{what}", {"target": name}, t[what]
        for quantile, key in (("0.5", "median"), ("0.95", "p95")):
            if t.get("latency"):
                yield "rolecall_latency_seconds", {"target": name, "quantile": quantile}, t["latency"][key]
        for outcome in OUTCOMES:
            yield "rolecall_outcome", {"target": name, "outcome": outcome}, t["outcome"] == outcome
        for severity in ("bad", "notice"):
            stand = sum(alarm["severity"] == severity for alarm in t.get("alarms") or ())
            yield "rolecall_alarms", {"target": name, "severity": severity}, stand
        ended = t.get("finished_at")
        worked = t.get("worked_at") or (ended if t["outcome"] in ("ok", "empty", "partial") else None)
        for what, at in (("crawl", ended), ("success", worked)):
            if at:
                stamp = datetime.fromisoformat(at).timestamp()
                yield f"rolecall_last_{what}_timestamp_seconds", {"target": name}, stamp


def send_metrics(report: Mapping[str, Any]) -> None:
    """Send the same numbers of this run by OTLP over HTTP, where OpenTelemetry's own variables name an endpoint
    (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Raises `MetricsError`.
    """
    endpoint = os.environ.get("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not endpoint or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult
        from opentelemetry.sdk.resources import Resource
    except ImportError:
        raise MetricsError("OTEL_EXPORTER_OTLP_ENDPOINT needs OpenTelemetry: pip install 'rolecall[otel]'") from None
    named = os.environ.get("OTEL_SERVICE_NAME", "rolecall")
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], Resource.create({"service.name": named, "service.version": __version__}))
    meter = provider.get_meter("rolecall", __version__)
    gauges = {name: meter.create_gauge(name, description=text) for name, text in NAMES.items()}
    for name, labels, value in [*run_points(report), *target_points(targets_of(report, None))]:
        gauges[name].set(float(value), labels)
    data = reader.get_metrics_data()
    try:
        sent = OTLPMetricExporter(timeout=10).export(data) if data else MetricExportResult.SUCCESS
    except Exception as error:  # noqa: BLE001  whatever an endpoint does, the run has ended well
        raise MetricsError(f"no metrics sent to {endpoint}: {type(error).__name__}: {error}") from None
    finally:
        provider.shutdown()
    if sent is not MetricExportResult.SUCCESS:
        raise MetricsError(f"no metrics sent to {endpoint}: it did not take them")
