"""The life of a ticket: what the one table allows, what its page shows of it, and who may do what."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.actions import Action, Audit, ChangeTicket, TellAgent, Wake
from bot.desk.commands import BUTTONS, COMMANDS, Command, Request, Verb, read
from bot.desk.desk import staff
from bot.desk.parts import Desk
from bot.desk.rights import Level, level_of, refusal
from bot.desk.tickets import MOVES, Move, is_allowed, moved, taken
from bot.events import StaffWrote
from bot.model import Agent, MessageRef, Standing, Ticket, TicketPriority, TicketStatus
from tests.unit.desk.test_desk import KEN, MIKA, NOW, OUTSIDER, TELEGRAM, THREAD, ticket, told

PAGE = Path(__file__).parents[3] / "docs" / "tickets.md"
AIKO = Agent(TELEGRAM, "7", "Aiko", Standing.MEMBER)
DESK = Desk(now=NOW, close_after_hours=72, canned={}, agents=(MIKA, KEN, AIKO))
LEAD_ONLY = Command(Level.LEAD)


def acts(text: str, of: Ticket | None, agent: Agent = MIKA, desk: Desk = DESK) -> list[Action]:
    event = StaffWrote(key="k", at=NOW, chat=THREAD, agent=agent, message=MessageRef(THREAD, "m"), text=text)
    return list(staff(event, of, read(text), None, desk))


def kept(actions: list[Action]) -> Ticket | None:
    return next((action.ticket for action in actions if isinstance(action, ChangeTicket)), None)


def table() -> str:
    """The table of `docs/tickets.md`: a row for each status, a column for each move."""
    head = "| | " + " | ".join(f"`{move}`" for move in Move) + " |"
    line = "|---|" + "---|" * len(Move)
    rows = [
        f"| **{status}** | " + " | ".join(MOVES.get((status, move), "–") for move in Move) + " |"
        for status in TicketStatus
    ]
    return "\n".join((head, line, *rows))


def test_the_page_shows_the_table_as_it_is() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


def test_the_page_explains_every_status_and_every_move() -> None:
    explained = set(re.findall(r"(?m)^- \*\*`?([a-z_]+)`?\*\*", PAGE.read_text(encoding="utf-8")))

    assert explained == {*TicketStatus, *Move}


@pytest.mark.parametrize("status", TicketStatus)
@pytest.mark.parametrize("move", Move)
def test_what_is_not_in_the_table_is_refused(status: TicketStatus, move: Move) -> None:
    after = moved(ticket(status, MIKA), move, NOW)

    assert (after.status if after else None) == MOVES.get((status, move))


def test_a_ticket_never_goes_where_no_move_leads() -> None:
    assert not is_allowed(ticket(TicketStatus.CLOSED), ticket(TicketStatus.PENDING))
    assert not is_allowed(ticket(TicketStatus.OPEN), ticket(TicketStatus.NEW))
    assert is_allowed(ticket(TicketStatus.SOLVED), ticket(TicketStatus.CLOSED))


class LifeCycle(RuleBasedStateMachine):
    """Whatever is done in whatever order: what staff, requesters and time can do to a ticket keeps it whole."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = ticket(TicketStatus.NEW)
        self.was = self.ticket

    @rule(move=st.sampled_from(Move), agent=st.sampled_from((MIKA, KEN)))
    def moves(self, move: Move, agent: Agent) -> None:
        after = taken(self.ticket, agent, NOW) if move is Move.TAKE else moved(self.ticket, move, NOW)
        self.was, self.ticket = self.ticket, after or self.ticket

    @rule(
        text=st.sampled_from(
            (
                "/take",
                "/release",
                "/assign Aiko",
                "/escalate why",
                "/wait",
                "/hold",
                "/resume",
                "/close",
                "/reopen",
                "x",
            )
        ),
        agent=st.sampled_from((MIKA, KEN, OUTSIDER)),
    )
    def types(self, text: str, agent: Agent) -> None:
        after = kept(acts(text, self.ticket, agent)) or self.ticket
        assert agent is not OUTSIDER or after == self.ticket
        self.was, self.ticket = self.ticket, after

    @invariant()
    def every_step_is_in_the_table(self) -> None:
        assert is_allowed(self.was, self.ticket)

    @invariant()
    def only_what_is_solved_has_a_time_of_it(self) -> None:
        assert (self.ticket.solved_at is not None) == self.ticket.status.is_done

    @invariant()
    def nothing_new_has_been_answered(self) -> None:
        assert self.ticket.status is not TicketStatus.NEW or self.ticket.first_response_at is None


test_a_ticket_stays_whole = LifeCycle.TestCase


# Rights: every command and button, every level, with a ticket and without.


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("command", [*COMMANDS.values(), *BUTTONS.values(), LEAD_ONLY])
def test_who_may_do_what(standing: Standing, command: Command) -> None:
    agent = replace(MIKA, standing=standing)
    refused = refusal(agent, command.level)

    may = level_of(agent) is Level.LEAD or (level_of(agent) is Level.AGENT and command.level is Level.AGENT)
    assert (refused is None) == may
    if level_of(agent) is Level.NOBODY:
        assert refused is not None
        assert refused.key == f"desk.not_staff.{standing}"


