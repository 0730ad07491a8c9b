"""A person's history as they may see it: what they sent, and what was sent to them.

Nothing else has a place to stand in these types: no note, no draft, no name or account of staff, no team, no tag, no
audit entry. The team is one speaker, as it was in the chat.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.archive import History, KeptMessage
from bot.changes import MessageKind
from bot.model import PlatformName, Ticket, TicketStatus


class Speaker(StrEnum):
    """Who is heard in a transcript."""

    REQUESTER = "requester"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One message; of a withdrawn one nothing is left but that there was one. The requester's own files are named."""

    at: int
    speaker: Speaker
    text: str = ""
    files: int = 0
    file_names: tuple[str, ...] = ()
    is_edited: bool = False
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A ticket, or (`number` None) what was written outside of any; `answers` is what the requester told the bot, and
    `verified_account` the account at the exchange that they proved to be theirs."""

    number: int | None = None
    status: TicketStatus | None = None
    opened_at: int | None = None
    solved_at: int | None = None
    rating: int | None = None
    verified_account: str | None = None
    answers: Mapping[str, str]
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the requester's own accounts on a platform."""

    platform: PlatformName
    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Transcript:
    made_at: int
    identities: tuple[Identity, ...]
    parts: tuple[Part, ...]


def transcript(history: History, made_at: int) -> Transcript:
    """All that a requester may see of their history; with a single ticket in it, the transcript of that ticket."""
    identities = tuple(Identity(one.platform, one.user_id, one.name) for one in history.accounts)
    known = {ticket.id for ticket in history.tickets}
    loose = _utterances(kept for kept in history.messages if kept.message.ticket_id not in known)
    outside = (Part(answers={}, utterances=loose),) if loose else ()
    tickets = (_part(ticket, history.messages) for ticket in history.tickets if ticket.erased_at is None)
    return Transcript(made_at, identities, (*outside, *tickets))


def _part(ticket: Ticket, messages: Sequence[KeptMessage]) -> Part:
    return Part(
        number=ticket.number,
        status=ticket.status,
        opened_at=ticket.created_at,
        solved_at=ticket.solved_at,
        rating=ticket.rating,
        verified_account=ticket.account.id if ticket.account else None,
        answers=dict(ticket.answers),
        utterances=_utterances(kept for kept in messages if kept.message.ticket_id == ticket.id),
    )


def _utterances(messages: Iterable[KeptMessage]) -> tuple[Utterance, ...]:
    return tuple(said for kept in messages if (said := _utterance(kept)) is not None)


def _utterance(kept: KeptMessage) -> Utterance | None:
    message = kept.message
    match message.kind:
        case MessageKind.NOTE | MessageKind.DRAFT:
            return None
        case MessageKind.AGENT if not kept.is_delivered:
            return None
        case MessageKind.AGENT:
            speaker = Speaker.TEAM
        case MessageKind.REQUESTER:
            speaker = Speaker.REQUESTER
        case _:
            assert_never(message.kind)
    if message.withdrawn_at is not None:
        return Utterance(at=message.at, speaker=speaker, is_withdrawn=True)
    # An agent's file may be named after its maker; the requester's are their own.
    names = tuple(file.name for file in message.attachments) if speaker is Speaker.REQUESTER else ()
    return Utterance(
        at=message.at, speaker=speaker, text=message.text, files=len(message.attachments), file_names=names,
        is_edited=bool(message.original),
    )  # fmt: skip
