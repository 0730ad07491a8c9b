"""The nouns every other module speaks of: frozen values, no behaviour beyond what follows from their own fields.
Times are whole microseconds UTC since 1970, our ids are 63-bit integers, the platforms' ids are text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.accounts import Account, Facts
from bot.paging import NOBODY_CALLED, Paging
from bot.timing import NO_TIME, Timing

EPOCH = 1_735_689_600_000_000
"""2025-01-01 UTC in microseconds; our ids count from here so that they fit into 63 bits until 2096."""
_COUNTER_BITS = 12


def first_id_at(moment: int) -> int:
    """The lowest of our ids that belong to the moment; it rises with time."""
    return (moment - EPOCH) << _COUNTER_BITS


def made_at(id: int) -> int:
    """When what has this id of ours was made, as the clock said then."""
    return (id >> _COUNTER_BITS) + EPOCH


class PlatformName(StrEnum):
    """Where people write to the bot; on PAGER only the bot writes, to whoever is on call."""

    TELEGRAM = "telegram"
    DISCORD = "discord"
    WEB = "web"
    CONSOLE = "console"
    PAGER = "pager"


@dataclass(frozen=True, slots=True)
class ChatRef:
    """One chat, or one thread inside it; `thread_id` is empty outside threads."""

    platform: PlatformName
    chat_id: str
    thread_id: str = ""

    def is_beside(self, other: "ChatRef") -> bool:
        """Whether both are in one chat, in whatever threads of it."""
        return (self.platform, self.chat_id) == (other.platform, other.chat_id)


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message as its platform names it."""

    chat: ChatRef
    message_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever wrote, as the platform introduces them; `locale` is the platform's hint at a language."""

    platform: PlatformName
    user_id: str
    name: str
    locale: str = ""


class Standing(StrEnum):
    """What the platform says somebody is in the staff chat; the desk decides what follows from it."""

    OUTSIDER = "outsider"
    ANONYMOUS = "anonymous"
    MEMBER = "member"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Agent:
    """Whoever acts in the staff chat."""

    platform: PlatformName
    user_id: str
    name: str
    standing: Standing = Standing.OUTSIDER

    def is_same_person(self, other: "Agent | None") -> bool:
        """Whether both are one account; names do not count, since anybody can choose a name."""
        return other is not None and (self.platform, self.user_id) == (other.platform, other.user_id)


class Made(StrEnum):
    """What makes a file of the bot's own, anew each time it is fetched, so that no copy of it has to be kept."""

    EXPORT = "export"


class AttachmentKind(StrEnum):
    """How a file is shown; a platform that lacks a kind shows it as a document."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file by its platform's handle, or by that of what makes it; never its bytes and never a link that expires;
    `size` in bytes; `is_changed` on its way out when what is passed on is no longer what the handle stands for."""

    platform: PlatformName | Made
    kind: AttachmentKind
    handle: str
    name: str
    size: int = 0
    content_type: str = ""
    is_changed: bool = False


class Markup(StrEnum):
    """MARKDOWN is our own text; PLAIN is anybody else's and is shown exactly as typed."""

    MARKDOWN = "markdown"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Button:
    """A label and the at most 40 bytes that come back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one message shows; `author` is a heading above text that is not the bot's own. `wakes` names whom it may
    wake, each of whom it then calls by name: nobody if it is empty; None leaves that to the platform."""

    text: str
    markup: Markup = Markup.MARKDOWN
    author: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    wakes: tuple[Agent, ...] | None = None


class TicketStatus(StrEnum):
    """The usual help-desk meanings: `pending` waits for the requester, `on_hold` for a third party."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def is_done(self) -> bool:
        return self in (TicketStatus.SOLVED, TicketStatus.CLOSED)


class TicketPriority(StrEnum):
    """How soon a ticket needs somebody, the most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is the most urgent."""
        return list(TicketPriority).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A numbered case; `answers` maps what was collected to what the requester said, in the order asked;
    `undelivered` is why the latest reply did not arrive, empty if it did; `waiting_since` is when the requester began
    to wait for us, None while they do not; `account` is the one that they proved to be theirs, while that counts, and
    `facts` what the exchange said of one; `follows` is the number of the ticket it goes on with; `waited` is how much
    open time went by until the first response. On
    `legal_hold` nothing of it is erased; after `erased_at` it has a number and nothing of its requester."""

    id: int
    number: int
    desk: str
    status: TicketStatus
    requester_id: int
    conversation_id: int
    requester: Person
    requester_chat: ChatRef
    desk_chat: ChatRef
    topic: str
    team: str
    subject: str
    language: str
    answers: Mapping[str, str]
    card_id: int
    assignee: Agent | None = None
    created_at: int
    first_response_at: int | None = None
    solved_at: int | None = None
    rating: int | None = None
    undelivered: str = ""
    waiting_since: int | None = None
    account: Account | None = None
    priority: TicketPriority = TicketPriority.NORMAL
    facts: Facts | None = None
    legal_hold: bool = False
    erased_at: int | None = None
    timing: Timing = NO_TIME
    waited: int | None = None
    follows: int | None = None
    paging: Paging = NOBODY_CALLED


class Mode(StrEnum):
    """What the conversation is in the middle of; a ticket in hand is `Conversation.ticket_id`, beside the mode."""

    IDLE = "idle"
    CLARIFYING = "clarifying"
    IN_CHECKLIST = "in_checklist"
    HANDED_OFF = "handed_off"


@dataclass(frozen=True, slots=True)
class Prompt:
    """The last question asked with buttons: `options` are catalogue ids and verbs, never positions."""

    number: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistPlace:
    """Where in a checklist somebody is; `step` is empty when a finding waits for "go on" or "a person"."""

    checklist: str
    step: str
    answers: Mapping[str, str] = field(default_factory=dict)
    refused: int = 0
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything between one requester and the bot in one chat; `pictures` wait for a ticket to go to, and
    `last_ticket_id` is the ticket that was done last, until something new has begun."""

    id: int
    requester_id: int
    chat: ChatRef
    person: Person
    language: str
    language_chosen: bool = False
    mode: Mode = Mode.IDLE
    prompts_asked: int = 0
    prompt: Prompt | None = None
    place: ChecklistPlace | None = None
    topic: str = ""
    said: str = ""
    tried: tuple[str, ...] = ()
    helped_asked: tuple[str, ...] = ()
    is_verified: bool = False
    intake: tuple[str, ...] = ()
    ticket_id: int | None = None
    last_ticket_id: int | None = None
    recent: tuple[str, ...] = ()
    pictures: tuple[Attachment, ...] = ()
    album: str = ""
