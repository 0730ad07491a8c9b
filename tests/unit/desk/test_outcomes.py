"""What our own events lead to at the desk."""

from dataclasses import replace

from bot.actions import (
    SHOW_STATUS,
    SHOW_TURN,
    ChangeTicket,
    Notify,
    React,
    SetTimer,
    ShowStatus,
    TellAgent,
    Text,
    UpdateCard,
    literal,
)
from bot.desk.outcomes import internal
from bot.internal_events import (
    DeskReached,
    DeskUnreachable,
    FilesHeld,
    HeldFile,
    ReplyDelivered,
    ReplyFailed,
    TicketOpened,
    TimerFired,
)
from bot.model import MessageRef, TicketStatus
from bot.outgoing import DeliveryKind
from bot.timing import MINUTE
from tests.unit.desk.test_desk import NOW, THREAD, kinds, ticket

ORIGIN = MessageRef(THREAD, "m")


def delivered(kind: DeliveryKind = DeliveryKind.SEND) -> ReplyDelivered:
    return ReplyDelivered(id=1, at=NOW, ticket_id=11, origin=ORIGIN, kind=kind)


def failed(kind: DeliveryKind = DeliveryKind.SEND) -> ReplyFailed:
    return ReplyFailed(id=1, at=NOW, ticket_id=11, origin=ORIGIN, reason="blocked", kind=kind, message_id=5)


def test_a_new_ticket_gets_its_card() -> None:
    assert kinds(internal(TicketOpened(id=1, at=NOW, ticket_id=11), ticket(), NOW)) == ["PostCard"]


def test_a_reply_that_arrived_is_marked_and_nothing_more() -> None:
    assert internal(delivered(), ticket(), NOW) == (React(ticket_id=11, target=ORIGIN, reaction="✅"),)


def test_a_reply_that_did_not_arrive_is_told_with_the_reason_stands_on_the_card_and_can_be_tried_again() -> None:
    marked, told, changed, card = internal(failed(), ticket(), NOW)

    assert marked == React(ticket_id=11, target=ORIGIN, reaction="❌")
    assert isinstance(told, TellAgent)
    assert (told.text.key, told.message_id) == ("desk.not_delivered", 5)
    assert [option.key for option in told.options] == ["again"]
    assert isinstance(changed, ChangeTicket)
    assert changed.ticket.undelivered == "blocked"
    assert isinstance(card, UpdateCard)


def test_a_permission_that_is_lacking_is_named_to_staff() -> None:
    event = replace(failed(), reason="forbidden", lacking="Send Messages in Threads in #lobby")
    _, told, *_ = internal(event, ticket(), NOW)

    assert isinstance(told, TellAgent)
    assert told.text.values["reason"] == Text(
        "delivery.lacking", {"permissions": literal("Send Messages in Threads in #lobby")}
    )


def test_the_card_is_clean_again_once_a_reply_arrives() -> None:
    _, changed, _ = internal(delivered(), ticket(undelivered="blocked"), NOW)
    assert isinstance(changed, ChangeTicket)
    assert changed.ticket.undelivered == ""


def test_a_change_or_deletion_that_did_not_arrive_is_told_as_what_it_is() -> None:
    told = [internal(failed(kind), ticket(), NOW) for kind in (DeliveryKind.EDIT, DeliveryKind.DELETE)]
    assert [[one.text.key for one in actions if isinstance(one, TellAgent)] for actions in told] == [
        ["desk.not_changed"],
        ["desk.not_taken_back"],
    ]


def test_a_reply_that_was_taken_back_is_told_so() -> None:
    [told] = internal(delivered(DeliveryKind.DELETE), ticket(), NOW)
    assert isinstance(told, TellAgent)
    assert told.text.key == "desk.taken_back"


def test_the_requester_is_told_that_their_words_wait_and_the_desk_for_how_long_they_did() -> None:
    [told] = internal(DeskUnreachable(id=1, at=NOW, ticket_id=11), ticket(), NOW)
    assert isinstance(told, Notify)
    assert told.text.key == "ticket.saved"

    reached = DeskReached(id=2, at=NOW, ticket_id=11, waited_since=NOW - 10 * MINUTE)
    [said] = internal(reached, ticket(), NOW)
    assert isinstance(said, TellAgent)
    assert said.text.values == {"count": 10}


def test_a_solved_ticket_lapses_and_no_other_does() -> None:
    fired = TimerFired(id=1, at=NOW, kind="lapse", ticket_id=11)
    assert internal(fired, ticket(TicketStatus.OPEN), NOW) == ()
    assert internal(replace(fired, kind="else"), ticket(TicketStatus.SOLVED), NOW) == ()
    lapsed = internal(fired, ticket(TicketStatus.SOLVED), NOW)
    assert isinstance(lapsed[0], ChangeTicket)
    assert lapsed[0].ticket.status is TicketStatus.CLOSED
    assert lapsed[1:] == (UpdateCard(ticket_id=11), ShowStatus(ticket_id=11))


def test_the_card_shows_whose_turn_it_is_once_nobody_has_written_for_a_moment() -> None:
    fired = TimerFired(id=1, at=NOW, kind=SHOW_TURN, ticket_id=11)
    calm = SetTimer(kind=SHOW_STATUS, ticket_id=11, due_at=NOW + MINUTE // 2)
    assert internal(fired, ticket(TicketStatus.PENDING), NOW) == (UpdateCard(ticket_id=11), calm)
    assert internal(fired, ticket(TicketStatus.SOLVED), NOW) == ()


def test_the_thread_shows_it_when_it_has_been_calm_for_longer() -> None:
    fired = TimerFired(id=1, at=NOW, kind=SHOW_STATUS, ticket_id=11)
    assert internal(fired, ticket(TicketStatus.PENDING), NOW) == (ShowStatus(ticket_id=11),)
    assert internal(fired, ticket(TicketStatus.SOLVED), NOW) == ()


def held(file: HeldFile, *, is_reply: bool = False) -> FilesHeld:
    return FilesHeld(id=1, at=NOW, ticket_id=11, files=(file,), is_reply=is_reply)


def test_of_a_held_file_the_desk_hears_what_it_was_and_the_requester_what_to_send() -> None:
    large = HeldFile(key="k", name="a.mp4", size=31 * 1024 * 1024, why="too_large", limit_mb=20)
    told, asked = internal(held(large), ticket(), NOW)

    why = Text("held.too_large", {"limit": 20})
    assert isinstance(told, TellAgent)
    assert told.text.values == {
        "name": literal("a.mp4"), "kind": Text("held.kind_unknown"), "size": literal("31.0 MB"), "why": why,
    }  # fmt: skip
    assert isinstance(asked, Notify)
    assert asked.text == Text("file.held", {"name": literal("a.mp4"), "why": why})


def test_a_file_that_is_too_large_for_a_limit_nobody_knows_promises_none() -> None:
    told, _ = internal(held(HeldFile(key="k", name="a", size=0, why="too_large")), ticket(), NOW)

    assert isinstance(told, TellAgent)
    assert told.text.values["why"] == Text("held.too_large_here")
    assert told.text.values["size"] == Text("held.size_unknown")


def test_of_an_agents_file_the_requester_hears_nothing() -> None:
    [told] = internal(held(HeldFile(key="k", name="a", size=9, why="program"), is_reply=True), ticket(), NOW)

    assert isinstance(told, TellAgent)
