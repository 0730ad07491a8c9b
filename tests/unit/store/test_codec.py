"""What any released version has stored is read for ever: literal texts of each version, never made by today's code.

A text here is never changed. A new shape gets a new version, an upgrade, and texts of its own beside these.
"""

import json
from typing import Any

import pytest

from bot.accounts import Account, DepositState, Facts, KycState, Lock, Query
from bot.internal_events import (
    AccountLookedUp,
    AgentLeft,
    DeskReached,
    DeskUnreachable,
    FilesHeld,
    PageFailed,
    ReplyDelivered,
    ReplyFailed,
    ThreadsRunShort,
    TicketOpened,
)
from bot.model import (
    Agent,
    Attachment,
    AttachmentKind,
    Button,
    ChatRef,
    ChecklistPlace,
    Content,
    Conversation,
    Markup,
    MessageRef,
    Mode,
    Person,
    PlatformName,
    Prompt,
    Standing,
)
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.store import codec
from bot.store.codec import Unreadable, decode, encode
from bot.store.rows import INTERNAL_EVENTS, Attachments
from bot.store.tickets import Answers

AIKO = ChatRef(PlatformName.TELEGRAM, "5300000001")
THREAD = ChatRef(PlatformName.DISCORD, "115", "117")
PICTURE = Attachment(
    platform=PlatformName.TELEGRAM, kind=AttachmentKind.PHOTO, handle="AgAC", name="screen.png", size=123,
    content_type="image/png",
)  # fmt: skip

CONVERSATION_1 = """{"v":1,"is":{"id":1152921504606846976,"requester_id":1152921504606846977,
"chat":{"platform":"telegram","chat_id":"5300000001","thread_id":""},
"person":{"platform":"telegram","user_id":"5300000001","name":"藍子","locale":"ja"},"language":"ja",
"language_chosen":true,"mode":"in_checklist","prompts_asked":5,
"prompt":{"number":5,"options":["answer:tron","unknown","back","human"]},
"place":{"checklist":"deposit","step":"network","answers":{"kind":"crypto","asset":"USDT"},"refused":1,"found":["f"]},
"topic":"deposits","said":"入金が反映されません","tried":["deposit_how_long"],"helped_asked":["deposit_how_long"],
"is_verified":true,"intake":["account_id"],"ticket_id":1152921504606846978,"recent":["a","b","c"]}}"""
OUTGOING_1 = """{"v":1,"is":{"id":1152921504606846979,"kind":"send",
"chat":{"platform":"telegram","chat_id":"5300000001","thread_id":""},"priority":"1","due_at":1800000000000000,
"message_id":1152921504606846980,"content":{"text":"こんにちは","markup":"plain","author":"サポート",
"buttons":[[{"label":"はい","data":"v1.1.5.0"},{"label":"いいえ","data":"v1.1.5.1"}],
[{"label":"担当者","data":"v1.1.5.2"}]],"attachments":[{"platform":"telegram","kind":"photo","handle":"AgAC",
"name":"screen.png","size":123,"content_type":"image/png"}]},"title":"#1",
"target":{"chat":{"platform":"discord","chat_id":"115","thread_id":"117"},"message_id":"9"},"reaction":"✅",
"ticket_id":1152921504606846978,"in_thread":true,"quoted_id":1152921504606846981,
"origin":{"chat":{"platform":"discord","chat_id":"115","thread_id":"117"},"message_id":"8"},
"interaction":"tok","attempts":0}}"""
REPLY = '"origin":{"chat":{"platform":"discord","chat_id":"115","thread_id":"117"},"message_id":"8"}'

