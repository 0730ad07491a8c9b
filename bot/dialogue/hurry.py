"""Somebody writes faster than a person can: everything is kept and shown to staff, but no piece has an answer."""

from dataclasses import replace

from bot.actions import RelayToDesk, Text
from bot.dialogue.context import Context, Decision, Haste, say
from bot.events import MessageReceived
from bot.model import Conversation

LONGEST_SAID = 20_000
"""Letters kept for the ticket there may be; what was written is stored in any case."""


def kept(conversation: Conversation, event: MessageReceived, context: Context) -> Decision:
    """The desk is shown the message with what follows it; without a ticket it waits for one."""
    if ticket := context.open_ticket:
        told = _told(conversation, Text("hurry.relayed"), context)
        if not event.text.strip() and not event.attachments:
            return told
        relay = RelayToDesk(ticket_id=ticket.id, text=event.text, attachments=event.attachments, may_be_joined=True)
        return told.after(relay)
    said = "\n".join(part for part in (conversation.said, event.text) if part.strip())
    return _told(replace(conversation, said=said[:LONGEST_SAID]), Text("hurry.kept"), context)


def ignored(conversation: Conversation, context: Context) -> Decision:
    """Buttons pressed by the dozen do nothing."""
    phrase = Text("hurry.relayed") if context.open_ticket else Text("hurry.kept")
    return _told(conversation, phrase, context)


def _told(conversation: Conversation, phrase: Text, context: Context) -> Decision:
    return say(conversation, phrase) if context.haste is Haste.BEGUN else Decision(conversation)
