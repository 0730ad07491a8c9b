"""A seed phrase sent in pieces: the earlier pieces are taken out of everything that was kept, and of the desk.

They looked like ordinary words when they came. Whole messages are replaced: better a word too much than one too few.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.actions import ChangeTicket, DeleteOriginal, DialogueAction, Say, Text, UpdateCard
from bot.changes import AddMessage, Change, ReplaceMessage, ReplaceUnanswered
from bot.joining import mapped
from bot.model import Content, Conversation, Ticket
from bot.outbox import QueueFollowUp, ReplacePayload
from bot.outgoing import DeliveryKind, Outgoing
from bot.ports import Clock, Store
from bot.support.masking import MARKER
from bot.wording import escape

LOOKED_AT = 12
"""Latest messages of a requester among which the pieces are looked for."""
CUT_AT = 500
"""Cards keep no longer answers."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The conversation and ticket without the pieces, and what else is to be done about them."""

    conversation: Conversation
    ticket: Ticket | None
    changes: tuple[Change, ...]
    actions: tuple[DialogueAction, ...]


async def forget_pieces(
    store: Store, clock: Clock, conversation: Conversation, ticket: Ticket | None, pieces: frozenset[str]
) -> Reach:
    """Replace the pieces wherever they were kept, and ask for their originals to be deleted."""
    latest = await store.latest_messages(conversation.requester_id, LOOKED_AT)
    messages = [
        one
        for one in latest
        if (one.text in pieces or one.original in pieces) and one.source and one.source.chat == conversation.chat
    ]
    rows: Sequence[Outgoing] = ()
    if messages:
        rows = await store.deliveries_since(conversation.chat, ticket.id if ticket else None, messages[-1].id)
    changes: list[Change] = [ReplaceMessage(one.id, MARKER) for one in messages]
    changes += [ReplaceUnanswered(conversation.requester_id, piece, MARKER) for piece in pieces]
    changes += _rewritten(rows, {one.id for one in messages}, pieces, clock)
    cleaned = _ticket(ticket, pieces)
    return Reach(_conversation(conversation, pieces), cleaned, tuple(changes), _actions(messages, ticket, cleaned))


def _actions(
    messages: Sequence[AddMessage], before: Ticket | None, ticket: Ticket | None
) -> tuple[DialogueAction, ...]:
    originals = [DeleteOriginal(message=one.source) for one in reversed(messages) if one.source]
    told = (Say(parts=(Text("secret.pieces"),)),) if originals else ()
    card = (ChangeTicket(ticket=ticket), UpdateCard(ticket_id=ticket.id)) if ticket and ticket != before else ()
    return (*originals, *told, *card)


def _conversation(conversation: Conversation, pieces: frozenset[str]) -> Conversation:
    recent = tuple(MARKER if text in pieces else text for text in conversation.recent)
    place = conversation.place
    if place:
        place = replace(place, answers=_answers(place.answers, pieces))
    said = _without(conversation.said, pieces)
    return replace(conversation, recent=recent, said=said, place=place)


def _ticket(ticket: Ticket | None, pieces: frozenset[str]) -> Ticket | None:
    return ticket and replace(ticket, answers=_answers(ticket.answers, pieces))


def _answers(answers: Mapping[str, str], pieces: frozenset[str]) -> dict[str, str]:
    return {step: _without(value, pieces) for step, value in answers.items()}


def _rewritten(rows: Sequence[Outgoing], message_ids: set[int], pieces: frozenset[str], clock: Clock) -> list[Change]:
    """Every row that shows a piece, and an edit of what the desk was shown: it comes behind whatever shows it."""
    changes: list[Change] = []
    for row in rows:
        cleaned = mapped(row, lambda message_id, content: _content(content, message_id in message_ids, pieces))
        if cleaned == row:
            continue
        changes.append(ReplacePayload(cleaned))
        if row.kind is DeliveryKind.SEND and row.message_id in message_ids:
            edit = replace(cleaned, id=clock.new_id(), kind=DeliveryKind.EDIT, quoted_id=None, joined=(), album="")
            changes.append(QueueFollowUp(edit, row.id))
    return changes


def _content(content: Content, is_piece: bool, pieces: frozenset[str]) -> Content:
    return replace(content, text=MARKER if is_piece else _without(content.text, pieces))


def _without(text: str, pieces: frozenset[str]) -> str:
    """The text without the pieces, as they were typed or as they stand in Markdown, also if cut for a card."""
    for piece in sorted(pieces, key=len, reverse=True):
        for form in (piece, piece.strip()[:CUT_AT], escape(piece), escape(piece.strip()[:CUT_AT])):
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", MARKER, text)
    return text
