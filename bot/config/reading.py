"""Puts the sources of the settings together: defaults < YAML file < `BOT_SECTION__KEY` < token files.

Whatever is wrong in any of them is told at once, each with its file and line or the name of its variable.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from bot.config.conflicts import STAFF_CHATS, TEAMS, conflicts, items_of, value_at
from bot.config.desk import Hours, Team
from bot.config.sections import Settings
from bot.yaml_lines import Document, Place, Problem, Value, YamlProblems, meant, problems_of, read, read_file

MAX_SECRET_BYTES = 4096
_TEAM, _TEAMS_VARIABLE = "teams.<team>", "BOT_TEAMS"
"""The operator names the teams, so one variable holds all of them, as YAML in one line."""
_IN_FILES = {
    ("telegram", "token"): "token",
    ("discord", "token"): "token",
    ("telegram", "webhook_secret"): "secret",
    ("identity", "secret"): "secret",
    ("on_call", "secret"): "secret",
}
"""Secrets that may also come from the file that `<key>_file` names, and what they are called."""


class SettingsError(Exception):
    """Everything that is wrong with the settings, found in one reading."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # The file from top to bottom, then the variables.
        self.problems = sorted(set(problems), key=lambda found: (found.file.startswith("BOT_"), found))
        super().__init__("\n".join(map(str, self.problems)))


class Setting(NamedTuple):
    """One setting as the documentation shows it: `section.key`, the environment variable that sets it, its default as
    written, its reason."""

    name: str
    variable: str
    default: str
    help: str


def load(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """The checked settings, or `SettingsError` with everything that is wrong with them.

    Without a path only the environment counts. An empty variable counts as not set.
    """
    given, problems = _from_environment(environment)
    document = _from_file(path, problems)
    problems += _exposed(path, document)
    document = _overlaid(document, given)
    problems += conflicts(document)
    document, unreadable = _with_token_files(document)
    settings, invalid = _checked(document)
    problems += unreadable + invalid
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def describe() -> list[Setting]:
    """Every setting in the order of the sections."""
    return [
        Setting(
            f"{section}.{key}",
            _TEAMS_VARIABLE if section == _TEAM else variable(section, key),
            _as_written(field.default),
            field.description or "",
        )
        for section, key, field in _fields()
    ]


def variable(section: str, key: str) -> str:
    """The environment variable that sets `section.key`."""
    return f"BOT_{section}__{key}".upper()


def first_steps() -> str:
    """What to do when there is neither a settings file nor a token."""
    return (
        "There is no settings file and no token yet, so there is nobody to answer.\n"
        "To look around without any account:  support-bot demo\n"
        "To serve people:\n"
        "  1. Get a token. Telegram: write /newbot to @BotFather. "
        "Discord: make an application with a bot at https://discord.com/developers/applications\n"
        f"  2. Hand it over:  export {variable('telegram', 'token')}=…  or  "
        f"export {variable('discord', 'token')}=…\n"
        "  3. Copy config.example.yaml to config.yaml and set telegram.staff_chat, or discord.guild and "
        "discord.staff_channel: there staff answer.\n"
        "  4. support-bot check  tells what is missing;  support-bot run  starts.\n"
    )


def _fields() -> Iterator[tuple[str, str, Any]]:
    """Every key of every section; of the teams, whose names the operator chooses, those that each of them has."""
    for section, holder in Settings.model_fields.items():
        name, kind = (_TEAM, Team) if section == TEAMS else (section, type(holder.default))
        for key, field in kind.model_fields.items():
            yield name, key, field


def _as_written(default: object) -> str:
    match default:
        case None:
            return "none"
        case bool():
            return str(default).lower()
        case Hours():
            return "00:00-24:00 every day"
        case ():
            return "[]"
        case _:
            return str(default)


def _from_file(path: Path | None, problems: list[Problem]) -> Document:
    """The document with its sections; a file that cannot be read at all ends the reading here."""
    if path is None:
        return Document("settings", {})
    try:
        document = read_file(path)
    except YamlProblems as error:
        raise SettingsError([*problems, *error.problems]) from None
    if not isinstance(document.value, dict | None):
        problem = document.problem((), "must be a mapping", "write sections such as `telegram:`")
        raise SettingsError([*problems, problem])
    # A section whose keys are all commented out has no value: nothing is set in it.
    sections: dict[str, Value] = {name: {} if held is None else held for name, held in items_of(document.value)}
    return Document(document.name, sections, document.lines)


def _from_environment(environment: Mapping[str, str]) -> tuple[dict[Place, tuple[str, Value]], list[Problem]]:
    known: dict[str, tuple[Place, object]] = {
        variable(section, key): ((section, key), field.default)
        for section, key, field in _fields()
        if section != _TEAM
    }
    known[_TEAMS_VARIABLE] = ((TEAMS,), {})
    given: dict[Place, tuple[str, Value]] = {}
    problems: list[Problem] = []
    for name, text in environment.items():
        if not name.startswith("BOT_") or not text:
            continue
        if name not in known:
            problems.append(Problem(name, 0, "unknown environment variable", _nearest_variable(name, known)))
            continue
        place, default = known[name]
        try:
            given[place] = (name, read(text, name).value if _is_structured(default) else text)
        except YamlProblems as error:
            problems += error.problems
    return given, problems


def _nearest_variable(name: str, known: Mapping[str, object]) -> str:
    mend = meant(name, known)
    return mend if mend.startswith("did you mean") else "take it out; the names are BOT_SECTION__KEY"


def _is_structured(default: object) -> bool:
    """Whether a text from the environment is YAML (a number, flag, list or mapping), not the value itself."""
    return isinstance(default, bool | int | tuple | dict | BaseModel)


def _exposed(path: Path | None, document: Document) -> Iterator[Problem]:
    if path is None or os.name == "nt" or not path.stat().st_mode & 0o077:
        return
    for section, key, field in _fields():
        if _is_secret(field.annotation) and value_at(document, section, key):
            other = f" or {section}.{key}_file," if (section, key) in _IN_FILES else ""
            what = "is a secret in a file that other users of this machine can read"
            mend = f"set {variable(section, key)},{other} or run: chmod 600 {path}"
            yield document.problem((section, key), what, mend)


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_is_secret, get_args(annotation)))


