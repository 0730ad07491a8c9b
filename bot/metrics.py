"""What is counted while the bot runs, for /metrics; no ids of people, no texts."""

from prometheus_client import Counter, Gauge, Histogram, generate_latest

EVENTS = Counter("support_bot_events_total", "Events handled, by kind and outcome.", ["kind", "outcome"])
TURN_SECONDS = Histogram(
    "support_bot_turn_seconds",
    "From taking an event up to its commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
DELIVERIES = Counter(
    "support_bot_deliveries_total", "Deliveries that ended, by platform and outcome.", ["platform", "outcome"]
)
DELIVERIES_UNDER_WAY = Gauge("support_bot_deliveries_under_way", "Deliveries handed to a platform just now.")


def exposition() -> str:
    """Everything counted so far, in the text format that Prometheus reads."""
    return generate_latest().decode()
