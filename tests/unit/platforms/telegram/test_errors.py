"""Each refusal of Telegram has one meaning: again later, or never and why."""

from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.platforms.telegram.errors import outcome_of
from bot.ports import NeverDelivered, TryLater


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (Forbidden("Forbidden: user is deactivated"), "blocked"),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), "blocked"),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), "forbidden"),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), "forbidden"),
        (Forbidden("Forbidden: the group chat was deleted"), "chat_gone"),
        (BadRequest("Bad Request: chat not found"), "chat_gone"),
        (BadRequest("Bad Request: message thread not found"), "chat_gone"),
        (BadRequest("Bad Request: TOPIC_ID_INVALID"), "chat_gone"),
        (BadRequest("Bad Request: message to edit not found"), "chat_gone"),
        (BadRequest("Bad Request: not enough rights to create a topic"), "forbidden"),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), "forbidden"),
        (BadRequest("Bad Request: CHAT_ADMIN_REQUIRED"), "forbidden"),
        (BadRequest("Bad Request: TOPIC_CLOSED"), "forbidden"),
        (BadRequest("Bad Request: message can't be deleted for everyone"), "forbidden"),
        (BadRequest("Bad Request: file is too big"), "too_large"),
        (NetworkError("Request Entity Too Large"), "too_large"),
        (BadRequest("Bad Request: message text is empty"), "refused"),
        (BadRequest("Bad Request: something nobody has seen yet"), "refused"),
        (ChatMigrated(-1_001_500_000_005), "chat_gone"),
    ],
)
def test_refusal_has_a_reason_staff_understand(error: TelegramError, reason: str) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, NeverDelivered)
    assert outcome.reason == reason


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(),
        NetworkError("Bad Gateway"),
        NetworkError("Internal Server Error"),
        NetworkError("aiohttp.ClientConnectorError"),
        Conflict("Conflict: terminated by other getUpdates request"),
        InvalidToken("The token `123456:secret` was rejected by the server."),
        TelegramError("Invalid server response"),
        BadRequest("Bad Request: wrong file_id or the file is temporarily unavailable"),
    ],
)
def test_trouble_on_the_way_is_tried_again(error: TelegramError) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, TryLater)
    assert outcome.after_seconds is None
    assert "secret" not in str(outcome)


@pytest.mark.parametrize("wanted", [7, timedelta(seconds=7)])
def test_platform_says_how_long_to_wait(wanted: int | timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    outcome = outcome_of(RetryAfter(wanted))
    assert isinstance(outcome, TryLater)
    assert outcome.after_seconds == 7
