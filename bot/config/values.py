"""What one setting may look like, as types that say in plain words why a value is refused.

A refusal is a `ValueError` of the form "what is wrong; how to mend it". It never repeats a secret.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, Strict

from bot.yaml_lines import nearest


class OpenRange(NamedTuple):
    """Minutes after midnight; the closing minute is no longer open."""

    opens: int
    closes: int


ALL_DAY = (OpenRange(0, 24 * 60),)


def _address(secure: str, plain: str) -> Callable[[str], str]:
    refusal = f"is not an address; write one such as {secure}://example.com"

    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError(refusal) from None
        # urlsplit drops tabs and line breaks silently: what it parsed is then not what would be used.
        if parts.scheme not in (secure, plain) or not host or " " in value or not value.isprintable():
            raise ValueError(refusal)
        if parts.username is not None:
            raise ValueError("holds a user name or password; take it out")
        if parts.scheme == plain and not _is_loopback(host):
            raise ValueError(f"would be unencrypted; write {secure}:// ({plain}:// is for this machine only)")
        return value

    return check


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _written_as(pattern: str, refusal: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value):
            return value
        raise ValueError(refusal)

    return AfterValidator(check)


def _whole_as_text(value: object) -> object:
    """Ids are 64-bit: people write them without quotes, and they must arrive digit by digit."""
    return str(value) if type(value) is int else value


def _scanner(value: str) -> str:
    """What a scanner is sent must not leave the machine, since it goes there unprotected."""
    host, _, port = value.rpartition(":")
    if value.startswith("/") or (_is_loopback(host.strip("[]")) and port.isdecimal() and 0 < int(port) < 65536):
        return value
    raise ValueError("write the path of a socket, or a host and port of this machine such as 127.0.0.1:3310")


def _present(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty; write a value or take the line out")
    return value


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("is empty or holds spaces, line breaks or other letters than a-z; copy it again")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    """The letters that Telegram takes: https://core.telegram.org/bots/api#setwebhook."""
    if re.fullmatch("[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        return value
    raise ValueError("must be 1 to 256 letters of A-Z, a-z, 0-9, _ and -; make one up of these")


def _identity_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 32:
        raise ValueError("is shorter than 32 characters; run: openssl rand -hex 32")
    return value


def _webhook_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.query or parts.fragment or not re.fullmatch("[A-Za-z0-9._~/-]*", parts.path):
        raise ValueError("has more than a plain path; write one such as https://example.com/telegram")
    return value


def _database(value: SecretStr) -> SecretStr:
    if re.match("postgres(ql)?://", value.get_secret_value()):
        return value
    raise ValueError("is not a PostgreSQL address; write postgresql://user:password@host/database")


def _regular_expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is not a regular expression ({error})") from None
    return value


def _time_zone(value: str) -> str:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        near = nearest(value, zoneinfo.available_timezones())
        mend = f'did you mean "{near}"?' if near else "write one such as Asia/Tokyo"
        raise ValueError(f"is not a known time zone; {mend}") from None
    return value


def _date(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
            return date.fromisoformat(str(value))
    except ValueError:
        pass  # The right shape but no such day: refused in the same words.
    raise ValueError("is not a date; write it as 2026-01-31")


def _open_ranges(value: object) -> object:
    if value == "closed":
        return ()
    ranges = sorted(_open_range(part) for part in (value if isinstance(value, list | tuple) else [value]))
    if any(later.opens < earlier.closes for earlier, later in pairwise(ranges)):
        raise ValueError("has ranges that overlap; write each hour once")
    return tuple(ranges)


def _open_range(value: object) -> OpenRange:
    if isinstance(value, OpenRange):
        return value
    times = re.fullmatch("([0-9]{1,2}):([0-5][0-9]) ?- ?([0-9]{1,2}):([0-5][0-9])", str(value))
    if times is None:
        raise ValueError('is not opening hours; write "09:00-18:00", a list of such ranges, or closed')
    first, last = (int(times[i]) * 60 + int(times[i + 1]) for i in (1, 3))
    if not first < last <= 24 * 60:
        raise ValueError("must end after it starts, by 24:00; write a night as two ranges, one a day")
    return OpenRange(first, last)


Text = Annotated[str, BeforeValidator(_present)]
ScannerAddress = Annotated[str, AfterValidator(_scanner)]
FilePath = Annotated[Path, BeforeValidator(_present)]
Whole = Annotated[int, Strict()]
Link = Annotated[str, AfterValidator(_address("https", "http"))]
ApiUrl = Annotated[Link, AfterValidator(lambda value: value.rstrip("/"))]
WebhookUrl = Annotated[Link, AfterValidator(_webhook_url)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
SocketUrl = Annotated[str, AfterValidator(_address("wss", "ws"))]
Token = Annotated[SecretStr, AfterValidator(_secret)]
IdentitySecret = Annotated[Token, AfterValidator(_identity_secret)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]
RegularExpression = Annotated[Text, AfterValidator(_regular_expression)]
TimeZone = Annotated[Text, AfterValidator(_time_zone)]
Holiday = Annotated[date, BeforeValidator(_date)]
Day = Annotated[tuple[OpenRange, ...], BeforeValidator(_open_ranges)]
Email = Annotated[str, _written_as(r"[^@\s]+@[^@\s]+\.[^@\s]+", "is not an e-mail address")]
Language = Annotated[str, _written_as("[a-z]{2,3}(-[A-Za-z]{2,4})?", "is not a language code; write one such as en")]
AccountId = Annotated[
    str,
    BeforeValidator(_whole_as_text),
    _written_as("[0-9]{1,20}", "is not the number of an account; on Discord: right-click, Copy User ID"),
]
DiscordId = Annotated[
    str,
    BeforeValidator(_whole_as_text),
    _written_as("[0-9]{1,20}", "is not an id; turn on Developer Mode, right-click and choose Copy ID"),
]
TelegramChat = Annotated[
    str,
    BeforeValidator(_whole_as_text),
    _written_as("-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32}", "is not a chat; write its number (-100…) or its @name"),
]
