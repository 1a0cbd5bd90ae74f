"""What the bot counts and times, for Prometheus: typed methods in, the text of `/metrics` out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
OTHER: Final = "other"
MOST_WORDS: Final = 64

ANSWER_SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600)
ACK_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)

_WORD: Final = re.compile(r"[a-z][A-Za-z]*(?:[._][A-Za-z0-9]+)*")
_LONGEST: Final = 64


class Metrics:
    """The figures of one process, in a registry of its own. Safe to share between tasks and threads.

    Labels are words such as code uses. What is none (an id, a text) is counted as `other`, and so is the
    sixty-fifth word that a label would take: the number of series has a bound, whatever Slack may send.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """Nothing has happened yet. `now` gives seconds since 1970."""
        self._now = now
        self._checked_at: float | None = None
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._surfaces, self._intents, self._statuses = _Words(), _Words(), _Words()
        self._methods, self._codes, self._reasons = _Words(), _Words(), _Words()
        self._make_traffic(registry)
        self._make_queue(registry)
        self._make_troubles(registry)
        self._make_knowledge(registry)

    def received(self, surface: str) -> None:
        """An addressed event came in by a surface: `mention`, `direct`, `command`, `choice` and the like."""
        self._received.labels(self._surfaces.bounded(surface)).inc()

    def accepted(self, seconds: float) -> None:
        """A request of Slack was stored and acknowledged, so many seconds after it came."""
        self._ack.observe(max(0.0, seconds))

    def answered(self, surface: str, intent: str, status: str, seconds: float) -> None:
        """An event got its visible outcome, so many seconds after it came."""
        known = self._surfaces.bounded(surface)
        self._answered.labels(known, self._intents.bounded(intent), self._statuses.bounded(status)).inc()
        self._answer.labels(known).observe(max(0.0, seconds))

    def queue(self, waiting: int, oldest_seconds: float) -> None:
        """How many events wait in the database, and for how long the oldest of them (0 for none)."""
        self._waiting.set(waiting)
        self._oldest.set(max(0.0, oldest_seconds))

    def in_flight(self, count: int) -> None:
        """How many events this process is answering."""
        self._in_flight.set(count)

    def slack_error(self, method: str, code: str) -> None:
        """Slack refused a call with a code, or could not be reached."""
        self._slack_errors.labels(self._methods.bounded(method), self._codes.bounded(code)).inc()

    def parked(self) -> None:
        """An event was given up."""
        self._parked.inc()

    def put_off(self, reason: str) -> None:
        """An event was left for a later try."""
        self._put_off.labels(self._reasons.bounded(reason)).inc()

    def knowledge(self, revision: str, checked_age_seconds: float) -> None:
        """Which knowledge answers now, and the age of its newest check, which grows from now on."""
        self._knowledge.info({"revision": revision})
        self._checked_at = self._now() - checked_age_seconds

    def render(self) -> tuple[bytes, str]:
        """Everything as Prometheus reads it, and the media type of that."""
        return generate_latest(self._registry), CONTENT_TYPE

    def _make_traffic(self, registry: CollectorRegistry) -> None:
        self._received = Counter(
            "torchdesk_received", "Addressed events that came in.", ["surface"], registry=registry
        )
        self._ack = Histogram(
            "torchdesk_ack_seconds",
            "From a request's arrival to its acknowledgement, the event stored.",
            buckets=ACK_SECONDS,
            registry=registry,
        )
        self._answered = Counter(
            "torchdesk_answered",
            "Events that got a visible outcome.",
            ["surface", "intent", "status"],
            registry=registry,
        )
        self._answer = Histogram(
            "torchdesk_answer_seconds",
            "From an event's arrival to its visible outcome.",
            ["surface"],
            buckets=ANSWER_SECONDS,
            registry=registry,
        )

    def _make_queue(self, registry: CollectorRegistry) -> None:
        self._waiting = Gauge(
            "torchdesk_queue_waiting", "Events that wait in the database.", registry=registry
        )
        self._oldest = Gauge(
            "torchdesk_queue_oldest_seconds", "For how long the oldest event waits.", registry=registry
        )
        self._in_flight = Gauge(
            "torchdesk_in_flight", "Events that this process is answering.", registry=registry
        )

    def _make_troubles(self, registry: CollectorRegistry) -> None:
        self._slack_errors = Counter(
            "torchdesk_slack_errors", "Calls that Slack refused.", ["method", "code"], registry=registry
        )
        self._parked = Counter("torchdesk_parked", "Events that were given up.", registry=registry)
        self._put_off = Counter(
            "torchdesk_put_off", "Events left for a later try.", ["reason"], registry=registry
        )

    def _make_knowledge(self, registry: CollectorRegistry) -> None:
        self._knowledge = Info("torchdesk_knowledge", "The knowledge that answers now.", registry=registry)
        age = Gauge(
            "torchdesk_knowledge_age_seconds",
            "Since somebody last compared a source with its page.",
            registry=registry,
        )
        age.set_function(self._age)

    def _age(self) -> float:
        return float("nan") if self._checked_at is None else self._now() - self._checked_at


class _Words:
    """The values that a label has taken, of which there are never more than so many."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def bounded(self, word: str) -> str:
        if word in self._seen:
            return word
        if len(self._seen) >= MOST_WORDS or len(word) > _LONGEST or not _WORD.fullmatch(word):
            return OTHER
        self._seen.add(word)
        return word
