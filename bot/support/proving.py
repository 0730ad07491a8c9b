"""Takes account codes out of what comes in, before anything else sees it, and judges the one that is presented.

Where the event goes on there is a marker; what the code proves travels beside it.
"""

import re
from dataclasses import dataclass, replace

from bot.accounts import Proof, Standing, Verdict
from bot.dialogue.hearing import command_of
from bot.dialogue.identity import is_locked
from bot.events import MessageEdited, MessageReceived, PlatformEvent
from bot.ports import Store
from bot.understanding.account_codes import PREFIX, AccountCodes
from bot.understanding.redaction import SecretKind, marker

_WHOLE = re.compile(rf"{PREFIX}[0-9A-Za-z_-]{{39,62}}")


@dataclass(frozen=True, slots=True)
class Presented:
    """A message without codes; `code` is the one that it presents, `is_careless` whether it told one by the way."""

    event: MessageReceived
    code: str | None = None
    is_careless: bool = False


def presented(event: MessageReceived, codes: AccountCodes | None) -> Presented:
    """The code of `/start v_…`, of `/verify-account …`, or of a message that is nothing but one."""
    code = _code_of(event.text)
    text = _without(event.text, code)
    masked = codes.masked(text) if codes else text
    return Presented(replace(event, text=masked), code, is_careless=masked != text)


def without_codes(event: PlatformEvent, codes: AccountCodes | None) -> PlatformEvent:
    """The event as it may be kept."""
    match event:
        case MessageReceived():
            return presented(event, codes).event
        case MessageEdited():
            text = _without(event.text, _code_of(event.text))
            return replace(event, text=codes.masked(text) if codes else text)
        case _:
            return event


async def judged(code: str, codes: AccountCodes | None, standing: Standing, now: int, store: Store) -> Proof:
    """What the code proves at this moment; whoever has guessed too often learns nothing of it."""
    if codes is None:
        return Proof(Verdict.OFF)
    if is_locked(standing, now):
        return Proof(Verdict.TOO_MANY)
    if not code:
        return Proof(Verdict.NEEDED)
    proof = codes.judge(code.split()[0], now)
    if proof.verdict is Verdict.PROVED and await store.is_code_used(proof.use):
        return Proof(Verdict.USED)
    return proof


def _without(text: str, code: str | None) -> str:
    """The code is the end of the text; the same letters before it are another word."""
    before, found, after = text.rpartition(code) if code else ("", "", text)
    return f"{before}{marker(SecretKind.CODE)}{after}" if found else text


def _code_of(text: str) -> str | None:
    """What is presented as a code; empty where one is asked for and none given."""
    command = command_of(text)
    if command is None:
        whole = text.strip()
        return whole if _WHOLE.fullmatch(whole) else None
    if command.name == "verify_account":
        return command.argument
    return command.argument if command.name == "start" and command.argument.startswith(PREFIX) else None
