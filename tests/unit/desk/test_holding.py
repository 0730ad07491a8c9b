"""A legal hold is a lead's to put on and to end, said aloud, on the card and in the audit."""

from dataclasses import replace

import pytest

from bot.actions import Audit
from bot.desk import cards
from bot.model import TicketStatus
from bot.operations.knowledge import Learned
from bot.wording import Wording
from tests.unit.desk.test_desk import KEN, MIKA, changed, kinds, ticket, told, writes

HELD = ticket(TicketStatus.SOLVED, legal_hold=True)


@pytest.mark.parametrize("status", list(TicketStatus))
def test_a_lead_keeps_a_ticket_whatever_its_status(status: TicketStatus) -> None:
    actions = writes("/legal_hold", ticket(status), KEN)
    assert changed(actions) == ticket(status, legal_hold=True)
    assert told(actions) == ["desk.hold_set"]
    assert "UpdateCard" in kinds(actions)
    assert [action.act for action in actions if isinstance(action, Audit)] == ["legal_hold"]


@pytest.mark.parametrize("word", ["off", "lift", "end", "OFF", "解除"])
def test_a_lead_ends_it_by_a_word(word: str) -> None:
    actions = writes(f"/legal_hold {word}", HELD, KEN)
    assert changed(actions) == replace(HELD, legal_hold=False)
    assert [action.act for action in actions if isinstance(action, Audit)] == ["legal_hold_off"]


@pytest.mark.parametrize("text", ["/legal_hold", "/legal_hold off"])
@pytest.mark.parametrize("of", [ticket(), HELD])
def test_nobody_else_can(text: str, of: object) -> None:
    actions = writes(text, of, MIKA)  # type: ignore[arg-type]
    assert kinds(actions) == ["TellAgent"]
    assert told(actions) == ["desk.leads_only"]


@pytest.mark.parametrize(
    ("text", "is_held", "said"),
    [
        ("/legal_hold", True, "desk.hold_already"),
        ("/legal_hold off", False, "desk.hold_none"),
        ("/legal_hold offline", True, "desk.hold_how"),
        ("/legal_hold the tax case", False, "desk.hold_how"),
    ],
)
def test_what_changes_nothing_is_said(text: str, is_held: bool, said: str) -> None:
    """A slip of the keyboard must not end a hold."""
    actions = writes(text, ticket(legal_hold=is_held), KEN)
    assert (kinds(actions), told(actions)) == (["TellAgent"], [said])


@pytest.mark.parametrize("text", ["/take", "/reopen", "/legal_hold", "hello", "// a note", "/reply hi"])
def test_an_erased_ticket_takes_nothing(text: str) -> None:
    actions = writes(text, ticket(TicketStatus.CLOSED, erased_at=5), KEN)
    assert (kinds(actions), told(actions)) == (["TellAgent"], ["desk.erased"])


def test_the_card_shows_the_hold_and_an_erased_ticket_has_no_buttons(learned: Learned) -> None:
    wording = Wording(learned.knowledge, {})
    shown = [wording.plain(line, "en") for line in cards.card(HELD, learned.knowledge)]
    assert "⚖️ On legal hold: nothing is erased" in shown
    assert cards.options(ticket(TicketStatus.CLOSED, erased_at=5)) == ()
