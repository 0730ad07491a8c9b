"""With a ticket open: every message reaches the desk, and until a person has answered the bot asks what is missing.

Nothing has to be answered, and once a person speaks the bot is silent: an answer to them is not an answer to it.
"""

import re
from dataclasses import replace
from unicodedata import normalize

from bot.actions import ChangeTicket, DialogueAction, RelayToDesk, Text, UpdateCard, show_turn
from bot.dialogue.context import Context, Decision, ask, say
from bot.dialogue.options import option
from bot.events import MessageReceived
from bot.knowledge.schema import MISSING
from bot.lookups import STATED, asking
from bot.model import Conversation, Ticket, TicketStatus

ACCOUNT_ID, WHAT_HAPPENED, SCREENSHOT = STATED, "what_happened", "screenshot"
FIELDS = (ACCOUNT_ID, WHAT_HAPPENED, SCREENSHOT)
LONGEST_ANSWER = 500
ATTACHED = "📎"
MOST_WORDS_OF_AN_ID, LONGEST_TEXT_OF_AN_ID = 4, 64
FEWEST_LETTERS_OF_A_STORY = 12
"""Japanese and Chinese have no spaces: there letters are counted."""
SKIPPING = frozenset({"skip", "unknown", "no"})

_WORD = re.compile(r"[^\s,;:、。]+")
_RUN = re.compile(r"[0-9A-Za-z_-]+")
_LABELLED = re.compile(
    r"(?:\b(?:uid|user id|account(?: id| number)?)\b|(?:アカウント|ユーザー)(?:ID|番号)?)"
    r"(?:\s*(?:is|no|:|=|#|は|が)){0,3}\s*([0-9A-Za-z_-]+)",
    re.IGNORECASE | re.ASCII,
)
_MONEY = re.compile(
    r"[$€£¥%]|[円元]|\b(?:usd[ct]?|eur|gbp|jpy|yen|dollars?|euros?|btc|eth|xrp|sol|bnb)\b", re.IGNORECASE
)


def ask_missing(conversation: Conversation, context: Context, *parts: Text) -> Decision:
    """Say the parts and ask the first thing that is missing; with nothing missing, that this was all."""
    if not conversation.intake:
        return say(replace(conversation, prompt=None), *(parts or (Text("intake.done"),)))
    question = Text(f"intake.{conversation.intake[0]}")
    return ask(conversation, (*parts, question), [option("skip", context.knowledge)])


def again(conversation: Conversation, ticket: Ticket, context: Context, *parts: Text) -> Decision:
    """Say the parts, and ask once more what is still missing, if anything is."""
    kept = _kept(ticket, replace(ticket, language=conversation.language), context)
    if conversation.intake and is_asking(ticket):
        return ask_missing(conversation, context, *parts).after(*kept)
    return say(replace(conversation, prompt=None), *parts).after(*kept)


def message(
    conversation: Conversation, event: MessageReceived, signal: str, ticket: Ticket, context: Context
) -> Decision:
    """Take a message of somebody who has a ticket: to the desk in any case, to the card if it answers the intake."""
    relay = RelayToDesk(ticket_id=ticket.id, text=event.text, attachments=event.attachments)
    heard = _heard(ticket, conversation.language)
    if not conversation.intake or not is_asking(ticket):
        return Decision(replace(conversation, prompt=None), (relay, *_kept(ticket, heard, context)))
    wanted = conversation.intake[0]
    if signal in SKIPPING:
        return skip(conversation, heard, context).after(relay)
    given = _given(wanted, conversation.intake, replace(event, text="") if signal else event, context)
    filled = replace(heard, answers={**ticket.answers, **given}) if given else heard
    left = replace(conversation, intake=tuple(field for field in conversation.intake if field not in given))
    kept = (relay, *_kept(ticket, filled, context))
    if wanted in given:
        return ask_missing(left, context).after(*kept)
    if wanted == ACCOUNT_ID and not given and _is_attempt(event.text):
        return ask_missing(left, context, Text("intake.account_id_refused")).after(*kept)
    return Decision(left, kept)


def skip(conversation: Conversation, ticket: Ticket, context: Context) -> Decision:
    """Leave one thing out; the card shows it as not given."""
    if not conversation.intake:
        return ask_missing(conversation, context)
    skipped, *rest = conversation.intake
    after = replace(ticket, answers={**ticket.answers, skipped: MISSING})
    left = replace(conversation, intake=tuple(rest))
    return ask_missing(left, context).after(*_kept(ticket, after, context))


def is_asking(ticket: Ticket) -> bool:
    """Whether the bot still asks: not once a person has answered."""
    return ticket.first_response_at is None


def _heard(ticket: Ticket, language: str) -> Ticket:
    """The ticket no longer waits for the requester, and is spoken of in their language from now on."""
    status = TicketStatus.OPEN if ticket.status is TicketStatus.PENDING else ticket.status
    return replace(ticket, status=status, language=language)


def _kept(before: Ticket, after: Ticket, context: Context) -> tuple[DialogueAction, ...]:
    if after == before:
        return ()
    is_told_more = after.answers != before.answers
    card = UpdateCard(ticket_id=after.id) if is_told_more else show_turn(after.id, context.now)
    is_named = after.answers.get(ACCOUNT_ID) != before.answers.get(ACCOUNT_ID)
    return (ChangeTicket(ticket=after), card, *(asking(after) if is_named else ()))


def _given(wanted: str, missing: tuple[str, ...], event: MessageReceived, context: Context) -> dict[str, str]:
    """What the message tells of the missing things: the one asked for, and whatever else it plainly is."""
    text = event.text.strip()
    given: dict[str, str] = {}
    if wanted == ACCOUNT_ID and (found := account_id(text, context)):
        given[ACCOUNT_ID] = found
    tells = bool(text) and (wanted == WHAT_HAPPENED or _is_story(text))
    if WHAT_HAPPENED in missing and tells:
        given[WHAT_HAPPENED] = f"“{text}”" if text == MISSING else text[:LONGEST_ANSWER]
    if SCREENSHOT in missing and event.attachments:
        given[SCREENSHOT] = ATTACHED
    return given


def account_id(text: str, context: Context) -> str:
    """The account id a text names: in a few words the only one that can be it, in more only after such a label."""
    plain = normalize("NFKC", text)
    for labelled in _LABELLED.finditer(plain):
        if context.policy.is_account_id(labelled[1]):
            return labelled[1]
    words = _WORD.findall(plain)
    if len(plain) > LONGEST_TEXT_OF_AN_ID or _is_story(plain) or _MONEY.search(plain):
        return ""
    found = {one for one in (*words, *_RUN.findall(plain)) if context.policy.is_account_id(one)}
    return found.pop() if len(found) == 1 else ""


def _is_attempt(text: str) -> bool:
    """Whether it was meant as an account id: a word or two with a digit in them."""
    return len(_WORD.findall(text)) <= 2 and any(letter.isdecimal() for letter in text)


def _is_story(text: str) -> bool:
    """Whether a text tells something, rather than naming a number."""
    if len(text.split()) > MOST_WORDS_OF_AN_ID:
        return True
    return sum(letter.isalpha() and not letter.isascii() for letter in text) >= FEWEST_LETTERS_OF_A_STORY
