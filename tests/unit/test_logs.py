"""The log: one way in for every logger, and no secret on the way out, exceptions included."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

ROOT = Path(__file__).parents[2]
TELEGRAM_TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
# The shape of a Discord token: base64 of an id, of a time, of a signature; of nobody.
DISCORD_TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
INTERACTION_TOKEN = "aW50ZXJhY3Rpb246MTEwMDAwMDAwMDAwMDAwMDAwMTphYmM"
WRITTEN = "my secret question"

SetUp = Callable[..., io.StringIO]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def set_up() -> Iterator[SetUp]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    levels = {name: logging.getLogger(name).level for name in ("bot", "httpx", "httpcore")}

    def start(
        level: logs.Level = "info", format: logs.Format = "json", *secrets: str, terminal: bool = False
    ) -> io.StringIO:
        stream = Terminal() if terminal else io.StringIO()
        logs.set_up(level, format, secrets, stream)
        return stream

    yield start
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:], sys.excepthook, threading.excepthook = before[0], before[2], before[3]
    root.setLevel(before[1])
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_and_those_of_libraries_leave_by_the_same_way(set_up: SetUp) -> None:
    stream = set_up()
    with structlog.contextvars.bound_contextvars(ticket=42):
        structlog.get_logger("bot.support").info("turn_done", decision="answered")
        logging.getLogger("discord.gateway").warning("shard %s lost", 0)
    ours, theirs = lines(stream)
    assert ours.pop("at")
    assert theirs.pop("at")
    assert ours == {
        "event": "turn_done",
        "decision": "answered",
        "ticket": 42,
        "level": "info",
        "logger": "bot.support",
    }
    assert theirs == {"event": "shard 0 lost", "ticket": 42, "level": "warning", "logger": "discord.gateway"}


def test_a_console_line_is_one_line_people_can_read(set_up: SetUp) -> None:
    stream = set_up("info", "console")
    structlog.get_logger("bot.support").info("turn_done", chat=7, name="入金")
    assert "turn_done" in stream.getvalue()
    assert "chat=7 name=入金" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("format", get_args(logs.Format))
@pytest.mark.parametrize("library", ["httpx", "httpcore"])
def test_request_lines_of_the_http_library_stay_out(set_up: SetUp, library: str, format: logs.Format) -> None:
    stream = set_up("debug", format)
    logging.getLogger(f"{library}.connection").info("connected")
    logging.getLogger(library).info("HTTP Request")
    assert stream.getvalue() == ""


def test_the_token_in_the_real_request_line_of_httpx_is_hidden(set_up: SetUp) -> None:
    """Even where somebody turns that line on, and the token was not among the known secrets."""
    stream = set_up()
    logging.getLogger("httpx").setLevel(logging.INFO)
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.get(f"https://api.telegram.org/bot{TELEGRAM_TOKEN}/getUpdates")
    [line] = lines(stream)
    assert "https://api.telegram.org/bot[hidden]/getUpdates" in str(line["event"])
    assert "AAH" not in stream.getvalue()


LEAKS = [
    (f"https://api.telegram.org/bot{TELEGRAM_TOKEN}/getUpdates", TELEGRAM_TOKEN[10:]),
    (f"https://api.telegram.org/file/bot{TELEGRAM_TOKEN}/photos/1.jpg", TELEGRAM_TOKEN[10:]),
    (f"/bot{TELEGRAM_TOKEN.replace(':', '%3A')}/getMe", TELEGRAM_TOKEN[10:]),
    (f"/bot{TELEGRAM_TOKEN.replace(':', '%3a')}/getMe", TELEGRAM_TOKEN[10:]),
    (f"/bot{TELEGRAM_TOKEN.replace(':', '%253A')}/getMe", TELEGRAM_TOKEN[10:]),
    (f"token={TELEGRAM_TOKEN}", TELEGRAM_TOKEN[10:]),
    (f"Improper token {DISCORD_TOKEN} passed", DISCORD_TOKEN[-10:]),
    (f"Bot{DISCORD_TOKEN}", DISCORD_TOKEN[-10:]),
    (f"{{'Authorization': 'Bot {DISCORD_TOKEN}', 'X': 'y'}}", DISCORD_TOKEN[-10:]),
    ("authorization: Bearer abc.def", "abc.def"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ('headers={"Authorization": "opaque-value"}', "opaque-value"),
    ("[(b'Authorization', b'Bot opaque')]", "opaque"),
    ("https://h.example.com/setWebhook?secret_token=s3cr3t-value&url=x", "s3cr3t-value"),
    ("{'secret_token': 's3cr3t-value'}", "s3cr3t-value"),
    ('{"secret_token": "s3cr3t-value"}', "s3cr3t-value"),
    ("X-Telegram-Bot-Api-Secret-Token: s3cr3t-value", "s3cr3t-value"),
    ("(b'X-Telegram-Bot-Api-Secret-Token', b's3cr3t-value')", "s3cr3t-value"),
    (f"POST https://discord.com/api/v10/webhooks/110/{INTERACTION_TOKEN}?wait=true", INTERACTION_TOKEN),
    (f"/webhooks/110/{INTERACTION_TOKEN}/messages/@original failed", INTERACTION_TOKEN),
    (f"/api/v10/interactions/110/{INTERACTION_TOKEN}/callback", INTERACTION_TOKEN),
    ("postgresql://bot:pass99word@localhost/support", "pass99word"),
]


@pytest.mark.parametrize("format", get_args(logs.Format))
@pytest.mark.parametrize(("text", "secret"), LEAKS)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(
    set_up: SetUp, text: str, secret: str, format: logs.Format
) -> None:
    for terminal in (False, True):
        stream = set_up("info", format, terminal=terminal)
        structlog.get_logger("bot.app").info("seen", value=text, nested={"list": [text]})
        logging.getLogger("aiohttp.access").info("seen %s", text)
        logging.getLogger("telegram").error(text)
        try:
            raise RuntimeError(text)
        except RuntimeError:
            logging.getLogger("discord").exception("failed")
            structlog.get_logger("bot.app").exception("failed", error_id=logs.error_id())
        assert stream.getvalue().count("[hidden]") >= 6
        assert secret not in stream.getvalue()


def test_a_secret_given_as_a_field_is_hidden_among_the_colours_of_a_terminal(set_up: SetUp) -> None:
    stream = set_up("info", "console", terminal=True)
    structlog.get_logger("bot.app").info("x", secret_token="s3cr3t-value", authorization="opaque-value")
    assert "\x1b" in stream.getvalue()
    assert "s3cr3t" not in stream.getvalue()
    assert "opaque" not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "ticket 42 opened at 2026-11-22T13:39:48.607079Z",
        "TXID 4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
        "https://discord.com/api/v10/channels/110/messages/111",
        "bot.platforms.telegram.receiving",
        "12345678:short",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert logs.Scrubber(["another-secret"])(text) == text


def test_what_surrounds_a_secret_stays_readable() -> None:
    scrub = logs.Scrubber()
    assert scrub(f"GET /bot{TELEGRAM_TOKEN}/getMe 200") == "GET /bot[hidden]/getMe 200"
    assert scrub("{'Authorization': 'Bot x', 'A': 'b'}") == "{'Authorization': 'Bot [hidden]', 'A': 'b'}"
    assert scrub("/webhooks/110/abc/messages/1") == "/webhooks/110/[hidden]/messages/1"


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=logs.SHORTEST_SECRET, max_size=30),
    st.sampled_from(["plain", "quoted", "repr", "json", "json of repr"]),
)
def test_a_known_secret_is_hidden_in_every_form_it_is_written_in(secret: str, form: str) -> None:
    written = {
        "plain": secret,
        "quoted": quote(secret, safe=""),
        "repr": repr(secret),
        "json": json.dumps([secret], ensure_ascii=False),
        "json of repr": json.dumps(repr(secret)),
    }[form]
    scrubbed = logs.Scrubber([secret])(f"before {written} after")
    assert logs.HIDDEN in scrubbed
    assert secret not in scrubbed.replace(logs.HIDDEN, "|")


@pytest.mark.parametrize("format", get_args(logs.Format))
def test_a_known_secret_is_hidden_in_the_finished_line(set_up: SetUp, format: logs.Format) -> None:
    for secret in ("hunter2-hunter2", 'pa"ss\\wörd', "p@ss/w%rd'x", "日本語の鍵です"):
        stream = set_up("info", format, secret)
        structlog.get_logger("bot.app").info(secret, value=secret, nested={"a": [secret, (secret,)]}, **{secret: 1})
        logging.getLogger("asyncpg").error("cannot log in: %r", {"password": secret})
        try:
            raise ValueError(secret)
        except ValueError:
            logging.getLogger("asyncpg").exception("failed")
        for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
            assert form not in stream.getvalue()
        assert "hidden" in stream.getvalue()


def test_of_two_secrets_one_inside_the_other_nothing_is_left() -> None:
    assert logs.Scrubber(["secret", "secret-and-more"])("a secret-and-more b") == "a [hidden] b"


def test_a_secret_too_short_to_tell_from_words_does_not_blank_the_log() -> None:
    assert logs.Scrubber(["", "a", "the"])("the cat") == "the cat"


# What people wrote


def test_requester_text_is_left_out_even_when_a_caller_hands_it_over(set_up: SetUp) -> None:
    stream = set_up()
    structlog.get_logger("bot.x").info("turn", text=WRITTEN, content=WRITTEN, body=WRITTEN, caption=WRITTEN)
    assert WRITTEN not in stream.getvalue()


def test_libraries_never_log_at_debug_where_they_show_whole_messages(set_up: SetUp) -> None:
    stream = set_up("debug")
    for name in ("discord.gateway", "telegram.Bot", "aiosqlite", "asyncio", "aiohttp.client"):
        logging.getLogger(name).debug("received %s", WRITTEN)
    structlog.get_logger("bot.support").debug("turn_began")
    assert [line["event"] for line in lines(stream)] == ["turn_began"]


@pytest.mark.parametrize("format", get_args(logs.Format))
def test_a_traceback_shows_no_local_variables(set_up: SetUp, format: logs.Format) -> None:
    stream = set_up("info", format, terminal=True)
    written = "".join(reversed(WRITTEN))
    try:
        raise RuntimeError(len(written))
    except RuntimeError:
        structlog.get_logger("bot.x").exception("failed")
    assert "RuntimeError" in stream.getvalue()
    assert written not in stream.getvalue()


@pytest.mark.parametrize("format", get_args(logs.Format))
def test_no_value_can_forge_a_line_or_move_the_cursor(set_up: SetUp, format: logs.Format) -> None:
    stream = set_up("info", format)
    forged = "x\n2026-01-01 [info] refund_paid\x1b[2J\r\u2028\x9b"
    structlog.get_logger("bot.x").info("joined", name=forged)
    logging.getLogger("discord").info("joined %s", forged)
    assert len(stream.getvalue().splitlines()) == 2
    assert not set(stream.getvalue()) & set("\x1b\r\u2028\x9b")


# Levels


@pytest.mark.parametrize(
    ("level", "ours", "theirs"),
    [
        ("debug", 4, 3),
        ("info", 3, 3),
        ("warning", 2, 2),
        ("error", 1, 1),
    ],
)
def test_the_level_decides_what_is_written(set_up: SetUp, level: logs.Level, ours: int, theirs: int) -> None:
    stream = set_up(level)
    for logger in (structlog.get_logger("bot.x"), logging.getLogger("discord")):
        for method in ("debug", "info", "warning", "error"):
            getattr(logger, method)("line")
    names = [line["logger"] for line in lines(stream)]
    assert (names.count("bot.x"), names.count("discord")) == (ours, theirs)


def test_setting_up_again_replaces_the_first(set_up: SetUp) -> None:
    first = set_up()
    second = set_up()
    structlog.get_logger("bot.x").info("once")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


# Lines that go wrong


def test_a_line_that_cannot_be_written_does_not_spill_its_values(
    set_up: SetUp, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's logging would print the arguments of such a line to standard error."""
    stream = set_up("info", "json", "hunter2-hunter2")
    logging.getLogger("discord").info("%d seconds", "hunter2-hunter2")
    spilt = capsys.readouterr().err
    assert "discord (test_logs.py:" in spilt
    assert "could not be written: TypeError" in spilt
    assert "hunter2" not in spilt + stream.getvalue()


