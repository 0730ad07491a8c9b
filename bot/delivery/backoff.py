"""How long to wait before a row is tried again, where its platform does not say."""

import random

FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 1.0, 300.0
MOST_DOUBLINGS = 10


def backoff_seconds(attempt: int) -> float:
    """Twice as long after every attempt, up to five minutes, spread so that many do not come back at once."""
    doubled = FIRST_RETRY_SECONDS * 2.0 ** min(max(attempt - 1, 0), MOST_DOUBLINGS)
    return min(doubled, LAST_RETRY_SECONDS) * random.uniform(0.5, 1.0)
