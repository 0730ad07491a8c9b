"""Changes to statements, and rows to values: the only place that knows both the model and the tables."""

from dataclasses import fields, replace
from typing import Any, get_args

from bot.account_changes import AccountChange, AddLookUp, CountWrongCode, VerifyIdentity
from bot.accounts import Account, LookUp, Query, Standing
from bot.changes import (
    AddAudit,
    AddInternalEvent,
    AddMessage,
    AddRequester,
    AddTicket,
    Change,
    ClaimTicket,
    MessageKind,
    SaveConversation,
    SaveShift,
    SaveTicket,
    SeeAgent,
    SetAside,
    author_key,
)
from bot.events import PlatformEvent
from bot.forgetting import AddDataRequest, CancelDataRequest, EraseChat, EraseRequester, EraseTicket
from bot.internal_events import InternalEvent
from bot.model import Agent, Attachment, ChatRef, Conversation, MessageRef, Person, PlatformName
from bot.outbox import (
    FreezeReplies,
    LinkMessage,
    MoveChat,
    OutboxChange,
    QueueDelivery,
    QueueFollowUp,
    QueueLatest,
    ReplacePayload,
    SetTicketThread,
)
from bot.outgoing import Outgoing
from bot.store.codec import Unreadable, decode, encode
from bot.store.crowds import crowd_of
from bot.store.engine import Row
from bot.store.forgetting import forgetting_calls
from bot.store.staffing import agent_columns, shift_columns
from bot.store.statements import Call, Parameters
from bot.store.tickets import assignee_of, changing, desk_chat_of, new_ticket

Attachments = tuple[Attachment, ...]
PLATFORM_EVENTS = {kind.__name__: kind for kind in get_args(PlatformEvent)}
INTERNAL_EVENTS = {kind.__name__: kind for kind in get_args(InternalEvent)}


def calls_of(change: Change) -> list[Call]:  # One case for each change whose statement is not named by it alone.
    """The statements a change is made of, in order; one that is not said here is named alike."""
    if isinstance(change, OutboxChange):
        return _outbox_calls(change)
    if isinstance(change, AccountChange):
        return _account_calls(change)
    match change:
        case AddRequester(id=id, person=person, at=at):
            identity = {"platform": person.platform, "user_id": person.user_id, "name": person.name}
            return [
                ("add_requester", {"id": id, "at": at}),
                ("add_identity", {**identity, "id": id, "at": at}),
            ]
        case SaveConversation(conversation=conversation, at=at):
            return [("save_conversation", {**_conversation(conversation), "at": at})]
        case AddMessage():
            return [("add_message", _message(change))]
        case AddTicket(ticket=ticket):
            return [("take_number", {}), ("add_ticket", new_ticket(ticket))]
        case SaveTicket(ticket=ticket):
            return [("save_ticket", {"id": ticket.id, **changing(ticket)})]
        case ClaimTicket(ticket=ticket):
            return [("claim_ticket", {"id": ticket.id, **assignee_of(ticket)})]
        case SeeAgent(agent=agent, at=at, desk=desk):
            seen = {**agent_columns(agent), "at": at}
            here = {name: value for name, value in seen.items() if name != "name"}
            return [("see_agent", seen), ("see_agent_at", {**here, "chat_id": desk.chat_id})]
        case SaveShift(shift=shift):
            return [("save_shift", shift_columns(shift))]
        case AddInternalEvent(event=event):
            kept = {"id": event.id, "kind": type(event).__name__, "ticket_id": event.ticket_id, "at": event.at}
            return [("add_internal_event", {**kept, "payload": encode(type(event), event)})]
        case SetAside(event=event):
            kind = type(event) if event else None
            kept = {name: value for name, value in _fields(change).items() if name != "event"}
            stored = {"kind": kind.__name__, "event": encode(kind, event)} if kind else {"kind": "", "event": ""}
            return [("set_aside", kept | stored)]
        case AddDataRequest() | CancelDataRequest() | EraseTicket() | EraseRequester() | EraseChat():
            return forgetting_calls(change)
        case AddAudit(agent=agent):
            return [("add_audit", {**_fields(change), "agent": encode(Agent, agent), "agent_id": author_key(agent)})]
        case _:
            return _named_alike(change)


def _outbox_calls(change: OutboxChange) -> list[Call]:
    match change:
        case QueueDelivery(outgoing=outgoing):
            return [("queue_delivery", _outbox(outgoing))]
        case QueueFollowUp(outgoing=outgoing, of=of, has_left=has_left):
            return [("queue_follow_up", {**_outbox(outgoing), "of": of, "has_left": int(has_left)})]
        case QueueLatest(outgoing=outgoing):
            earlier = {"lane": outgoing.lane, "kind": outgoing.kind}
            return [("cancel_earlier", earlier), ("queue_delivery", _outbox(outgoing))]
        case ReplacePayload(outgoing=outgoing):
            return [("replace_payload", {"id": outgoing.id, "payload": encode(Outgoing, outgoing)})]
        case LinkMessage(message=message):
            link = {"message_id": change.message_id, "part": change.part, "ticket_id": change.ticket_id}
            return [("link_message", {**link, **_chat(message.chat), "platform_message_id": message.message_id})]
        case SetTicketThread(ticket_id=ticket_id, chat=chat):
            thread = {"ticket_id": ticket_id, **_chat(chat)}
            return [("leave_thread", thread), ("set_ticket_thread", thread)]
        case MoveChat(chat=chat, to=to, at=at):
            tickets = {"platform": chat.platform, "chat_id": chat.chat_id, "to": to.chat_id}
            return [
                ("save_cursor", {"name": moved_name(chat), "value": to.chat_id, "at": at}),
                ("move_tickets", tickets),
                ("move_agents", tickets),
            ]
        case FreezeReplies(agent=agent, at=at):
            return [("freeze_replies", {"agent": encode(Agent, agent), "at": at})]
        case _:
            return _named_alike(change)


