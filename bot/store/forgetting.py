"""What is asked for, and what is taken out, as statements: the part of `rows` that is about `bot.forgetting`."""

from typing import assert_never

from bot.forgetting import (
    AddDataRequest,
    CancelDataRequest,
    DataRequest,
    EraseChat,
    EraseRequester,
    EraseTicket,
    RequestKind,
    RequestState,
)
from bot.model import ChatRef, Content, Person, PlatformName, Ticket
from bot.store.codec import encode
from bot.store.engine import Row
from bot.store.statements import Call, Parameters

Several = AddDataRequest | CancelDataRequest | EraseTicket | EraseRequester | EraseChat


def forgetting_calls(change: Several) -> list[Call]:
    """The statements of a change that is more than one, in order."""
    match change:
        case AddDataRequest(request=request):
            timer = {"id": request.id, "kind": request.kind, "requester_id": request.requester_id}
            return [
                ("add_data_request", _request(request)),
                ("add_requester_timer", {**timer, "due_at": request.due_at}),
            ]
        case CancelDataRequest(requester_id=requester_id, kind=kind, at=at):
            whose: Parameters = {"requester_id": requester_id, "kind": kind}
            return [("cancel_data_request", {**whose, "at": at}), ("drop_requester_timer", whose)]
        case EraseTicket(ticket=ticket):
            about = {"id": ticket.id}
            return [
                ("erase_messages_of_ticket", about),
                ("erase_links_of_ticket", about),
                ("erase_look_ups_of_ticket", about),
                ("erase_room_title", about),
                ("erase_ticket", _erased(ticket)),
            ]
        case EraseRequester(requester_id=requester_id):
            return [(name, {"requester_id": requester_id}) for name in _ALL_OF_A_PERSON]
        case EraseChat(chat=chat):
            where = {"platform": chat.platform, "chat_id": chat.chat_id}
            return [("erase_links_of_chat", where), ("erase_room_chat", {**where, "content": _EMPTY})]
        case _:
            assert_never(change)


_EMPTY = encode(Content, Content(text=""))
_ALL_OF_A_PERSON = (
    "erase_messages_of",
    "erase_unanswered_of",
    "erase_aside_of",
    "erase_conversations_of",
    "erase_identities_of",
)


def _erased(ticket: Ticket) -> Parameters:
    return {
        "id": ticket.id,
        "status": ticket.status,
        "requester": encode(Person, ticket.requester),
        "requester_chat_id": ticket.requester_chat.chat_id,
        "answers": encode(dict[str, str], dict(ticket.answers)),
        "undelivered": ticket.undelivered,
        "waiting_since": ticket.waiting_since,
        "erased_at": ticket.erased_at,
    }


def _request(request: DataRequest) -> Parameters:
    kept = ("id", "requester_id", "kind", "state", "language", "created_at", "due_at")
    return {
        **{name: getattr(request, name) for name in kept},
        "platform": request.chat.platform,
        "chat_id": request.chat.chat_id,
    }


def request_of(row: Row) -> DataRequest:
    """A row of `data_requests` that has not come to its end."""
    kept = ("id", "requester_id", "language", "created_at", "due_at", "first_row", "last_row")
    return DataRequest(
        **{name: row[name] for name in kept},
        kind=RequestKind(row["kind"]),
        state=RequestState(row["state"]),
        chat=ChatRef(PlatformName(row["platform"]), row["chat_id"]),
    )


def account_of(row: Row) -> Person:
    """A row of `identities`."""
    return Person(PlatformName(row["platform"]), row["user_id"], row["name"])
