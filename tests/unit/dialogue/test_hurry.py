"""Somebody writes faster than a person can: told once, everything kept, no piece answered."""

from bot.actions import RelayToDesk
from bot.dialogue.context import Haste
from bot.dialogue.hurry import LONGEST_SAID
from bot.model import Mode
from bot.operations.knowledge import Learned
from bot.understanding.redaction import SecretKind
from tests.unit.dialogue.talk import PICTURE, Talk


def test_without_a_ticket_it_is_said_once_and_kept_for_the_ticket_there_may_be(learned: Learned) -> None:
    talk = Talk(learned, "en")
    assert talk.says("one", haste=Haste.BEGUN).said == ["hurry.kept"]
    assert talk.says("two", PICTURE, haste=Haste.GOING_ON).said == []
    assert talk.actions == ()
    talk.says("/human")

    assert talk.ticket is not None
    assert talk.ticket.answers["question"] == "one\ntwo"
    assert talk.ticket.answers["screenshot"]


def test_it_is_no_answer_to_a_question_and_no_command(learned: Learned) -> None:
    talk = Talk(learned, "en").says("my deposit has not arrived")
    assert talk.conversation.mode is Mode.IN_CHECKLIST
    asked = talk.conversation.prompt
    talk.says("crypto", haste=Haste.BEGUN).says("/start", haste=Haste.GOING_ON)

    assert talk.conversation.mode is Mode.IN_CHECKLIST
    assert talk.conversation.prompt == asked


def test_a_button_does_nothing(learned: Learned) -> None:
    talk = Talk(learned, "en").says("my deposit has not arrived")
    before = talk.conversation
    assert before.prompt is not None

    assert talk.presses(before.prompt.options[0], Haste.GOING_ON).said == []
    assert talk.conversation == before


def test_with_a_ticket_the_desk_gets_it_in_larger_pieces(learned: Learned) -> None:
    talk = Talk(learned, "en").says("/human")
    assert talk.says("one", haste=Haste.BEGUN).said == ["hurry.relayed"]
    relays = [action for action in talk.actions if isinstance(action, RelayToDesk)]
    talk.says("two", haste=Haste.GOING_ON)

    assert [(one.text, one.may_be_joined) for one in relays] == [("one", True)]
    assert [(one.text, one.may_be_joined) for one in talk.actions if isinstance(one, RelayToDesk)] == [("two", True)]
    assert talk.says("three").conversation.mode is Mode.HANDED_OFF


def test_a_secret_is_warned_of_all_the_same(learned: Learned) -> None:
    talk = Talk(learned, "en").says("…", secrets=frozenset({SecretKind.PASSWORD}), haste=Haste.GOING_ON)

    assert talk.said == ["secret.removed"]


def test_what_is_kept_does_not_grow_without_end(learned: Learned) -> None:
    talk = Talk(learned, "en")
    for _ in range(30):
        talk.says("a" * 1000, haste=Haste.GOING_ON)

    assert len(talk.conversation.said) == LONGEST_SAID
