"""The one way a line gets into the log: every logger, ours or a library's, ends in one handler.

What is about to be written is scrubbed as a finished line, exceptions included, because libraries put secrets
where no field-wise filter looks (httpx writes the bot's token as part of an address). What people wrote never
enters: log ids and decisions.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import secrets as randomness
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Literal, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["console", "json"]

HIDDEN = "[hidden]"
SHORTEST_SECRET = 6
# No letter or digit that is mistaken for another when read out to staff.
ERROR_ID_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
ERROR_ID_LENGTH = 8

_TEXT_KEYS = frozenset({"text", "body", "content", "caption", "message_text"})
# Chatty at INFO about every request, some with secrets in it.
_QUIET = ("httpx", "httpcore")

# Between a name and its value: quotes (escaped in JSON), spaces, colours of the console.
_GAP = r"(?:\x1b\[[0-9;]*m|[\\\"'\s])*"
_VALUE = r"[^\s\"'\\,;)}\]\x1b]+"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Not \b before the digits: in ".../bot123456789:AAH..." there is no word boundary.
    (re.compile(r"(?<![0-9])[0-9]{8,10}(?::|%(?:25)*3A)[A-Za-z0-9_-]{35,}", re.IGNORECASE), HIDDEN),
    (re.compile(r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{5,8}\.[A-Za-z0-9_-]{25,}"), HIDDEN),
    (re.compile(rf"(secret[_-]token{_GAP}[:=,]{_GAP}(?:b['\"])?){_VALUE}", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(
            rf"(authorization{_GAP}[:=,]{_GAP}(?:b['\"])?(?:(?:bot|bearer|basic|token)\s+)?){_VALUE}",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(/(?:webhooks|interactions)/[0-9]+/)[^/\s\"'\\?&#<>,;)}\]\x1b]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(://[^\s:/@\"']{0,200}:)[^\s/@\"']{1,200}@"), rf"\1{HIDDEN}@"),
)


class Scrubber:
    """Hides the given secrets, as written or as escaped in addresses and JSON, and whatever looks like one."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        forms = {form for secret in known if len(secret) >= SHORTEST_SECRET for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def _forms(secret: str) -> set[str]:
    """The secret as written, and as it looks inside an address, a repr and JSON."""
    plain = {secret, quote(secret, safe=""), repr(secret)[1:-1]}
    return plain | {json.dumps(form, ensure_ascii=ascii)[1:-1] for form in plain for ascii in (True, False)}


def set_up(level: Level, format: Format, secrets: Iterable[str], stream: TextIO | None = None) -> Scrubber:
    """Sends everything logged in this process, uncaught exceptions included, to the stream (standard error)
    without the secrets; returns the scrubber for what leaves by other ways. May be called again."""
    scrub = Scrubber(secrets)
    to = stream or sys.stderr
    handler = _Handler(to, scrub)
    handler.setFormatter(_formatter(format, colors=to.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    own = logging.getLevelNamesMapping()[level.upper()]
    # At DEBUG libraries log whole messages and statements: what people wrote. Only our own lines may go there.
    root.setLevel(max(own, logging.INFO))
    logging.getLogger("bot").setLevel(own)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(own, logging.WARNING))
    logging.captureWarnings(True)
    _configure_structlog()
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return scrub


def error_id() -> str:
    """A short id to show to a person and to log with the exception, so that one leads to the other."""
    return "".join(randomness.choice(ERROR_ID_LETTERS) for _ in range(ERROR_ID_LENGTH))


class _Handler(logging.StreamHandler[TextIO]):
    """The only handler: nothing is written that has not been through the scrubber."""

    def __init__(self, stream: TextIO, scrub: Scrubber) -> None:
        super().__init__(stream)
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        return self._scrub(super().format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's.
        """Says that a line was lost; logging's own way would print its arguments, secrets and all."""
        kind = getattr(sys.exc_info()[0], "__name__", "error")
        place = f"{record.name} ({record.filename}:{record.lineno})"
        # Standard error may be the very stream that is gone: then there is nobody left to tell.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"A log line from {place} could not be written: {kind}\n")


def _formatter(format: Format, *, colors: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format == "json"
        # The plain traceback: the pretty one shows local variables, and they hold what people wrote.
        else structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback, timestamp_key="at"
        )
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _one_line, renderer],
    )


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _without_texts(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Requester text is never logged, whatever a caller hands over under one of these names."""
    return {key: "[text left out]" if key in _TEXT_KEYS else value for key, value in event.items()}


def _one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Control characters become visible: no value can forge a line or move a terminal's cursor."""
    return {key: _visible(value, key) if isinstance(value, str) else value for key, value in event.items()}


def _visible(value: str, key: str) -> str:
    if value.isprintable():
        return value
    kept = "\n\t" if key in {"exception", "stack"} else ""
    return "".join(c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in value)


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    _without_texts,
)


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    structlog.get_logger(__name__).critical("uncaught_exception", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
        _log_uncaught(hook.exc_type, hook.exc_value, hook.exc_traceback)
