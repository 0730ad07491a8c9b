"""Buttons: what a pressed one does, and which one a typed text means."""

from collections.abc import Iterator
from dataclasses import replace

from bot.actions import Text
from bot.dialogue import again, checklists, faq, handoff, intake, privacy
from bot.dialogue.commands import choose_language
from bot.dialogue.context import Context, Decision, say
from bot.dialogue.hearing import signal_of, with_language
from bot.dialogue.menu import menu
from bot.dialogue.options import OFFERED_PERSON, label, picked_option, ticket_button
from bot.events import ChoicePicked
from bot.model import Conversation, Mode
from bot.understanding.normalize import fold
from bot.wording import Wording

LONGEST_LABEL = 80
LISTED = frozenset({"answer", "topic", "faq", "check", "lang", "resume"})
"""Buttons that are a list to choose from: these can be typed as numbers."""
MEANT: dict[str, tuple[str, ...]] = {
    "yes": ("helped", "verified", OFFERED_PERSON, "answer:yes", "export_yes", "erase_yes", again.SAME),
    "no": ("not_helped", "not_verified", "none_of_these", "answer:no", "go_on", "menu", "leave", again.NEW),
    "helped": ("helped", "solved"),
    "not_helped": ("not_helped", "go_on", "none_of_these", again.SAME),
    "unknown": ("unknown", "answer:unsure", "none_of_these"),
    "skip": ("go_on", "unknown"),
    "back": ("back",),
}
"""The buttons that a signal means where they are offered, the first one first."""
_SEPARATORS = str.maketrans(dict.fromkeys("/,、・，()（）", "\n"))


def choice(conversation: Conversation, event: ChoicePicked, context: Context) -> Decision:
    """What a pressed button does; one of an earlier question is told so, with what can be pressed now."""
    conversation = with_language(conversation, context)
    if pressed := ticket_button(event.data):
        _, verb, value = pressed
        owned = context.named is not None and context.named.requester_id == conversation.requester_id
        if context.named and owned and verb == "rate":
            return handoff.rate(conversation, context.named, value)
        if context.named and owned and verb == "reopen":
            return again.reopen(conversation, context.named, context)
        return say(conversation, Text("prompt.stale"))
    key = picked_option(event.data, conversation)
    return pick(conversation, key, context) if key else _stale(conversation, context)


def pick(conversation: Conversation, key: str, context: Context) -> Decision:
    """What a button means; names that a reload has taken away lead to the menu."""
    verb, _, name = key.partition(":")
    knowledge = context.knowledge
    if verb == "lang" and name in knowledge.languages:
        return choose_language(conversation, name, context)
    if verb in privacy.BUTTONS:
        return privacy.pressed(conversation, verb, context)
    if ticket := context.open_ticket:
        if verb == "skip":
            return intake.skip(conversation, ticket, context)
        return _ticket_in_hand(conversation, context)
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
        case _:
            return _pick_verb(conversation, verb, context)


def meant(conversation: Conversation, text: str, signal: str, context: Context) -> str | None:
    """The offered option that a typed text names: by a word that means it, by its label, or by its number."""
    if conversation.prompt is None or len(text) > LONGEST_LABEL:
        return None
    keys = conversation.prompt.options
    offered = {name: key for key in keys for name in (key, key.partition(":")[0])}
    by_signal = next((offered[one] for one in MEANT.get(signal, ()) if one in offered), None)
    return by_signal or _labelled(conversation, text, signal, context) or _numbered(keys, text)


def labelled(conversation: Conversation, text: str, context: Context) -> str | None:
    """The offered option whose label was typed, and nothing else: whatever else is typed is for the desk."""
    if conversation.prompt is None or len(text) > LONGEST_LABEL:
        return None
    return next((key for key, said in _labels(conversation, context) if fold(said) == fold(text) != ""), None)


def _labelled(conversation: Conversation, text: str, signal: str, context: Context) -> str | None:
    """An option by its label in any language; an answer also by a part of it that no other answer shares."""
    if key := labelled(conversation, text, context):
        return key
    parts = {
        key
        for key, said in _labels(conversation, context)
        if key.startswith("answer:")
        for part in said.translate(_SEPARATORS).split("\n")
        if part.strip() and (fold(part) == fold(text) or (signal and signal_of(part, context.knowledge) == signal))
    }
    return parts.pop() if len(parts) == 1 else None


def _numbered(keys: tuple[str, ...], text: str) -> str | None:
    listed = {str(number): key for number, key in enumerate(keys, 1) if key.partition(":")[0] in LISTED}
    return listed.get(fold(text))


def _labels(conversation: Conversation, context: Context) -> Iterator[tuple[str, str]]:
    """The offered options and their labels, in the conversation's language and then the others."""
    knowledge, prompt = context.knowledge, conversation.prompt
    wording = Wording(knowledge, {})
    options = [(key, _label(key, conversation, context)) for key in (prompt.options if prompt else ())]
    for language in sorted(knowledge.languages, key=lambda code: code != conversation.language):
        for key, text in options:
            # A reload may have taken away what an earlier question offered.
            if text.key == "literal" or any(text.key in texts for texts in knowledge.texts.values()):
                yield key, wording.plain(text, language)


def _label(key: str, conversation: Conversation, context: Context) -> Text:
    verb, _, name = key.partition(":")
    step, place = checklists.open_step(conversation, context), conversation.place
    if verb == "answer" and step and place:
        return checklists.choice_label(step, place.checklist, name, context)
    return label(key, context.knowledge)


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
        case again.SAME:
            return again.same(conversation, context)
        case again.NEW:
            return again.new(conversation, context)
        case "none_of_these":
            return faq.unknown(conversation, context)
        case "verified":
            return handoff.start(replace(conversation, is_verified=True), context)
        case "not_verified" if faq.BEFORE_VERIFICATION in context.knowledge.entries:
            return faq.answer(conversation, faq.BEFORE_VERIFICATION, context)
        case _:
            return menu(conversation, context)


def _stale(conversation: Conversation, context: Context) -> Decision:
    """An old button: say so and show what can be pressed now."""
    if context.open_ticket:
        return _ticket_in_hand(conversation, context, Text("prompt.stale"))
    if conversation.mode is Mode.IN_CHECKLIST:
        return checklists.resume(conversation, context, Text("prompt.stale"))
    return menu(conversation, context, Text("prompt.stale"), Text("menu"))


def _ticket_in_hand(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    ticket = context.open_ticket
    assert ticket is not None
    still_open = Text("ticket.still_open", {"number": ticket.number})
    return intake.again(replace(conversation, mode=Mode.HANDED_OFF), ticket, context, *parts, still_open)
