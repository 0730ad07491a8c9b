"""What a decision is made from and what it is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.accounts import NOTHING_PROVED, Account, Proof, Standing
from bot.actions import DialogueAction, Option, Say, Text
from bot.forgetting import DataRequest, RequestKind
from bot.knowledge.schema import Knowledge
from bot.model import Conversation, MessageRef, Prompt, Ticket
from bot.understanding.matching import Match
from bot.understanding.redaction import SecretKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operator's rules that the dialogue follows."""

    is_account_id: Callable[[str], bool]
    default_language: str
    require_kyc: bool = False
    close_after_hours: int = 72
    verified_hours: int = 24
    export_delay_hours: int = 24
    erase_delay_hours: int = 72
    reopen_days: int = 7
    tickets_days: int = 400
    texts_days: int = 90


class Haste(StrEnum):
    """Whether somebody writes faster than a person can, and since this message or an earlier one."""

    NONE = "none"
    BEGUN = "begun"
    GOING_ON = "going_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a turn may look at: read-only knowledge, the moment, and what the store knows of the requester.

    `match` ranks entries for a text in a language; `hours` says when people are at the desk, `waiting` how long a
    first answer usually takes or when the next word comes, where that is known; `last` is the ticket that was done
    last, while none is open; `tickets` are the requester's
    tickets, loaded only for the commands that need them, as are `asked`, what they have asked for about what is
    kept of them, and `elsewhere`, their other conversations; `named` is the ticket a button named, and `answers`
    where the requester's own message stands that a command answers; `standing` is what the requester has proved so
    far, and `proof` the code that the message presents.
    """

    knowledge: Knowledge
    match: Callable[[str, str], Match]
    policy: Policy
    now: int
    hours: Text
    waiting: Text | None = None
    ticket: Ticket | None = None
    last: Ticket | None = None
    named: Ticket | None = None
    tickets: Sequence[Ticket] = ()
    asked: Mapping[RequestKind, DataRequest] = field(default_factory=dict)
    elsewhere: Sequence[Conversation] = ()
    answers: MessageRef | None = None
    secrets: frozenset[SecretKind] = frozenset()
    standing: Standing = NOTHING_PROVED
    proof: Proof | None = None
    haste: Haste = Haste.NONE

    @property
    def open_ticket(self) -> Ticket | None:
        """The conversation's ticket while it is not done."""
        return self.ticket if self.ticket and not self.ticket.status.is_done else None

    @property
    def account(self) -> Account | None:
        """The account that the requester has proved, while that counts."""
        return self.standing.account_at(self.now)


@dataclass(frozen=True, slots=True)
class Decision:
    """The conversation as it is from now on, and what to do about it, in order."""

    conversation: Conversation
    actions: tuple[DialogueAction, ...] = ()

    def after(self, *actions: DialogueAction) -> "Decision":
        """The same decision with actions before its own."""
        return Decision(self.conversation, (*actions, *self.actions))

    def then(self, *actions: DialogueAction) -> "Decision":
        """The same decision with actions behind its own."""
        return Decision(self.conversation, (*self.actions, *actions))


def say(conversation: Conversation, *parts: Text) -> Decision:
    """Say something that asks nothing: the buttons shown before keep their meaning."""
    return Decision(conversation, (Say(parts=parts),))


def ask(conversation: Conversation, parts: Sequence[Text], options: Sequence[Option], columns: int = 1) -> Decision:
    """Say something with buttons; from now on these are the conversation's only live ones."""
    number = conversation.prompts_asked + 1
    prompt = Prompt(number, tuple(option.key for option in options))
    asked = replace(conversation, prompts_asked=number, prompt=prompt)
    return Decision(asked, (Say(parts=tuple(parts), options=tuple(options), columns=columns),))
