"""The kept message that an event is about, with the outbox rows that show it, loaded together under the lock."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.changes import AddMessage
from bot.model import MessageRef
from bot.outgoing import Outgoing
from bot.ports import Store


@dataclass(frozen=True, slots=True)
class Subject:
    message: AddMessage
    rows: Sequence[Outgoing] = ()


async def written_at(place: MessageRef | None, store: Store) -> AddMessage | None:
    """The message that somebody wrote there themselves; what is only shown there is not theirs to change."""
    found = await store.find_message(place) if place else None
    return found if found and found.source == place else None


async def subject_of(message: AddMessage, store: Store) -> Subject:
    """The message with everything that shows it."""
    return Subject(message, await store.deliveries_of(message.id))


@dataclass(frozen=True, slots=True)
class Written:
    """The message a turn is about: our id of it, our id of what it answers, and the album it is a part of."""

    message_id: int = 0
    quoted_id: int | None = None
    album: str = ""


NOTHING_WRITTEN = Written()
