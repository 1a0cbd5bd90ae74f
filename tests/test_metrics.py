"""What Prometheus reads: the figures that were given, under labels whose number has a bound."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import MOST_WORDS, OTHER, Metrics


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """A sample as it is rendered; None where there is none."""
    for family in text_string_to_metric_families(metrics.render()[0].decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


def series(metrics: Metrics, name: str) -> list[dict[str, str]]:
    """The labels of all samples of a name."""
    families = text_string_to_metric_families(metrics.render()[0].decode())
    return [sample.labels for family in families for sample in family.samples if sample.name == name]


def test_events_are_counted_by_surface() -> None:
    """One count for each way in."""
    metrics = Metrics()
    metrics.received("mention")
    metrics.received("mention")
    metrics.received("command")
    assert value(metrics, "torchdesk_received_total", surface="mention") == 2
    assert value(metrics, "torchdesk_received_total", surface="command") == 1


def test_answers_are_counted_and_timed() -> None:
    """By surface, intent and status; the time by surface alone."""
    metrics = Metrics()
    metrics.answered("direct", "lookup", "answered", 0.02)
    labels = {"surface": "direct", "intent": "lookup", "status": "answered"}
    assert value(metrics, "torchdesk_answered_total", **labels) == 1
    assert value(metrics, "torchdesk_answer_seconds_bucket", surface="direct", le="0.01") == 0
    assert value(metrics, "torchdesk_answer_seconds_bucket", surface="direct", le="0.03") == 1


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0005, "0.001"), (1_800.0, "3600.0")])
def test_buckets_reach_from_a_millisecond_to_an_hour(seconds: float, bucket: str) -> None:
    """An answer in memory and one after an outage are both told apart from others."""
    metrics = Metrics()
    metrics.answered("direct", "lookup", "answered", seconds)
    assert value(metrics, "torchdesk_answer_seconds_bucket", surface="direct", le=bucket) == 1


def test_acknowledgements_are_timed() -> None:
    """A clock that was set back makes no negative time."""
    metrics = Metrics()
    metrics.accepted(0.2)
    metrics.accepted(-5.0)
    assert value(metrics, "torchdesk_ack_seconds_count") == 2
    assert value(metrics, "torchdesk_ack_seconds_sum") == pytest.approx(0.2)


def test_queue_is_as_last_told() -> None:
    """Gauges, not counts."""
    metrics = Metrics()
    metrics.queue(7, 3.5)
    metrics.queue(2, 1.5)
    metrics.in_flight(4)
    assert value(metrics, "torchdesk_queue_waiting") == 2
    assert value(metrics, "torchdesk_queue_oldest_seconds") == 1.5
    assert value(metrics, "torchdesk_in_flight") == 4


def test_troubles_are_counted() -> None:
    """Slack's refusals by method and code, what was put off by reason, what was given up."""
    metrics = Metrics()
    metrics.slack_error("chat.postMessage", "a_code_of_next_year")
    metrics.put_off("network")
    metrics.parked()
    labels = {"method": "chat.postMessage", "code": "a_code_of_next_year"}
    assert value(metrics, "torchdesk_slack_errors_total", **labels) == 1
    assert value(metrics, "torchdesk_put_off_total", reason="network") == 1
    assert value(metrics, "torchdesk_parked_total") == 1


@pytest.mark.parametrize(
    "code", ["C0123456789", "U0PERSON", "my private words", "1700000000.000100", "", "x" * 65, "词", "a\nb"]
)
def test_what_is_no_word_is_no_label(code: str) -> None:
    """An id, a text or a timestamp never becomes a series."""
    metrics = Metrics()
    metrics.slack_error("chat.postMessage", code)
    assert series(metrics, "torchdesk_slack_errors_total") == [{"method": "chat.postMessage", "code": OTHER}]


def test_number_of_labels_is_bounded() -> None:
    """However many codes come, the known ones go on and all new ones share one series."""
    metrics = Metrics()
    for number in range(MOST_WORDS * 3):
        metrics.put_off(f"reason_{number}")
    metrics.put_off("reason_0")
    assert len(series(metrics, "torchdesk_put_off_total")) == MOST_WORDS + 1
    assert value(metrics, "torchdesk_put_off_total", reason="reason_0") == 2
    assert value(metrics, "torchdesk_put_off_total", reason=OTHER) == MOST_WORDS * 2


def test_knowledge_is_one_series_whose_age_grows() -> None:
    """A new revision takes the place of the old one; the age goes on from the last report."""
    clock = [1_000.0]
    metrics = Metrics(now=lambda: clock[0])
    assert value(metrics, "torchdesk_knowledge_age_seconds") != 0
    metrics.knowledge("aaaa", 50.0)
    metrics.knowledge("bbbb", 60.0)
    clock[0] += 40
    assert series(metrics, "torchdesk_knowledge_info") == [{"revision": "bbbb"}]
    assert value(metrics, "torchdesk_knowledge_age_seconds") == 100.0


def test_process_and_platform_are_told() -> None:
    """Memory, processor time and the interpreter, from the library's collectors."""
    rendered, media_type = Metrics().render()
    assert b"process_resident_memory_bytes" in rendered
    assert b"python_info" in rendered
    assert media_type.startswith("text/plain")


def test_two_instances_share_nothing() -> None:
    """No registry is global: a test, and a second app in a process, begin from nothing."""
    one, other = Metrics(), Metrics()
    one.parked()
    assert value(other, "torchdesk_parked_total") == 0
    assert not [family.name for family in REGISTRY.collect() if family.name.startswith("torchdesk")]


def test_every_metric_is_explained() -> None:
    """The page of docs/ names each one, and none that there is not."""
    families = text_string_to_metric_families(Metrics().render()[0].decode())
    names = {family.name for family in families if family.name.startswith("torchdesk")}
    page = (Path(__file__).parents[1] / "docs" / "observability.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `(torchdesk_\w+?)(?:_total)?(?:\{[^}]*\})?` \|", page, re.MULTILINE))
    assert explained == {name for name in names if not name.endswith("_created")}


def test_commands_do_without_the_library() -> None:
    """`bot ask` starts without what only a server needs."""
    program = "import sys, bot.cli, bot.pipeline; print('prometheus_client' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
