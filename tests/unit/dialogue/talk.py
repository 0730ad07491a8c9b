"""A requester's talk with the dialogue alone: no store, no platform, and every decision held against the laws."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.actions import (
    Action,
    AskRating,
    ChangeTicket,
    Moment,
    OpenTicket,
    RelayToDesk,
    SetTimer,
    ShowStatus,
    Text,
)
from bot.desk import cards
from bot.dialogue import engine
from bot.dialogue.context import Context, Haste, Policy
from bot.dialogue.options import choice_data, ticket_data
from bot.events import ChoicePicked, MessageReceived
from bot.internal_events import TicketOpened
from bot.knowledge.schema import Knowledge
from bot.model import (
    Agent,
    Attachment,
    AttachmentKind,
    ChatRef,
    Conversation,
    MessageRef,
    Person,
    PlatformName,
    Standing,
    Ticket,
    TicketStatus,
)
from bot.operations.knowledge import Learned
from bot.staffing import StaffChats
from bot.support.tickets import following, new_ticket
from bot.understanding.matching import Match, Verdict, match
from bot.understanding.redaction import SecretKind
from bot.wording import Wording
from tests.unit.dialogue.laws import hold, parts_of

WEB = PlatformName.WEB
CHAT, DESK = ChatRef(WEB, "r-1"), ChatRef(WEB, "staff")
AIKO = Person(WEB, "u-1", "Aiko *_[x](http://e.vil)_* @everyone")
MIKA = Agent(WEB, "a-1", "Mika", Standing.MEMBER)
PICTURE = Attachment(platform=WEB, kind=AttachmentKind.PHOTO, handle="f-1", name="screen.png")
SETTINGS = ("exchange", "help_center", "forum", "email", "social", "hours", "status_page")
NOW = 1_700_000_000_000_000


class Ids:
    """A clock for `new_ticket`, and the numbers of everything."""

    def __init__(self) -> None:
        self._last = 2**62

    def now(self) -> int:
        return NOW

    def new_id(self) -> int:
        self._last += 1
        return self._last


class Talk:
    """One conversation and its tickets; `said` are the keys of the last turn's texts, `buttons` what is offered."""

    def __init__(self, learned: Learned, language: str = "", *, require_kyc: bool = False, locale: str = "") -> None:
        self.knowledge: Knowledge = learned.knowledge
        self._index = learned.index
        self._ids = Ids()
        self._events = 0
        self._policy = Policy(
            is_account_id=lambda text: re.fullmatch("[0-9]{6,12}", text) is not None,
            default_language="en",
            require_kyc=require_kyc,
        )
        person = replace(AIKO, locale=locale)
        self.conversation = Conversation(
            id=2**62, requester_id=7, chat=CHAT, person=person, language=language, language_chosen=False
        )
        self.ticket: Ticket | None = None
        self.tickets: list[Ticket] = []
        self.actions: tuple[Action, ...] = ()
        self.said: list[str] = []

    # What the requester does.

    def says(
        self,
        text: str,
        *pictures: Attachment,
        unreadable: str = "",
        secrets: frozenset[SecretKind] = frozenset(),
        haste: Haste = Haste.NONE,
    ) -> "Talk":
        self._events += 1
        event = MessageReceived(
            key=f"m{self._events}",
            at=NOW,
            chat=CHAT,
            sender=self.conversation.person,
            message=MessageRef(CHAT, str(self._events)),
            text=text,
            attachments=pictures,
            unreadable=unreadable,
        )
        return self._decide(event, secrets=secrets, haste=haste)

    def presses(self, key: str, haste: Haste = Haste.NONE) -> "Talk":
        """Press the button that means this."""
        assert self.conversation.prompt is not None, "there is no button"
        position = self.conversation.prompt.options.index(key)
        data = choice_data(self.conversation.id, self.conversation.prompt.number, position)
        return self._decide(self._pressed(data), haste=haste)

    def sends(self, data: str, named: Ticket | None = None) -> "Talk":
        """Send the bytes of some button."""
        return self._decide(self._pressed(data), named=named)

    def rates(self, ticket: Ticket, stars: int) -> "Talk":
        return self.sends(ticket_data(ticket.id, "rate", stars), named=ticket)

    # What staff do.

    def answered(self) -> "Talk":
        """An agent has taken the ticket and written."""
        assert self.ticket is not None
        pending = replace(self.ticket, status=TicketStatus.PENDING, assignee=MIKA, first_response_at=NOW)
        return self._change(pending)

    def closed(self) -> "Talk":
        assert self.ticket is not None
        return self._change(replace(self.ticket, status=TicketStatus.SOLVED, solved_at=NOW))

    def reopened(self) -> "Talk":
        return self._change(replace(self.tickets[-1], status=TicketStatus.OPEN, solved_at=None))

    # What can be seen.

    @property
    def buttons(self) -> tuple[str, ...]:
        """What can be pressed now."""
        return self.conversation.prompt.options if self.conversation.prompt else ()

    @property
    def answers(self) -> dict[str, str]:
        return dict(self.conversation.place.answers) if self.conversation.place else {}

    @property
    def opened(self) -> OpenTicket | None:
        return next((action for action in self.actions if isinstance(action, OpenTicket)), None)

    @property
    def relayed(self) -> list[str]:
        return [action.text for action in self.actions if isinstance(action, RelayToDesk)]

    @property
    def asked_to_rate(self) -> bool:
        return any(isinstance(action, AskRating) for action in self.actions)

    def card(self) -> str:
        """Everything that staff can read of the newest ticket."""
        ticket = self.tickets[-1]
        wording = self.wording()
        return "\n".join(wording.plain(line, "en") for line in cards.whole(ticket, self.knowledge))

    def wording(self) -> Wording:
        return Wording(self.knowledge, {code: dict.fromkeys(SETTINGS, "x") for code in self.knowledge.languages})

    def tries(self, key: str) -> None:
        """Press a button without keeping what comes of it."""
        kept = (self.conversation, self.ticket, list(self.tickets), self.actions, self.said)
        self.presses(key)
        self.conversation, self.ticket, self.tickets, self.actions, self.said = kept

    # How it works.

    def _decide(
        self,
        event: MessageReceived | ChoicePicked | TicketOpened,
        *,
        named: Ticket | None = None,
        secrets: frozenset[SecretKind] = frozenset(),
        haste: Haste = Haste.NONE,
    ) -> "Talk":
        context = replace(self._context(named, secrets), haste=haste)
        decision = engine.decide(self.conversation, event, context)
        return self.follows(decision, is_continued=isinstance(event, TicketOpened))

    def follows(self, decision: Any, *, is_continued: bool = False) -> "Talk":
        """Carry out a decision as the service does, and hold it against the laws."""
        before = (self.actions, self.said) if is_continued else ((), [])
        self.conversation = decision.conversation
        self.actions = (*before[0], *decision.actions)
        self.said = [*before[1], *(part.key for part in parts_of(decision.actions))]
        opened = None
        for action in decision.actions:
            match action:
                case OpenTicket():
                    opened = self._open(action)
                case ChangeTicket(ticket=ticket):
                    self._change(ticket)
                case _:
                    pass
        if opened:
            return self._decide(TicketOpened(id=self._ids.new_id(), at=NOW, ticket_id=opened.id))
        hold(self.conversation, self.tickets, decision.actions, self.wording())
        return self

    def context(self, **changed: Any) -> Context:
        return replace(self._context(None, frozenset()), **changed)

    def _context(self, named: Ticket | None, secrets: frozenset[SecretKind]) -> Context:
        return Context(
            knowledge=self.knowledge,
            match=self._match,
            policy=self._policy,
            now=NOW,
            hours=Text("hours.opens_at", {"time": Moment(NOW, "Asia/Tokyo")}),
            ticket=self.ticket,
            named=named,
            tickets=tuple(reversed(self.tickets)),
            secrets=secrets,
        )

    def _match(self, text: str, language: str) -> Match:
        """What the shipped index finds, without what the knowledge has lost since: with it, its index is rebuilt."""
        found = match(self._index, text, language)
        known = self.knowledge.entries.keys() | self.knowledge.checklists.keys()
        candidates = tuple(one for one in found.candidates if one.entry in known)
        if candidates == found.candidates:
            return found
        return replace(found, verdict=Verdict.CLOSE if candidates else Verdict.NONE, candidates=candidates)

    def _pressed(self, data: str) -> ChoicePicked:
        self._events += 1
        return ChoicePicked(key=f"c{self._events}", at=NOW, chat=CHAT, sender=self.conversation.person, data=data)

    def _open(self, action: OpenTicket) -> Ticket:
        ticket = replace(
            new_ticket(action, self.conversation, StaffChats(DESK), self._ids, NOW), number=len(self.tickets) + 1
        )
        self.tickets.append(ticket)
        self.ticket = ticket
        self.conversation = replace(self.conversation, ticket_id=ticket.id)
        return ticket

    def _change(self, ticket: Ticket) -> "Talk":
        self.tickets = [ticket if one.id == ticket.id else one for one in self.tickets]
        self.conversation = following(self.conversation, ticket)
        held = self.conversation.ticket_id
        self.ticket = next((one for one in self.tickets if one.id == held), None)
        return self


def timers(actions: Sequence[Action]) -> list[str]:
    return [action.kind for action in actions if isinstance(action, SetTimer)]


def shut(actions: Sequence[Action]) -> bool:
    return any(isinstance(action, ShowStatus) for action in actions)
