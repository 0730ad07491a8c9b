"""The look-up over real sockets: what is asked, and that of the answer nothing is taken but what is listed."""

import asyncio
import gzip
import time
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.account_lookup import CACHED_SECONDS, KIND, LARGEST_ANSWER, AccountLookup, _facts
from bot.accounts import DepositState, Facts, KycState, Lock, NeverAnswered, Problem, Query
from bot.ports import TryLater
from bot.signatures import signature
from tests.clocks import FakeClock
from tests.codes import is_from_the_bot
from tests.servers.exchange import Answer, FakeExchange, saying, serving, silent

SECRET = bytes(range(32))
ASKED = Query("12345678", True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def lookup(exchange: FakeExchange, clock: FakeClock | None = None, patience: float = 3) -> AccountLookup:
    return AccountLookup(exchange.url, SECRET, clock or FakeClock(time.time_ns() // 1000), patience)


async def told(answer: Answer) -> Facts:
    async with serving(SECRET, answer) as exchange:
        return await lookup(exchange).look_up(ASKED)


def raw(body: bytes, **more: Any) -> Answer:
    async def say(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, **more)

    return say


async def test_the_question_is_signed_and_says_what_is_known() -> None:
    async with serving(SECRET, saying({})) as exchange:
        asking = lookup(exchange)
        await asking.look_up(ASKED)
        await asking.look_up(Query("アイコ 7", False, (("asset", "USDT"), ("amount", "100"))))

    assert exchange.unsigned == 0
    assert exchange.asked == [
        {"account": "12345678", "verified": True},
        {"account": "アイコ 7", "verified": False, "deposit": {"asset": "USDT", "amount": "100"}},
    ]


@pytest.mark.parametrize("age", [0, 299, 301])
def test_a_signature_is_good_for_its_body_and_five_minutes(age: int) -> None:
    seconds = int(time.time()) - age
    header = signature(KIND, SECRET, seconds, b"{}")

    assert is_from_the_bot(SECRET, header, b"{}") == (age < 300)
    assert not is_from_the_bot(SECRET, header, b"{ }")
    assert not is_from_the_bot(bytes(32), header, b"{}")
    assert not is_from_the_bot(SECRET, header.replace(str(seconds), str(seconds - 1)), b"{}")


async def test_every_listed_field_is_taken() -> None:
    said = {"tier": 2, "kyc_state": "passed", "locks": ["trading", "withdrawals"], "matching_deposit": "confirming"}
    assert await told(saying(said)) == Facts(
        account="12345678", tier="2", kyc_state=KycState.PASSED, locks=(Lock.WITHDRAWALS, Lock.TRADING),
        matching_deposit=DepositState.CONFIRMING,
    )  # fmt: skip


async def test_nothing_locked_is_an_answer_and_none_is_not() -> None:
    assert (await told(saying({"locks": []}))).locks == ()
    assert (await told(saying({}))).locks is None
    assert (await told(saying({"locks": ["api"]}))).locks is None


HOSTILE = (
    {
        "tier": "<b>VIP</b>",
        "kyc_state": "passed; @everyone",
        "locks": "withdrawals",
        "matching_deposit": ["credited"],
    },
    {"tier": "x" * 21, "kyc_state": ["passed"], "locks": {"login": True}, "matching_deposit": {"a": 1}},
    {"tier": True, "kyc_state": 1, "locks": [1, None, {}], "matching_deposit": None, "email": "aiko@example.com"},
    {"tier": -1, "Tier": "2", "KYC_STATE": "passed", "__proto__": {"tier": "2"}, "account": "87654321"},
    {"tier": "2\n# heading", "name": "Aiko", "problem": "unknown"},
    {"tier": "4111 1111 1111 1111"},
)


@pytest.mark.parametrize("said", HOSTILE)
async def test_what_is_not_listed_is_dropped(said: dict[str, Any]) -> None:
    assert await told(saying(said)) == Facts(account="12345678")


@given(JSON)
def test_no_answer_shows_anything_but_listed_words(said: Any) -> None:
    import json

    try:
        facts = _facts("1", json.dumps({"tier": said, "kyc_state": said, "locks": said}).encode())
    except NeverAnswered:
        raise AssertionError("an object is an answer") from None
    assert len(facts.tier) <= 20
    assert facts.tier.isascii()
    assert facts.kyc_state is None or facts.kyc_state == said


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_nobody_now_is_asked_later(status: int) -> None:
    with pytest.raises(TryLater):
        await told(saying({}, status))


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 401, 403, 405, 410, 418])
async def test_what_will_not_change_is_not_asked_again(status: int) -> None:
    with pytest.raises(NeverAnswered, match=str(status)):
        await told(raw(b"", status=status, headers={"Location": "/account"} if 300 < status < 400 else None))


async def test_an_account_nobody_knows_is_an_answer() -> None:
    assert await told(saying({}, 404)) == Facts(account="12345678", problem=Problem.UNKNOWN)


BROKEN = (
    b"", b"tier 2", b"[]", b'"passed"', b"\xff\xfe", b"{", b"[" * 10_000, b"null",
    gzip.compress(b'{"tier": 2}'),
)  # fmt: skip


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
async def test_what_is_no_object_is_told_without_quoting_it(body: bytes) -> None:
    with pytest.raises(NeverAnswered) as refusal:
        await told(raw(body))
    assert "tier" not in str(refusal.value)


async def test_no_more_is_read_than_an_answer_may_have() -> None:
    assert await told(raw(b'{"tier": 2' + b" " * (LARGEST_ANSWER - 11) + b"}"))
    with pytest.raises(NeverAnswered, match="more than"):
        await told(raw(b'{"tier": 2' + b" " * LARGEST_ANSWER + b"}"))


async def test_an_answer_without_end_is_left() -> None:
    """A stream that never stops, and one that is packed: neither fills the memory."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 4096)

    with pytest.raises(NeverAnswered, match="more than"):
        await told(endless)
    bomb = gzip.compress(b" " * 50_000_000)
    with pytest.raises(NeverAnswered):
        await told(raw(bomb, headers={"Content-Encoding": "gzip"}))


async def test_who_does_not_answer_in_time_is_asked_later() -> None:
    over = asyncio.Event()
    async with serving(SECRET, silent(over)) as exchange:
        with pytest.raises(TryLater):
            await lookup(exchange, patience=0.05).look_up(ASKED)
        over.set()


async def test_who_answers_letter_by_letter_is_asked_later() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)

    async with serving(SECRET, drip) as exchange:
        with pytest.raises(TryLater):
            await lookup(exchange, patience=0.1).look_up(ASKED)


async def test_where_nobody_listens_is_asked_later() -> None:
    async with serving(SECRET, saying({})) as exchange:
        gone = lookup(exchange)
    with pytest.raises(TryLater):
        await gone.look_up(ASKED)


async def test_an_answer_counts_for_minutes_and_a_problem_does_not() -> None:
    clock = FakeClock(time.time_ns() // 1000)
    async with serving(SECRET, saying({}, 503)) as exchange:
        asking = lookup(exchange, clock)
        with pytest.raises(TryLater):
            await asking.look_up(ASKED)
        exchange.answer = saying({"tier": 2})
        for _ in range(3):
            assert (await asking.look_up(ASKED)).tier == "2"
        assert len(exchange.asked) == 2
        await asking.look_up(Query("12345678", False))
        assert len(exchange.asked) == 3
        clock.forward(CACHED_SECONDS)
        exchange.answer = saying({"tier": 3})
        assert (await asking.look_up(ASKED)).tier == "3"
