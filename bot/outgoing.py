"""What leaves: one row of the outbox, and the words for what it asks of a platform."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.model import Agent, ChatRef, Content, MessageRef, TicketStatus


class DeliveryKind(StrEnum):
    """What an outbox row asks a platform to do."""

    SEND = "send"
    EDIT = "edit"
    OPEN_THREAD = "open_thread"
    SHOW_STATUS = "show_status"
    REACT = "react"
    DELETE = "delete"


class Priority(StrEnum):
    """Between lanes, the lower value leaves first; within a lane nothing overtakes."""

    NEW_TICKET = "0"
    REQUESTER = "1"
    NOTICE = "2"


class StaffPart(IntEnum):
    """What a row brings to a requester on behalf of an agent: nothing, that something is taken back, or words."""

    NONE = 0
    TAKEN_BACK = 1
    WORDS = 2


@dataclass(frozen=True, slots=True)
class Freeze:
    """Agents' words wait: who stopped them, and since when."""

    agent: Agent
    since: int


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """One of the rows that leave as one message: its own id, our id of what it shows, and that."""

    row_id: int
    message_id: int
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One outbox row: what leaves, to where, and whom to tell how it went.

    `in_thread` means "the ticket's thread, whatever it will be called": it may not exist yet when the row is written.
    `message_id` is our own id of what is sent, edited or deleted, `quoted_id` of what it answers (the card, where the
    staff chat has no threads); `target` names somebody else's message to react to. `origin` is the agent's message
    this row carries out, so that its fate can be shown there. `album` names what was sent as one; `joined` holds, if
    others were joined to the row, every part of it, its own first. `revision` counts its changes while it waited.
    `is_told` once the requester knows; with `is_move` the ticket gets its thread in `chat`, wherever it had one.
    `title`, `status` and `labels` are what the ticket's thread shows of it."""

    id: int
    kind: DeliveryKind
    chat: ChatRef
    priority: Priority
    due_at: int
    message_id: int
    content: Content | None = None
    title: str = ""
    status: TicketStatus | None = None
    labels: tuple[str, ...] = ()
    rests: bool = False
    target: MessageRef | None = None
    reaction: str = ""
    ticket_id: int | None = None
    in_thread: bool = False
    quoted_id: int | None = None
    origin: MessageRef | None = None
    interaction: str = ""
    album: str = ""
    joined: tuple[JoinedPart, ...] = ()
    is_told: bool = False
    is_move: bool = False
    attempts: int = 0
    revision: int = 0

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Our ids of everything the row shows."""
        return tuple(part.message_id for part in self.joined) or (self.message_id,)

    @property
    def staff_part(self) -> StaffPart:
        """What waits while agents' words are frozen: the words, and behind them that they are taken back."""
        if self.origin is None or self.in_thread:
            return StaffPart.NONE
        return StaffPart.TAKEN_BACK if self.kind is DeliveryKind.DELETE else StaffPart.WORDS

    @property
    def lane(self) -> str:
        """Whatever shares a lane keeps its order; a ticket's is the same wherever its thread is."""
        if self.in_thread:
            return f"ticket:{self.ticket_id}"
        return f"{self.chat.platform}:{self.chat.chat_id}:{self.chat.thread_id}"
