"""The settings: every source in its order, every mistake told at once, no secret told at all."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from bot.config import OpenRange, Settings, SettingsError, Team, describe, first_steps, load
from bot.yaml_lines import read

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yaml"
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str, mode: int = 0o600) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        path.chmod(mode)
        return path

    return written


def refused(path: Path | None, environment: dict[str, str] | None = None) -> list[str]:
    """The sentences of a refusal, without the folder of the file."""
    with pytest.raises(SettingsError) as raised:
        load(path, environment or {})
    return [str(problem).replace(f"{path}", "config.yaml") for problem in raised.value.problems]


def test_without_any_source_everything_has_its_default() -> None:
    assert load(None, {}) == Settings()
    assert load(None, {"PATH": "/bin", "ROBOT_X": "1"}) == Settings()


def test_the_file_gives_way_to_the_environment(write: Write) -> None:
    path = write("web:\n  port: 9000\n  host: 127.0.0.2\nlogs:\n  level: debug\n")
    loaded = load(path, {"BOT_WEB__PORT": "9100", "BOT_LOGS__LEVEL": ""})
    assert (loaded.web.port, loaded.web.host, loaded.logs.level) == (9100, "127.0.0.2", "debug")


def test_the_environment_may_hold_lists_and_mappings_as_yaml() -> None:
    loaded = load(
        None,
        {
            "BOT_EXCHANGE__SOCIAL": "{X: https://x.example.com/me}",
            "BOT_DESK__HOLIDAYS": "[2027-01-01]",
            "BOT_DESK__HOURS": "{sunday: closed, monday: 09:00-18:00}",
            "BOT_DISCORD__MESSAGE_CONTENT": "false",
            "BOT_EXCHANGE__NAME": "Coins: {all of them} # yes",
        },
    )
    assert loaded.exchange.social == {"X": "https://x.example.com/me"}
    assert loaded.desk.holidays == (date(2027, 1, 1),)
    assert loaded.desk.hours.on(6) == ()
    assert loaded.discord.message_content is False
    assert loaded.exchange.name == "Coins: {all of them} # yes"


def test_everything_wrong_is_told_at_once_with_its_place(write: Write) -> None:
    path = write(
        """\
        telegam:
          token: x
        telegram:
          staff_chat: -100123
          api_base_url: http://example.com
        discord:
          staff_channel: 12
        web:
          port: 99999
          hots: x
        desk:
          close_after_hours: soon
        """
    )
    assert refused(path, {"BOT_WEB__PRT": "1", "BOT_LOGS__LEVEL": "loud", "BOT_DESK__HOLIDAYS": "[1"}) == [
        'config.yaml:1: telegam: unknown key; did you mean "telegram"?',
        "config.yaml:5: telegram.api_base_url: would be unencrypted; "
        "write https:// (http:// is for this machine only)",
        "config.yaml:7: discord.staff_channel: needs discord.guild; "
        "write the id of the server that the channel belongs to",
        "config.yaml:9: web.port: must be less than or equal to 65535",
        'config.yaml:10: web.hots: unknown key; did you mean "host"?',
        "config.yaml:11: desk.platform: is not set, and telegram.staff_chat and discord.staff_channel both are; "
        "write telegram or discord",
        "config.yaml:12: desk.close_after_hours: must be a whole number",
        "BOT_DESK__HOLIDAYS:2: while parsing a flow sequence did not find expected ',' or ']' (begun in line 1); "
        "look at the quotes, colons and indentation here and in the line above",
        "BOT_LOGS__LEVEL: logs.level: must be 'debug', 'info', 'warning' or 'error'",
        'BOT_WEB__PRT: unknown environment variable; did you mean "BOT_WEB__PORT"?',
    ]


def test_a_broken_file_does_not_hide_a_wrong_variable(write: Write) -> None:
    told = refused(write("a: b: c\n"), {"BOT_TOKEN": "x"})
    assert [one.partition(":")[0] for one in told] == ["config.yaml", "BOT_TOKEN"]
    assert told[1] == "BOT_TOKEN: unknown environment variable; take it out; the names are BOT_SECTION__KEY"


@pytest.mark.parametrize("name", ["BOT_TELEGRAM_TOKEN", "BOT_telegram__token", "BOT_TELEGRAM__TOKN"])
def test_a_misspelt_variable_is_never_ignored(name: str) -> None:
    assert refused(None, {name: TOKEN}) == [
        f'{name}: unknown environment variable; did you mean "BOT_TELEGRAM__TOKEN"?'
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "config.yaml:1: must be a mapping; write sections such as `telegram:`"),
        ("[]", "config.yaml:1: must be a mapping; write sections such as `telegram:`"),
        ("just text", "config.yaml:1: must be a mapping; write sections such as `telegram:`"),
        ("web: 5\n", "config.yaml:1: web: must be a mapping; write `key: value` lines"),
        ("web:\n  port:\n", "config.yaml:2: web.port: has no value; write one, or take the line out"),
        ("web:\n  port: 1\n  port: 2\n", "config.yaml:3: port is written twice (first in line 2); keep one"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_in_plain_words(write: Write, text: str, told: str) -> None:
    assert refused(write(text)) == [told]


def _keys(held: object) -> list[str]:
    """What can stand in a section; a team can have any name."""
    return list(type(held).model_fields) if isinstance(held, BaseModel) else ["security"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
sections = {
    section: st.dictionaries(st.sampled_from([*_keys(held), "x"]), anything, max_size=4) | anything
    for section, held in Settings()
}


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional={**sections, "y": anything}))
def test_whatever_stands_in_the_file_is_taken_or_refused_in_plain_words(written: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(yaml.safe_dump(written), encoding="utf-8")
        path.chmod(0o600)
        told = ""
        try:
            load(path, {})
        except SettingsError as error:
            told = str(error)
    for word in ("pydantic", "Input", "string", "integer", "boolean", "instance"):
        assert word not in told


def test_an_absent_file_is_told_by_name(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.yaml") == [
        "config.yaml: cannot be read (no such file or directory); check the path and its rights"
    ]


@pytest.mark.parametrize("text", ["", "# nothing set\n", "telegram:\n  # token: x\nweb:\n"])
def test_a_section_with_every_key_commented_out_sets_nothing(write: Write, text: str) -> None:
    assert load(write(text), {}) == Settings()


# Secrets


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_token_in_a_file_that_others_can_read_is_refused_with_the_way_out(write: Write, mode: int) -> None:
    path = write(f"telegram:\n  token: {TOKEN}\n", mode)
    assert refused(path) == [
        "config.yaml:2: telegram.token: is a secret in a file that other users of this machine can read; "
        "set BOT_TELEGRAM__TOKEN, or telegram.token_file, or run: chmod 600 config.yaml"
    ]


def test_a_database_password_in_a_file_that_others_can_read_is_refused(write: Write) -> None:
    path = write("store:\n  url: postgresql://bot:secret99@localhost/support\n", 0o644)
    assert refused(path) == [
        "config.yaml:2: store.url: is a secret in a file that other users of this machine can read; "
        "set BOT_STORE__URL, or run: chmod 600 config.yaml"
    ]


def test_a_file_without_secrets_may_be_read_by_all(write: Write) -> None:
    assert load(write("telegram:\n  token_file:\n", 0o644), {"BOT_TELEGRAM__TOKEN": TOKEN}).telegram.token


def test_a_token_comes_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    telegram = load(None, {"BOT_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")}).telegram
    assert telegram.token is not None
    assert telegram.token.get_secret_value() == TOKEN


def test_a_token_and_a_token_file_exclude_each_other(write: Write) -> None:
    path = write("telegram:\n  token_file: /run/secrets/token\n")
    assert refused(path, {"BOT_TELEGRAM__TOKEN": TOKEN}) == [
        "config.yaml:2: telegram.token_file: is set, and so is telegram.token; keep one of them"
    ]


def test_a_secret_that_could_be_guessed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x" * 32)
    secret = load(None, {"BOT_IDENTITY__SECRET_FILE": str(tmp_path / "secret")}).identity.secret
    assert secret is not None
    assert secret.get_secret_value() == "x" * 32
    assert refused(None, {"BOT_IDENTITY__SECRET": "x" * 31}) == [
        "BOT_IDENTITY__SECRET: identity.secret: is shorter than 32 characters; run: openssl rand -hex 32"
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read (no such file or directory); check the path and its rights"),
        (b"", "is empty; it must hold the token and nothing else"),
        (b" \n\n", "is empty; it must hold the token and nothing else"),
        (b"\xff\xfe", "is not text; it must hold the token and nothing else"),
        (b"x" * 100_000, "is too long for a token; it must hold the token and nothing else"),
    ],
)
def test_a_token_file_of_no_use_is_told_by_its_name(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    assert refused(None, {"BOT_DISCORD__TOKEN_FILE": str(path)}) == [
        f"BOT_DISCORD__TOKEN_FILE: discord.token_file: {path} {told}"
    ]


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "トークン", "a\x1b[2Jb"])
def test_a_token_with_strange_letters_is_refused_without_being_shown(token: str) -> None:
    [told] = refused(None, {"BOT_DISCORD__TOKEN": token})
    assert "copy it again" in told
    assert token not in told


def test_no_secret_is_in_a_refusal_nor_in_its_traceback(write: Write) -> None:
    """A traceback prints what an exception came from as well."""
    path = write(f"telegram:\n  token: [{TOKEN}]\nstore:\n  url: mysql://bot:hunter2hunter2@db\nweb:\n  prt: 1\n")
    environment = {"BOT_DISCORD__TOKEN": "discord hunter3hunter3"}
    with pytest.raises(SettingsError) as raised:
        load(path, environment)
    printed = "".join(traceback.format_exception(raised.value))
    assert len(raised.value.problems) == 4
    for secret in (TOKEN, "hunter2", "hunter3"):
        assert secret not in printed


def test_a_printed_setting_shows_no_secret_and_the_scrubber_is_given_all() -> None:
    url = "postgresql://bot:p%40ss-word@localhost/support"
    loaded = load(None, {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DISCORD__TOKEN": "xyz-xyz", "BOT_STORE__URL": url})
    for secret in (TOKEN, "xyz-xyz", "p%40ss-word"):
        assert secret not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"
    assert set(loaded.secrets()) == {TOKEN, "xyz-xyz", url, "p%40ss-word", "p@ss-word"}
    assert Settings().secrets() == []


# Single values


@given(st.integers(1, 2**63 - 1))
def test_64_bit_ids_survive_to_the_last_digit(number: int) -> None:
    environment = {
        "BOT_DISCORD__GUILD": str(number),
        "BOT_DISCORD__STAFF_ROLE": str(number),
        "BOT_TELEGRAM__STAFF_CHAT": f"-{number}",
    }
    loaded = load(None, environment)
    assert loaded.discord.guild == loaded.discord.staff_role == str(number)
    assert loaded.telegram.staff_chat == f"-{number}"


def test_ids_may_be_written_in_the_file_with_or_without_quotes(write: Write) -> None:
    path = write('discord: {guild: 1100000000000000001, staff_role: "9223372036854775807"}\n')
    discord = load(path, {}).discord
    assert (discord.guild, discord.staff_role) == ("1100000000000000001", "9223372036854775807")


@pytest.mark.parametrize("value", ["general", "1.5", "true", "12 34", "-5", "<#123>", "[1]"])
def test_what_is_no_id_is_refused(write: Write, value: str) -> None:
    [told] = refused(write(f"discord:\n  staff_role: {value}\n"))
    assert told.startswith("config.yaml:2: discord.staff_role: ")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a?b=c",
        "http://localhost:8081",
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://[::1]:80",
    ],
)
def test_encrypted_and_loopback_addresses_are_taken(url: str) -> None:
    loaded = load(None, {"BOT_TELEGRAM__API_BASE_URL": f"{url}/", "BOT_EXCHANGE__FORUM": url})
    assert (loaded.telegram.api_base_url, loaded.exchange.forum) == (url, url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com", "unencrypted"),
        ("http://10.0.0.1", "unencrypted"),
        ("http://0.0.0.0", "unencrypted"),
        ("http://127.1", "unencrypted"),
        ("http://localhost.example.com", "unencrypted"),
        ("http://127.0.0.1.example.com", "unencrypted"),
        ("http://127.0.0.1@example.com", "user name"),
        ("https://user:pass@example.com", "user name"),
        ("ftp://example.com", "not an address"),
        ("javascript:alert(1)", "not an address"),
        ("https://", "not an address"),
        ("https:///path", "not an address"),
        ("https://exa mple.com", "not an address"),
        ("http://loc\nalhost", "not an address"),
        ("https://[::1", "not an address"),
        ("https://example.com:port", "not an address"),
        ("example.com", "not an address"),
    ],
)
@pytest.mark.parametrize("key", ["EXCHANGE__HELP_CENTER", "TELEGRAM__API_BASE_URL", "DISCORD__API_BASE_URL"])
def test_an_address_that_would_leak_or_mislead_is_refused(url: str, why: str, key: str) -> None:
    [told] = refused(None, {f"BOT_{key}": url})
    assert why in told


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("wss://gateway.discord.gg", True),
        ("ws://127.0.0.1:9", True),
        ("ws://example.com", False),
        ("https://example.com", False),
    ],
)
def test_the_gateway_is_a_web_socket_and_encrypted_too(url: str, fine: bool) -> None:
    environment = {"BOT_DISCORD__GATEWAY_URL": url}
    if fine:
        assert load(None, environment).discord.gateway_url == url
    else:
        assert len(refused(None, environment)) == 1


def test_the_account_id_pattern_must_fit_the_whole_text() -> None:
    exchange = load(None, {"BOT_EXCHANGE__ACCOUNT_ID_PATTERN": "U[0-9]{3}|[0-9]{5}"}).exchange
    assert exchange.is_account_id("U123")
    assert exchange.is_account_id("12345")
    assert not exchange.is_account_id("12345\n")
    assert not exchange.is_account_id("xU123")
    [told] = refused(None, {"BOT_EXCHANGE__ACCOUNT_ID_PATTERN": "[0-9"})
    assert "is not a regular expression" in told


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("DESK__TIMEZONE", "Asia/Tokio", 'did you mean "Asia/Tokyo"?'),
        ("DESK__TIMEZONE", "../../etc/passwd", "is not a known time zone"),
        ("DESK__TIMEZONE", "Europe", "is not a known time zone"),
        ("DESK__HOLIDAYS", "[2027-02-30]", "is not a date; write it as 2026-01-31"),
        ("DESK__HOLIDAYS", "[20270101]", "is not a date"),
        ("DESK__HOLIDAYS", "2027-01-01", "must be a list"),
        ("DESK__CLOSE_AFTER_HOURS", "0", "must be greater than or equal to 1"),
        ("DESK__CLOSE_AFTER_HOURS", "1.5", "must be a whole number"),
        ("DESK__PLATFORM", "slack", "must be 'telegram', 'discord', 'web' or 'console'"),
        ("WEB__PORT", "true", "must be a whole number"),
        ("WEB__HOST", " ", "is empty"),
        ("STORE__PATH", " ", "is empty"),
        ("STORE__URL", "sqlite:///x", "is not a PostgreSQL address"),
        ("SUPPORT__REQUIRE_KYC", "perhaps", "must be true or false"),
        ("SUPPORT__DEFAULT_LANGUAGE", "English", "is not a language code"),
        ("EXCHANGE__EMAIL", "support", "is not an e-mail address"),
        ("EXCHANGE__SOCIAL", "{X: http://x.example.com}", "would be unencrypted"),
        ("EXCHANGE__SOCIAL", "X", "must be a mapping"),
        ("TELEGRAM__STAFF_CHAT", "my group", "is not a chat"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(key: str, value: str, told: str) -> None:
    [sentence] = refused(None, {f"BOT_{key}": value})
    assert sentence.startswith(f"BOT_{key}: {key.replace('__', '.').lower()}")
    assert told in sentence


# Hours


def test_hours_are_ranges_of_minutes_in_order() -> None:
    hours = load(
        None, {"BOT_DESK__HOURS": "{monday: [13:00-18:00, 9:00-12:30], tuesday: closed, friday: 22:00-24:00}"}
    ).desk.hours
    assert hours.on(0) == (OpenRange(540, 750), OpenRange(780, 1080))
    assert hours.on(1) == ()
    assert hours.on(2) == (OpenRange(0, 1440),)
    assert hours.on(4) == (OpenRange(1320, 1440),)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("22:00-06:00", "must end after it starts"),
        ("09:00-09:00", "must end after it starts"),
        ("09:00-24:30", "must end after it starts"),
        ("[09:00-12:00, 11:00-13:00]", "has ranges that overlap"),
        ("9-18", "is not opening hours"),
        ("open", "is not opening hours"),
        ("{from: 9}", "is not opening hours"),
        ("", "is not opening hours"),
    ],
)
def test_hours_that_nobody_can_keep_are_refused(write: Write, day: str, told: str) -> None:
    [sentence] = refused(write(f"desk:\n  hours:\n    monday: {day}\n"))
    assert sentence.startswith(f"config.yaml:3: desk.hours.monday: {told}")


def test_an_unknown_day_is_answered_with_the_nearest(write: Write) -> None:
    [told] = refused(write("desk:\n  hours:\n    tusday: closed\n"))
    assert told == 'config.yaml:3: desk.hours.tusday: unknown key; did you mean "tuesday"?'


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_any_time_of_day_is_read_to_the_minute(opens: int, closes: int) -> None:
    written = f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    environment = {"BOT_DESK__HOURS": f"{{sunday: {written}}}"}
    if opens < closes:
        assert load(None, environment).desk.hours.on(6) == (OpenRange(opens, closes),)
    else:
        assert len(refused(None, environment)) == 1


def test_a_holiday_is_one_by_its_date() -> None:
    desk = load(None, {"BOT_DESK__HOLIDAYS": "[2027-12-25]"}).desk
    assert desk.is_holiday(date(2027, 12, 25))
    assert not desk.is_holiday(date(2026, 12, 25))


# The desk

TELEGRAM_DESK = {"BOT_TELEGRAM__STAFF_CHAT": "-100123"}
DISCORD_DESK = {"BOT_DISCORD__STAFF_CHANNEL": "12", "BOT_DISCORD__GUILD": "1"}


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({}, None),
        (TELEGRAM_DESK, "telegram"),
        (DISCORD_DESK, "discord"),
        ({**TELEGRAM_DESK, **DISCORD_DESK, "BOT_DESK__PLATFORM": "discord"}, "discord"),
        ({**TELEGRAM_DESK, "BOT_DESK__PLATFORM": "web"}, "web"),
        ({"BOT_DESK__PLATFORM": "console"}, "console"),
        ({**TELEGRAM_DESK, "BOT_DISCORD__TOKEN": "x"}, "telegram"),
    ],
)
def test_the_desk_is_where_a_staff_chat_is_unless_told_otherwise(
    environment: dict[str, str], platform: str | None
) -> None:
    assert load(None, environment).desk.platform == platform


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({**TELEGRAM_DESK, **DISCORD_DESK}, "settings: desk.platform: is not set, and"),
        (
            {**TELEGRAM_DESK, "BOT_DESK__PLATFORM": "discord"},
            "BOT_DESK__PLATFORM: desk.platform: is discord, but discord.staff_channel is not set",
        ),
        (
            {"BOT_DESK__PLATFORM": "telegram"},
            "BOT_DESK__PLATFORM: desk.platform: is telegram, but telegram.staff_chat is not set",
        ),
        (
            {"BOT_DISCORD__STAFF_CHANNEL": "12"},
            "BOT_DISCORD__STAFF_CHANNEL: discord.staff_channel: needs discord.guild",
        ),
    ],
)
def test_a_desk_that_is_nowhere_or_in_two_places_is_refused(environment: dict[str, str], told: str) -> None:
    [sentence] = refused(None, environment)
    assert sentence.startswith(told)


def test_what_keeps_the_bot_from_starting_is_said() -> None:
    assert load(None, {**TELEGRAM_DESK, "BOT_TELEGRAM__TOKEN": TOKEN}).unready() == []
    assert load(None, {**DISCORD_DESK, "BOT_TELEGRAM__TOKEN": TOKEN}).unready() == [
        "discord has a staff chat but no token: set BOT_DISCORD__TOKEN or discord.token_file."
    ]
    assert load(None, {"BOT_TELEGRAM__TOKEN": TOKEN}).unready() == [
        "Tickets would reach nobody: set telegram.staff_chat or discord.staff_channel."
    ]
    assert load(None, {"BOT_DESK__PLATFORM": "console"}).unready() == []


def test_the_first_steps_name_what_really_exists() -> None:
    text = first_steps()
    known = {setting.name for setting in describe()}
    assert set(re.findall(r"BOT_\w+", text)) <= {setting.variable for setting in describe()}
    assert set(re.findall(r"(?:telegram|discord)\.[a-z_]{5,}", text)) <= known
    assert "config.example.yaml" in text
    assert EXAMPLE.exists()


def test_settings_cannot_be_changed_later() -> None:
    loaded = load(None, {})
    with pytest.raises(ValidationError):
        loaded.web.port = 1


# The documentation


def test_every_setting_has_a_reason_and_a_variable_that_sets_it() -> None:
    for setting in describe():
        assert re.fullmatch(r"[A-Za-z].*\.", setting.help), setting
        name = setting.variable
        assert name == name.upper()
        # No setting but a few take this text: it is refused or taken, never unknown.
        told = ""
        try:
            load(None, {name: "?"})
        except SettingsError as error:
            told = str(error)
        assert "unknown" not in told


def test_the_example_explains_every_setting_as_the_models_do_and_no_other() -> None:
    explained: dict[str, str] = {}
    section, comment, indent = "", "", "  "
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"[a-z_]+:", line):
            section, comment, indent = line[:-1], "", "  "
        elif section == "teams" and line == "  security:":
            section, comment, indent = "teams.<team>", "", "    "
        elif key := re.match(rf"{indent}(?:# )?([a-z_]+):( |$)", line):
            explained[f"{section}.{key[1]}"] = comment.strip()
            comment = ""
        elif line.startswith(f"{indent}# "):
            comment += line[len(indent) + 1 :]
    assert explained == {setting.name: f"{setting.help} Default: {setting.default}." for setting in describe()}


def test_the_example_loads_with_every_value_but_secrets_and_what_must_run_first(tmp_path: Path) -> None:
    loaded = load(EXAMPLE, {})
    sections = [(name, held) for name, held in loaded if name != "teams"]
    unset = {f"{section}.{key}" for section, held in sections for key, value in held if value is None}
    assert unset == {
        "telegram.token",
        "telegram.token_file",
        "telegram.webhook_url",
        "telegram.webhook_secret",
        "telegram.webhook_secret_file",
        "discord.token",
        "discord.token_file",
        "store.url",
        "files.clamd",
        "heartbeat.url",
        "identity.secret",
        "identity.secret_file",
        "identity.lookup_url",
        "on_call.webhook_url",
        "on_call.secret",
        "on_call.secret_file",
    }
    assert loaded.secrets() == []


def test_the_example_loads_with_its_commented_lines_too(tmp_path: Path) -> None:
    """What people uncomment must be right as well, except that a token stands in one place only."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^  # ((?:token|url): )", r"  \1", text)
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    loaded = load(path, {})
    assert len(loaded.secrets()) == 5
    assert loaded.unready() == []


