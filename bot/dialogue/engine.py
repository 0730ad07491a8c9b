"""One requester's event in, the conversation and the actions out: the order of decisions, top to bottom.

Nothing here waits, sends, stores or asks for the time. What is not listed here cannot happen to a requester.
"""

from dataclasses import replace
from typing import assert_never

from bot.actions import DeleteOriginal, Option, Text, literal
from bot.dialogue import checklists, faq, handoff
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.hearing import Command, command_of, hear, signal_of, typed_option
from bot.dialogue.menu import menu
from bot.dialogue.options import label, option, picked_option, ticket_button
from bot.events import ChoicePicked, MessageReceived, TicketOpened
from bot.model import ChecklistPlace, Conversation, Mode
from bot.understanding.matching import Match, Verdict
from bot.wording import Wording

RECENT = 3
"""Masked messages kept to catch a secret sent in pieces."""
SHORTEST_DIGRESSION = 3
"""Words a question needs to be answered in the middle of a checklist."""

RequesterInput = MessageReceived | ChoicePicked | TicketOpened


def decide(conversation: Conversation, event: RequesterInput, context: Context) -> Decision:
    """What the requester is told and what is kept, for an event under the requester's lock."""
    match event:
        case MessageReceived():
            return _message(conversation, event, context)
        case ChoicePicked():
            return _choice(conversation, event, context)
        case TicketOpened():
            if context.ticket is None:
                return Decision(conversation)
            return handoff.opened(conversation, context.ticket, context)
        case _:
            assert_never(event)


def lost(conversation: Conversation, context: Context) -> Decision:
    """The stored state could not be read: say so, and let a person take over."""
    decision = handoff.start(conversation, context)
    return decision.after(*say(conversation, Text("state.lost")).actions)


def _message(conversation: Conversation, event: MessageReceived, context: Context) -> Decision:
    is_first = conversation.prompts_asked == 0 and not conversation.recent
    conversation, match = hear(conversation, event.text, event.sender.locale, context)
    heard = replace(conversation, recent=(*conversation.recent, event.text)[-RECENT:])
    decision = _understood(heard, event, match, is_first, context)
    if not context.secrets:
        return decision
    warning = say(heard, Text("secret.removed")).actions
    return decision.after(DeleteOriginal(message=event.message), *warning)


def _understood(
    conversation: Conversation, event: MessageReceived, match: Match, is_first: bool, context: Context
) -> Decision:
    if command := command_of(event.text):
        return _command(conversation, command, context)
    if event.unreadable:
        return say(conversation, Text("unreadable"))
    signal = signal_of(event.text, context.knowledge)
    if signal == "human":
        return handoff.start(conversation, context)
    if key := _meant_option(conversation, event.text, signal, context):
        return _pick(conversation, key, context)
    if context.ticket and not context.ticket.status.is_done:
        return _with_ticket(conversation, event, signal, context)
    if conversation.mode is Mode.IN_CHECKLIST:
        return _in_checklist(conversation, event, signal, match, context)
    return _free(conversation, event, signal, match, is_first, context)


def _with_ticket(conversation: Conversation, event: MessageReceived, signal: str, context: Context) -> Decision:
    assert context.ticket is not None
    if signal in ("skip", "unknown") and conversation.intake:
        return handoff.skip(conversation, context.ticket, context)
    return handoff.message(conversation, event, context.ticket, context)


def _in_checklist(
    conversation: Conversation, event: MessageReceived, signal: str, match: Match, context: Context
) -> Decision:
    match signal:
        case "back":
            return checklists.back(conversation, context)
        case "unknown" | "skip":
            return checklists.does_not_know(conversation, context)
        case "cancel":
            return menu(conversation, context)
        case _:
            pass
    step = checklists.open_step(conversation, context)
    if step and checklists.choices(step, conversation, context) and _is_digression(event.text, match, context):
        answered = faq.answer(conversation, match.candidates[0].entry, context)
        told = say(conversation, Text(f"faq.{match.candidates[0].entry}.answer")).actions
        again = checklists.resume(replace(answered.conversation, prompt=None), context, Text("checklist.again"))
        return again.after(*told)
    return checklists.answer(conversation, event.text, context)


