"""What was decided, in the imperative: returned by `dialogue` and `desk`, carried out by `support`.

Texts are named, never written: `Text` is a key of the knowledge base with its values, put into words later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.account_actions import AccountAction, LookUpAccount
from bot.accounts import Account
from bot.forgetting import CancelRequest, StartRequest
from bot.model import Agent, Attachment, ChatRef, Conversation, MessageRef, Ticket, TicketPriority
from bot.paging import CallOut
from bot.texts import Moment as Moment
from bot.texts import Option as Option
from bot.texts import Place as Place
from bot.texts import Text as Text
from bot.texts import Value as Value
from bot.texts import literal as literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say the parts to the requester as one message; with options it becomes the conversation's prompt. What is said
    `elsewhere`, in another conversation of theirs, has none."""

    parts: tuple[Text, ...]
    options: tuple[Option, ...] = ()
    columns: int = 1
    elsewhere: Conversation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """Open a ticket with everything already collected; its number comes back as `TicketOpened`."""

    topic: str
    team: str
    subject: str
    answers: Mapping[str, str]
    account: Account | None = None
    priority: TicketPriority = TicketPriority.NORMAL
    follows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTicket:
    """Keep the ticket as given; its thread is not part of the change, since delivery alone learns it."""

    ticket: Ticket


class Audience(StrEnum):
    REQUESTER = "requester"
    DESK = "desk"


class Wake(StrEnum):
    """Whom something said at the desk may wake: the ticket's assignee, those on duty, those who lead, or nobody."""

    NOBODY = "nobody"
    ASSIGNEE = "assignee"
    TEAM = "team"
    LEADS = "leads"
    ON_CALL = "on_call"
    ON_CALL_AND_LEADS = "on_call_and_leads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Say a phrase in the other's chat: the only way dialogue and desk speak into each other's rooms; `wakes` is for
    the desk alone, and `options` are buttons of the ticket for the requester alone."""

    audience: Audience
    ticket_id: int
    text: Text
    wakes: Wake = Wake.NOBODY
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayToDesk:
    """Show the requester's message in the ticket's thread, exactly as written (after masking).

    With `may_be_joined` it waits a few seconds for what follows it.
    """

    ticket_id: int
    text: str
    attachments: tuple[Attachment, ...] = ()
    may_be_joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """Keep the new words of the message in question, and show them to whoever was or will be shown the old ones."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take the message in question back from wherever it is shown; staff are told whether it had been seen or not."""

    told_if_seen: Text | None = None
    told_if_unseen: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeliver:
    """Try again what was given up: outbox rows by id."""

    deliveries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """Open the ticket's thread with its card."""

    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCard:
    """Bring the card up to date with the ticket."""

    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAgent:
    """Answer an agent in the thread or staff chat they acted in; `message_id` is what the buttons are about."""

    text: Text
    ticket_id: int | None = None
    options: tuple[Option, ...] = ()
    message_id: int = 0
    wakes: Wake = Wake.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class TellHere:
    """Answer an agent where they acted, whatever ticket the turn is about: each part is a line."""

    parts: tuple[Text, ...]
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveThread:
    """Go on with the ticket in another staff chat: `told` ends the old thread, and `said` begins the new one."""

    ticket_id: int
    to: ChatRef
    told: Text
    said: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Say something in the staff chat itself, where an agent acted in one of its threads; `everywhere` in the others,
    too."""

    text: Text
    everywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReply:
    """Send an agent's words to the requester and show their fate on `origin`."""

    ticket_id: int
    text: str
    attachments: tuple[Attachment, ...]
    origin: MessageRef
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepNote:
    """Keep an agent's words as a note the requester never sees; `asks` wonders whether it was one."""

    ticket_id: int
    text: str
    attachments: tuple[Attachment, ...] = ()
    origin: MessageRef
    agent: Agent
    asks: Text | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepDraft:
    """Keep an agent's words until they say whether it is a reply or a note; `asks` says why they are asked."""

    ticket_id: int
    text: str
    attachments: tuple[Attachment, ...]
    origin: MessageRef
    agent: Agent
    asks: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """Put a reaction on a message: an agent's in the staff chat, or without a ticket the requester's in their own."""

    ticket_id: int | None
    target: MessageRef
    reaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStatus:
    """Let the ticket's thread show how the ticket stands and who has it; the thread of one that is done is shut, and
    one that `rests` is put away until somebody writes."""

    ticket_id: int
    rests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteOriginal:
    """Take the requester's message out of the chat, where the platform lets a bot: it held a secret."""

    message: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRating:
    """Ask the requester once for a rating of 1 to 5."""

    ticket_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFeedback:
    """Count whether an answer helped."""

    entry: str
    helped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnanswered:
    """Keep a masked question nobody had an answer for, for whoever writes the knowledge base."""

    text: str
    language: str


LAPSE = "lapse"
"""The timer after which a solved ticket is closed."""
SHOW_TURN = "show_turn"
"""The timer after which the card shows whose turn it is; while both sides write, that changes with every message."""
QUIET_SECONDS, CALM_SECONDS = 5, 30
IDENTITY_ENDS = "identity_ends"
"""The timer after which the account on a ticket no longer counts as proved."""
SHOW_STATUS = "show_status"
"""The timer after which the thread itself shows it: a platform may write a line into it about every change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Fire `TimerFired(kind)` for the ticket at a time; an earlier timer of that kind and ticket is replaced."""

    kind: str
    ticket_id: int
    due_at: int


def show_turn(ticket_id: int, now: int) -> SetTimer:
    """Let the card follow once nobody has written for a moment: each edit costs as much as a message."""
    return SetTimer(kind=SHOW_TURN, ticket_id=ticket_id, due_at=now + QUIET_SECONDS * 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Write down who did what to which ticket."""

    ticket_id: int
    agent: Agent
    act: str


DialogueAction = (
    Say | OpenTicket | ChangeTicket | Notify | RelayToDesk | UpdateCard | RecordFeedback | RecordUnanswered
    | AskRating | React | ShowStatus | SetTimer | DeleteOriginal | Revise | Withdraw
    | AccountAction | StartRequest | CancelRequest
)  # fmt: skip
DeskAction = (
    PostCard | UpdateCard | TellAgent | TellHere | MoveThread | Announce | SendReply | KeepNote | KeepDraft | React
    | ShowStatus | AskRating | ChangeTicket | Notify | SetTimer | Audit | Revise | Withdraw | Redeliver
    | LookUpAccount | CallOut
)  # fmt: skip
Action = DialogueAction | DeskAction