def test_the_defaults_that_are_told_are_the_ones_that_hold() -> None:
    for setting in describe():
        section, _, key = setting.name.rpartition(".")
        value = getattr(Team() if section == "teams.<team>" else getattr(Settings(), section), key)
        if setting.name == "desk.hours":
            assert {value.on(day) for day in range(7)} == {(OpenRange(0, 1440),)}
        elif setting.default == "none":
            assert value is None
        elif isinstance(value, bool | int | tuple | dict):
            assert read(setting.default, "default").value == (list(value) if isinstance(value, tuple) else value)
        else:
            assert setting.default == str(value)


def test_reading_settings_starts_no_platform_and_no_network() -> None:
    """`support-bot check` must answer at once."""
    script = "import sys, bot.config; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    loaded = set(run.stdout.split())
    assert "pydantic" in loaded
    assert not loaded & {"asyncio", "rapidfuzz", "structlog", "telegram", "discord", "aiohttp", "httpx", "numpy"}


def test_the_webhook_secret_comes_from_its_file_or_is_derived(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc_-9\n")
    hook = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_TELEGRAM__WEBHOOK_URL": "https://bot.example.com/telegram"}
    derived = load(None, hook)
    assert re.fullmatch("[A-Za-z0-9_-]{32,256}", derived.telegram.shared_secret())
    assert derived.telegram.shared_secret() in derived.secrets()
    given = load(None, {**hook, "BOT_TELEGRAM__WEBHOOK_SECRET_FILE": str(tmp_path / "secret")})
    assert given.telegram.shared_secret() == "abc_-9"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WEBHOOK_URL", "http://bot.example.com/x", "would be unencrypted"),
        ("WEBHOOK_URL", "https://bot.example.com/{x}", "has more than a plain path"),
        ("WEBHOOK_SECRET", "with.dot", "must be 1 to 256 letters"),
    ],
)
def test_a_webhook_that_telegram_would_not_take_is_refused(name: str, value: str, told: str) -> None:
    [sentence] = refused(None, {f"BOT_TELEGRAM__{name}": value})
    assert told in sentence