def _is_digression(text: str, match: Match, context: Context) -> bool:
    """Whether somebody asks a question of their own instead of answering."""
    if match.verdict is not Verdict.CLEAR or match.candidates[0].entry in context.knowledge.checklists:
        return False
    long_enough = len(text.split()) >= SHORTEST_DIGRESSION or (len(text) >= 8 and not text.isascii())
    return long_enough and not context.knowledge.entries[match.candidates[0].entry].urgent


def _free(
    conversation: Conversation, event: MessageReceived, signal: str, match: Match, is_first: bool, context: Context
) -> Decision:
    if signal == "greeting":
        return _greet(conversation, context)
    if signal == "thanks":
        return say(conversation, Text("thanks"))
    if signal == "not_helped":
        return faq.unknown(replace(conversation, said=conversation.said or event.text), context)
    if signal or (event.attachments and not event.text.strip()):
        return menu(conversation, context, Text("picture.received" if event.attachments else "menu"))
    if not event.text.strip():
        return _greet(conversation, context) if is_first else say(conversation, Text("unreadable"))
    return _question(replace(conversation, said=event.text), match, context)


def _question(conversation: Conversation, match: Match, context: Context) -> Decision:
    """A question typed freely: clearly known, one of several, or honestly unknown."""
    match match.verdict:
        case Verdict.CLEAR if match.candidates[0].entry in context.knowledge.checklists:
            return checklists.start(conversation, match.candidates[0].entry, context)
        case Verdict.CLEAR:
            return faq.answer(conversation, match.candidates[0].entry, context)
        case Verdict.CLOSE:
            return faq.clarify(conversation, match, context)
        case Verdict.NONE:
            return faq.unknown(conversation, context)


def _command(conversation: Conversation, command: Command, context: Context) -> Decision:
    match command.name:
        case "start":
            return _greet(conversation, context)
        case "help":
            return say(conversation, Text("help"))
        case "language":
            return _language(conversation, command.argument, context)
        case "status":
            return handoff.status(conversation, context)
        case "tickets":
            return handoff.tickets(conversation, context)
        case "close":
            return handoff.close(conversation, context)
        case "human":
            return handoff.start(conversation, context)
        case "privacy":
            return say(conversation, Text("privacy"))
        case _:
            return say(conversation, Text("command.unknown"), Text("help"))


def _greet(conversation: Conversation, context: Context) -> Decision:
    if context.ticket and not context.ticket.status.is_done:
        held = replace(conversation, mode=Mode.HANDED_OFF)
        return say(held, Text("greeting"), Text("ticket.still_open", {"number": context.ticket.number}))
    fresh = replace(conversation, helped_asked=(), said="")
    return menu(fresh, context, Text("greeting"))


def _language(conversation: Conversation, wanted: str, context: Context) -> Decision:
    languages = context.knowledge.languages
    named = {language.name.casefold(): code for code, language in languages.items()}
    code = next((code for code in languages if code.casefold() == wanted.casefold()), named.get(wanted.casefold()))
    if code:
        return _choose_language(conversation, code, context)
    keys = [f"lang:{code}" for code in languages]
    options = [option(key, context.knowledge) for key in keys]
    return ask(conversation, (Text("language.choose"),), options, columns=2)


def _choose_language(conversation: Conversation, code: str, context: Context) -> Decision:
    chosen = replace(conversation, language=code, language_chosen=True)
    told = Text("language.chosen", {"language": literal(context.knowledge.languages[code].name)})
    if chosen.mode is Mode.IN_CHECKLIST:
        return checklists.resume(chosen, context, told)
    if context.ticket and not context.ticket.status.is_done:
        return say(chosen, told)
    return menu(chosen, context, told, Text("menu"))


