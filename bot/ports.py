"""What the core needs from outside, as Protocols; the real things are in `store` and `platforms`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.accounts import NOTHING_PROVED, Facts, LookUp, Query, Standing
from bot.archive import Archive
from bot.changes import AddMessage, Changes, SetAside
from bot.events import PlatformEvent
from bot.internal_events import InternalEvent
from bot.model import (
    Agent,
    Attachment,
    AttachmentKind,
    ChatRef,
    Conversation,
    MessageRef,
    PlatformName,
    Ticket,
)
from bot.outgoing import Freeze, Outgoing
from bot.rooms import Room as Room
from bot.rooms import RoomMessage as RoomMessage
from bot.rooms import RoomThread as RoomThread
from bot.staffing import Crossing, Shift, Waiting


class Clock(Protocol):
    def now(self) -> int:
        """Microseconds UTC since 1970."""
        ...

    def new_id(self) -> int:
        """A 63-bit id larger than every id given before, also before a restart."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a requester's event is decided upon; `unreadable` when a stored state could not be understood."""

    conversation: Conversation | None
    ticket: Ticket | None
    unreadable: bool = False
    standing: Standing = NOTHING_PROVED


class Store(Archive, Protocol):
    """All that survives a restart. Loads see every commit that has returned."""

    async def commit(self, changes: Changes) -> bool:
        """Write all or nothing, durably; False when the event was seen before and nothing was written."""
        ...

    async def find_requester(self, platform: PlatformName, user_id: str) -> int | None: ...
    async def load_conversation(self, chat: ChatRef) -> Loaded: ...
    async def is_code_used(self, use: str) -> bool: ...
    async def load_ticket(self, ticket_id: int) -> Ticket | None: ...
    async def find_ticket_by_thread(self, chat: ChatRef) -> Ticket | None: ...
    async def find_ticket_by_message(self, message: MessageRef) -> Ticket | None: ...
    async def tickets_of(self, requester_id: int) -> Sequence[Ticket]: ...
    async def tickets_with(self, agent: Agent) -> Sequence[Ticket]:
        """The agent's tickets that are not done, the oldest first."""
        ...

    async def waiting(self, desk: ChatRef) -> Sequence[Waiting]:
        """The tickets of a staff chat that nobody has and that wait on us, in no order."""
        ...

    async def shifts(self, desk: ChatRef) -> Sequence[Shift]:
        """Everybody known to have acted in that staff chat, or a thread of it, whoever came first first."""
        ...

    async def shift(self, agent: Agent) -> Shift | None:
        """The agent as the desk knows them, wherever they have acted."""
        ...

    async def waited(self, team: str, since: int, limit: int) -> Sequence[int]:
        """How much open time went by before the team's first answers since then; the newest of them."""
        ...

    async def crossing(self, ticket: Ticket, agent: Agent, since: int) -> Crossing | None:
        """Whom an answer of the agent would cross: a colleague who answered since then, or the requester, whose words
        are still on their way to the desk."""
        ...

    async def load_message(self, message_id: int) -> AddMessage | None: ...
    async def said_in(self, ticket_id: int) -> Sequence[AddMessage]:
        """The latest words of both sides of a ticket, newest first; no notes."""
        ...

    async def reads_of(self, agent: Agent, acts: Collection[str], since: int) -> tuple[int, int | None]:
        """How often the agent has done one of these acts after then, and when first."""
        ...

    async def talk_of(self, ticket_id: int) -> Sequence[AddMessage]:
        """The newest twenty of what both sides wrote about a ticket and of the notes on it, the newest first."""
        ...

    async def find_former_ticket(self, chat: ChatRef) -> Ticket | None:
        """The ticket whose thread that was, before it moved to another one."""
        ...

    async def find_message(self, message: MessageRef) -> AddMessage | None:
        """The kept message that was written there, or that our message there shows."""
        ...

    async def latest_messages(self, requester_id: int, limit: int) -> Sequence[AddMessage]: ...
    async def pending_internal_events(self) -> Sequence[InternalEvent]: ...
    async def due_timers(self, now: int) -> Sequence[InternalEvent]: ...
    async def due_look_ups(self, now: int, limit: int) -> Sequence[LookUp]: ...
    async def due_deliveries(
        self, platforms: Collection[PlatformName], now: int, limit: int, closed: Collection[ChatRef] = ()
    ) -> Sequence[Outgoing]:
        """The heads of lanes that may leave, the most important first; messages into the staff chats that are closed
        are left out. At most `limit` of a crowd, and beside so many new tickets as many others."""
        ...

    async def freeze(self) -> Freeze | None:
        """Whether agents' words to requesters wait, and who wanted that."""
        ...

    async def interrupted_deliveries(self) -> Sequence[Outgoing]: ...
    async def deliveries_since(self, chat: ChatRef, ticket_id: int | None, since: int) -> Sequence[Outgoing]:
        """Every row of the chat or of the ticket that is younger than the id, whatever became of it."""
        ...

    async def followers_of(self, row: Outgoing, limit: int) -> Sequence[Outgoing]:
        """What waits behind a row in its lane, in order, due or not."""
        ...

    async def deliveries_of(self, message_id: int) -> Sequence[Outgoing]:
        """The rows that show a message, whatever became of them; edits of it are none."""
        ...

    async def failed_deliveries_of(self, message_id: int) -> Sequence[int]: ...
    async def set_aside(self, *, wanted: bool = False) -> Sequence[SetAside]:
        """What could not be handled, oldest first; with `wanted` only what is to be done again."""
        ...

    async def backlog_of(self, chat: ChatRef, now: int) -> tuple[int, int]:
        """How many rows are due in the chat, and the id of the oldest one."""
        ...

    async def next_due_at(self, now: int) -> int | None:
        """The next moment after `now` at which something becomes due; a timer's also if it is past."""
        ...

    async def links_of(self, message_id: int) -> Sequence[MessageRef]: ...
    async def cursor(self, name: str) -> str | None: ...
    async def moved(self, chat: ChatRef) -> ChatRef:
        """The staff chat by the number that its platform has given it since; itself if there is none."""
        ...

    async def card_of(self, ticket_id: int) -> Outgoing | None:
        """The latest row that shows the ticket's card."""
        ...

    async def outbox_counts(self) -> tuple[int, int, int]:
        """How many rows wait, the id of the oldest of them, and how many were given up."""
        ...

    async def open_threads(self, desk: ChatRef) -> Sequence[ChatRef]:
        """The threads of a staff chat's tickets that are not closed, the newest ticket first."""
        ...

    async def active_chats(self, platform: PlatformName, since: int) -> Sequence[ChatRef]:
        """The chats of a platform in which something happened since then, the latest first."""
        ...