def _account_calls(change: AccountChange) -> list[Call]:
    match change:
        case VerifyIdentity(person=person, account=account):
            return [
                ("forget_account_codes", {"at": change.at}),
                ("use_account_code", {"use": change.use, "expires_at": change.expires_at}),
                (
                    "verify_identity",
                    {**_identity(person), "account_id": account.id, "verified_until": account.verified_until},
                ),
            ]
        case CountWrongCode(person=person, wrong_codes=count, wrong_since=since):
            return [("count_wrong_code", {**_identity(person), "wrong_codes": count, "wrong_since": since})]
        case AddLookUp(look_up=look_up, due_at=due_at):
            kept = {"id": look_up.id, "ticket_id": look_up.ticket_id, "query": encode(Query, look_up.query)}
            return [("add_look_up", {**kept, "due_at": due_at})]
        case _:
            return _named_alike(change)


def _named_alike(change: Change) -> list[Call]:
    return [(statement_name(type(change)), _fields(change))]


def moved_name(chat: ChatRef) -> str:
    """The cursor that says where a chat went."""
    return f"moved:{chat.platform}:{chat.chat_id}"


def statement_name(kind: type) -> str:
    """The statement of a class of changes: `AddMessage` is `add_message`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__)[1:]


def _fields(change: Any) -> Parameters:
    return {field.name: getattr(change, field.name) for field in fields(change)}


def _chat(chat: ChatRef) -> Parameters:
    return {"platform": chat.platform, "chat_id": chat.chat_id, "thread_id": chat.thread_id}


def _identity(person: Person) -> Parameters:
    return {"platform": person.platform, "user_id": person.user_id}


def _conversation(conversation: Conversation) -> Parameters:
    return {
        "id": conversation.id,
        "requester_id": conversation.requester_id,
        "platform": conversation.chat.platform,
        "chat_id": conversation.chat.chat_id,
        "ticket_id": conversation.ticket_id,
        "state": encode(Conversation, conversation),
    }


def _message(message: AddMessage) -> Parameters:
    kept = ("id", "requester_id", "ticket_id", "kind", "author", "text", "at")
    return {
        **{name: getattr(message, name) for name in kept},
        "attachments": encode(Attachments, message.attachments),
        "source": message.source and source_of(message.source),
    }


def source_of(message: MessageRef) -> str:
    """Where a message was written as the store writes it down, to be found again by it."""
    return encode(MessageRef, message)


def _outbox(outgoing: Outgoing) -> Parameters:
    kept = ("id", "lane", "kind", "priority", "ticket_id", "message_id", "due_at", "attempts")
    return {
        **{name: getattr(outgoing, name) for name in kept},
        "crowd": crowd_of(outgoing),
        "platform": outgoing.chat.platform,
        "chat_id": outgoing.chat.chat_id,
        "payload": encode(Outgoing, outgoing),
        "staff_part": int(outgoing.staff_part),
    }


def conversation_of(row: Row) -> Conversation:
    conversation: Conversation = decode(Conversation, row["conversation_state"])
    return conversation


def standing_of(row: Row) -> Standing:
    """What is kept beside the identity of a conversation's requester."""
    account = Account(row["account_id"], row["verified_until"]) if row["account_id"] else None
    return Standing(account, row["wrong_codes"] or 0, row["wrong_since"] or 0)


def look_up_of(row: Row) -> LookUp:
    """A row of `lookups` as a value."""
    return LookUp(row["id"], row["ticket_id"], decode(Query, row["query"]), row["attempts"])


def message_of(row: Row) -> AddMessage:
    """A row of `messages` as the value that wrote it."""
    kept = ("id", "requester_id", "ticket_id", "author", "text", "original", "withdrawn_at")
    return AddMessage(
        **{name: row[name] for name in kept},
        kind=MessageKind(row["kind"]),
        attachments=decode(Attachments, row["attachments"]),
        source=decode(MessageRef, row["source"]) if row["source"] else None,
        at=row["created_at"],
    )


def payload_of(row: Row) -> Outgoing:
    """A row of the outbox as it was queued."""
    outgoing: Outgoing = decode(Outgoing, row["payload"])
    return outgoing


def outgoing_of(row: Row) -> Outgoing:
    """A row of the outbox, with the ticket's thread put in where one is meant."""
    outgoing = payload_of(row)
    chat = desk_chat_of(row) if outgoing.in_thread and not outgoing.is_move else outgoing.chat
    return replace(outgoing, attempts=row["attempts"], revision=row["revision"], chat=chat)


def link_of(row: Row) -> MessageRef:
    chat = ChatRef(PlatformName(row["platform"]), row["chat_id"], row["thread_id"])
    return MessageRef(chat, row["platform_message_id"])


def aside_of(row: Row) -> SetAside:
    """A row of what was set aside; one whose event this version cannot read has its ids alone."""
    event = None
    try:
        event = decode(PLATFORM_EVENTS[row["kind"]], row["event"]) if row["kind"] else None
    except (Unreadable, KeyError):
        event = None
    kept = ("id", "platform", "key", "error_id", "text", "requester_id")
    return SetAside(**{name: row[name] for name in kept}, at=row["created_at"], event=event)


def internal_event_of(row: Row) -> InternalEvent:
    if row["kind"] not in INTERNAL_EVENTS:
        raise Unreadable(f"{row['kind']} is no internal event")
    event: InternalEvent = decode(INTERNAL_EVENTS[row["kind"]], row["payload"])
    return event
