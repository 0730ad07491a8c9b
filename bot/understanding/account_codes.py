"""Reads the one-time codes by which the operator's site says whose account it is; docs/identity.md has the format.

Pure: the secret and the moment are given, and whether a code was used before is for the store to know.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass, field

from bot.accounts import Proof, Verdict
from bot.timing import MINUTE
from bot.understanding.secret_kinds import SecretKind, marker

PREFIX = "v_"
LONGEST_MINUTES = 60
"""A code that would be good for longer is not taken: whoever finds it later must find it dead."""
SHORTEST_SECRET = 32

_DOMAIN = b"account-code.v1."
_EXPIRY, _NONCE, _MAC = 4, 8, 16
_ACCOUNT = re.compile(rb"[0-9A-Za-z._-]{1,18}")
_LETTERS = re.compile(r"[0-9A-Za-z_-]{39,62}")
_RUN = re.compile(r"(?<![0-9A-Za-z_-])[0-9A-Za-z_-]{39,64}(?![0-9A-Za-z_-])")


@dataclass(frozen=True, slots=True)
class AccountCodes:
    """Judges codes made with one secret."""

    secret: bytes = field(repr=False)

    def judge(self, code: str, now: int) -> Proof:
        """WRONG for whatever was not made with the secret, EXPIRED for what was made in time, else PROVED."""
        body = self._body(code)
        if body is None:
            return Proof(Verdict.WRONG)
        expires, account = int.from_bytes(body[:_EXPIRY], "big") * MINUTE, body[_EXPIRY + _NONCE :]
        if _ACCOUNT.fullmatch(account) is None or expires > now + LONGEST_MINUTES * MINUTE:
            return Proof(Verdict.WRONG)
        if expires <= now:
            return Proof(Verdict.EXPIRED)
        return Proof(Verdict.PROVED, account.decode("ascii"), body.hex(), expires)

    def masked(self, text: str) -> str:
        """The text without any code made with the secret, wherever in it one stands."""
        return _RUN.sub(lambda run: marker(SecretKind.CODE) if self._body(run[0]) else run[0], text)

    def _body(self, code: str) -> bytes | None:
        """What a code says, if it was made with the secret."""
        whole = _decoded(code.removeprefix(PREFIX))
        if whole is None:
            return None
        body, mac = whole[:-_MAC], whole[-_MAC:]
        made = hmac.digest(self.secret, _DOMAIN + body, "sha256")[:_MAC]
        return body if hmac.compare_digest(made, mac) else None


def _decoded(letters: str) -> bytes | None:
    """The bytes of a code; None for letters that no code is written with, and for a second spelling of one."""
    if _LETTERS.fullmatch(letters) is None:
        return None
    try:
        whole = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return None
    return whole if base64.urlsafe_b64encode(whole).decode().rstrip("=") == letters else None
