"""One requester's event in, the conversation and the actions out: the order of decisions, top to bottom.

Nothing here waits, sends, stores or asks for the time. What is not listed here cannot happen to a requester.
"""

from dataclasses import replace
from typing import assert_never

from bot.actions import DeleteOriginal, Text
from bot.dialogue import again, checklists, commands, faq, handoff, hurry, identity, intake, picking
from bot.dialogue.context import Context, Decision, Haste, say
from bot.dialogue.hearing import command_of, hear, signal_of, with_language
from bot.dialogue.menu import greet, menu
from bot.dialogue.questions import question
from bot.events import ChoicePicked, MessageReceived
from bot.internal_events import TicketOpened
from bot.knowledge.schema import StepKind
from bot.model import Conversation, Mode, Ticket
from bot.understanding.matching import Match, Verdict

RECENT = 3
"""Masked messages kept to catch a secret sent in pieces."""
MOST_PICTURES = 5
"""Pictures kept for the ticket there may be."""
SHORTEST_DIGRESSION = 3
"""Words a question needs to be answered in the middle of a checklist."""

RequesterInput = MessageReceived | ChoicePicked | TicketOpened


def decide(conversation: Conversation, event: RequesterInput, context: Context) -> Decision:
    """What the requester is told and what is kept, for an event under the requester's lock."""
    match event:
        case MessageReceived():
            return _message(conversation, event, context)
        case ChoicePicked() if context.haste is not Haste.NONE:
            return hurry.ignored(conversation, context)
        case ChoicePicked():
            return picking.choice(conversation, event, context)
        case TicketOpened():
            if context.ticket is None:
                return Decision(conversation)
            return handoff.opened(conversation, context.ticket, context)
        case _:
            assert_never(event)


def lost(conversation: Conversation, context: Context) -> Decision:
    """The stored state could not be read: a ticket in hand stays in hand, otherwise a person takes over."""
    conversation = with_language(conversation, context)
    if ticket := context.open_ticket:
        held = replace(conversation, ticket_id=ticket.id, mode=Mode.HANDED_OFF)
        return say(held, Text("ticket.still_open", {"number": ticket.number}))
    decision = handoff.start(conversation, context)
    return decision.after(*say(conversation, Text("state.lost")).actions)


def _message(conversation: Conversation, event: MessageReceived, context: Context) -> Decision:
    is_first = conversation.prompts_asked == 0 and not conversation.recent
    conversation, match = hear(conversation, event.text, event.sender.locale, context)
    heard = replace(conversation, recent=(*conversation.recent, event.text)[-RECENT:], album=event.album)
    is_rest_of_album = bool(event.album) and event.album == conversation.album and not event.text
    if is_rest_of_album and context.open_ticket is None:
        return Decision(_with_pictures(heard, event))  # Its first part has been answered.
    decision = _understood(heard, event, match, is_first, context)
    if not context.secrets:
        return decision
    warning = say(heard, Text("secret.removed")).actions
    return decision.after(DeleteOriginal(message=event.message), *warning)


def _understood(
    conversation: Conversation, event: MessageReceived, match: Match, is_first: bool, context: Context
) -> Decision:
    if context.haste is not Haste.NONE:
        if context.open_ticket is None:
            conversation = _with_pictures(conversation, event)
        return hurry.kept(conversation, event, context)
    if context.proof:
        return identity.shown_code(conversation, context)
    if command := command_of(event.text):
        return commands.carry_out(conversation, command, context)
    if event.unreadable:
        return say(conversation, Text("unreadable"))
    signal = signal_of(event.text, context.knowledge)
    if ticket := context.open_ticket:
        return _with_ticket(conversation, event, signal, ticket, context)
    if event.attachments:
        conversation = _with_pictures(conversation, event)
    if signal == "human":
        return handoff.start(conversation, context)
    if key := picking.meant(conversation, event.text, signal, context):
        return picking.pick(conversation, key, context)
    if conversation.mode is Mode.IN_CHECKLIST:
        return _in_checklist(conversation, event, signal, match, context)
    return _free(conversation, event, signal, match, is_first, context)


