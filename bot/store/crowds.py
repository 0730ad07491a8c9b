"""Which rows of the outbox wait together: those that use the same budget of a platform.

A staff chat takes only so much a minute, so thousands of rows for it must not have to be passed over to find what
requesters are waiting for. What is no message (a reaction, a status) uses neither budget.
"""

from bot.model import ChatRef, PlatformName
from bot.outgoing import DeliveryKind, Outgoing

_MESSAGES = (DeliveryKind.SEND, DeliveryKind.EDIT, DeliveryKind.OPEN_THREAD)


def crowd_of(row: Outgoing) -> str:
    """The crowd of a row; migration 0004 says the same in SQL."""
    if row.kind not in _MESSAGES:
        return f"{row.chat.platform}:signs"
    return desk_crowd(row.chat) if row.in_thread or row.chat.thread_id else f"{row.chat.platform}:people"


def desk_crowd(chat: ChatRef) -> str:
    """The crowd of what goes into the threads of a chat."""
    return f"{chat.platform}:chat:{chat.chat_id}"


def platform_of(crowd: str) -> PlatformName:
    return PlatformName(crowd.partition(":")[0])