def _choice(conversation: Conversation, event: ChoicePicked, context: Context) -> Decision:
    if not conversation.language:
        conversation = replace(conversation, language=context.policy.default_language)
    if pressed := ticket_button(event.data):
        _, verb, value = pressed
        owned = context.named is not None and context.named.requester_id == conversation.requester_id
        if context.named and owned and verb == "rate":
            return handoff.rate(conversation, context.named, value)
        return say(conversation, Text("prompt.stale"))
    key = picked_option(event.data, conversation)
    if key is None:
        return _stale(conversation, context)
    return _pick(conversation, key, context)


def _stale(conversation: Conversation, context: Context) -> Decision:
    """An old button: say so and show what can be pressed now."""
    if conversation.mode is Mode.IN_CHECKLIST:
        return checklists.resume(conversation, context, Text("prompt.stale"))
    if context.ticket and not context.ticket.status.is_done:
        still_open = Text("ticket.still_open", {"number": context.ticket.number})
        return handoff.again(conversation, context, Text("prompt.stale"), still_open)
    return menu(conversation, context, Text("prompt.stale"), Text("menu"))


def _pick(conversation: Conversation, key: str, context: Context) -> Decision:
    """What a button does; names that a reload has taken away lead to the menu."""
    verb, _, name = key.partition(":")
    knowledge = context.knowledge
    match verb:
        case "topic" if name in knowledge.topics:
            return faq.show_topic(conversation, name, context)
        case "faq" if name in knowledge.entries:
            return faq.answer(conversation, name, context)
        case "check" if name in knowledge.checklists:
            return checklists.start(conversation, name, context)
        case "resume":
            return checklists.resume(conversation, context)
        case "answer":
            return checklists.answer(conversation, name, context)
        case "helped" | "not_helped" if name in knowledge.entries:
            return faq.settle(conversation, name, verb == "helped", context)
        case "lang" if name in knowledge.languages:
            return _choose_language(conversation, name, context)
        case _:
            return _pick_verb(conversation, verb, context)


def _pick_verb(conversation: Conversation, verb: str, context: Context) -> Decision:
    match verb:
        case "human":
            return handoff.start(conversation, context)
        case "back":
            return checklists.back(conversation, context)
        case "unknown":
            return checklists.does_not_know(conversation, context)
        case "go_on":
            return checklists.proceed(conversation, context)
        case "solved":
            return checklists.solved(conversation)
        case "none_of_these":
            return faq.unknown(conversation, context)
        case "skip" if context.ticket:
            return handoff.skip(conversation, context.ticket, context)
        case "verified":
            return _verified(replace(conversation, is_verified=True), context)
        case "not_verified":
            return faq.answer(conversation, "kyc_support_before", context)
        case _:
            return menu(conversation, context)


def _verified(conversation: Conversation, context: Context) -> Decision:
    if conversation.mode is Mode.IN_CHECKLIST:
        return checklists.proceed(conversation, context)
    return handoff.start(conversation, context)


def _meant_option(conversation: Conversation, text: str, signal: str, context: Context) -> str | None:
    """The offered option that a typed text names: by label, by number, or by a word that means it."""
    if conversation.prompt is None or len(text) > 80:
        return None
    keys = conversation.prompt.options
    by_signal = {"yes": "helped", "helped": "helped", "no": "not_helped", "not_helped": "not_helped"}
    wanted = by_signal.get(signal, signal)
    for key in keys:
        if (signal and key.partition(":")[0] == wanted) or key == f"answer:{signal}":
            return key
    options = [Option(key, _label(key, conversation, context)) for key in keys]
    return typed_option(text, options, Wording(context.knowledge, {}), conversation.language)


def _label(key: str, conversation: Conversation, context: Context) -> Text:
    verb, _, name = key.partition(":")
    step = checklists.open_step(conversation, context)
    place = conversation.place or ChecklistPlace(checklist="", step="")
    if verb == "answer" and step:
        return checklists.choice_label(step, place.checklist, name, context)
    return label(key, context.knowledge)
