"""A requester changed a message: what that means depends on what has been made of it meanwhile."""

from dataclasses import replace

from bot.actions import DeleteOriginal, Revise, Text
from bot.dialogue import engine
from bot.dialogue.context import Context, Decision, say
from bot.events import MessageReceived
from bot.model import Conversation, Mode


def edited(conversation: Conversation, event: MessageReceived, context: Context, *, is_latest: bool) -> Decision:
    """The new words go where the old ones went; a question that nothing has followed upon is simply asked anew."""
    if context.open_ticket is None and is_latest and _may_be_asked_anew(conversation):
        return engine.decide(conversation, event, context).after(Revise(text=event.text))
    heard = replace(conversation, recent=(*conversation.recent, event.text)[-engine.RECENT :])
    decision = Decision(heard, (Revise(text=event.text),))
    if context.open_ticket is None and conversation.mode is Mode.IN_CHECKLIST:
        decision = decision.then(*say(heard, Text("edit.too_late")).actions)
    if context.secrets:
        warning = say(heard, Text("secret.removed")).actions
        decision = decision.after(DeleteOriginal(message=event.message), *warning)
    return decision


def _may_be_asked_anew(conversation: Conversation) -> bool:
    """Whether the message was not taken for anything yet: in a checklist, only if its answer was refused."""
    if conversation.mode is Mode.IN_CHECKLIST:
        return conversation.place is not None and conversation.place.refused > 0
    return conversation.mode in (Mode.IDLE, Mode.CLARIFYING)