TEAMS = """\
    telegram:
      staff_chat: -100
    desk:
      timezone: Asia/Tokyo
    teams:
      security:
        telegram_chat: -200
        languages: [ja]
        hours: {sunday: closed}
    """


def test_a_team_has_a_chat_and_hours_of_its_own(write: Write) -> None:
    team = load(write(TEAMS), {}).teams["security"]

    assert (team.telegram_chat, team.languages, team.timezone, team.holidays) == ("-200", ("ja",), None, None)
    assert team.hours is not None
    assert [team.hours.on(6), team.hours.on(0)] == [(), (OpenRange(0, 1440),)]


def test_teams_come_from_the_environment_as_a_whole() -> None:
    environment = {**TELEGRAM_DESK, "BOT_TEAMS": "{security: {telegram_chat: -200}}"}
    assert load(None, environment).teams["security"].telegram_chat == "-200"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            "discord_channel: 12",
            "teams.security.discord_channel: is set, but the desk works on telegram; ",
        ),
        ("discord_role: 12", "teams.security.discord_role: needs teams.security.discord_channel; set it, or"),
        ("telegram_caht: 1", 'teams.security.telegram_caht: unknown key; did you mean "telegram_chat"?'),
        ("timezone: Tokio", "teams.security.timezone: is not a known time zone; "),
        ("telegram_chat: here", "teams.security.telegram_chat: is not a chat; write its number"),
    ],
)
def test_a_team_that_cannot_work_so_is_refused(write: Write, lines: str, told: str) -> None:
    path = write(f"telegram:\n  staff_chat: -100\nteams:\n  security:\n    {lines}\n")
    (problem,) = refused(path, {})
    assert problem.startswith(f"config.yaml:5: {told}")


def test_a_team_needs_a_desk_for_what_is_no_teams(write: Write) -> None:
    path = write("teams:\n  security:\n    telegram_chat: -200\n")
    (problem,) = refused(path, {})
    assert problem == (
        "config.yaml:3: teams.security.telegram_chat: is set, but no staff chat for what is no team's; "
        "set telegram.staff_chat"
    )
