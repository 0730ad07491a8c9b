"""Reads YAML so that every later complaint can name its file and line.

The lowest layer: settings, knowledge and phrases are all read here. It turns text into plain values and
knows nothing of what they mean. Scalars follow YAML 1.2: `NO`, `yes`, `12:30` and `010` are text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import yaml

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"
Place: TypeAlias = tuple[str | int, ...]

MAX_CHARACTERS, MAX_DEPTH, MAX_PROBLEMS = 4_000_000, 20, 100
_TOO_DEEP = (f"is nested more than {MAX_DEPTH} levels deep", "write it flatter")

# libyaml is ten times faster; the pure reader gives the same events where a platform has no wheel with it.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONSTANTS: dict[str, Value] = {"": None, "~": None, "null": None, "true": True, "false": False}
_SYNTAX = {
    "cannot start any token": "indent with spaces, not tabs; a text that starts with a sign needs quotes",
    "mapping values are not allowed": "a text with `: ` in it needs quotes; check the indentation too",
}
_SYNTAX_ELSE = "look at the quotes, colons and indentation here and in the line above"
# Longer numbers are account numbers or TXIDs, never quantities; a leading zero or plus is part of a text.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,18})\.[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place, in words its author understands; line 0 means the place has no lines."""

    file: str
    line: int
    what: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}" + (f"; {self.mend}" if self.mend else "")


class YamlProblems(Exception):
    """Everything that is wrong with one text, found in one reading."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Document:
    """A read text, and where each part stands; `elsewhere` names other sources (environment variables)."""

    name: str
    value: Value
    lines: Mapping[Place, int] = field(default_factory=dict)
    elsewhere: Mapping[Place, str] = field(default_factory=dict)

    def line(self, path: Place) -> int:
        """The line of the nearest part of `path` that exists; 0 when there is no text at all."""
        return self.source(path)[1]

    def source(self, path: Place) -> tuple[str, int]:
        """The source and line of the nearest part of `path` that exists."""
        for length in range(len(path), -1, -1):
            known = path[:length]
            if known in self.elsewhere:
                return self.elsewhere[known], 0
            if known in self.lines:
                return self.name, self.lines[known]
        return self.name, 0

    def problem(self, path: Place, what: str, mend: str = "") -> Problem:
        """A problem with the part at `path`, which it names."""
        file, line = self.source(path)
        label = shown(".".join(map(str, path))) + ": " if path else ""
        return Problem(file, line, label + what, mend)


def read_file(path: Path) -> Document:
    """The document in the file, or `YamlProblems` that say why it cannot be read."""
    raw = b""
    try:
        with path.open("rb") as file:
            raw = file.read(4 * MAX_CHARACTERS + 1)
        return read(raw.decode("utf-8"), str(path))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _refusal(str(path), 0, f"cannot be read ({reason})", "check the path and its rights") from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refusal(str(path), line, "is not UTF-8 text", "save the file as UTF-8") from None


def read(text: str, name: str) -> Document:
    """The value of one YAML text with the line of every part, or `YamlProblems` with all that is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise _refusal(name, 0, f"is longer than {MAX_CHARACTERS:,} characters", "split the file")
    text = text.removeprefix("\ufeff")
    if strange := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        raise _refusal(name, line, f"holds the unprintable character U+{ord(strange[0]):04X}", "take it out")
    return _Reading(text, name).document()


def _refusal(name: str, line: int, what: str, mend: str) -> YamlProblems:
    return YamlProblems([Problem(name, line, what, mend)])


