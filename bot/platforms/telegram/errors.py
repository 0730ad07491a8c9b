"""What Telegram's refusals mean to us: try later, or never. Only this module reads its error sentences."""

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.ports import NeverDelivered, TryLater

BLOCKED, TOO_LARGE, CHAT_GONE, FORBIDDEN, REFUSED = "blocked", "too_large", "chat_gone", "forbidden", "refused"

# Error codes say too little (400 is nearly everything), so the sentences are looked at, in this order.
_REASONS = (
    ("blocked by the user", BLOCKED),
    ("user is deactivated", BLOCKED),
    ("can't initiate conversation", BLOCKED),
    ("too big", TOO_LARGE),
    ("entity too large", TOO_LARGE),
    ("chat not found", CHAT_GONE),
    ("thread not found", CHAT_GONE),
    ("topic_id_invalid", CHAT_GONE),
    ("topic_deleted", CHAT_GONE),
    ("to edit not found", CHAT_GONE),
    ("to react not found", CHAT_GONE),
    ("was deactivated", CHAT_GONE),
    ("was deleted", CHAT_GONE),
    ("upgraded to a supergroup", CHAT_GONE),
    ("rights", FORBIDDEN),
    ("admin_required", FORBIDDEN),
    ("write_forbidden", FORBIDDEN),
    ("topic_closed", FORBIDDEN),
    ("can't be edited", FORBIDDEN),
    ("can't be deleted", FORBIDDEN),
)
_LONGEST_WHY = 200


def says(error: TelegramError, sentence: str) -> bool:
    """Whether this is the platform's sentence; the library changes the case of what it passes on."""
    return sentence.lower() in error.message.lower()


def outcome_of(error: TelegramError) -> TryLater | NeverDelivered:
    """The exception of ours that an error of the library means; to be raised by the caller."""
    if isinstance(error, RetryAfter):
        return TryLater(f"retry after {seconds_of(error)} s", seconds_of(error))
    # A 413 comes as an error of the network, since the library knows no name for it.
    reason = next((reason for sentence, reason in _REASONS if says(error, sentence)), None)
    if reason is not None and not isinstance(error, (InvalidToken, Conflict)):
        return NeverDelivered(reason, why(error))
    match error:
        case BadRequest() if says(error, "temporarily unavailable"):
            return TryLater(why(error))
        case BadRequest():
            return NeverDelivered(REFUSED, why(error))
        case Forbidden():
            return NeverDelivered(FORBIDDEN, why(error))
        case ChatMigrated():
            return NeverDelivered(CHAT_GONE, why(error))
        case _:
            # Time-outs, broken connections, 5xx, pages of a proxy; a revoked token too: once an operator has
            # set the new one, what waits can still leave.
            return TryLater(why(error))


def why(error: TelegramError) -> str:
    """One short line for logs and failed rows; it never holds the token, which some of the library's texts do."""
    if isinstance(error, InvalidToken):
        return "the token was refused"
    cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
    text = error.message if isinstance(error, (BadRequest, Forbidden, Conflict)) else type(error).__name__
    return f"{text[:_LONGEST_WHY]}{cause}"


def seconds_of(error: RetryAfter) -> float:
    """How long the platform wants to be left alone."""
    wanted = error.retry_after
    return wanted.total_seconds() if isinstance(wanted, timedelta) else float(wanted)
