"""What buttons mean: keys of catalogue ids and verbs, their labels, and the bytes that travel with them.

A button carries `v1.<conversation>.<prompt>.<position>`; what the position means is kept with the conversation,
so that nobody can press what was not offered, and a button of an earlier question is known to be stale.
"""

import re

from bot.actions import Option, Text, literal
from bot.knowledge.schema import Knowledge
from bot.model import Conversation

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
HIGHEST_ID = 2**63 - 1
OFFERED_PERSON = "human:offered"
"""A person, where the text above asks whether one is wanted: a typed "yes" means this button."""
_CHOICE = re.compile(r"v1\.([0-9a-z]{1,13})\.([0-9]{1,9})\.([0-9]{1,2})")
_TICKET_BUTTON = re.compile(r"t1\.([0-9a-z]{1,13})\.([a-z]{1,8})(?:\.([0-9a-z]{1,13}))?")


def base36(number: int) -> str:
    """A number below 2**63 in at most 13 characters."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"


def choice_data(conversation_id: int, prompt: int, position: int) -> str:
    """The bytes of a button: at most 29, and both platforms take 40."""
    return f"v1.{base36(conversation_id)}.{prompt}.{position}"


def picked_option(data: str, conversation: Conversation) -> str | None:
    """The meaning of a pressed button; None when it is stale, another conversation's, or not ours at all."""
    found = _CHOICE.fullmatch(data)
    prompt = conversation.prompt
    if not found or not prompt:
        return None
    owner, number, position = int(found[1], 36), int(found[2]), int(found[3])
    if owner != conversation.id or number != prompt.number or position >= len(prompt.options):
        return None
    return prompt.options[position]


def ticket_data(ticket_id: int, verb: str, value: int | None = None) -> str:
    """The bytes of a button that belongs to a ticket; rights are checked when it is pressed."""
    data = f"t1.{base36(ticket_id)}.{verb}"
    return data if value is None else f"{data}.{base36(value)}"


def ticket_button(data: str) -> tuple[int, str, int] | None:
    """Ticket id, verb and value of such a button; None when it is not one."""
    found = _TICKET_BUTTON.fullmatch(data)
    if found is None:
        return None
    ticket_id, value = int(found[1], 36), int(found[3] or "0", 36)
    return (ticket_id, found[2], value) if max(ticket_id, value) <= HIGHEST_ID else None


def option(key: str, knowledge: Knowledge) -> Option:
    """A button by what it means, labelled."""
    return Option(key, label(key, knowledge))


def label(key: str, knowledge: Knowledge) -> Text:
    """What stands on the button of a key."""
    verb, _, name = key.partition(":")
    match verb:
        case "topic":
            return Text(f"topic.{name}")
        case "faq":
            return Text(f"faq.{name}.title")
        case "check" | "resume" if name:
            return Text(f"checklist.{name}.title" if verb == "check" else "button.resume")
        case "lang":
            language = knowledge.languages.get(name)
            return literal(language.name if language else name)
        case _:
            return Text(f"button.{verb}")
