"""Asks the operator's server about an account, by a signed HTTP request; a port of `bot.ports.Accounts`.

docs/identity.md has the format. Of the answer only listed fields in listed shapes are taken: whatever else is in it
never gets further than this module.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import aiohttp

from bot.accounts import DepositState, Facts, KycState, Lock, NeverAnswered, Problem, Query
from bot.ports import Clock, TryLater
from bot.signatures import HEADER, signature
from bot.timing import SECOND
from bot.understanding.redaction import mask

PATIENCE_SECONDS = 3.0
CACHED_SECONDS = 300
MOST_CACHED = 1000
LARGEST_ANSWER = 16 * 1024
KIND = b"account-lookup.v1"
_NOBODY_NOW = frozenset({408, 425, 429})
_TIER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._+-]{0,19}")

Kind = TypeVar("Kind", bound=StrEnum)


class AccountLookup:
    """One endpoint; what it answers is remembered for some minutes, that it did not is not."""

    def __init__(self, url: str, secret: bytes, clock: Clock, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._patience = patience_seconds
        self._known: dict[Query, tuple[int, Facts]] = {}

    async def look_up(self, query: Query) -> Facts:
        """What the exchange says of the account; see `bot.ports.Accounts`."""
        now = self._clock.now()
        until, known = self._known.get(query, (0, None))
        if known is not None and until > now:
            return known
        facts = await self._asked(query, now)
        if len(self._known) >= MOST_CACHED:
            self._known.clear()
        self._known[query] = (now + CACHED_SECONDS * SECOND, facts)
        return facts

    async def _asked(self, query: Query, now: int) -> Facts:
        try:
            async with asyncio.timeout(self._patience):
                status, answer = await self._post(_body(query), now // SECOND)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TryLater(f"the account look-up cannot be asked: {type(error).__name__}") from error
        if status == 404:
            return Facts(account=query.account, problem=Problem.UNKNOWN)
        if status in _NOBODY_NOW or status >= 500:
            raise TryLater(f"the account look-up answered {status}")
        if status != 200:
            raise NeverAnswered(f"the account look-up answered {status}")
        return _facts(query.account, answer)

    async def _post(self, body: bytes, seconds: int) -> tuple[int, bytes]:
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            HEADER: signature(KIND, self._secret, seconds, body),
        }
        # A redirect would take the account to somebody else, and what is packed may be any size once unpacked.
        async with (
            aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(self._url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            return response.status, await _limited(response) if response.status == 200 else b""


def _body(query: Query) -> bytes:
    asked: dict[str, Any] = {"account": query.account, "verified": query.is_verified}
    if query.deposit:
        asked["deposit"] = dict(query.deposit)
    return json.dumps(asked).encode()


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    answer = b""
    async for piece in response.content.iter_chunked(LARGEST_ANSWER):
        answer += piece
        if len(answer) > LARGEST_ANSWER:
            raise NeverAnswered("the account look-up answered with more than it may")
    return answer


def _facts(account: str, answer: bytes) -> Facts:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        raise NeverAnswered("the account look-up did not answer in JSON") from None
    if not isinstance(said, dict):
        raise NeverAnswered("the account look-up did not answer with an object")
    return Facts(
        account=account,
        tier=_tier(said),
        kyc_state=_listed(KycState, said.get("kyc_state")),
        locks=_locks(said),
        matching_deposit=_listed(DepositState, said.get("matching_deposit")),
    )


def _tier(said: Mapping[str, Any]) -> str:
    tier = said.get("tier")
    text = str(tier) if type(tier) is int and 0 <= tier <= 99 else tier
    if not isinstance(text, str) or _TIER.fullmatch(text) is None:
        return ""
    return "" if mask(text).found else text


def _locks(said: Mapping[str, Any]) -> tuple[Lock, ...] | None:
    """Those that are known, each once, in our own order; None where it is no list."""
    locks = said.get("locks")
    if not isinstance(locks, list):
        return None
    named = {lock for one in locks if (lock := _listed(Lock, one))}
    if locks and not named:
        return None  # Something is locked that nobody here knows: "nothing is locked" would be wrong.
    return tuple(lock for lock in Lock if lock in named)


def _listed(kind: type[Kind], value: object) -> Kind | None:
    return kind(value) if isinstance(value, str) and value in set(kind) else None
