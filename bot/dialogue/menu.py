"""The topic buttons: where every conversation begins and where it comes back to."""

from dataclasses import replace

from bot.actions import Text
from bot.dialogue import intake
from bot.dialogue.context import Context, Decision, ask
from bot.dialogue.options import option
from bot.model import Conversation, Mode


def menu(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """The topic buttons, with the way back into an unfinished checklist first."""
    topics = [f"topic:{topic.id}" for topic in context.knowledge.topics.values() if topic.buttons]
    place = conversation.place
    resume = [f"resume:{place.checklist}"] if place and place.checklist in context.knowledge.checklists else []
    options = [option(key, context.knowledge) for key in (*resume, *topics, "human")]
    idle = replace(conversation, mode=Mode.IDLE)
    return ask(idle, parts or (Text("menu"),), options, columns=2)


def greet(conversation: Conversation, context: Context) -> Decision:
    """The first words; an unfinished checklist can be gone on with, an open ticket stays in hand."""
    if ticket := context.open_ticket:
        held = replace(conversation, mode=Mode.HANDED_OFF)
        return intake.again(held, ticket, context, Text("ticket.still_open", {"number": ticket.number}))
    fresh = replace(conversation, helped_asked=(), said="", topic="", tried=(), pictures=())
    return menu(fresh, context, Text("greeting"))
