"""Calling whoever is on call: what is kept of it on a ticket, and what is decided about it. Nouns only."""

from dataclasses import dataclass

PAGE = "page"
"""The timer at which whoever is on call is called, for the first time or again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How often somebody was called for a ticket, the row that calls them by the webhook, whether somebody has said
    that they are on it, and whether the webhook has failed since."""

    count: int = 0
    row_id: int = 0
    is_acknowledged: bool = False
    is_failing: bool = False


NOBODY_CALLED = Paging()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut:
    """An action: call whoever is on call through the operator's webhook; `count` is the how manieth time this is."""

    ticket_id: int
    count: int
