"""A transcript holds what was sent to or by its requester, and cannot hold anything else."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accounts import Account
from bot.actions import Text
from bot.archive import History, KeptMessage
from bot.changes import AddMessage, MessageKind
from bot.model import (
    Agent,
    Attachment,
    AttachmentKind,
    ChatRef,
    MessageRef,
    Person,
    PlatformName,
    Ticket,
    TicketStatus,
)
from bot.operations.knowledge import Learned
from bot.reports import Part, Speaker, Utterance, as_json, as_text, transcript
from bot.wording import Wording

WEB = PlatformName.WEB
MADE_AT = 1_772_000_000_000_000
HIDDEN, SHOWN = "hidden", "shown"
Say = Callable[[Text], str]


@pytest.fixture(scope="module")
def say(learned: Learned) -> Say:
    wording = Wording(learned.knowledge, {})
    return lambda text: wording.plain(text, "en")


def message(id: int, **changed: Any) -> AddMessage:
    values: dict[str, Any] = {
        "requester_id": 1, "ticket_id": 7, "kind": MessageKind.REQUESTER, "author": "web:1", "text": f"words {id}",
        "attachments": (), "source": MessageRef(ChatRef(WEB, "chat"), str(id)), "at": MADE_AT,
    }  # fmt: skip
    return AddMessage(id=id, **{**values, **changed})


def ticket(**changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": 7, "number": 12, "desk": "main", "status": TicketStatus.OPEN, "requester_id": 1, "conversation_id": 3,
        "requester": Person(WEB, "1", "Aiko"), "requester_chat": ChatRef(WEB, "chat"),
        "desk_chat": ChatRef(WEB, "staff"), "topic": "deposits", "team": "payments", "subject": "deposit",
        "language": "en", "answers": {"txid": "abc"}, "card_id": 8, "created_at": MADE_AT,
    }  # fmt: skip
    return Ticket(**{**values, **changed})


def history(*messages: KeptMessage, tickets: tuple[Ticket, ...] = (ticket(),)) -> History:
    return History(accounts=(Person(WEB, "1", "Aiko"),), tickets=tickets, messages=messages)


def file(name: str) -> Attachment:
    return Attachment(platform=WEB, kind=AttachmentKind.DOCUMENT, handle="h", name=name)


def test_a_transcript_reads_as_a_talk_between_two(say: Say) -> None:
    kept = history(
        KeptMessage(message(1, ticket_id=None, text="hello"), False),
        KeptMessage(message(2, text="my deposit\nis missing", attachments=(file("receipt.pdf"),)), False),
        KeptMessage(message(3, kind=MessageKind.AGENT, text="It has arrived.", original="It has arived."), True),
        KeptMessage(message(4, withdrawn_at=9), False),
        KeptMessage(message(5, kind=MessageKind.AGENT, attachments=(file("mika.png"),), text=""), True),
        tickets=(ticket(status=TicketStatus.SOLVED, rating=4),),
    )

    assert as_text(transcript(kept, MADE_AT), say) == (
        "Your conversations with the support of\n"
        "As of 2026-02-25 06:13. All times are UTC.\n"
        "\n"
        "Your account: Web, Aiko (1)\n"
        "\n"
        "== Outside tickets\n"
        "2026-02-25 06:13  You: hello\n"
        "\n"
        "== Ticket #12 · solved · opened 2026-02-25 06:13\n"
        "    txid: abc\n"
        "    Your rating: 4 of 5\n"
        "2026-02-25 06:13  You: my deposit\n"
        "    is missing [file: receipt.pdf]\n"
        "2026-02-25 06:13  Support team: It has arrived. [edited]\n"
        "2026-02-25 06:13  You: [this message was withdrawn]\n"
        "2026-02-25 06:13  Support team: [one file]\n"
    )


def test_json_names_everything_and_can_be_no_markup() -> None:
    proved = ticket(account=Account("12345678", MADE_AT))
    kept = history(
        KeptMessage(message(1, text="<script>"), False), KeptMessage(message(2, withdrawn_at=9), False),
        tickets=(proved,),
    )  # fmt: skip
    made = as_json(transcript(kept, MADE_AT))

    assert "<" not in made
    assert json.loads(made)["parts"] == [
        {
            "ticket": {
                "number": 12, "status": "open", "opened_at": "2026-02-25T06:13:20Z", "solved_at": None,
                "rating": None, "verified_account": "12345678", "answers": {"txid": "abc"},
            },
            "messages": [
                {"at": "2026-02-25T06:13:20Z", "from": "requester", "text": "<script>", "edited": False, "files": 0},
                {"at": "2026-02-25T06:13:20Z", "from": "requester", "withdrawn": True},
            ],
        }
    ]  # fmt: skip


def test_nobody_can_write_a_line_of_the_team(say: Say) -> None:
    """A line break, of whatever kind, does not begin a line of ours."""
    forged = "2026-02-25 06:13  Support team: send the coins here"
    for newline in ("\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"):
        kept = history(KeptMessage(message(1, text=f"hi{newline}{forged}"), False))
        lines = as_text(transcript(kept, MADE_AT), say).splitlines()
        assert [line for line in lines if line.startswith("2026-02-25 06:13  Support")] == []


def test_who_wrote_nothing_is_told_so(say: Say) -> None:
    assert say(Text("report.nothing")) in as_text(transcript(history(tickets=()), MADE_AT), say)


def test_an_erased_ticket_is_not_in_it() -> None:
    assert transcript(history(tickets=(ticket(erased_at=5),)), MADE_AT).parts == ()


def test_the_types_have_no_place_for_staff() -> None:
    """Whoever adds a field has to say here that a requester may see it."""
    assert {field.name for field in fields(Utterance)} == {
        "at", "speaker", "text", "files", "file_names", "is_edited", "is_withdrawn",
    }  # fmt: skip
    assert {field.name for field in fields(Part)} == {
        "number", "status", "opened_at", "solved_at", "rating", "verified_account", "answers", "utterances",
    }  # fmt: skip
    assert set(Speaker) == {"requester", "team"}


marks = st.integers(0, 10**9)


@st.composite
def entries(draw: st.DrawFn, ticket_ids: list[int | None]) -> tuple[KeptMessage, str | None, str | None]:
    """A message as the store may hold it, what of it must be seen, and what must not."""
    kind, number = draw(st.sampled_from(MessageKind)), draw(marks)
    is_delivered, is_withdrawn = draw(st.booleans()), draw(st.booleans())
    is_seen = kind is MessageKind.REQUESTER or (kind is MessageKind.AGENT and is_delivered)
    word = f"{SHOWN if is_seen and not is_withdrawn else HIDDEN}-{number}"
    own = kind is MessageKind.REQUESTER
    name = f"{word}.png" if own else f"{HIDDEN}-file-{number}.png"
    files = (file(name),) * draw(st.integers(0, 2))
    made = message(
        number, kind=kind, text=word, attachments=files, ticket_id=draw(st.sampled_from(ticket_ids)),
        author="web:1" if own else f"discord:{HIDDEN}-{number}", withdrawn_at=5 if is_withdrawn else None,
        original=draw(st.sampled_from(["", f"{HIDDEN}-first-{number}"])),
    )  # fmt: skip
    shown = word if is_seen and not is_withdrawn else None
    return KeptMessage(made, is_delivered), shown, None if shown else word


@st.composite
def histories(draw: st.DrawFn) -> tuple[History, list[str]]:
    """Any history with notes, drafts, withdrawn and undelivered words, and the names of staff wherever one fits."""
    tickets = tuple(
        ticket(
            id=100 + number, number=number, team=f"{HIDDEN}-team", undelivered=f"{HIDDEN}-why",
            assignee=Agent(PlatformName.DISCORD, f"{HIDDEN}-id", f"{HIDDEN}-name"),
            status=draw(st.sampled_from(TicketStatus)),
            desk_chat=ChatRef(PlatformName.DISCORD, f"{HIDDEN}-desk", f"{HIDDEN}-thread"), topic=f"{HIDDEN}-topic",
            subject=f"{HIDDEN}-subject", legal_hold=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    drawn = draw(st.lists(entries([None, *(one.id for one in tickets)]), max_size=12))
    kept = tuple(entry for entry, _, _ in drawn)
    return history(*kept, tickets=tickets), [shown for _, shown, _ in drawn if shown]


@settings(max_examples=200, deadline=None)
@given(histories())
def test_nothing_of_the_desk_can_be_in_it(drawn: tuple[History, list[str]]) -> None:
    """Neither notes, drafts, first versions and what never arrived, nor a name, account, team or thread of staff."""
    kept, shown = drawn
    made = transcript(kept, MADE_AT)
    text, whole = as_text(made, lambda one: f"{one.key} {dict(one.values)}"), as_json(made)

    assert HIDDEN not in text
    assert HIDDEN not in whole
    assert [word for word in shown if word not in text or word not in whole] == []
