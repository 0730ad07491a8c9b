"""A question answered from the knowledge base, several that are close, none that is near."""

from dataclasses import replace

from bot.actions import Option, RecordFeedback, RecordUnanswered, Text
from bot.dialogue import handoff
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.options import OFFERED_PERSON, option
from bot.model import Conversation, Mode
from bot.understanding.matching import Candidate, Match

MOST_TRIED = 5
BEFORE_VERIFICATION = "kyc_support_before"
"""What is answered to whoever is not verified yet, where the operator wants that first."""


def show_topic(conversation: Conversation, topic: str, context: Context) -> Decision:
    """The questions of a topic as buttons, its checklist first."""
    known = context.knowledge.topics[topic]
    entries = [f"faq:{entry.id}" for entry in context.knowledge.entries.values() if entry.topic == topic]
    checklist = [f"check:{known.checklist}"] if known.checklist else []
    chosen = replace(conversation, topic=topic)
    parts = (Text("topic.choose", {"topic": Text(f"topic.{topic}")}),)
    return ask(chosen, parts, _options([*checklist, *entries, "human", "menu"], context))


def answer(conversation: Conversation, entry: str, context: Context) -> Decision:
    """The reviewed answer, asking once for each topic whether it helped; an urgent entry opens a ticket as well."""
    known = context.knowledge.entries[entry]
    told = replace(tried(conversation, entry), topic=known.topic, mode=Mode.IDLE)
    text = Text(f"faq.{entry}.answer")
    if known.urgent:
        opened = handoff.start(told, context, subject=entry)
        return Decision(opened.conversation, (*say(told, text).actions, *opened.actions))
    if known.topic in told.helped_asked:
        return ask(told, (text,), _options(["human", "menu"], context), columns=2)
    asked = replace(told, helped_asked=(*told.helped_asked, known.topic))
    keys = [f"helped:{entry}", f"not_helped:{entry}", "human"]
    return ask(asked, (text, Text("helped.ask")), _options(keys, context), columns=2)


def tried(conversation: Conversation, entry: str) -> Conversation:
    """The conversation in which this answer has been given, the newest last."""
    return replace(conversation, tried=(*(one for one in conversation.tried if one != entry), entry)[-MOST_TRIED:])


def settle(conversation: Conversation, entry: str, helped: bool, context: Context) -> Decision:
    """Thank for a "yes"; after a "no" offer a person and another try."""
    feedback = RecordFeedback(entry=entry, helped=helped)
    if helped:
        return say(replace(conversation, prompt=None, pictures=()), Text("helped.thanks")).after(feedback)
    return sorry(conversation, context).after(feedback)


def sorry(conversation: Conversation, context: Context) -> Decision:
    """It did not help: offer a person and another try."""
    return ask(conversation, (Text("helped.sorry"),), _options([OFFERED_PERSON, "menu"], context))


def clarify(conversation: Conversation, match: Match, context: Context) -> Decision:
    """Several entries are near: let the requester choose, never guess."""
    options = _options([*(_key(one, context) for one in match.candidates), "none_of_these"], context)
    return ask(replace(conversation, mode=Mode.CLARIFYING), (Text("clarify"),), options)


def unknown(conversation: Conversation, context: Context) -> Decision:
    """Say that nothing fits and offer a person; the question is kept for whoever writes the answers."""
    idle = replace(conversation, mode=Mode.IDLE)
    decision = ask(idle, (Text("unknown"),), _options([OFFERED_PERSON, "menu"], context), columns=2)
    if not conversation.said.strip():
        return decision
    return decision.after(RecordUnanswered(text=conversation.said, language=conversation.language))


def _key(candidate: Candidate, context: Context) -> str:
    return ("check:" if candidate.entry in context.knowledge.checklists else "faq:") + candidate.entry


def _options(keys: list[str], context: Context) -> list[Option]:
    return [option(key, context.knowledge) for key in keys]