def test_a_closed_stream_does_not_stop_the_work(set_up: SetUp, capsys: pytest.CaptureFixture[str]) -> None:
    set_up().close()
    structlog.get_logger("bot.x").info("nobody reads this")
    assert "could not be written: ValueError" in capsys.readouterr().err


def test_warnings_go_the_same_way(set_up: SetUp) -> None:
    stream = set_up()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"see /bot{TELEGRAM_TOKEN}/x", UserWarning, stacklevel=1)
    assert "/bot[hidden]/x" in stream.getvalue()


SCRIPT = """
import sys, threading
from bot import logs
logs.set_up("info", "json", ["hunter2-hunter2"])
def fail():
    raise {kind}("hunter2" + "-hunter2")
{run}
"""


@pytest.mark.parametrize("run", ["fail()", "t = threading.Thread(target=fail); t.start(); t.join()"])
def test_an_exception_nobody_caught_is_logged_and_scrubbed(run: str) -> None:
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(kind="ValueError", run=run)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    [line] = map(json.loads, process.stderr.splitlines())
    assert (line["event"], line["level"]) == ("uncaught_exception", "critical")
    assert "ValueError: [hidden]" in line["exception"]
    assert process.stdout == ""


def test_an_interrupt_is_no_error_of_ours() -> None:
    script = SCRIPT.format(kind="KeyboardInterrupt", run="fail()")
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert "uncaught_exception" not in process.stderr


# Error ids


def test_an_error_id_is_short_readable_and_never_the_same() -> None:
    ids = {logs.error_id() for _ in range(1000)}
    assert len(ids) == 1000
    for one in ids:
        assert len(one) == logs.ERROR_ID_LENGTH
        assert not set(one) & set("01ilou")
        assert set(one) <= set(logs.ERROR_ID_LETTERS)