def _overlaid(document: Document, given: Mapping[Place, tuple[str, Value]]) -> Document:
    sections = _copy(document)
    for place, (_, value) in given.items():
        if len(place) == 1:
            sections[str(place[0])] = value
            continue
        section = sections.setdefault(str(place[0]), {})
        if isinstance(section, dict):
            section[str(place[1])] = value
    elsewhere = {place: name for place, (name, _) in given.items()}
    return Document(document.name, sections, document.lines, elsewhere)


def _with_token_files(document: Document) -> tuple[Document, list[Problem]]:
    sections, elsewhere, problems = _copy(document), dict(document.elsewhere), list[Problem]()
    for (platform, key), called in _IN_FILES.items():
        name = value_at(document, platform, f"{key}_file")
        section = sections.get(platform)
        if not isinstance(name, str) or not name.strip() or not isinstance(section, dict):
            continue
        if section.get(key) is not None:
            what = f"is set, and so is {platform}.{key}"
            problems.append(document.problem((platform, f"{key}_file"), what, "keep one of them"))
            continue
        try:
            section[key] = _secret_in(Path(name), called)
            elsewhere[platform, key] = name
        except ValueError as error:
            what, _, mend = str(error).partition("; ")
            problems.append(document.problem((platform, f"{key}_file"), what, mend))
    return Document(document.name, sections, document.lines, elsewhere), problems


def _secret_in(path: Path, called: str) -> str:
    try:
        with path.open("rb") as file:
            token = file.read(MAX_SECRET_BYTES + 1).decode().strip()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(f"{path} cannot be read ({reason}); check the path and its rights") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text; it must hold the {called} and nothing else") from None
    if not token:
        raise ValueError(f"{path} is empty; it must hold the {called} and nothing else")
    if len(token) > MAX_SECRET_BYTES:
        raise ValueError(f"{path} is too long for a {called}; it must hold the {called} and nothing else")
    return token


def _checked(document: Document) -> tuple[Settings | None, list[Problem]]:
    try:
        settings = Settings.model_validate(document.value)
    except ValidationError as error:
        return None, problems_of(error, document, Settings)
    if settings.desk.platform is not None:
        return settings, []
    staffed = [name for name, key in STAFF_CHATS.items() if value_at(document, name, key)]
    desk = settings.desk.model_copy(update={"platform": staffed[0] if staffed else None})
    return settings.model_copy(update={"desk": desk}), []


def _copy(document: Document) -> dict[str, Value]:
    return {name: dict(held) if isinstance(held, dict) else held for name, held in items_of(document.value)}