@pytest.mark.parametrize("verb", [*COMMANDS])
@pytest.mark.parametrize("standing", [Standing.OUTSIDER, Standing.ANONYMOUS])
@pytest.mark.parametrize("of", [ticket(TicketStatus.OPEN, MIKA), ticket(TicketStatus.SOLVED), None])
def test_whoever_is_not_staff_changes_nothing_anywhere(verb: Verb, standing: Standing, of: Ticket | None) -> None:
    stranger = replace(MIKA, standing=standing)

    assert told(acts(f"/{verb} x", of, stranger)) == [f"desk.not_staff.{standing}"]


@pytest.mark.parametrize("verb", [verb for verb, command in COMMANDS.items() if command.about_ticket])
def test_a_command_about_a_ticket_needs_one(verb: Verb) -> None:
    assert told(acts(f"/{verb} x", None, KEN)) == ["desk.no_ticket"]


# The acts.


def done(text: str, of: Ticket, agent: Agent = MIKA) -> tuple[Ticket | None, list[str], list[str]]:
    actions = acts(text, of, agent)
    return kept(actions), [action.act for action in actions if isinstance(action, Audit)], told(actions)


def test_whoever_releases_a_ticket_puts_it_back_into_the_queue() -> None:
    after, audit, said = done("/release", ticket(TicketStatus.PENDING, KEN))

    assert after == ticket(TicketStatus.PENDING, None)
    assert (audit, said) == (["release"], ["desk.released"])


def test_nothing_is_released_that_nobody_has() -> None:
    assert done("/release", ticket(TicketStatus.OPEN)) == (None, [], ["desk.nobodys"])


@pytest.mark.parametrize("named", ["Ken", "ken", "@Ken", " <@2> ", "<@!2>"])
def test_a_ticket_is_given_to_a_colleague_by_name_or_mention(named: str) -> None:
    after, audit, said = done(f"/assign {named}", ticket(TicketStatus.NEW))

    assert after == ticket(TicketStatus.OPEN, KEN)
    assert (audit, said) == (["assign"], ["desk.assigned"])


@pytest.mark.parametrize("named", ["", "K", "Ke n", "<@99>", "Mallory"])
def test_nobody_is_guessed(named: str) -> None:
    assert done(f"/assign {named}", ticket(TicketStatus.NEW)) == (None, [], ["desk.assign_whom"])


def test_two_agents_of_one_name_are_told_apart_by_a_mention_alone() -> None:
    desk = replace(DESK, agents=(MIKA, replace(KEN, name="Mika")))

    assert told(acts("/assign Mika", ticket(), MIKA, desk)) == ["desk.assign_whom"]
    assert kept(acts("/assign <@2>", ticket(), MIKA, desk)) is not None


def test_who_has_it_is_given_nothing() -> None:
    assert done("/assign Ken", ticket(TicketStatus.OPEN, KEN)) == (None, [], ["desk.theirs_already"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TicketPriority.LOW, TicketPriority.NORMAL),
        (TicketPriority.NORMAL, TicketPriority.HIGH),
        (TicketPriority.URGENT, TicketPriority.URGENT),
    ],
)
def test_what_is_escalated_is_one_step_more_urgent_and_wakes_the_leads(
    before: TicketPriority, after: TicketPriority
) -> None:
    actions = acts("/escalate customer lost access", ticket(TicketStatus.OPEN, MIKA, priority=before))

    assert kept(actions) == ticket(TicketStatus.OPEN, MIKA, priority=after)
    assert [action.wakes for action in actions if isinstance(action, TellAgent)] == [Wake.LEADS]


def test_an_escalation_says_why() -> None:
    assert done("/escalate", ticket(TicketStatus.OPEN, MIKA)) == (None, [], ["desk.escalate_why"])


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("/wait", TicketStatus.OPEN, TicketStatus.PENDING),
        ("/hold", TicketStatus.PENDING, TicketStatus.ON_HOLD),
        ("/resume", TicketStatus.ON_HOLD, TicketStatus.OPEN),
    ],
)
def test_an_agent_says_for_whom_a_ticket_waits(text: str, before: TicketStatus, after: TicketStatus) -> None:
    assert done(text, ticket(before, MIKA)) == (ticket(after, MIKA), [text[1:]], [f"desk.now.{after}"])


def test_a_move_that_does_not_go_is_refused_in_words() -> None:
    assert done("/resume", ticket(TicketStatus.NEW)) == (None, [], ["desk.no_such_move"])


@pytest.mark.parametrize("verb", [Verb.TAKE, Verb.WAIT, Verb.HOLD, Verb.RESUME, Verb.CLOSE])
def test_a_ticket_that_is_done_is_reopened_first(verb: Verb) -> None:
    assert done(f"/{verb}", ticket(TicketStatus.SOLVED)) == (None, [], ["desk.done"])


def test_every_verb_has_a_place_in_one_of_the_tables() -> None:
    assert {*COMMANDS, *BUTTONS} == set(Verb) - {Verb.TEXT, Verb.UNKNOWN}
    assert Request(Verb.TEXT).command == Command()