def _with_pictures(conversation: Conversation, event: MessageReceived) -> Conversation:
    return replace(conversation, pictures=(*conversation.pictures, *event.attachments)[-MOST_PICTURES:])


def _with_ticket(
    conversation: Conversation, event: MessageReceived, signal: str, ticket: Ticket, context: Context
) -> Decision:
    """Whatever is written goes to the desk, except the very words of a button that is still offered."""
    if not event.text.strip() and not event.attachments:
        return say(conversation, Text("unreadable"))
    if (key := picking.labelled(conversation, event.text, context)) and not event.attachments:
        return picking.pick(conversation, key, context)
    decision = intake.message(conversation, event, signal, ticket, context)
    if signal == "human":
        return decision.then(*handoff.start(conversation, context).actions)
    return decision


def _in_checklist(
    conversation: Conversation, event: MessageReceived, signal: str, match: Match, context: Context
) -> Decision:
    if not event.text.strip():
        told = Text("picture.kept" if event.attachments else "unreadable")
        return checklists.resume(conversation, context, told)
    step = checklists.open_step(conversation, context)
    is_free = step is not None and step.kind is not StepKind.CHOICE
    match signal:
        case "back":
            return checklists.back(conversation, context)
        case "unknown" | "skip":
            return checklists.does_not_know(conversation, context)
        case "cancel":
            return menu(conversation, context)
        case "helped":
            return checklists.solved(conversation)
        case "thanks":
            return checklists.resume(conversation, context, Text("thanks"))
        case "greeting":
            return checklists.resume(conversation, context)
        case "no" if step and step.optional and is_free:
            return checklists.does_not_know(conversation, context)
        case "yes" | "no" | "not_helped" if is_free:
            return checklists.refuse(conversation, Text("refused.empty"), context)
        case _:
            return _answer_or_question(conversation, event.text, match, context)


def _answer_or_question(conversation: Conversation, text: str, match: Match, context: Context) -> Decision:
    """An answer to the open step, or a question of their own: what is urgent never waits for the next step."""
    entry = _asked_entry(text, match, context)
    if entry and context.knowledge.entries[entry].urgent:
        return faq.answer(replace(conversation, said=conversation.said or text), entry, context)
    step = checklists.open_step(conversation, context)
    is_listed = step is not None and bool(checklists.choices(step, conversation, context))
    if entry and (is_listed or checklists.would_refuse(conversation, text, context)):
        told = say(conversation, Text(f"faq.{entry}.answer")).actions
        again = checklists.resume(faq.tried(conversation, entry), context, Text("checklist.again"))
        return again.after(*told)
    return checklists.answer(conversation, text, context)


def _asked_entry(text: str, match: Match, context: Context) -> str:
    """The entry that a text in the middle of a checklist clearly asks for; empty when it is no question."""
    if match.verdict is not Verdict.CLEAR or match.candidates[0].entry not in context.knowledge.entries:
        return ""
    is_long_enough = len(text.split()) >= SHORTEST_DIGRESSION or (len(text) >= 8 and not text.isascii())
    return match.candidates[0].entry if is_long_enough else ""


def _free(
    conversation: Conversation, event: MessageReceived, signal: str, match: Match, is_first: bool, context: Context
) -> Decision:
    if after := again.heard(conversation, event, signal, match, context):
        return after
    if signal == "greeting":
        return greet(conversation, context)
    if signal == "thanks":
        return say(conversation, Text("thanks"))
    if signal == "helped":
        return say(replace(conversation, pictures=()), Text("helped.thanks"))
    if signal == "not_helped":
        return faq.sorry(conversation, context)
    if signal or (event.attachments and not event.text.strip()):
        return menu(conversation, context, Text("picture.received" if event.attachments else "menu"))
    if not event.text.strip():
        return greet(conversation, context) if is_first else say(conversation, Text("unreadable"))
    return question(replace(conversation, said=event.text), match, context)
