"""From decided actions to the unit of work: words are chosen, ids given, rows made. Nothing is decided here."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from bot.account_actions import CountWrongCode, LookUpAccount, VerifyIdentity
from bot.actions import (
    Action,
    Announce,
    AskRating,
    Audience,
    Audit,
    ChangeTicket,
    DeleteOriginal,
    KeepDraft,
    KeepNote,
    MoveThread,
    Notify,
    OpenTicket,
    PostCard,
    React,
    RecordFeedback,
    RecordUnanswered,
    Redeliver,
    RelayToDesk,
    Revise,
    Say,
    SendReply,
    SetTimer,
    ShowStatus,
    TellAgent,
    TellHere,
    UpdateCard,
    Wake,
    Withdraw,
)
from bot.changes import AddInternalEvent, AddMessage, Change
from bot.desk import queue
from bot.desk.paging import PagingPolicy, pages
from bot.desk.tickets import is_allowed
from bot.forgetting import CancelRequest, StartRequest
from bot.internal_events import TicketOpened
from bot.model import ChatRef, Conversation, Ticket, TicketStatus
from bot.outbox import CancelDelivery, QueueLatest, SendAgain
from bot.outgoing import DeliveryKind, Priority
from bot.paging import CallOut
from bot.ports import Clock
from bot.staffing import Shift
from bot.support.accounts import known
from bot.support.brain import Brain
from bot.support.calling import calling
from bot.support.contents import Contents
from bot.support.correspondence import Correspondence
from bot.support.posting import Posting
from bot.support.records import Record, record
from bot.support.subject import NOTHING_WRITTEN, Subject, Written
from bot.support.telling import Telling
from bot.support.tickets import following, new_ticket, since_when
from bot.support.timekeeping import Timekeeping
from bot.support.waking import Waking


class Plan:
    """Collects the changes of one turn; the conversation and ticket in it are as they will be stored."""

    def __init__(
        self,
        brain: Brain,
        clock: Clock,
        now: int,
        *,
        conversation: Conversation | None = None,
        ticket: Ticket | None = None,
        draft: AddMessage | None = None,
        place: ChatRef | None = None,
        interaction: str = "",
        written: Written = NOTHING_WRITTEN,
        subject: Subject | None = None,
        language: str = "",
        shifts: Sequence[Shift] = (),
        fired: str = "",
        here: Ticket | None = None,
    ) -> None:
        self.conversation = conversation
        self.ticket = ticket
        self.changes: list[Change] = []
        self.opened: TicketOpened | None = None
        self._brain = brain
        self._clock = clock
        self._now = now
        self._known_language = language
        on_call = brain.rules.paging.agents if brain.rules.paging else ()
        self._waking = Waking(tuple(shifts), brain.rules.capacity, now, on_call)
        self._contents = Contents(brain)
        where = place or (conversation.chat if conversation else None)
        self._posting = Posting(self.changes, clock, now, interaction=interaction, place=where)
        self._telling = Telling(self._posting, self._contents, self._waking, place, here, brain.rules.desks)
        self._words = Correspondence(
            self._posting, self._contents, self._waking, self.changes, clock, now, draft, written, subject
        )
        self._card_is_stale = False
        self._is_to_be_shut = False
        self._time = Timekeeping(brain.rules.clocks, clock, now, ticket, fired)

    def carry_out(self, actions: Iterable[Action]) -> None:
        """Turn every action into changes, in order; the card follows once, and a thread is shut behind everything."""
        for action in actions:
            self._carry_out(action)
        self.ticket, changes = self._time.kept(self.ticket)
        self.changes += changes
        if self._card_is_stale:
            self._post_card(DeliveryKind.EDIT)
        if self._is_to_be_shut:
            self._show_status()
        self._card_is_stale = self._is_to_be_shut = False

    def _carry_out(self, action: Action) -> None:  # One case for each of them.
        match action:
            case Say(parts=parts, elsewhere=Conversation() as there):
                self._posting.to_requester(there.chat, self._contents.told_whole(parts, there.language))
            case Say():
                self._say(action)
            case OpenTicket():
                self._open_ticket(action)
            case ChangeTicket(ticket=ticket):
                self._change_ticket(ticket)
            case Notify():
                self._notify(action)
            case RelayToDesk():
                self._words.relay(action, self._ticket, self._thread())
            case PostCard():
                self._post_card(DeliveryKind.OPEN_THREAD)
            case UpdateCard():
                self._card_is_stale = True
            case TellAgent():
                self._telling.agent(action, self.ticket, self._thread())
            case CallOut():
                self._call_out(action)
            case MoveThread():
                self._move_thread(action)
            case TellHere():
                self._telling.answer(action)
            case Announce():
                self._telling.announce(action)
            case SendReply():
                self._time.has_spoken = True
                self._words.reply(action, self._ticket, self._language)
            case KeepNote() | KeepDraft():
                self._words.keep(action, self._ticket, self._thread())
            case React(ticket_id=None, target=target, reaction=reaction):
                self._posting.react_to_requester(target, reaction)
            case React(target=target, reaction=reaction):
                self._posting.react(self._thread(), target, reaction, self.ticket)
            case ShowStatus() if self.ticket and self.ticket.status.is_done:
                self._is_to_be_shut = True
            case ShowStatus(rests=rests):
                self._show_status(rests=rests)
            case AskRating():
                self._ask_rating()
            case DeleteOriginal(message=message):
                self._posting.delete(message)
            case Revise(text=text):
                self._words.revise(text, self.ticket, self._thread())
            case Withdraw():
                self._words.withdraw(action, self.ticket, self._thread())
            case Redeliver(deliveries=deliveries):
                self.changes += [SendAgain(id, self._now) for id in deliveries]
            case RecordFeedback() | RecordUnanswered() | SetTimer() | Audit() | StartRequest() | CancelRequest():
                self._record(action)
            case VerifyIdentity() | CountWrongCode() | LookUpAccount():
                self.changes += known(action, self.conversation, self._brain, self._clock, self._now)
            case _:
                assert_never(action)

    def _record(self, action: Record) -> None:
        who = self.conversation.requester_id if self.conversation else 0
        id, language = self._clock.new_id(), self._language
        self.changes.append(record(action, id, self._now, requester_id=who, language=language))

    @property
    def _language(self) -> str:
        if self.conversation or self._known_language:
            return self.conversation.language if self.conversation else self._known_language
        return self.ticket.language if self.ticket else self._brain.rules.policy.default_language

    def _say(self, action: Say) -> None:
        assert self.conversation is not None
        content = self._contents.prompt(self.conversation, action)
        self._posting.to_requester(self.conversation.chat, content, ticket=self.ticket)

    def _open_ticket(self, action: OpenTicket) -> None:
        conversation = self.conversation
        assert conversation is not None
        new = new_ticket(action, conversation, self._brain.rules.desks, self._clock, self._now)
        self.ticket, changes = self._time.opened(new)
        self.conversation = replace(conversation, ticket_id=new.id)
        self.opened = TicketOpened(id=self._clock.new_id(), at=self._now, ticket_id=new.id)
        self.changes += [*changes, AddInternalEvent(self.opened)]

    def _change_ticket(self, ticket: Ticket) -> None:
        if self.ticket and not is_allowed(self.ticket, ticket):
            raise ValueError(f"ticket {ticket.id} cannot go from {self.ticket.status} to {ticket.status}")
        for timer in queue.rest(self.ticket, ticket, self._now, self._brain.rules.rest_after_hours):
            self._record(timer)
        if ticket.paging.row_id and not pages(ticket, self._brain.rules.paging or PagingPolicy()):
            # Somebody is on it, so a call that waits for its next try is not wanted any more.
            self.changes.append(CancelDelivery(ticket.paging.row_id))
            ticket = replace(ticket, paging=replace(ticket.paging, row_id=0))
        self.ticket, self._time.has_changed = since_when(self.ticket, ticket, self._now), True
        self.conversation = self.conversation and following(self.conversation, self.ticket)

    @property
    def _ticket(self) -> Ticket:
        """The ticket, for what is only ever decided about one."""
        assert self.ticket is not None
        return self.ticket

    def _thread(self) -> ChatRef | None:
        """The staff chat, or None where nobody is at the desk."""
        return self.ticket.desk_chat if self._brain.rules.desks.main is not None and self.ticket else None

    def _notify(self, action: Notify) -> None:
        assert self.ticket is not None
        if action.audience is Audience.DESK:
            content = self._waking.content(action.wakes, self.ticket, self._contents.for_staff(action.text))
            self._posting.to_thread(self._thread(), self.ticket, content=content)
        else:
            told = self._contents.told(action.text, self._language, self.ticket, action.options)
            self._posting.to_requester(self.ticket.requester_chat, told)

    def _post_card(self, kind: DeliveryKind, to: ChatRef | None = None) -> None:
        assert self.ticket is not None
        is_new, card = kind is DeliveryKind.OPEN_THREAD, self._contents.card(self.ticket)
        self._posting.to_thread(
            to or self._thread(),
            self.ticket,
            kind,
            content=self._waking.content(Wake.TEAM, self.ticket, card) if is_new else card,
            priority=Priority.NEW_TICKET if is_new else Priority.NOTICE,
            message_id=self.ticket.card_id,
            shown=self._contents.shown(self.ticket),
            is_move=to is not None,
        )

    def _call_out(self, action: CallOut) -> None:
        """The next call takes the place of one that has not left yet."""
        if self._ticket.paging.row_id:
            self.changes.append(CancelDelivery(self._ticket.paging.row_id))
        row_id = self._posting.to_pager(calling(self._ticket, action.count, self._now), self._ticket.id)
        self.ticket = replace(self._ticket, paging=replace(self._ticket.paging, row_id=row_id))

    def _move_thread(self, action: MoveThread) -> None:
        """Everything in the ticket's lane, so that it finds the old thread before the new one is there."""
        here = self._thread()
        closed = replace(self._ticket, status=TicketStatus.CLOSED)
        shown = replace(self._contents.shown(closed), title=self._contents.moved_title(closed))
        self._posting.to_thread(here, self._ticket, content=self._contents.for_staff(action.told))
        self._posting.to_thread(here, closed, DeliveryKind.SHOW_STATUS, shown=shown)
        # A new card, since changes of the old one would be shown in both threads.
        self.ticket, self._time.has_changed = replace(self._ticket, card_id=self._clock.new_id()), True
        self._post_card(DeliveryKind.OPEN_THREAD, to=action.to)
        said = self._contents.told_whole(action.said, self._brain.rules.desk_language)
        self._posting.to_thread(here, self._ticket, content=replace(said, wakes=()))

    def _show_status(self, *, rests: bool = False) -> None:
        assert self.ticket is not None
        shown = replace(self._contents.shown(self.ticket), rests=rests)
        self._posting.to_thread(self._thread(), self.ticket, DeliveryKind.SHOW_STATUS, shown=shown, queue=QueueLatest)

    def _ask_rating(self) -> None:
        assert self.ticket is not None
        self._posting.to_requester(self.ticket.requester_chat, self._contents.rating(self.ticket, self._language))
