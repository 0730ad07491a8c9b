"""Mode `in_checklist`: asks one step at a time, checks the answer, goes back, stops where something is found.

State names steps, never positions: when the knowledge base changed meanwhile, the talk goes on at the nearest
step that still makes sense, and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import Option, Text, literal
from bot.dialogue import handoff
from bot.dialogue.conditions import applying, holds, new_findings, next_step
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.menu import menu
from bot.dialogue.options import label, option
from bot.dialogue.steps import Accepted, Refused, read_answer
from bot.knowledge.schema import MISSING, Checklist, Finding, Step, StepKind
from bot.model import ChecklistPlace, Conversation, Mode

MOST_BUTTONS = 10
REFUSED_BEFORE_A_PERSON_IS_OFFERED = 2


def start(conversation: Conversation, checklist_id: str, context: Context) -> Decision:
    """The opening words and the first question, together."""
    begun = replace(conversation, place=ChecklistPlace(checklist=checklist_id, step=""))
    return proceed(begun, context, Text(f"checklist.{checklist_id}.intro"))


def resume(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """Say the parts and ask again what is open: the step, or what to do about what was found."""
    checklist, place = _place(conversation, context)
    if checklist is None:
        return _gone(conversation, context)
    resumed = _within(conversation, checklist, place)
    if step := open_step(resumed, context):
        return _ask_step(resumed, step, context, parts)
    if (reason := _pausing(checklist, place, context)) and not place.step:
        return _pause(resumed, checklist, context, (*parts, _told(checklist, reason)))
    changed = (Text("checklist.changed"),) if place.step and checklist.step(place.step) is None else ()
    return proceed(resumed, context, *parts, *changed)


def proceed(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """Say what has been found, then ask the next step; at the end hand everything to a person."""
    checklist, place = _place(conversation, context)
    if checklist is None:
        return _gone(conversation, context)
    found = new_findings(checklist, place.answers, place.found, context.knowledge)
    place = replace(place, found=(*place.found, *(finding.id for finding in found)), refused=0)
    told = (*parts, *(_told(checklist, finding) for finding in found))
    step = next_step(checklist, place.answers, context.knowledge)
    if any(finding.stops for finding in found):
        return _pause(_within(conversation, checklist, replace(place, step="")), checklist, context, told)
    if step is None:
        decision = handoff.start(_within(conversation, checklist, place), context)
        return decision.after(*say(conversation, *told).actions) if told else decision
    asking = _within(conversation, checklist, replace(place, step=step.id))
    return _ask_step(asking, step, context, told)


def answer(conversation: Conversation, text: str, context: Context) -> Decision:
    """Take a typed or pressed answer to the open step, or explain what is wrong with it and ask again."""
    step = open_step(conversation, context)
    if step is None:
        is_paused = conversation.place is not None and not conversation.place.step
        return resume(conversation, context, *((Text("refused.choice"),) if is_paused else ()))
    match _read(step, conversation, text, context):
        case Accepted(value):
            return _keep(conversation, step, value, context)
        case Refused(why):
            return refuse(conversation, why, context)


def refuse(conversation: Conversation, why: Text, context: Context) -> Decision:
    """Explain what is wrong and ask again; after some failures a person is offered."""
    checklist, place = _place(conversation, context)
    if checklist is None:
        return _gone(conversation, context)
    refused = replace(place, refused=place.refused + 1)
    is_stuck = refused.refused >= REFUSED_BEFORE_A_PERSON_IS_OFFERED
    parts = (why, *((Text("refused.offer_person"),) if is_stuck else ()))
    return resume(replace(conversation, place=refused), context, *parts)


def would_refuse(conversation: Conversation, text: str, context: Context) -> bool:
    """Whether the text is no answer to the open step, so that it may be something else."""
    step = open_step(conversation, context)
    return step is None or isinstance(_read(step, conversation, text, context), Refused)


def does_not_know(conversation: Conversation, context: Context) -> Decision:
    """Go on without an answer where that is possible; where it is not, say so and ask again."""
    step = open_step(conversation, context)
    if step is None:
        return resume(conversation, context)
    if step.optional:
        return _keep(conversation, step, MISSING, context)
    return refuse(conversation, Text("refused.needed"), context)


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
    still = {finding.id for finding in new_findings(checklist, answers, (), context.knowledge)}
    found = tuple(id for id in place.found if id in still)
    earlier = replace(place, step=last.id, answers=answers, found=found, refused=0)
    return _ask_step(_within(conversation, checklist, earlier), last, context, ())


def solved(conversation: Conversation) -> Decision:
    """What was found was the answer: end without a ticket."""
    done = replace(conversation, mode=Mode.IDLE, place=None, prompt=None, pictures=())
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
    step = checklist.step(place.step) if checklist else None
    return step if step and step.id not in place.answers else None


def _read(step: Step, conversation: Conversation, text: str, context: Context) -> Accepted | Refused:
    answers = conversation.place.answers if conversation.place else {}
    return read_answer(step, text, answers, context.knowledge, conversation.language)


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


def _pause(conversation: Conversation, checklist: Checklist, context: Context, told: Sequence[Text]) -> Decision:
    """What was found may settle it: nothing more is asked until the requester says so."""
    answers = conversation.place.answers if conversation.place else {}
    goes_on = next_step(checklist, answers, context.knowledge) is not None
    keys = ("solved", *(("go_on",) if goes_on else ()), "back", "human")
    return ask(conversation, told, [option(key, context.knowledge) for key in keys])


def _pausing(checklist: Checklist, place: ChecklistPlace, context: Context) -> Finding | None:
    """The finding that was said last and waits for what the requester says to it."""
    said = [finding for finding in checklist.findings if finding.stops and finding.id in place.found]
    return next((one for one in reversed(said) if holds(one.when, place.answers, context.knowledge)), None)


def _keep(conversation: Conversation, step: Step, value: str, context: Context) -> Decision:
    _, place = _place(conversation, context)
    kept = replace(place, answers={**place.answers, step.id: value})
    return proceed(replace(conversation, place=kept), context)


def _within(conversation: Conversation, checklist: Checklist, place: ChecklistPlace) -> Conversation:
    """The conversation in the checklist; what was found may make it a matter for another team."""
    topics = [finding.topic for finding in checklist.findings if finding.topic and finding.id in place.found]
    topic = topics[-1] if topics else checklist.topic
    return replace(conversation, mode=Mode.IN_CHECKLIST, place=place, topic=topic)


def _told(checklist: Checklist, finding: Finding) -> Text:
    return Text(f"finding.{checklist.id}.{finding.id}")


def _gone(conversation: Conversation, context: Context) -> Decision:
    """The place stays: what was answered goes to whoever takes over."""
    return menu(conversation, context, Text("checklist.gone"), Text("menu"))


def _place(conversation: Conversation, context: Context) -> tuple[Checklist | None, ChecklistPlace]:
    place = conversation.place or ChecklistPlace(checklist="", step="")
    return context.knowledge.checklists.get(place.checklist), place
