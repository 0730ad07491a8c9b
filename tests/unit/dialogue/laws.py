"""What holds after every turn of the dialogue, whatever happened in it."""

from collections.abc import Sequence

from bot.actions import Action, Notify, Say, Text
from bot.desk import cards
from bot.dialogue.options import choice_data
from bot.model import Conversation, Mode, Ticket
from bot.wording import Wording

MOST_BYTES = 40
VERBS = {"topic", "faq", "check", "resume", "answer", "helped", "not_helped", "lang", "human", "back", "unknown"}
VERBS |= {"go_on", "solved", "none_of_these", "skip", "verified", "not_verified", "menu"}
"""What a button can mean."""


def hold(conversation: Conversation, tickets: Sequence[Ticket], actions: Sequence[Action], wording: Wording) -> None:
    """Every law of one decision."""
    knowledge = wording.knowledge
    asked = [action for action in actions if isinstance(action, Say) and action.options]
    assert len(asked) <= 1, "two questions at once"
    if asked:
        keys = tuple(option.key for option in asked[0].options)
        assert conversation.prompt is not None
        assert conversation.prompt.options == keys
        assert len(set(keys)) == len(keys), f"a button twice: {keys}"
        assert {key.partition(":")[0] for key in keys} <= VERBS
    place = conversation.place
    if place and place.checklist in knowledge.checklists:
        assert not place.step or knowledge.checklists[place.checklist].step(place.step)
    assert (conversation.mode is Mode.HANDED_OFF) == (conversation.ticket_id is not None)
    assert conversation.mode is not Mode.IN_CHECKLIST or place
    for language in knowledge.languages:
        for part in parts_of(actions):
            assert wording.say(part, language).strip()
        for number, option in enumerate(option for action in asked for option in action.options):
            assert wording.plain(option.label, language).strip()
            data = choice_data(conversation.id, conversation.prompts_asked, number)
            assert len(data.encode()) <= MOST_BYTES
        if tickets:
            for line in (
                *cards.card(tickets[-1], knowledge),
                *cards.whole(tickets[-1], knowledge),
                cards.title(tickets[-1], knowledge),
            ):
                assert wording.say(line, language).strip()


def parts_of(actions: Sequence[Action]) -> list[Text]:
    """All texts that are said, in order."""
    return [
        part
        for action in actions
        if isinstance(action, Say | Notify)
        for part in (action.parts if isinstance(action, Say) else (action.text,))
    ]
