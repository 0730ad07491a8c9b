"""Mode `in_checklist`: asks one step at a time, checks the answer, goes back, stops where something is found.

State names steps, never positions: when the knowledge base changed meanwhile, the talk goes on at the nearest
step that still makes sense, and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import Option, Text, literal
from bot.dialogue import handoff
from bot.dialogue.conditions import applying, new_findings, next_step
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.menu import menu
from bot.dialogue.options import label, option
from bot.dialogue.steps import Accepted, Refused, read_answer
from bot.knowledge.schema import MISSING, Checklist, Step, StepKind
from bot.model import ChecklistPlace, Conversation, Mode

MOST_BUTTONS = 10
REFUSED_BEFORE_A_PERSON_IS_OFFERED = 2


def start(conversation: Conversation, checklist_id: str, context: Context) -> Decision:
    """The opening words and the first question, together."""
    place = ChecklistPlace(checklist=checklist_id, step="")
    topic = context.knowledge.checklists[checklist_id].topic
    begun = replace(conversation, mode=Mode.IN_CHECKLIST, place=place, topic=topic)
    return proceed(begun, context, Text(f"checklist.{checklist_id}.intro"))


def resume(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """Ask the open question again."""
    resumed = replace(conversation, mode=Mode.IN_CHECKLIST)
    checklist, place = _place(resumed, context)
    if checklist is None:
        return _gone(conversation, context)
    step = checklist.step(place.step)
    if step is None:
        changed = (Text("checklist.changed"),) if place.step else ()
        return proceed(resumed, context, *parts, *changed)
    return _ask_step(resumed, step, context, parts)


def proceed(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """Say what has been found, then ask the next step; at the end hand everything to a person."""
    checklist, place = _place(conversation, context)
    if checklist is None:
        return _gone(conversation, context)
    found = new_findings(checklist, place.answers, place.found, context.knowledge)
    place = replace(place, found=(*place.found, *(finding.id for finding in found)), refused=0)
    told = (*parts, *(Text(f"finding.{checklist.id}.{finding.id}") for finding in found))
    step = next_step(checklist, place.answers, context.knowledge)
    if any(finding.stops for finding in found):
        stopped = replace(conversation, place=replace(place, step=""))
        keys = ["solved", *(["go_on"] if step else []), "back", "human"]
        return ask(stopped, told, _options(keys, context))
    if step is None:
        return _finish(replace(conversation, place=place), context, told)
    asking = replace(conversation, place=replace(place, step=step.id))
    return _ask_step(asking, step, context, told)


def answer(conversation: Conversation, text: str, context: Context) -> Decision:
    """Take a typed or pressed answer to the open step, or explain what is wrong with it and ask again."""
    checklist, place = _place(conversation, context)
    step = checklist.step(place.step) if checklist else None
    if checklist is None or step is None:
        return resume(conversation, context)
    match read_answer(step, text, place.answers, context.knowledge, conversation.language):
        case Accepted(value):
            return _keep(conversation, place, step, value, context)
        case Refused(why):
            refused = replace(place, refused=place.refused + 1)
            stuck = refused.refused >= REFUSED_BEFORE_A_PERSON_IS_OFFERED
            parts = (why, *((Text("refused.offer_person"),) if stuck else ()))
            return _ask_step(replace(conversation, place=refused), step, context, parts)


def does_not_know(conversation: Conversation, context: Context) -> Decision:
    """Show how to find it; who has seen that already, or may skip it, goes on without."""
    checklist, place = _place(conversation, context)
    step = checklist.step(place.step) if checklist else None
    if checklist is None or step is None:
        return resume(conversation, context)
    if step.optional:
        return _keep(conversation, place, step, MISSING, context)
    return _ask_step(conversation, step, context, (Text("refused.needed"),))


def back(conversation: Conversation, context: Context) -> Decision:
    """Take the last answer back and ask it again; before the first one, back to the menu."""
    checklist, place = _place(conversation, context)
    if checklist is None:
        return _gone(conversation, context)
    answered = [step for step in applying(checklist, place.answers, context.knowledge) if step.id in place.answers]
    if not answered:
        return menu(replace(conversation, place=None), context)
    last = answered[-1]
    answers = {key: value for key, value in place.answers.items() if key != last.id}
    found = tuple(f for f in place.found if f in _found(checklist, answers, context))
    earlier = replace(place, step=last.id, answers=answers, found=found, refused=0)
    return _ask_step(replace(conversation, place=earlier), last, context, ())


def solved(conversation: Conversation) -> Decision:
    """What was found was the answer: end without a ticket."""
    done = replace(conversation, mode=Mode.IDLE, place=None, prompt=None)
    return say(done, Text("checklist.solved"))


def choices(step: Step, conversation: Conversation, context: Context) -> tuple[str, ...]:
    """The answers worth a button."""
    knowledge = context.knowledge
    answers = conversation.place.answers if conversation.place else {}
    match step.kind:
        case StepKind.CHOICE:
            return step.options
        case StepKind.ASSET:
            return tuple(knowledge.assets)[:MOST_BUTTONS]
        case StepKind.NETWORK:
            asset = knowledge.assets.get(answers.get("asset", ""))
            return tuple(asset.networks if asset else knowledge.networks)[:MOST_BUTTONS]
        case StepKind.TXID | StepKind.ADDRESS | StepKind.AMOUNT | StepKind.MEMO | StepKind.TEXT:
            return ()


def choice_label(step: Step, checklist: str, value: str, context: Context) -> Text:
    """What stands on the button of an answer."""
    if step.kind is StepKind.CHOICE:
        return Text(f"checklist.{checklist}.{step.id}.option.{value}")
    network = context.knowledge.networks.get(value) if step.kind is StepKind.NETWORK else None
    return literal(network.name if network else value)


def open_step(conversation: Conversation, context: Context) -> Step | None:
    """The step that waits for an answer."""
    checklist, place = _place(conversation, context)
    return checklist.step(place.step) if checklist else None


def _ask_step(conversation: Conversation, step: Step, context: Context, parts: Sequence[Text]) -> Decision:
    place = conversation.place
    checklist = place.checklist if place else ""
    texts = context.knowledge.texts[next(iter(context.knowledge.languages))]
    help_key = f"checklist.{checklist}.{step.id}.help"
    question = [Text(f"checklist.{checklist}.{step.id}.ask")]
    if help_key in texts:
        question.append(Text(help_key))
    buttons = [
        Option(f"answer:{value}", choice_label(step, checklist, value, context))
        for value in choices(step, conversation, context)
    ]
    keys = (*(("unknown",) if step.optional else ()), "back", "human")
    buttons += [Option(key, label(key, context.knowledge)) for key in keys]
    return ask(conversation, (*parts, *question), buttons, columns=2)


def _keep(conversation: Conversation, place: ChecklistPlace, step: Step, value: str, context: Context) -> Decision:
    kept = replace(place, answers={**place.answers, step.id: value})
    return proceed(replace(conversation, place=kept), context)


def _finish(conversation: Conversation, context: Context, parts: Sequence[Text]) -> Decision:
    place = conversation.place
    subject, answers = (place.checklist, dict(place.answers)) if place else ("", {})
    decision = handoff.start(conversation, context, subject=subject, answers=answers)
    return decision.after(*say(conversation, *parts).actions) if parts else decision


def _gone(conversation: Conversation, context: Context) -> Decision:
    return menu(replace(conversation, place=None), context, Text("checklist.changed"), Text("menu"))


def _place(conversation: Conversation, context: Context) -> tuple[Checklist | None, ChecklistPlace]:
    place = conversation.place or ChecklistPlace(checklist="", step="")
    return context.knowledge.checklists.get(place.checklist), place


def _found(checklist: Checklist, answers: dict[str, str], context: Context) -> set[str]:
    return {finding.id for finding in new_findings(checklist, answers, (), context.knowledge)}


def _options(keys: Sequence[str], context: Context) -> list[Option]:
    return [option(key, context.knowledge) for key in keys]