STORED: dict[str, tuple[Any, str, Any]] = {
    "content that may wake somebody": (
        Content,
        '{"v":1,"is":{"text":"x","markup":"plain","author":"","buttons":[],"attachments":[],'
        '"wakes":[{"platform":"discord","user_id":"5","name":"Mika","standing":"member"}]}}',
        Content(text="x", markup=Markup.PLAIN, wakes=(Agent(PlatformName.DISCORD, "5", "Mika", Standing.MEMBER),)),
    ),
    "content of before it said whom it may wake": (
        Content,
        '{"v":1,"is":{"text":"x","markup":"plain","author":"","buttons":[],"attachments":[]}}',
        Content(text="x", markup=Markup.PLAIN, wakes=None),
    ),
    "conversation 1": (
        Conversation,
        CONVERSATION_1,
        Conversation(
            id=2**60, requester_id=2**60 + 1, chat=AIKO,
            person=Person(PlatformName.TELEGRAM, "5300000001", "藍子", "ja"), language="ja", language_chosen=True,
            mode=Mode.IN_CHECKLIST, prompts_asked=5, prompt=Prompt(5, ("answer:tron", "unknown", "back", "human")),
            place=ChecklistPlace(
                checklist="deposit", step="network", answers={"kind": "crypto", "asset": "USDT"}, refused=1,
                found=("f",),
            ),
            topic="deposits", said="入金が反映されません", tried=("deposit_how_long",),
            helped_asked=("deposit_how_long",), is_verified=True, intake=("account_id",), ticket_id=2**60 + 2,
            recent=("a", "b", "c"),
        ),
    ),
    "conversation 1, only what it must have": (
        Conversation,
        """{"v":1,"is":{"id":1,"requester_id":2,"chat":{"platform":"web","chat_id":"r","thread_id":""},
        "person":{"platform":"web","user_id":"u","name":"","locale":""},"language":""}}""",
        Conversation(
            id=1, requester_id=2, chat=ChatRef(PlatformName.WEB, "r"), person=Person(PlatformName.WEB, "u", ""),
            language="",
        ),
    ),
    "outgoing 1": (
        Outgoing,
        OUTGOING_1,
        Outgoing(
            id=2**60 + 3, kind=DeliveryKind.SEND, chat=AIKO, priority=Priority.REQUESTER,
            due_at=1_800_000_000_000_000, message_id=2**60 + 4,
            content=Content(
                text="こんにちは", markup=Markup.PLAIN, author="サポート",
                buttons=((Button("はい", "v1.1.5.0"), Button("いいえ", "v1.1.5.1")), (Button("担当者", "v1.1.5.2"),)),
                attachments=(PICTURE,),
            ),
            title="#1", target=MessageRef(THREAD, "9"), reaction="✅", ticket_id=2**60 + 2, in_thread=True,
            quoted_id=2**60 + 5, origin=MessageRef(THREAD, "8"), interaction="tok",
        ),
    ),
    "TicketOpened 1": (
        TicketOpened, '{"v":1,"is":{"id":1,"at":2,"ticket_id":3}}', TicketOpened(id=1, at=2, ticket_id=3)
    ),
    "ReplyDelivered 1": (
        ReplyDelivered,
        f'{{"v":1,"is":{{"id":1,"at":2,"ticket_id":3,{REPLY}}}}}',
        ReplyDelivered(id=1, at=2, ticket_id=3, origin=MessageRef(THREAD, "8")),
    ),
    "ReplyFailed 1": (
        ReplyFailed,
        f'{{"v":1,"is":{{"id":1,"at":2,"ticket_id":3,{REPLY},"reason":"blocked"}}}}',
        ReplyFailed(id=1, at=2, ticket_id=3, origin=MessageRef(THREAD, "8"), reason="blocked"),
    ),
    "ReplyFailed 1, of a change": (
        ReplyFailed,
        f'{{"v":1,"is":{{"id":1,"at":2,"ticket_id":3,{REPLY},"reason":"blocked","kind":"edit","message_id":4}}}}',
        ReplyFailed(
            id=1, at=2, ticket_id=3, origin=MessageRef(THREAD, "8"), reason="blocked", kind=DeliveryKind.EDIT,
            message_id=4,
        ),
    ),
    "AccountLookedUp 1": (
        AccountLookedUp,
        '{"v":1,"is":{"id":1,"at":2,"ticket_id":3,"facts":{"account":"12345678","tier":"2","kyc_state":"passed",'
        '"locks":["withdrawals"],"matching_deposit":"held","problem":null}}}',
        AccountLookedUp(
            id=1, at=2, ticket_id=3,
            facts=Facts(
                account="12345678", tier="2", kyc_state=KycState.PASSED, locks=(Lock.WITHDRAWALS,),
                matching_deposit=DepositState.HELD,
            ),
        ),
    ),
    "account 1": (
        Account, '{"v":1,"is":{"id":"12345678","verified_until":5}}', Account("12345678", 5)
    ),
    "query 1": (
        Query,
        '{"v":1,"is":{"account":"12345678","is_verified":true,"deposit":[["asset","USDT"]]}}',
        Query("12345678", True, (("asset", "USDT"),)),
    ),
    "DeskUnreachable 1": (
        DeskUnreachable, '{"v":1,"is":{"id":1,"at":2,"ticket_id":3}}', DeskUnreachable(id=1, at=2, ticket_id=3)
    ),
    "DeskReached 1": (
        DeskReached,
        '{"v":1,"is":{"id":1,"at":2,"ticket_id":3,"waited_since":4}}',
        DeskReached(id=1, at=2, ticket_id=3, waited_since=4),
    ),
    "FilesHeld 1": (
        FilesHeld,
        '{"v":1,"is":{"id":1,"at":2,"ticket_id":3,"files":[],"is_reply":true}}',
        FilesHeld(id=1, at=2, ticket_id=3, files=(), is_reply=True),
    ),
    "PageFailed 1": (
        PageFailed,
        '{"v":1,"is":{"id":1,"at":2,"ticket_id":3}}',
        PageFailed(id=1, at=2, ticket_id=3),
    ),
    "answers 1": (Answers, '{"v":1,"is":{"kind":"crypto","txid":"missing"}}', {"kind": "crypto", "txid": "missing"}),
    "attachments 1": (
        Attachments,
        '{"v":1,"is":[{"platform":"telegram","kind":"photo","handle":"AgAC","name":"screen.png","size":123,'
        '"content_type":"image/png"}]}',
        (PICTURE,),
    ),
    "threads run short 1": (
        ThreadsRunShort,
        '{"v":1,"is":{"id":1,"at":2,"ticket_id":3,"active":800,"most":1000}}',
        ThreadsRunShort(id=1, at=2, ticket_id=3, active=800, most=1000),
    ),
    "agent left 1": (
        AgentLeft,
        '{"v":1,"is":{"id":1,"at":2,"ticket_id":3,'
        '"agent":{"platform":"discord","user_id":"5","name":"Mika","standing":"member"}}}',
        AgentLeft(id=1, at=2, ticket_id=3, agent=Agent(PlatformName.DISCORD, "5", "Mika", Standing.MEMBER)),
    ),
    "agent 1": (
        Agent,
        '{"v":1,"is":{"platform":"discord","user_id":"5","name":"Mika","standing":"member"}}',
        Agent(PlatformName.DISCORD, "5", "Mika", Standing.MEMBER),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), STORED.values(), ids=STORED)