class TryLater(Exception):
    """The platform could not take it now; `after_seconds` is its own wish, None when it named none."""

    def __init__(self, why: str, after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


class NeverDelivered(Exception):
    """The platform will never take it; `reason` is the key of a phrase that staff understand, `limit` how many bytes
    a file may have, and `lacking` which permissions the bot lacks and where, if that is the reason and known."""

    def __init__(self, reason: str, why: str = "", *, limit: int = 0, lacking: str = "") -> None:
        super().__init__(why or reason)
        self.reason = reason
        self.limit = limit
        self.lacking = lacking


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform made of a delivery: its messages in order, the thread it opened, and how many threads are
    active then of as many as there may be, where the platform has such a limit."""

    messages: tuple[MessageRef, ...] = ()
    thread: ChatRef | None = None
    threads: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row with what the platform called our messages: `links` of `outgoing.message_id`, in order of
    their parts, and the first of `outgoing.quoted_id`."""

    outgoing: Outgoing
    links: tuple[MessageRef, ...] = ()
    quoted: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class CheckUp:
    """One thing that was looked at for an operator; `told` is how it is, or exactly what to do if it is not well."""

    subject: str
    is_ok: bool
    told: str


class CannotStart(Exception):
    """Starting will not succeed until an operator changes something; the text is one sentence that says what."""


Handle = Callable[[PlatformEvent], Awaitable[None]]
FetchFile = Callable[[Attachment], AbstractAsyncContextManager[Path]]
Scan = Callable[[Path], Awaitable[str]]
"""The name of the malware in a file, empty when there is none; TryLater when nobody can look at it now."""


class Accounts(Protocol):
    """The exchange itself, asked about one account."""

    async def look_up(self, query: Query) -> Facts:
        """Within seconds; TryLater when nobody can say now, NeverAnswered when asking again will not help."""
        ...


class FileSource(Protocol):
    def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of one of its own files, in pieces; TryLater or NeverDelivered when there are none."""
        ...


class Platform(FileSource, Protocol):
    """An adapter: turns updates into events, and deliveries into API calls. Nothing else."""

    name: PlatformName

    @property
    def has_answered(self) -> bool:
        """Whether it could be reached since the start."""
        ...

    async def run(self, handle: Handle) -> None:
        """Connect and hand over events until cancelled; CannotStart when trying again would not help.

        `handle` returns when the event is committed (or set aside), and never raises for a bad event: only then
        may the platform be told "received". Events of one chat must be handed over one after the other.
        """
        ...

    async def deliver(self, delivery: Delivery, fetch: FetchFile) -> Receipt:
        """Do what the row asks; raise TryLater or NeverDelivered, anything else is our bug.

        `fetch` brings a file of another platform as a temporary local path.
        """
        ...

    async def already_delivered(self, outgoing: Outgoing) -> Receipt | None:
        """Look whether a row interrupted by a crash did arrive; None when it did not, or nobody can know."""
        ...

    async def show_at_work(self, chat: ChatRef, kind: AttachmentKind) -> None:
        """Show in the chat, for some seconds, that a file of this kind is on its way; may raise anything."""
        ...
