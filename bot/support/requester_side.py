"""A requester's event: mask, load, decide, one unit of work. Whoever calls holds the requester's lock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.actions import DialogueAction
from bot.changes import AddMessage, AddRequester, Change, MessageKind, SaveConversation, SeeEvent
from bot.dialogue import engine
from bot.dialogue.context import Context, Decision
from bot.dialogue.hearing import command_of
from bot.dialogue.options import ticket_button
from bot.events import ChoicePicked, MessageReceived, RequesterEvent, TicketOpened
from bot.model import Conversation, Mode, Person, Ticket
from bot.ports import Clock, Loaded, Store
from bot.support.brain import Brain
from bot.support.masking import mask_choice, mask_message
from bot.support.pieces import forget_pieces
from bot.support.plan import Plan
from bot.support.requesters import Requesters
from bot.understanding.languages import detect
from bot.understanding.redaction import SecretKind

SEEN_BEFORE = "seen_before"


@dataclass(frozen=True, slots=True)
class Turn:
    """How a turn ended, and the ticket that it opened, if any: that is handled next, under the same lock."""

    outcome: str
    opened: TicketOpened | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    """A masked event with what it is decided upon; `changes` and `actions` follow from the masking alone."""

    event: RequesterEvent
    conversation: Conversation
    loaded: Loaded
    secrets: frozenset[SecretKind] = frozenset()
    changes: tuple[Change, ...] = ()
    actions: tuple[DialogueAction, ...] = ()


class RequesterSide:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._requesters = Requesters(store, clock)

    async def id_of(self, person: Person) -> int:
        """The requester whose lock must be held for a turn."""
        return await self._requesters.id_of(person)

    async def turn(self, event: RequesterEvent, requester_id: int, brain: Brain) -> Turn:
        """Commit what the event changes; nothing is changed by an event that was seen before."""
        heard = await self._hear(event, requester_id)
        plan = await self._plan(heard, brain)
        assert plan.conversation is not None
        now = self._clock.now()
        sender = heard.event.sender
        is_new = heard.loaded.conversation is None and await self._requesters.is_new(sender)
        joined = (AddRequester(requester_id, sender, now),) if is_new else ()
        saved = SaveConversation(plan.conversation, now)
        if not await self._store.commit((SeeEvent(event.key, now), *joined, *heard.changes, saved, *plan.changes)):
            return Turn(SEEN_BEFORE)
        self._requesters.stored(sender, requester_id)
        return Turn(plan.conversation.mode, plan.opened)

    async def _hear(self, event: RequesterEvent, requester_id: int) -> _Heard:
        """Load the conversation, and mask the event in its light."""
        loaded = await self._store.load_conversation(event.chat)
        conversation = loaded.conversation or self._new_conversation(event, requester_id)
        if isinstance(event, ChoicePicked):
            choice = mask_choice(event)
            return _Heard(choice, replace(conversation, person=choice.sender), loaded)
        masked = mask_message(event, conversation.recent)
        message = masked.event
        heard = _Heard(message, replace(conversation, person=message.sender), loaded, masked.found)
        if masked.pieces:
            reach = await forget_pieces(self._store, self._clock, heard.conversation, loaded.ticket, masked.pieces)
            loaded = replace(loaded, ticket=reach.ticket)
            heard = replace(
                heard, conversation=reach.conversation, loaded=loaded, changes=reach.changes, actions=reach.actions
            )
        kept = _kept(message, heard.conversation, loaded.ticket, self._clock)
        return replace(heard, changes=(*heard.changes, kept))

    async def _plan(self, heard: _Heard, brain: Brain) -> Plan:
        named = await self._named(heard)
        tickets = await self._tickets(heard)
        now = self._clock.now()
        context = Context(
            knowledge=brain.knowledge,
            match=brain.match,
            policy=brain.rules.policy,
            now=now,
            hours=brain.hours(now),
            ticket=heard.loaded.ticket,
            named=named,
            tickets=tickets,
            secrets=heard.secrets,
        )
        decision = _lost(heard, context) if heard.loaded.unreadable else _decided(heard, context)
        kept = heard.changes[-1] if heard.changes else None
        plan = Plan(
            brain,
            self._clock,
            now,
            conversation=decision.conversation,
            ticket=named or heard.loaded.ticket,
            interaction=heard.event.interaction,
            message_id=kept.id if isinstance(kept, AddMessage) else 0,
        )
        plan.carry_out((*heard.actions, *decision.actions))
        return plan

    async def _named(self, heard: _Heard) -> Ticket | None:
        """The ticket that a button names; somebody else's is nothing to this requester."""
        pressed = ticket_button(heard.event.data) if isinstance(heard.event, ChoicePicked) else None
        named = await self._store.load_ticket(pressed[0]) if pressed else None
        return named if named and named.requester_id == heard.conversation.requester_id else None

    async def _tickets(self, heard: _Heard) -> Sequence[Ticket]:
        command = command_of(heard.event.text) if isinstance(heard.event, MessageReceived) else None
        if command is None or command.name != "tickets":
            return ()
        return await self._store.tickets_of(heard.conversation.requester_id)

    def _new_conversation(self, event: RequesterEvent, requester_id: int) -> Conversation:
        return Conversation(
            id=self._clock.new_id(), requester_id=requester_id, chat=event.chat, person=event.sender, language=""
        )


def _decided(heard: _Heard, context: Context) -> Decision:
    return engine.decide(heard.conversation, heard.event, context)


def _lost(heard: _Heard, context: Context) -> Decision:
    """A state that cannot be read: whoever has an open ticket goes on in it, for anybody else one is opened."""
    ticket, event = context.ticket, heard.event
    said, pictures = (event.text, event.attachments) if isinstance(event, MessageReceived) else ("", ())
    if ticket and not ticket.status.is_done:
        held = replace(heard.conversation, mode=Mode.HANDED_OFF, ticket_id=ticket.id, language=ticket.language)
        return engine.decide(held, event, context)
    available = tuple(context.knowledge.languages)
    language = detect(said, current=None, explicit=None, locale=event.sender.locale, available=available)
    begun = replace(heard.conversation, language=language, said=said, recent=(said,), pictures=pictures)
    return engine.lost(begun, context)


def _kept(event: MessageReceived, conversation: Conversation, ticket: Ticket | None, clock: Clock) -> AddMessage:
    return AddMessage(
        id=clock.new_id(),
        requester_id=conversation.requester_id,
        ticket_id=ticket.id if ticket else None,
        kind=MessageKind.REQUESTER,
        author=f"{event.sender.platform}:{event.sender.user_id}",
        text=event.text,
        attachments=event.attachments,
        source=event.message,
        at=event.at,
    )
