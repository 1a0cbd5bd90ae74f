"""Where the bot tells how it does: its figures, and whether it is ready."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.metrics import Metrics
from bot.slack.probes import Health


@dataclass(frozen=True, slots=True)
class Gauges:
    """One for each process."""

    metrics: Metrics = field(default_factory=Metrics)
    health: Health = field(default_factory=Health)
