"""A requester takes back a message: it is gone from their chat, or they answered it with `/delete`."""

from bot.actions import DeleteOriginal, Text, Withdraw
from bot.dialogue.context import Context, Decision, say
from bot.model import Conversation


def withdrawn() -> Withdraw:
    """The message disappears from the desk, and staff are told so if it had been there."""
    return Withdraw(told_if_seen=Text("desk.withdrawn"))


def asked_back(conversation: Conversation, context: Context) -> Decision:
    """Take back the message that `/delete` answers; anything else is told how it is meant."""
    if context.answers is None:
        return say(conversation, Text("delete.how"))
    done = say(conversation, Text("delete.done"))
    return done.after(withdrawn(), DeleteOriginal(message=context.answers))
