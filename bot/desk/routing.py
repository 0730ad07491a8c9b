"""A ticket goes to another team: it waits for somebody there, in that team's own staff chat if it has one.

In a chat of its own the ticket gets a new thread, which begins with its card and what was said last, so that nobody
has to ask the requester again; the old thread says so and is shut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.actions import Audit, ChangeTicket, MoveThread, TellAgent, Text, Wake, literal
from bot.changes import AddMessage, MessageKind
from bot.desk import acts
from bot.desk.commands import Verb
from bot.desk.parts import Actions, Desk
from bot.desk.teams import named_team
from bot.desk.tickets import Move, moved
from bot.model import Agent, Ticket
from bot.wording import NOT_GIVEN

LONGEST_WORDS = 300
_SAID = (MessageKind.REQUESTER, MessageKind.AGENT, MessageKind.NOTE)


def hand_over(ticket: Ticket, agent: Agent, words: str, desk: Desk) -> Actions:
    """Give the ticket to a team; whoever had it there before has it no more."""
    team = named_team(words, desk.teams)
    if team is None:
        names = literal(", ".join(own for own, *_ in desk.teams.values()))
        return (TellAgent(text=Text("desk.team_whom", {"names": names}), ticket_id=ticket.id),)
    name = literal(desk.teams[team][0])
    if team == ticket.team:
        return (TellAgent(text=Text("desk.team_already", {"team": name}), ticket_id=ticket.id),)
    if ticket.status.is_done:
        return (TellAgent(text=Text("desk.done"), ticket_id=ticket.id),)
    after = replace(moved(ticket, Move.RELEASE, desk.now) or ticket, team=team, assignee=None)
    told = Text("desk.team_given", {"name": literal(agent.name), "team": name})
    to = desk.desks.of(team, ticket.language)
    act = f"{Verb.TEAM} {team}"
    if to is None or ticket.desk_chat.is_beside(to):
        return acts.shown(after, agent, act, told, Wake.TEAM)
    before = literal(next(iter(desk.teams.get(ticket.team, ())), ticket.team))
    came = Text("moved.came", {"name": literal(agent.name), "team": before})
    return (
        ChangeTicket(ticket=after),
        Audit(ticket_id=ticket.id, agent=agent, act=act),
        MoveThread(ticket_id=ticket.id, to=to, told=told, said=(came, *_said(desk.said))),
    )


def _said(messages: Sequence[AddMessage]) -> Iterator[Text]:
    """What both sides and colleagues wrote, the oldest first; commands and what was taken back are left out."""
    for one in reversed(messages):
        if one.kind not in _SAID or one.withdrawn_at is not None or one.text.startswith("/"):
            continue
        words = " ".join(one.text.split())
        shown = words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1].rstrip()}…"
        file = Text("desk.a_file") if one.attachments else literal(NOT_GIVEN)
        yield Text(f"moved.said.{one.kind}", {"words": literal(shown) if shown else file})
