"""What people wrote: a requester's words on their way to the desk, an agent's on their way out or into the notes."""

from dataclasses import dataclass
from functools import partial

from bot.actions import KeepDraft, KeepNote, RelayToDesk, SendReply, Withdraw
from bot.changes import AddMessage, Change, MessageKind, SettleDraft
from bot.model import ChatRef, Content, Ticket
from bot.outbox import QueueFollowUp
from bot.outgoing import Priority
from bot.ports import Clock
from bot.support.contents import Contents
from bot.support.posting import Posting
from bot.support.records import words
from bot.support.revising import revise, withdraw
from bot.support.subject import Subject, Written
from bot.support.waking import Waking


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Appends to the `changes` of one turn. `draft` is what the agent's words were stored as before, `written` the
    message that the turn is about, and `subject` the earlier one that is changed or taken back."""

    posting: Posting
    contents: Contents
    waking: Waking
    changes: list[Change]
    clock: Clock
    now: int
    draft: AddMessage | None
    written: Written
    subject: Subject | None

    def relay(self, action: RelayToDesk, ticket: Ticket, thread: ChatRef | None) -> None:
        """Show staff what the requester wrote."""
        content = self.waking.relayed(ticket, self.contents.relayed(ticket, action))
        self._to_desk(content, self.written, ticket, thread, may_be_joined=action.may_be_joined)

    def revise(self, text: str, ticket: Ticket | None, thread: ChatRef | None) -> None:
        """Whoever has been shown the old words is shown the new ones; where nobody was, staff see them now."""
        assert self.subject is not None
        self.changes.extend(revise(self.subject, text, self.clock, self.now))
        message = self.subject.message
        if self.subject.rows or message.kind is not MessageKind.REQUESTER or ticket is None:
            return
        self._to_desk(self.contents.changed(ticket, text), Written(message.id), ticket, thread)

    def withdraw(self, action: Withdraw, ticket: Ticket | None, thread: ChatRef | None) -> None:
        """Take the words back wherever they are shown, and say so where that is worth a word."""
        assert self.subject is not None
        self.changes.extend(withdraw(self.subject, self.clock, self.now))
        for told, has_left in ((action.told_if_seen, True), (action.told_if_unseen, False)):
            if told is None:
                continue
            for row in self.subject.rows:
                follow_up = partial(QueueFollowUp, of=row.id, has_left=has_left)
                self.posting.to_thread(thread, ticket, content=self.contents.for_staff(told), queue=follow_up)

    def reply(self, action: SendReply, ticket: Ticket, language: str) -> None:
        """Send the requester what an agent wrote."""
        self.posting.to_requester(
            ticket.requester_chat,
            self.contents.reply(action, language),
            message_id=self._kept(MessageKind.AGENT, action, ticket),
            ticket=ticket,
            origin=action.origin,
            quoted_id=self.written.quoted_id,
            album=self.written.album if action.attachments else "",
        )

    def keep(self, action: KeepDraft | KeepNote, ticket: Ticket, thread: ChatRef | None) -> None:
        """Keep an agent's words inside the desk, with the question what they are if there is one."""
        id = self._kept(MessageKind.DRAFT if isinstance(action, KeepDraft) else MessageKind.NOTE, action, ticket)
        if action.asks:
            self.posting.to_thread(thread, ticket, content=self.contents.asked(ticket, action, action.asks, id))

    def _kept(self, kind: MessageKind, action: SendReply | KeepNote | KeepDraft, ticket: Ticket) -> int:
        """Store an agent's words, or settle what they were stored as before; our id of them."""
        if self.draft:
            self.changes.append(SettleDraft(self.draft.id, kind, self.draft.kind))
            return self.draft.id
        message = words(kind, action, ticket, self.clock.new_id(), self.now)
        self.changes.append(message)
        return message.id

    def _to_desk(
        self,
        content: Content,
        written: Written,
        ticket: Ticket,
        thread: ChatRef | None,
        *,
        may_be_joined: bool = False,
    ) -> None:
        """Show what the requester wrote; its parts come one by one, so that an album waits for them."""
        self.posting.to_thread(
            thread,
            ticket,
            content=content,
            priority=Priority.REQUESTER,
            message_id=written.message_id,
            quoted_id=written.quoted_id,
            album=written.album if content.attachments else "",
            may_be_joined=may_be_joined,
        )
