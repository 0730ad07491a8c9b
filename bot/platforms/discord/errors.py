"""What Discord's refusals mean to us: try later, or never. Only this module knows its error numbers."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.ports import NeverDelivered, TryLater

BLOCKED, TOO_LARGE, CHAT_GONE, FORBIDDEN, REFUSED = "blocked", "too_large", "chat_gone", "forbidden", "refused"
MESSAGE_GONE = "message_gone"

TAKES_NO_MESSAGES = frozenset({50007, 50278})
THREAD_IS_ARCHIVED = 50083
THREAD_EXISTS_ALREADY = 160004
MOST_THREADS = 1000
"""In a server, not counting archived ones."""
_THREAD_IS_LOCKED = 160005
_TOO_MANY_THREADS = 160006
_REASONS = {
    50007: BLOCKED,  # Cannot send messages to this user.
    50278: BLOCKED,  # No server in common any more.
    10003: CHAT_GONE,
    10008: MESSAGE_GONE,
    50001: FORBIDDEN,
    50013: FORBIDDEN,
    40005: TOO_LARGE,
    THREAD_IS_ARCHIVED: FORBIDDEN,
    _THREAD_IS_LOCKED: FORBIDDEN,
}
_REASONS_BY_STATUS = {403: FORBIDDEN, 404: CHAT_GONE, 413: TOO_LARGE}
# Unknown webhook, unknown message (the "thinking" one was dismissed), unknown interaction, invalid webhook token.
_INTERACTION_IS_OVER = frozenset({10015, 10008, 10062, 50027})
_SENTENCES = {
    10003: "the channel or thread does not exist any more",
    10008: "the message does not exist any more",
    50007: "the person takes no direct messages",
    50278: "the person shares no server with the bot any more",
    THREAD_IS_ARCHIVED: "the thread is archived, and the bot may not bring it back",
    _THREAD_IS_LOCKED: "the thread is locked: unlock it",
    _TOO_MANY_THREADS: f"the server has {MOST_THREADS:,} active threads, as many as may be: close tickets or others",
}


@contextmanager
def outcomes() -> Iterator[None]:
    """Turns the library's errors in the block into TryLater and NeverDelivered; our own pass unchanged."""
    try:
        yield
    except (discord.RateLimited, discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise outcome_of(error) from error


def outcome_of(error: Exception) -> TryLater | NeverDelivered:
    """The exception of ours that an error of the library means; to be raised by the caller."""
    match error:
        case discord.RateLimited():
            return TryLater("rate limited", error.retry_after)
        case discord.HTTPException(status=429):
            return TryLater(_why(error), _retry_after(error))
        case discord.HTTPException(code=code) if code == _TOO_MANY_THREADS:
            # Without a time: only new tickets wait for it, what goes to other threads does not.
            return TryLater(_why(error))
        case discord.HTTPException(status=status) if status >= 500 or status == 401:
            # A revoked token too: once an operator has set the new one, what waits can still leave.
            return TryLater(_why(error))
        case discord.HTTPException():
            reason = _REASONS.get(error.code) or _REASONS_BY_STATUS.get(error.status, REFUSED)
            return NeverDelivered(reason, _why(error))
        case _:
            return TryLater(type(error).__name__)


def is_interaction_over(error: discord.HTTPException) -> bool:
    """Whether an interaction can no longer be answered, though the same words may still go as a message."""
    return error.code in _INTERACTION_IS_OVER or error.status in (401, 404)


def _why(error: discord.HTTPException) -> str:
    """One line for logs and failed rows; Discord's own words may quote what was sent, so only its numbers enter."""
    answer = f"Discord answered {error.status}, error {error.code}"
    sentence = _SENTENCES.get(error.code)
    return f"{sentence} ({answer})" if sentence else answer


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
