"""Staff events in, actions out: rights, taking, replying, notes, drafts, closing, words in a ticket that is done."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.actions import (
    Action,
    AskRating,
    Audience,
    Audit,
    ChangeTicket,
    KeepDraft,
    KeepNote,
    Notify,
    SendReply,
    SetTimer,
    ShowStatus,
    TellAgent,
)
from bot.changes import AddMessage, MessageKind
from bot.desk.commands import Request, Verb, pressed, read
from bot.desk.desk import staff
from bot.desk.parts import Desk
from bot.desk.rights import Level, level_of
from bot.desk.tickets import MOVES, Move, moved, taken
from bot.events import StaffPicked, StaffWrote
from bot.model import (
    Agent,
    Attachment,
    AttachmentKind,
    ChatRef,
    MessageRef,
    Person,
    PlatformName,
    Standing,
    Ticket,
    TicketStatus,
)
from bot.staffing import Crossing
from bot.timing import HOUR

NOW = 1_700_000_000_000_000
TELEGRAM = PlatformName.TELEGRAM
THREAD = ChatRef(TELEGRAM, "-100", "7")
MIKA = Agent(TELEGRAM, "1", "Mika", Standing.MEMBER)
KEN = Agent(TELEGRAM, "2", "Ken", Standing.ADMINISTRATOR)
IMPOSTOR = Agent(TELEGRAM, "3", "Mika", Standing.MEMBER)
OUTSIDER = Agent(TELEGRAM, "4", "Mallory", Standing.OUTSIDER)
ANONYMOUS = Agent(TELEGRAM, "5", "Desk", Standing.ANONYMOUS)
FILE = Attachment(platform=TELEGRAM, kind=AttachmentKind.DOCUMENT, handle="f", name="x.pdf")
DESK = Desk(now=NOW, close_after_hours=72, canned={"hi": "Hello!", "bye": "Bye."})
DONE = [TicketStatus.SOLVED, TicketStatus.CLOSED]


def ticket(status: TicketStatus = TicketStatus.NEW, assignee: Agent | None = None, **changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": 11, "number": 1, "desk": "main", "status": status, "requester_id": 7, "conversation_id": 8,
        "requester": Person(TELEGRAM, "9", "Aiko"), "requester_chat": ChatRef(TELEGRAM, "9"), "desk_chat": THREAD,
        "topic": "", "team": "accounts", "subject": "", "language": "ja", "answers": {}, "card_id": 12,
        "assignee": assignee, "created_at": 5,
    }  # fmt: skip
    return Ticket(**{**values, **changed})


def taken_by(agent: Agent, status: TicketStatus = TicketStatus.OPEN) -> Ticket:
    return ticket(status, agent)


def writes(text: str, of: Ticket | None, agent: Agent = MIKA, *files: Attachment) -> list[Action]:
    event = StaffWrote(
        key="k", at=NOW, chat=THREAD, agent=agent, message=MessageRef(THREAD, "m"), text=text, attachments=files
    )
    return list(staff(event, of, read(text), None, DESK))


def presses(verb: str, of: Ticket | None, agent: Agent = MIKA, draft: AddMessage | None = None) -> list[Action]:
    event = StaffPicked(key="k", at=NOW, chat=THREAD, agent=agent, data="")
    return list(staff(event, of, pressed(verb, draft.id if draft else 0), draft, DESK))


def draft_of(
    agent: Agent, kind: MessageKind = MessageKind.DRAFT, ticket_id: int = 11, text: str = "words"
) -> AddMessage:
    return AddMessage(
        id=77, requester_id=7, ticket_id=ticket_id, kind=kind, author=f"{agent.platform}:{agent.user_id}", text=text,
        attachments=(FILE,), source=MessageRef(THREAD, "d"), at=NOW,
    )  # fmt: skip


def kinds(actions: Sequence[Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


def told(actions: list[Action]) -> list[str]:
    return [action.text.key for action in actions if isinstance(action, TellAgent)]


def changed(actions: list[Action]) -> Ticket | None:
    return next((action.ticket for action in actions if isinstance(action, ChangeTicket)), None)


# What typed words mean.


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hello", Request(Verb.TEXT, "hello")),
        ("  hello  ", Request(Verb.TEXT, "hello")),
        ("/take", Request(Verb.TAKE)),
        ("/TAKE@desk_bot now", Request(Verb.TAKE, "now")),
        ("/note call back", Request(Verb.NOTE, "call back")),
        ("/note\ncall back\ntomorrow", Request(Verb.NOTE, "call back\ntomorrow")),
        ("/note", Request(Verb.NOTE, "")),
        ("//", Request(Verb.NOTE, "")),
        ("// call back", Request(Verb.NOTE, "call back")),
        ("//call back", Request(Verb.NOTE, "call back")),
        ("/// call", Request(Verb.NOTE, "/ call")),
        ("／／内部メモ", Request(Verb.NOTE, "内部メモ")),
        ("/／ memo", Request(Verb.NOTE, "memo")),
        ("／close", Request(Verb.CLOSE)),
        ("/canned\nhi", Request(Verb.CANNED, "hi")),
        ("/canned", Request(Verb.CANNED, "")),
        ("/ban", Request(Verb.UNKNOWN, "ban")),
        ("/send", Request(Verb.UNKNOWN, "send")),
        ("/text", Request(Verb.UNKNOWN, "text")),
        ("/wallet/deposit is down", Request(Verb.TEXT, "/wallet/deposit is down")),
        ("/", Request(Verb.TEXT, "/")),
        ("/ close", Request(Verb.TEXT, "/ close")),
        ("1/2", Request(Verb.TEXT, "1/2")),
        ("", Request(Verb.TEXT, "")),
    ],
)
def test_words_are_read_as_what_they_mean(text: str, meant: Request) -> None:
    assert read(text) == meant


@pytest.mark.parametrize("verb", ["canned", "note", "text", "unknown", "rate", "", "TAKE"])
def test_a_button_can_only_mean_what_buttons_can(verb: str) -> None:
    assert pressed(verb, 1).verb is Verb.UNKNOWN


# Rights.


@pytest.mark.parametrize(
    ("standing", "level"),
    [(Standing.OUTSIDER, Level.NOBODY), (Standing.ANONYMOUS, Level.NOBODY), (Standing.MEMBER, Level.AGENT),
     (Standing.ADMINISTRATOR, Level.LEAD)],
)  # fmt: skip
def test_rights_follow_from_the_standing_alone(standing: Standing, level: Level) -> None:
    assert level_of(replace(MIKA, standing=standing)) is level


@pytest.mark.parametrize("agent", [OUTSIDER, ANONYMOUS])
@pytest.mark.parametrize("act", ["/take", "/close", "/reopen", "/canned hi", "// x", "hello", "/nope"])
@pytest.mark.parametrize("status", list(TicketStatus))
def test_whoever_is_not_staff_changes_nothing(agent: Agent, act: str, status: TicketStatus) -> None:
    actions = writes(act, ticket(status, MIKA), agent)
    assert told(actions) == [f"desk.not_staff.{agent.standing}"]
    assert kinds(actions) == ["TellAgent"]


@pytest.mark.parametrize("verb", ["take", "close", "reopen", "send", "keep"])
def test_whoever_is_not_staff_presses_in_vain(verb: str) -> None:
    assert kinds(presses(verb, ticket(), OUTSIDER, draft_of(OUTSIDER))) == ["TellAgent"]


def test_talk_outside_tickets_is_left_alone_and_commands_are_told_where_they_belong() -> None:
    assert writes("lunch?", None) == []
    assert writes("lunch?", None, OUTSIDER) == []
    assert told(writes("/close", None)) == ["desk.no_ticket"]
    assert told(presses("take", None)) == ["desk.no_ticket"]
    assert told(writes("/close", None, OUTSIDER)) == ["desk.not_staff.outsider"]


# Words.


def test_words_in_an_untaken_ticket_wait_for_a_decision() -> None:
    actions = writes("hello", ticket(), MIKA, FILE)
    assert kinds(actions) == ["KeepDraft"]
    assert isinstance(actions[0], KeepDraft)
    assert actions[0].attachments == (FILE,)


def test_the_assignees_words_are_a_reply() -> None:
    actions = writes("hello", taken_by(MIKA), MIKA, FILE)
    assert isinstance(actions[0], SendReply)
    assert actions[0].attachments == (FILE,)
    after = changed(actions)
    assert after is not None
    assert (after.status, after.first_response_at) == (TicketStatus.PENDING, NOW)


def test_the_first_response_is_the_first_one() -> None:
    before = replace(taken_by(MIKA), first_response_at=5)
    after = changed(writes("hello again", before))
    assert after is not None
    assert after.first_response_at == 5


@pytest.mark.parametrize("agent", [KEN, IMPOSTOR, replace(MIKA, platform=PlatformName.DISCORD)])
def test_anybody_elses_words_are_a_note(agent: Agent) -> None:
    """Names do not count, nor the same number on another platform."""
    assert kinds(writes("hello", taken_by(MIKA), agent)) == ["KeepNote"]


@pytest.mark.parametrize("text", ["// hello", "//hello", "／／ hello", "/note hello"])
@pytest.mark.parametrize("of", [ticket(), taken_by(MIKA), ticket(TicketStatus.SOLVED, MIKA)])
def test_a_note_is_always_a_note(text: str, of: Ticket) -> None:
    actions = writes(text, of)
    assert isinstance(actions[0], KeepNote)
    assert actions[0].text == "hello"
    assert kinds(actions) == ["KeepNote", "React"]


@pytest.mark.parametrize("of", [ticket(), taken_by(MIKA), taken_by(KEN), ticket(TicketStatus.SOLVED, MIKA)])
def test_a_reply_by_command_is_as_words_typed_plainly(of: Ticket) -> None:
    assert writes("/reply hello", of) == writes("hello", of)


def test_an_empty_reply_by_command_is_told_so() -> None:
    assert told(writes("/reply", taken_by(MIKA))) == ["desk.reply_empty"]


@pytest.mark.parametrize("text", ["//", "/note", "/note   ", "／／"])
def test_an_empty_note_is_told_so(text: str) -> None:
    assert told(writes(text, ticket())) == ["desk.note_empty"]


def test_a_note_may_be_a_file_alone() -> None:
    assert kinds(writes("//", ticket(), MIKA, FILE)) == ["KeepNote", "React"]


def test_empty_words_are_nothing() -> None:
    assert writes("", taken_by(MIKA)) == []
    assert writes("  ", ticket()) == []
    assert kinds(writes("", taken_by(MIKA), MIKA, FILE))[0] == "SendReply"


@pytest.mark.parametrize("status", DONE)
@pytest.mark.parametrize("agent", [MIKA, KEN])
def test_words_in_a_ticket_that_is_done_are_kept_and_told_so(status: TicketStatus, agent: Agent) -> None:
    actions = writes("one more thing", ticket(status, MIKA), agent)
    assert kinds(actions) == ["KeepNote", "React", "TellAgent"]
    assert told(actions) == ["desk.is_done"]


def test_an_unknown_command_is_never_sent() -> None:
    assert told(writes("/refund all", taken_by(MIKA))) == ["desk.unknown_command"]


# Drafts.


def test_take_and_send_takes_the_ticket_and_sends_the_words() -> None:
    actions = presses("send", ticket(), MIKA, draft_of(MIKA))
    assert kinds(actions) == ["Audit", "SendReply", "ChangeTicket", "UpdateCard", "ShowStatus"]
    after = changed(actions)
    assert after is not None
    assert after.assignee == MIKA
    assert after.status is TicketStatus.PENDING
    sent = next(action for action in actions if isinstance(action, SendReply))
    assert (sent.text, sent.attachments, sent.origin) == ("words", (FILE,), MessageRef(THREAD, "d"))


def test_note_keeps_the_words_for_staff() -> None:
    actions = presses("keep", ticket(), MIKA, draft_of(MIKA))
    assert kinds(actions) == ["KeepNote", "React"]


@pytest.mark.parametrize("verb", ["send", "keep"])
@pytest.mark.parametrize(
    "draft",
    [None, draft_of(MIKA, MessageKind.AGENT), draft_of(MIKA, MessageKind.NOTE), draft_of(MIKA, MessageKind.REQUESTER),
     draft_of(MIKA, ticket_id=99), replace(draft_of(MIKA), source=None)],
)  # fmt: skip
def test_words_are_settled_once_and_only_in_their_ticket(verb: str, draft: AddMessage | None) -> None:
    assert told(presses(verb, ticket(), MIKA, draft)) == ["desk.draft_settled"]


@pytest.mark.parametrize("verb", ["send", "keep"])
@pytest.mark.parametrize("agent", [KEN, IMPOSTOR, replace(MIKA, platform=PlatformName.DISCORD)])
def test_only_the_writer_settles_words(verb: str, agent: Agent) -> None:
    assert told(presses(verb, ticket(), agent, draft_of(MIKA))) == ["desk.not_your_draft"]


def test_nothing_is_sent_when_somebody_else_took_the_ticket_meanwhile() -> None:
    actions = presses("send", taken_by(KEN), MIKA, draft_of(MIKA))
    assert told(actions) == ["desk.taken_meanwhile"]
    assert kinds(actions) == ["TellAgent"]
    assert kinds(presses("keep", taken_by(KEN), MIKA, draft_of(MIKA))) == ["KeepNote", "React"]


def test_words_are_sent_when_their_writer_took_the_ticket_meanwhile() -> None:
    assert "SendReply" in kinds(presses("send", taken_by(MIKA), MIKA, draft_of(MIKA)))


@pytest.mark.parametrize("status", DONE)
def test_nothing_is_sent_into_a_ticket_that_is_done(status: TicketStatus) -> None:
    actions = presses("send", ticket(status), MIKA, draft_of(MIKA))
    assert told(actions) == ["desk.done"]
    assert kinds(actions) == ["TellAgent"]


# Taking, closing, reopening.


@pytest.mark.parametrize(
    "act", [lambda of, agent: writes("/take", of, agent), lambda of, agent: presses("take", of, agent)]
)
def test_taking_a_ticket(act: Any) -> None:
    actions = act(ticket(), MIKA)
    after = changed(actions)
    assert after is not None
    assert (after.status, after.assignee) == (TicketStatus.OPEN, MIKA)
    assert told(actions) == ["desk.taken"]
    assert [action.act for action in actions if isinstance(action, Audit)] == ["take"]
    assert told(act(after, MIKA)) == ["desk.yours_already"]
    handed_on = changed(act(after, KEN))
    assert handed_on is not None
    assert handed_on.assignee == KEN


@pytest.mark.parametrize("status", DONE)
@pytest.mark.parametrize("act", ["/take", "/close"])
def test_what_cannot_be_done_to_a_ticket_that_is_done_is_told(status: TicketStatus, act: str) -> None:
    actions = writes(act, ticket(status, KEN))
    assert told(actions) == ["desk.done"]
    assert kinds(actions) == ["TellAgent"]


@pytest.mark.parametrize("status", [status for status in TicketStatus if not status.is_done])
def test_closing_tells_the_requester_and_asks_once_for_a_rating(status: TicketStatus) -> None:
    actions = writes("/close and thanks", ticket(status, KEN))
    after = changed(actions)
    assert after is not None
    assert (after.status, after.solved_at) == (TicketStatus.SOLVED, NOW)
    assert [action.audience for action in actions if isinstance(action, Notify)] == [Audience.REQUESTER]
    assert [action.due_at for action in actions if isinstance(action, SetTimer)] == [NOW + 72 * HOUR]
    assert {"AskRating", "ShowStatus", "UpdateCard", "Audit"} <= set(kinds(actions))
    assert not any(isinstance(one, AskRating) for one in writes("/close", ticket(status, KEN, rating=4)))


@pytest.mark.parametrize("status", list(TicketStatus))
def test_reopening_is_for_tickets_that_are_done(status: TicketStatus) -> None:
    actions = presses("reopen", ticket(status, KEN))
    if not status.is_done:
        assert told(actions) == ["desk.not_done"]
        assert changed(actions) is None
        return
    after = changed(actions)
    assert after is not None
    assert (after.status, after.solved_at, after.assignee) == (TicketStatus.OPEN, None, KEN)
    assert [type(action) for action in actions].count(ShowStatus) == 1


@pytest.mark.parametrize("name", ["", "nope", "HI", "hi bye"])
def test_an_unknown_prepared_text_names_those_there_are(name: str) -> None:
    actions = writes(f"/canned {name}", taken_by(MIKA))
    assert told(actions) == ["desk.canned_names"]
    assert kinds(actions) == ["TellAgent"]


def test_a_prepared_text_is_sent_as_if_typed() -> None:
    sent = writes("/canned hi", taken_by(MIKA))[0]
    assert isinstance(sent, SendReply)
    assert sent.text == "Hello!"
    assert kinds(writes("/canned hi", ticket())) == ["KeepDraft"]


# The life of a ticket.


@pytest.mark.parametrize("status", list(TicketStatus))
@pytest.mark.parametrize("move", list(Move))
def test_a_move_that_is_not_in_the_table_changes_nothing(status: TicketStatus, move: Move) -> None:
    after = moved(ticket(status), move, NOW)
    assert (after.status if after else None) == MOVES.get((status, move))


def test_every_status_can_be_left_and_only_done_tickets_are_closed() -> None:
    assert {status for status, _ in MOVES} == set(TicketStatus)
    assert taken(ticket(TicketStatus.CLOSED), MIKA, NOW) is None


# No slip reaches a customer.


def test_words_in_a_colleagues_ticket_are_a_note_that_can_be_sent_after_all() -> None:
    (kept,) = writes("the bank said no", taken_by(KEN), MIKA, FILE)

    assert isinstance(kept, KeepNote)
    assert kept.attachments == (FILE,)
    assert kept.asks
    assert kept.asks.key == "desk.taken_for_note"
    assert [option.key for option in kept.options] == ["answer"]


def test_a_note_in_a_colleagues_ticket_is_nothing_to_ask_about() -> None:
    kept = writes("// the bank said no", taken_by(KEN))[0]

    assert isinstance(kept, KeepNote)
    assert kept.asks is None


def test_a_note_is_sent_by_who_wrote_it_and_the_ticket_stays_whose_it_is() -> None:
    actions = presses("answer", taken_by(KEN), MIKA, draft_of(MIKA, MessageKind.NOTE))

    assert kinds(actions)[:2] == ["SendReply", "ChangeTicket"]
    after = changed(actions)
    assert after
    assert after.assignee == KEN


@pytest.mark.parametrize(
    ("agent", "kind", "said"),
    [
        (KEN, MessageKind.NOTE, "desk.not_your_draft"),
        (MIKA, MessageKind.AGENT, "desk.draft_settled"),
        (MIKA, MessageKind.DRAFT, "desk.draft_settled"),
    ],
)
def test_nothing_else_becomes_a_reply_by_that_button(agent: Agent, kind: MessageKind, said: str) -> None:
    assert told(presses("answer", taken_by(KEN), agent, draft_of(MIKA, kind))) == [said]


@pytest.mark.parametrize("crossing", Crossing)
@pytest.mark.parametrize("text", ["hello", "/canned hi"])
def test_words_that_cross_somebody_elses_wait_for_their_writer(crossing: Crossing, text: str) -> None:
    event = StaffWrote(key="k", at=NOW, chat=THREAD, agent=MIKA, message=MessageRef(THREAD, "m"), text=text)
    (kept,) = staff(event, taken_by(MIKA), read(text), None, replace(DESK, crossing=crossing))

    assert isinstance(kept, KeepDraft)
    assert kept.asks.key == f"desk.crossing.{crossing}"
    assert [option.key for option in kept.options] == ["send", "keep"]


def test_they_are_sent_by_a_press_and_nobody_takes_the_ticket_again() -> None:
    actions = presses("send", taken_by(MIKA), MIKA, draft_of(MIKA))

    assert kinds(actions)[:2] == ["SendReply", "ChangeTicket"]
    assert "Audit" not in kinds(actions)


def test_what_is_said_to_be_a_reply_is_sent_without_asking() -> None:
    event = StaffWrote(key="k", at=NOW, chat=THREAD, agent=MIKA, message=MessageRef(THREAD, "m"), text="/reply hello")
    actions = list(
        staff(event, taken_by(MIKA), read("/reply hello"), None, replace(DESK, crossing=Crossing.COLLEAGUE))
    )

    assert kinds(actions)[:2] == ["SendReply", "ChangeTicket"]
