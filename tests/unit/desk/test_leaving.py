"""What a ticket says of itself when its agent goes off duty."""

from dataclasses import replace
from typing import Any

import pytest

from bot.actions import Audit, ChangeTicket, Moment, TellAgent, Text, Wake, literal
from bot.changes import AddMessage, MessageKind
from bot.desk.leaving import LONGEST_WORDS, handed_back
from bot.internal_events import AgentLeft
from bot.model import Agent, ChatRef, Person, PlatformName, Standing, Ticket, TicketStatus
from bot.timing import Promise, Timing

WEB = PlatformName.WEB
NOW = 1_000_000_000_000
MIKA, KEN = (Agent(WEB, name.lower(), name, Standing.MEMBER) for name in ("Mika", "Ken"))
LEFT = AgentLeft(id=1, at=NOW, ticket_id=1, agent=MIKA)


def ticket(**changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": 1, "number": 1, "desk": "main", "status": TicketStatus.OPEN, "requester_id": 1, "conversation_id": 1,
        "requester": Person(WEB, "1", "Aiko"), "requester_chat": ChatRef(WEB, "1"),
        "desk_chat": ChatRef(WEB, "staff", "t1"), "topic": "", "team": "payments", "subject": "", "language": "en",
        "answers": {}, "card_id": 2, "created_at": 0, "assignee": MIKA, "waiting_since": NOW,
    }  # fmt: skip
    return Ticket(**{**values, **changed})


def said(kind: MessageKind, text: str, **changed: Any) -> AddMessage:
    values: dict[str, Any] = {
        "id": 1, "requester_id": 1, "ticket_id": 1, "kind": kind, "author": "", "text": text, "attachments": (),
        "source": None, "at": 1,
    }  # fmt: skip
    return AddMessage(**{**values, **changed})


def told(words: list[AddMessage], **changed: Any) -> TellAgent:
    [line] = [one for one in handed_back(LEFT, ticket(**changed), words, NOW) if isinstance(one, TellAgent)]
    return line


def test_the_ticket_waits_for_somebody_and_the_team_hears_of_it() -> None:
    actions = handed_back(LEFT, ticket(), (), NOW)

    assert actions[:2] == (
        ChangeTicket(ticket=replace(ticket(), assignee=None)),
        Audit(ticket_id=1, agent=MIKA, act="hand back"),
    )
    assert told([]).wakes is Wake.TEAM


@pytest.mark.parametrize(
    "changed",
    [{"assignee": KEN}, {"assignee": None}, {"status": TicketStatus.PENDING}, {"status": TicketStatus.SOLVED}],
)
def test_nothing_happens_to_a_ticket_that_is_not_theirs_or_does_not_wait_on_us(changed: dict[str, Any]) -> None:
    assert handed_back(LEFT, ticket(**changed), (), NOW) == ()


def test_the_latest_words_of_either_side_are_told_shortened() -> None:
    words = [
        said(MessageKind.REQUESTER, "taken back", withdrawn_at=5),
        said(MessageKind.REQUESTER, "a\n " * LONGEST_WORDS),
        said(MessageKind.AGENT, ""),
        said(MessageKind.REQUESTER, "earlier"),
    ]
    values = told(words).text.values

    asked = values["asked"]
    assert isinstance(asked, Text)
    assert len(str(asked.values["text"])) <= LONGEST_WORDS
    assert str(asked.values["text"]).endswith("a…")
    assert values["answered"] == Text("desk.a_file")


def test_a_side_that_said_nothing_is_shown_so() -> None:
    assert told([]).text.values["answered"] == literal("–")


def test_what_was_promised_is_told() -> None:
    line = told([], timing=Timing(promise=Promise(made_at=1, by=NOW + 5)))

    assert line.text.key == "desk.handed_back_promised"
    assert line.text.values["by"] == Moment(NOW + 5, "UTC")
