"""Every refusal of Discord is "later" or "never, because"."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.platforms.discord.errors import outcome_of, outcomes
from bot.ports import NeverDelivered, TryLater


def refusal(status: int, code: int = 0, headers: Mapping[str, str] | None = None) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    return discord.HTTPException(response, {"code": code, "message": "quotes what was sent"})


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50007, "blocked"),
        (403, 50278, "blocked"),
        (404, 10003, "chat_gone"),
        (404, 10008, "message_gone"),
        (404, 0, "chat_gone"),
        (403, 50001, "forbidden"),
        (403, 50013, "forbidden"),
        (403, 0, "forbidden"),
        (400, 40005, "too_large"),
        (413, 0, "too_large"),
        (400, 50035, "refused"),
        (400, 0, "refused"),
        (400, 50083, "forbidden"),
        (400, 160005, "forbidden"),
    ],
)
def test_never(status: int, code: int, reason: str) -> None:
    error = outcome_of(refusal(status, code))

    assert isinstance(error, NeverDelivered)
    assert error.reason == reason
    assert "quotes" not in str(error)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (refusal(429), None),
        (refusal(429, headers={"Retry-After": "7.5"}), 7.5),
        (discord.RateLimited(90.0), 90.0),
        (refusal(500), None),
        (refusal(503), None),
        (refusal(401), None),
        (refusal(400, 160006), None),
        (aiohttp.ServerDisconnectedError(), None),
        (ConnectionResetError(), None),
        (TimeoutError(), None),
    ],
)
def test_later(error: Exception, seconds: float | None) -> None:
    with pytest.raises(TryLater) as raised, outcomes():
        raise error

    assert raised.value.after_seconds == seconds


def test_too_many_threads_are_said_in_words_with_what_to_do() -> None:
    assert str(outcome_of(refusal(400, 160006))) == (
        "the server has 1,000 active threads, as many as may be: close tickets or others"
        " (Discord answered 400, error 160006)"
    )


def test_our_own_exceptions_and_our_bugs_pass() -> None:
    with pytest.raises(NeverDelivered, match="mine"), outcomes():
        raise NeverDelivered("blocked", "mine")
    with pytest.raises(ZeroDivisionError), outcomes():
        _ = 1 / 0
