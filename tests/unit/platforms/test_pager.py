"""Calls to the operator's paging service, over real sockets: signed, patient, and honest about those not taken."""

import asyncio
import json
from typing import Any

import pytest

from bot.model import ChatRef, Content, PlatformName
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.platforms.pager import MOST_TRIES, Pager
from bot.ports import Delivery, NeverDelivered, Receipt, TryLater
from bot.store import SystemClock
from tests.codes import is_a_call
from tests.servers.exchange import saying, serving, silent

SECRET = b"0123456789abcdef0123456789abcdef"
BODY = json.dumps({"kind": "page", "ticket": 7})


def delivery(attempts: int = 0) -> Delivery:
    row = Outgoing(
        id=1, kind=DeliveryKind.SEND, chat=ChatRef(PlatformName.PAGER, "on_call"), priority=Priority.NEW_TICKET,
        due_at=0, message_id=1, content=Content(text=BODY), ticket_id=7, attempts=attempts,
    )  # fmt: skip
    return Delivery(row)


def nobody(*_: object) -> Any:
    raise AssertionError("no file is fetched for a call")


async def test_a_call_arrives_signed_as_the_docs_say() -> None:
    async with serving(SECRET, saying({}, 202), is_a_call) as service:
        receipt = await Pager(service.url, SECRET, SystemClock()).deliver(delivery(), nobody)

    assert (receipt, service.asked, service.unsigned) == (Receipt(), [{"kind": "page", "ticket": 7}], 0)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_who_is_busy_is_asked_again_until_that_is_enough(status: int) -> None:
    async with serving(SECRET, saying({}, status), is_a_call) as service:
        pager = Pager(service.url, SECRET, SystemClock())
        for attempts in range(MOST_TRIES):
            with pytest.raises(TryLater, match=str(status)):
                await pager.deliver(delivery(attempts), nobody)
        with pytest.raises(NeverDelivered, match=str(status)):
            await pager.deliver(delivery(MOST_TRIES), nobody)


@pytest.mark.parametrize("status", [301, 400, 401, 404])
async def test_a_refusal_is_final(status: int) -> None:
    async with serving(SECRET, saying({}, status), is_a_call) as service:
        with pytest.raises(NeverDelivered, match=str(status)):
            await Pager(service.url, SECRET, SystemClock()).deliver(delivery(), nobody)


async def test_a_wrong_secret_is_a_refusal() -> None:
    async with serving(SECRET, saying({}), is_a_call) as service:
        with pytest.raises(NeverDelivered, match="401"):
            await Pager(service.url, b"another secret of thirty-two bytes", SystemClock()).deliver(delivery(), nobody)

    assert (service.asked, service.unsigned) == ([], 1)


async def test_who_says_nothing_is_not_waited_for() -> None:
    until = asyncio.Event()
    async with serving(SECRET, silent(until), is_a_call) as service:
        with pytest.raises(TryLater, match="TimeoutError"):
            await Pager(service.url, SECRET, SystemClock(), 0.05).deliver(delivery(), nobody)
        until.set()


async def test_nobody_there_is_no_reason_to_give_up() -> None:
    with pytest.raises(TryLater, match="ClientConnectorError"):
        await Pager("http://127.0.0.1:9/", SECRET, SystemClock()).deliver(delivery(), nobody)
