"""A requester's event: mask, load, decide, one unit of work. Whoever calls holds the requester's lock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.accounts import Proof, Verdict
from bot.actions import ChangeTicket, DialogueAction
from bot.changes import AddMessage, AddRequester, Change, MessageKind, SaveConversation, SeeEvent, author_key
from bot.desk.waiting import promised
from bot.dialogue import engine, handoff, revising
from bot.dialogue.context import Context, Decision, Haste
from bot.dialogue.hearing import command_of
from bot.dialogue.options import ticket_button
from bot.dialogue.withdrawing import withdrawn
from bot.events import BotBlocked, ChoicePicked, MessageDeleted, MessageReceived, RequesterEvent
from bot.internal_events import TicketOpened
from bot.model import Conversation, Mode, Person, Ticket
from bot.ports import Clock, Loaded, Store
from bot.staffing import Shift
from bot.support.asking import Asking, asking, is_about_data
from bot.support.brain import Brain
from bot.support.floods import Floods
from bot.support.masking import mask_choice, mask_message
from bot.support.pieces import forget_pieces
from bot.support.plan import Plan
from bot.support.proving import judged, presented
from bot.support.requesters import Requesters
from bot.support.subject import NOTHING_WRITTEN, Subject, Written, subject_of, written_at
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
    revised: Subject | None = None
    secrets: frozenset[SecretKind] = frozenset()
    changes: tuple[Change, ...] = ()
    actions: tuple[DialogueAction, ...] = ()
    proof: Proof | None = None


class RequesterSide:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._requesters = Requesters(store, clock)
        self._floods = Floods()

    async def id_of(self, person: Person) -> int:
        """The requester whose lock must be held for a turn."""
        return await self._requesters.id_of(person)

    def forget(self, requester_id: int) -> None:
        """Whoever writes from an account of this requester is a new one from now on."""
        self._requesters.forget(requester_id)

    async def turn(
        self, event: RequesterEvent, requester_id: int, brain: Brain, revised: Subject | None = None
    ) -> Turn:
        """Commit what the event changes; nothing is changed by an event that was seen before.

        With `revised` the event is a message of earlier, as it reads now.
        """
        heard = await self._hear(event, requester_id, brain, revised)
        if revised and isinstance(heard.event, MessageReceived) and heard.event.text == revised.message.text:
            return Turn("unchanged")
        plan = await self._plan(heard, brain)
        assert plan.conversation is not None
        now = self._clock.now()
        sender = heard.event.sender
        is_new = heard.loaded.conversation is None and await self._requesters.is_new(sender)
        joined = (AddRequester(requester_id, sender, now),) if is_new else ()
        saved = SaveConversation(plan.conversation, now)
        if not await self._store.commit((SeeEvent(event.key, now), *joined, *heard.changes, saved, *plan.changes)):
            if heard.proof and heard.proof.verdict is Verdict.PROVED:
                return await self.turn(event, requester_id, brain)  # Somebody else used that code just now.
            return Turn(SEEN_BEFORE)
        self._requesters.stored(sender, requester_id)
        return Turn(plan.conversation.mode, plan.opened)

    async def withdrawn(self, event: MessageDeleted, subject: Subject, brain: Brain) -> str:
        """Commit that a message is gone from the requester's chat."""
        if subject.message.withdrawn_at is not None:
            return "unchanged"
        now = self._clock.now()
        loaded = await self._store.load_conversation(event.chat)
        plan = Plan(brain, self._clock, now, ticket=loaded.ticket, subject=subject)
        plan.carry_out((withdrawn(),))
        fresh = await self._store.commit((SeeEvent(event.key, now), *plan.changes))
        return "revised" if fresh else SEEN_BEFORE

    async def blocked(self, event: BotBlocked, brain: Brain) -> str:
        """Commit that what is sent to the requester will not arrive, or will again."""
        now = self._clock.now()
        loaded = await self._store.load_conversation(event.chat)
        plan = Plan(brain, self._clock, now, ticket=loaded.ticket)
        plan.carry_out(handoff.blocked(loaded.ticket, is_blocked=event.is_blocked) if loaded.ticket else ())
        fresh = await self._store.commit((SeeEvent(event.key, now), *plan.changes))
        return ("blocked" if event.is_blocked else "unblocked") if fresh else SEEN_BEFORE

    async def _hear(self, event: RequesterEvent, requester_id: int, brain: Brain, revised: Subject | None) -> _Heard:
        """Load the conversation, and mask the event in its light."""
        loaded = await self._store.load_conversation(event.chat)
        conversation = loaded.conversation or self._new_conversation(event, requester_id)
        if isinstance(event, ChoicePicked):
            choice = mask_choice(event)
            return _Heard(choice, replace(conversation, person=choice.sender), loaded)
        shown = presented(event, brain.rules.codes)
        masked = mask_message(shown.event, conversation.recent)
        message = masked.event
        found = masked.found | {SecretKind.CODE} if shown.is_careless else masked.found
        heard = _Heard(message, replace(conversation, person=message.sender), loaded, revised, found)
        if shown.code is not None and not revised:
            now = self._clock.now()
            heard = replace(
                heard, proof=await judged(shown.code, brain.rules.codes, loaded.standing, now, self._store)
            )
        if masked.pieces:
            reach = await forget_pieces(self._store, self._clock, heard.conversation, loaded.ticket, masked.pieces)
            loaded = replace(loaded, ticket=reach.ticket)
            heard = replace(
                heard, conversation=reach.conversation, loaded=loaded, changes=reach.changes, actions=reach.actions
            )
        if revised:
            return heard
        kept = _kept(message, heard.conversation, loaded.ticket, self._clock)
        return replace(heard, changes=(*heard.changes, kept))

    async def _plan(self, heard: _Heard, brain: Brain) -> Plan:
        named, last = await self._named(heard), await self._last(heard)
        asking = await self._asking(heard)
        subject = heard.revised or await self._answered(heard)
        now = self._clock.now()
        context = Context(
            knowledge=brain.knowledge,
            match=brain.match,
            policy=brain.rules.policy,
            now=now,
            hours=brain.hours(heard.loaded.ticket).sentence(now),
            waiting=promised(heard.loaded.ticket, now, brain.hours(heard.loaded.ticket).timezone),
            ticket=heard.loaded.ticket,
            last=last,
            named=named,
            tickets=asking.tickets,
            asked=asking.asked,
            elsewhere=asking.elsewhere,
            answers=subject.message.source if subject else None,
            secrets=heard.secrets,
            standing=heard.loaded.standing,
            proof=heard.proof,
            haste=self._haste(heard),
        )
        decision = await self._decided(heard, context)
        plan = Plan(
            brain,
            self._clock,
            now,
            conversation=decision.conversation,
            ticket=named or heard.loaded.ticket or (last if _goes_on(decision, last) else None),
            interaction=heard.event.interaction,
            written=await self._written(heard),
            subject=subject,
            shifts=await self._shifts(heard),
        )
        plan.carry_out((*heard.actions, *decision.actions))
        return plan

    async def _shifts(self, heard: _Heard) -> Sequence[Shift]:
        """Who is at the desk; nobody has to be woken where nobody has the ticket yet."""
        ticket = heard.loaded.ticket
        return await self._store.shifts(ticket.desk_chat) if ticket and ticket.assignee else ()

    def _haste(self, heard: _Heard) -> Haste:
        """Edits are no messages, and of an album only what is said with it counts."""
        event = heard.event
        if heard.revised or (isinstance(event, MessageReceived) and event.album and not event.text):
            return Haste.NONE
        return self._floods.hear(event.chat, event.at)

    async def _decided(self, heard: _Heard, context: Context) -> Decision:
        if heard.loaded.unreadable:
            return _lost(heard, context)
        if heard.revised and isinstance(heard.event, MessageReceived):
            message = heard.revised.message
            latest = await self._store.latest_messages(message.requester_id, 1)
            is_latest = bool(latest) and latest[0].id == message.id
            return revising.edited(heard.conversation, heard.event, context, is_latest=is_latest)
        return engine.decide(heard.conversation, heard.event, context)

    async def _written(self, heard: _Heard) -> Written:
        event = heard.event
        if not isinstance(event, MessageReceived):
            return NOTHING_WRITTEN
        if heard.revised:
            return Written(heard.revised.message.id)
        quoted = await self._store.find_message(event.reply_to) if event.reply_to else None
        kept = heard.changes[-1]
        assert isinstance(kept, AddMessage)
        return Written(kept.id, quoted.id if quoted else None, event.album)

    async def _named(self, heard: _Heard) -> Ticket | None:
        """The ticket that a button names; somebody else's is nothing to this requester."""
        pressed = ticket_button(heard.event.data) if isinstance(heard.event, ChoicePicked) else None
        named = await self._store.load_ticket(pressed[0]) if pressed else None
        return named if named and named.requester_id == heard.conversation.requester_id else None

    async def _last(self, heard: _Heard) -> Ticket | None:
        """The ticket that was done last, which somebody without one may mean."""
        id = heard.conversation.last_ticket_id
        return await self._store.load_ticket(id) if id and heard.loaded.ticket is None else None

    async def _answered(self, heard: _Heard) -> Subject | None:
        """The requester's own message that `/delete` answers."""
        if not isinstance(heard.event, MessageReceived) or not _is_command(heard.event, "delete"):
            return None
        message = await written_at(heard.event.reply_to, self._store)
        if message is None or message.requester_id != heard.conversation.requester_id:
            return None
        return await subject_of(message, self._store)

    async def _asking(self, heard: _Heard) -> Asking:
        """What only some commands, and the buttons under their answers, need to know."""
        if isinstance(heard.event, MessageReceived) and _is_command(heard.event, "tickets"):
            return Asking(tickets=await self._store.tickets_of(heard.conversation.requester_id))
        if is_about_data(heard.event, heard.conversation):
            return await asking(heard.conversation.requester_id, self._store)
        return Asking()

    def _new_conversation(self, event: RequesterEvent, requester_id: int) -> Conversation:
        return Conversation(
            id=self._clock.new_id(), requester_id=requester_id, chat=event.chat, person=event.sender, language=""
        )


def _goes_on(decision: Decision, last: Ticket | None) -> bool:
    """Whether the ticket that was done goes on."""
    changed = (action.ticket.id for action in decision.actions if isinstance(action, ChangeTicket))
    return last is not None and last.id in changed


def _is_command(event: MessageReceived, name: str) -> bool:
    command = command_of(event.text)
    return command is not None and command.name == name


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
        author=author_key(event.sender),
        text=event.text,
        attachments=event.attachments,
        source=event.message,
        at=event.at,
    )
