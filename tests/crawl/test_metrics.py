"""Numbers of a crawl, as Prometheus and OpenTelemetry read them."""

import gzip
import json
from pathlib import Path

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from tests.crawl.test_crawl import crawl, post, sitemap
from tests.server import Reply, serve


def points(path: Path) -> dict[tuple[str, str], float]:
    """Values by name and the label that tells them apart."""
    found = {}
    for family in text_string_to_metric_families(path.read_text(encoding="utf-8")):
        for sample in family.samples:
            told = [value for name, value in sample.labels.items() if name != "target"]
            found[sample.name, told[0] if told else ""] = sample.value
    return found


def test_a_text_file_for_prometheus(tmp_path: Path) -> None:
    path = tmp_path / "metrics" / "rolecall.prom"
    with serve({"/sitemap.xml": sitemap("a", "b", "gone"), "/a": post(), "/b": post()}) as site:
        crawl(tmp_path, site, ROLECALL_METRICS=str(path)).clean()
        first = points(path)
        site.answers["/sitemap.xml"] = Reply("no", 403)
        crawl(tmp_path, site, ROLECALL_METRICS=str(path)).clean()
        second = points(path)
    assert first["rolecall_postings", "open"] == 2
    assert first["rolecall_postings", "new"] == 2
    assert first["rolecall_postings", "lost"] == 1
    assert first["rolecall_outcome", "partial"] == 1
    assert first["rolecall_crawl_bytes", ""] > 500
    assert 0 < first["rolecall_latency_seconds", "0.5"] < 5
    assert (first["rolecall_outcome", "blocked"], second["rolecall_outcome", "blocked"]) == (0, 1)
    assert (first["rolecall_run_exit_code", ""], second["rolecall_run_exit_code", ""]) == (1, 3)
    assert second["rolecall_alarms", "bad"] == 1
    assert second["rolecall_postings", "open"] == 2, "a block closes nothing"
    last, worked = (second[f"rolecall_last_{what}_timestamp_seconds", ""] for what in ("crawl", "success"))
    assert last > worked >= first["rolecall_last_success_timestamp_seconds", ""]


def test_metrics_that_cannot_be_written_are_a_line_and_fail_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        ran = crawl(tmp_path, site, ROLECALL_METRICS=str(tmp_path / "file" / "x.prom")).clean()
    assert ran.code == 0
    assert "cannot write ROLECALL_METRICS=" in ran.err


def test_opentelemetry_over_http(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        site.answers["/v1/metrics"] = Reply(b"", type="application/x-protobuf")
        ran = crawl(tmp_path, site, OTEL_EXPORTER_OTLP_ENDPOINT=site.url, OTEL_SERVICE_NAME="night-crawl").clean()
    (asked,) = [asked for asked in site.asked if asked.path == "/v1/metrics"]
    body = gzip.decompress(asked.body) if asked.headers.get("Content-Encoding") == "gzip" else asked.body
    (sent,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    assert "night-crawl" in {attribute.value.string_value for attribute in sent.resource.attributes}
    metrics = {metric.name: metric for scope in sent.scope_metrics for metric in scope.metrics}
    states = {
        next(a.value.string_value for a in point.attributes if a.key == "state"): point.as_double
        for point in metrics["rolecall_postings"].gauge.data_points
    }
    assert (states["open"], states["new"]) == (1, 1)
    assert ran.code == 0


def test_a_receiver_that_is_not_there_fails_nothing(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a"), "/a": post(), "/v1/metrics": Reply("no", 400)}) as site:
        ran = crawl(tmp_path, site, OTEL_EXPORTER_OTLP_ENDPOINT=site.url).clean()
    assert ran.code == 0
    assert "no metrics sent to" in ran.err


def test_json_logs_are_json_line_for_line(tmp_path: Path) -> None:
    answers = {"/sitemap.xml": sitemap("a", "żółć"), "/a": post("Łódź\u2028Tester"), "/broken": Reply("x", 500)}
    with serve(answers) as site:
        ran = crawl(tmp_path, site, "--log-format", "json")
        loud = crawl(tmp_path, site, "--log-format", "json", "-v")
        wrong = crawl(tmp_path, site, "--log-format", "xml")
    said = [json.loads(line) for line in ran.err.splitlines()]
    assert {"time", "level", "logger", "message"} <= said[0].keys()
    assert said[0]["message"].startswith("run ")
    assert any("HTTP 404" in line["message"] for line in said)
    loud_said = [json.loads(line) for line in loud.err.splitlines()]
    assert any(line["logger"].startswith("scrapy") and "\n" in line["message"] for line in loud_said)
    assert wrong.code == 2