class _Reading:
    """One pass over the events of one text; problems are gathered, only broken syntax ends it early."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._next = _LOADER(text).get_event
        self._lines: dict[Place, int] = {(): 1}
        self._problems: list[Problem] = []

    def document(self) -> Document:
        value: Value = None
        try:
            self._next()
            event = self._next()
            if isinstance(event, yaml.DocumentStartEvent):
                value = self._node(self._next(), ())
                self._next()
                event = self._next()
            if not isinstance(event, yaml.StreamEndEvent):
                self._found(event, "a second document starts here", "keep one per file: take out the `---`")
        except yaml.YAMLError as error:
            self._broken(error)
        if self._problems:
            raise YamlProblems(self._problems)
        return Document(self._name, value, self._lines)

    def _node(self, event: Any, path: Place) -> Value:
        if isinstance(event, yaml.AliasEvent):
            self._found(event, f"*{shown(event.anchor or '')} refers to another place", "write it out here")
            return None
        if event.anchor is not None:
            self._found(event, f"&{shown(event.anchor)} marks a place to refer to", "take the mark out")
        if event.tag is not None:
            self._found(event, f"{shown(event.tag)} is a tag", "take it out; the kind of value is known")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else str(event.value)
        if len(path) >= MAX_DEPTH:
            self._found(event, *_TOO_DEEP)
            raise YamlProblems(self._problems)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._list(path)

    def _list(self, path: Place) -> Value:
        items: list[Value] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self._lines[here] = event.start_mark.line + 1
            items.append(self._node(event, here))
        return items

    def _mapping(self, path: Place) -> Value:
        items: dict[str, Value] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, (*path, "?"))
            if not isinstance(key, str):
                key = str(getattr(event, "value", "of several parts"))
                self._found(event, f"the key {shown(key)} is not a text", "put it in quotes")
            here, value_event = (*path, key), self._next()
            first = self._lines.setdefault(here, event.start_mark.line + 1)
            if key in items:
                self._found(event, f"{shown(key)} is written twice (first in line {first})", "keep one")
            items.setdefault(key, self._node(value_event, here))
        return items

    def _found(self, event: Any, what: str, mend: str) -> None:
        self._problems.append(Problem(self._name, event.start_mark.line + 1, what, mend))
        if len(self._problems) >= MAX_PROBLEMS:
            raise YamlProblems(self._problems)

    def _broken(self, error: Any) -> None:
        begun, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
        what = " ".join(filter(None, (getattr(error, "context", ""), getattr(error, "problem", "is not YAML"))))
        mend = next((mend for part, mend in _SYNTAX.items() if part in what), _SYNTAX_ELSE)
        if "nesting depth" in what:  # A newer libyaml reads ahead and gives up by itself.
            what, mend = _TOO_DEEP
        start = f" (begun in line {begun.line + 1})" if begun and mark and begun.line < mark.line else ""
        self._problems.append(Problem(self._name, mark.line + 1 if mark else 0, what + start, mend))


def _scalar(text: str) -> Value:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def shown(text: str, limit: int = 80) -> str:
    """The text fit for one line of a message: no control characters, not endless."""
    clean = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None when none is near enough to be worth naming."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, list(known), scorer=fuzz.ratio, processor=str.lower, score_cutoff=70)
    return found[0] if found else None


def meant(word: str, known: Collection[str]) -> str:
    """How to mend an unknown word: the nearest known one, else all of them."""
    if near := nearest(word, known):
        return f'did you mean "{near}"?'
    return f"known here: {', '.join(known)}" if known else "take it out"


def problems_of(error: ValidationError, document: Document, shape: object = None) -> list[Problem]:
    """What pydantic found, in plain words with file and line; given the checked `shape` (a model, or an
    annotation such as `dict[str, Entry]`), an unknown key is answered with the nearest known one."""
    told: dict[tuple[Place, str], dict[str, None]] = {}
    for details in error.errors(include_url=False):
        path = _path(details, document.value)
        what, mend = _words(details, path, shape)
        told.setdefault((path, mend), {})[what] = None
    return sorted(document.problem(path, " or ".join(whats), mend) for (path, mend), whats in told.items())


def _path(details: ErrorDetails, value: Any) -> Place:
    """The part of pydantic's location that the author wrote; pydantic adds names of types and functions."""
    path: list[str | int] = []
    for step in details["loc"]:
        held = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
        if step in held:
            path.append(step)
            value = held[step]
    return (*path, details["loc"][-1]) if details["type"] == "missing" else tuple(path)


def _words(details: ErrorDetails, path: Place, shape: object) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", meant(str(path[-1]), _known_keys(shape, path[:-1]))
    if kind in {"value_error", "assertion_error"}:
        what, _, mend = str(context["error"]).partition("; ")
        return what, mend
    if details["input"] is None:
        return "has no value", "write one, or take the line out"
    for pattern, what, mend in _PLAIN_WORDS:
        if re.fullmatch(pattern, kind):
            return what, mend.format(**context)
    return details["msg"].replace("Input should", "must").replace("valid ", ""), ""


_PLAIN_WORDS = (
    ("missing", "is missing", "write it"),
    ("int_.*", "must be a whole number", ""),
    ("bool_.*", "must be true or false", ""),
    ("date_.*", "must be a date", "write it as 2026-01-31"),
    ("string_(type|sub_type)|path_type", "must be text", "put it in quotes"),
    ("(list|tuple|set)_type", "must be a list", "start each item with `- `"),
    ("(dict|mapping|model)_type|model_attributes_type", "must be a mapping", "write `key: value` lines"),
    ("(string_)?too_short", "is too short", "at least {min_length} needed"),
    ("(string_)?too_long", "is too long", "at most {max_length} allowed"),
    ("string_pattern_mismatch", "is not written as it must be", "the pattern is {pattern}"),
)


def _known_keys(shape: object, path: Place) -> list[str]:
    models = list(_models(shape))
    for step in path:
        inner = [m for model in models for m in _models(_keys(model).get(str(step)))]
        # A step that is no field is an item of a list or a key of a mapping: the same models hold there.
        models = inner or models
    return sorted({key for model in models for key in _keys(model)})


def _models(shape: object) -> Iterator[Any]:
    """Every model an annotation mentions, however it is wrapped (`X | None`, `dict[str, X]`, ...)."""
    if hasattr(shape, "model_fields"):
        yield shape
    for part in get_args(shape):
        yield from _models(part)


def _keys(model: Any) -> dict[str, object]:
    return {given.alias or name: given.annotation for name, given in model.model_fields.items()}