def test_what_was_stored_once_is_read_for_ever(kind: Any, text: str, value: Any) -> None:
    assert decode(kind, text) == value
    assert decode(kind, json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)) == value
    assert decode(kind, encode(kind, value)) == value


def test_every_internal_event_that_is_stored_has_a_text_here() -> None:
    """A timer is stored by its columns; all the others as text."""
    assert {kind.__name__ for kind, _, _ in STORED.values() if kind in INTERNAL_EVENTS.values()} == (
        set(INTERNAL_EVENTS) - {"TimerFired"}
    )


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "[]", "null", '{"v":1}', '{"v":1,"is":', '{"v":1,"is":{}}', '{"v":99,"is":{}}', '{"v":0,"is":{}}',
     '{"v":"1","is":{}}', '{"v":1,"is":{"id":"x"}}', '{"v": 1, "is": []}'],
)  # fmt: skip
def test_what_was_not_ours_is_told_apart(text: str) -> None:
    with pytest.raises(Unreadable):
        decode(Conversation, text)


@pytest.mark.parametrize(
    "text", ['{"v":1,"is":{"said":"PRIVATE WORDS"}}', '{"v": 1, "is": {"said": "PRIVATE WORDS"}}', "PRIVATE WORDS"]
)
def test_the_error_repeats_nothing_of_what_was_stored(text: str) -> None:
    """It goes to the log with its whole chain, and there requester text must never be."""
    with pytest.raises(Unreadable) as error:
        decode(Conversation, text)

    assert "PRIVATE" not in str(error.value)
    assert error.value.__suppress_context__


def test_an_old_version_climbs_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it will when the first new shape is released."""
    monkeypatch.setattr(codec, "VERSION", 3)
    monkeypatch.setattr(codec, "_HEAD", '{"v":3,"is":')
    monkeypatch.setattr(
        codec, "UPGRADES", {1: lambda value: {**value, "b": "2"}, 2: lambda value: {**value, "c": "3"}}
    )

    assert decode(Answers, '{"v":1,"is":{"a":"1"}}') == {"a": "1", "b": "2", "c": "3"}
    assert decode(Answers, '{"v":2,"is":{"a":"1"}}') == {"a": "1", "c": "3"}
    assert decode(Answers, encode(Answers, {"a": "1"})) == {"a": "1"}
