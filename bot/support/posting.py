"""Outbox rows for the few kinds of places there are: the requester's chat, a ticket's thread, the staff chat."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.changes import Change
from bot.model import ChatRef, Content, Markup, MessageRef, PlatformName, Ticket, TicketStatus
from bot.outbox import QueueDelivery
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.ports import Clock

ALBUM_MICROSECONDS = 1_000_000
"""The parts of an album come one by one, and within this time."""
JOINED_MICROSECONDS = 5_000_000
"""So long the words of somebody in a hurry wait for more of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a thread shows of its ticket beside its messages."""

    title: str = ""
    labels: tuple[str, ...] = ()
    rests: bool = False


NOTHING_SHOWN = Shown()
ON_CALL = ChatRef(PlatformName.PAGER, "on_call")


class Posting:
    """Appends rows to a unit of work; the first one for the chat in which an interaction was made answers it."""

    def __init__(
        self, changes: list[Change], clock: Clock, now: int, *, interaction: str = "", place: ChatRef | None = None
    ) -> None:
        self._changes = changes
        self._clock = clock
        self._now = now
        self._interaction = interaction
        self._place = place

    def to_requester(
        self,
        chat: ChatRef,
        content: Content,
        *,
        message_id: int = 0,
        ticket: Ticket | None = None,
        origin: MessageRef | None = None,
        quoted_id: int | None = None,
        album: str = "",
    ) -> None:
        """Say something in the requester's chat; with `origin` its fate will be shown there."""
        self._queue(
            kind=DeliveryKind.SEND,
            chat=chat,
            priority=Priority.REQUESTER,
            content=content,
            message_id=message_id,
            ticket_id=ticket.id if ticket else None,
            origin=origin,
            quoted_id=quoted_id,
            album=album,
            interaction=self._take_interaction(chat),
        )

    def to_thread(
        self,
        chat: ChatRef | None,
        ticket: Ticket | None,
        kind: DeliveryKind = DeliveryKind.SEND,
        *,
        content: Content | None = None,
        priority: Priority = Priority.NOTICE,
        message_id: int = 0,
        shown: Shown = NOTHING_SHOWN,
        quoted_id: int | None = None,
        album: str = "",
        may_be_joined: bool = False,
        is_move: bool = False,
        queue: Callable[[Outgoing], Change] = QueueDelivery,
    ) -> None:
        """Do something in a ticket's thread, whatever it will be called; nothing where nobody is at the desk.

        What answers nothing in particular answers the card, so that it is known where it belongs without threads.
        """
        if chat is None or ticket is None:
            return
        self._queue(
            kind=kind,
            chat=ChatRef(chat.platform, chat.chat_id),
            priority=priority,
            content=content,
            message_id=message_id,
            shown=shown,
            status=ticket.status,
            ticket_id=ticket.id,
            in_thread=True,
            quoted_id=(quoted_id or ticket.card_id) if kind is DeliveryKind.SEND else None,
            album=album,
            wait=JOINED_MICROSECONDS if may_be_joined else 0,
            is_move=is_move,
            queue=queue,
            interaction=self._take_interaction(chat) if kind is DeliveryKind.SEND else "",
        )

    def to_place(self, chat: ChatRef, content: Content, priority: Priority = Priority.NOTICE) -> None:
        """Say something outside any ticket, as where somebody acted there."""
        self._queue(
            kind=DeliveryKind.SEND,
            chat=chat,
            priority=priority,
            content=content,
            interaction=self._take_interaction(chat),
        )

    def react(self, chat: ChatRef | None, target: MessageRef, reaction: str, ticket: Ticket | None) -> None:
        """React to an agent's message; a button or slash command has none to react to."""
        if chat is None or ticket is None or not target.message_id:
            return
        self._queue(
            kind=DeliveryKind.REACT,
            chat=ChatRef(chat.platform, chat.chat_id),
            priority=Priority.NOTICE,
            target=target,
            reaction=reaction,
            status=ticket.status,
            ticket_id=ticket.id,
            in_thread=True,
            interaction=self._take_interaction(chat),
        )

    def to_pager(self, text: str, ticket_id: int) -> int:
        """Call whoever is on call; the row's id, so that the call can be taken back while it waits."""
        self._queue(
            kind=DeliveryKind.SEND,
            chat=ON_CALL,
            priority=Priority.NEW_TICKET,
            content=Content(text=text, markup=Markup.PLAIN),
            ticket_id=ticket_id,
        )
        row = self._changes[-1]
        assert isinstance(row, QueueDelivery)
        return row.outgoing.id

    def react_to_requester(self, target: MessageRef, reaction: str) -> None:
        """React to a message in the requester's own chat; a button or slash command has none to react to."""
        if target.message_id:
            self._queue(
                kind=DeliveryKind.REACT,
                chat=target.chat,
                priority=Priority.REQUESTER,
                target=target,
                reaction=reaction,
                interaction=self._take_interaction(target.chat),
            )

    def delete(self, message: MessageRef) -> None:
        """Take somebody's message out of their chat."""
        self._queue(kind=DeliveryKind.DELETE, chat=message.chat, priority=Priority.REQUESTER, target=message)

    def _take_interaction(self, chat: ChatRef) -> str:
        """An answer appears where the interaction was made, so nothing for another chat may be one."""
        here = self._place
        if here is None or (here.platform, here.chat_id) != (chat.platform, chat.chat_id):
            return ""
        interaction, self._interaction = self._interaction, ""
        return interaction

    def _queue(  # One line for each thing that a row can say.
        self,
        *,
        kind: DeliveryKind,
        chat: ChatRef,
        priority: Priority,
        content: Content | None = None,
        message_id: int = 0,
        shown: Shown = NOTHING_SHOWN,
        status: TicketStatus | None = None,
        target: MessageRef | None = None,
        reaction: str = "",
        ticket_id: int | None = None,
        in_thread: bool = False,
        quoted_id: int | None = None,
        origin: MessageRef | None = None,
        interaction: str = "",
        album: str = "",
        wait: int = 0,
        is_move: bool = False,
        queue: Callable[[Outgoing], Change] = QueueDelivery,
    ) -> None:
        id = self._clock.new_id()
        outgoing = Outgoing(
            id=id,
            kind=kind,
            chat=chat,
            priority=priority,
            due_at=self._now + max(wait, ALBUM_MICROSECONDS if album else 0),
            message_id=message_id or id,
            content=content,
            title=shown.title,
            status=status,
            labels=shown.labels,
            rests=shown.rests,
            target=target,
            reaction=reaction,
            ticket_id=ticket_id,
            in_thread=in_thread,
            quoted_id=quoted_id,
            origin=origin,
            interaction=interaction,
            album=album,
            is_move=is_move,
        )
        self._changes.append(queue(outgoing))
