"""The topic buttons: where every conversation begins and where it comes back to."""

from dataclasses import replace

from bot.actions import Text
from bot.dialogue.context import Context, Decision, ask
from bot.dialogue.options import option
from bot.model import Conversation, Mode


def menu(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """The topic buttons, with the way back into an unfinished checklist first."""
    topics = [f"topic:{topic.id}" for topic in context.knowledge.topics.values() if topic.buttons]
    resume = [f"resume:{conversation.place.checklist}"] if conversation.place else []
    options = [option(key, context.knowledge) for key in (*resume, *topics, "human")]
    idle = replace(conversation, mode=Mode.IDLE)
    return ask(idle, parts or (Text("menu"),), options, columns=2)
