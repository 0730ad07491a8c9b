"""The platforms' published API descriptions, used to check what leaves the bot and what a fake server answers.

They lie in the folder `shared` beside the project, never inside it; no network is used to find them.
"""

import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

Schema = dict[str, Any]

_SCALARS: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "InputFile": (bytes,),
}
_FIXED_VALUE = re.compile(r"(?:always|must be)\s+[“\"*]?(\w+)")
_DISCRIMINATORS = ("type", "status", "source")


def shared() -> Path | None:
    """Return the folder named by SHARED, or `../shared` beside the repository, or None where there is none."""
    named = os.environ.get("SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2].parent / "shared"
    return folder if folder.is_dir() else None


def require_shared() -> Path:
    """Return the shared folder; without it the test is skipped, or fails where REQUIRE_SHARED=1 says it must run."""
    folder = shared()
    if folder is not None:
        return folder
    sentence = "The published API descriptions (../shared or $SHARED) are not here, so nothing can be checked."
    if os.environ.get("REQUIRE_SHARED") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


class BotApiSpec:
    """Telegram's Bot API as a list of methods and types; every check returns the problems it found."""

    def __init__(self, document: Schema) -> None:
        self.methods: Schema = document["methods"]
        self.types: Schema = document["types"]
        self._names = {name.lower(): name for name in self.methods}

    @classmethod
    def load(cls) -> "BotApiSpec":
        """Read the description from the shared folder (skips or fails like `require_shared`)."""
        return _bot_api(require_shared() / "specs" / "telegram-bot-api.json")

    @classmethod
    def find(cls) -> "BotApiSpec | None":
        """Read the description if it is there; a run that must have it (REQUIRE_SHARED=1) fails instead."""
        if shared() is None and os.environ.get("REQUIRE_SHARED") != "1":
            return None
        return cls.load()

    def method_name(self, method: str) -> str | None:
        """Return the method as the description spells it: the platform ignores the case of method names."""
        return self._names.get(method.lower())

    def check_request(self, method: str, params: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with a request: its method, and each unknown, missing or mistyped parameter."""
        name = self.method_name(method)
        if name is None:
            return [f"{method}: no such method"]
        return self._check_fields(name, self.methods[name].get("fields", []), params)

    def check_answer(self, method: str, result: object) -> list[str]:
        """Return what is wrong with the `result` a fake server is about to answer to this method."""
        name = self.method_name(method)
        if name is None:
            return [f"{method}: no such method"]
        return self._check_any(f"{name} ->", self.methods[name]["returns"], result)

    def check_object(self, type_name: str, value: object) -> list[str]:
        """Return what is wrong with an object the platform is said to send: unknown, missing, mistyped fields."""
        return self._check(type_name, type_name, value)

    def _check(self, path: str, kind: str, value: object) -> list[str]:
        if kind in _SCALARS:
            is_right = isinstance(value, _SCALARS[kind]) and (kind == "Boolean" or not isinstance(value, bool))
            return [] if is_right else [f"{path}: {kind} expected, got {value!r:.80}"]
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{path}: a list expected, got {value!r:.80}"]
            inner = kind.removeprefix("Array of ")
            return [p for i, item in enumerate(value) for p in self._check(f"{path}[{i}]", inner, item)]
        if kind not in self.types:
            return [f"{path}: no such type {kind}"]
        if subtypes := self.types[kind].get("subtypes"):
            return self._check_any(path, subtypes, value)
        if not isinstance(value, Mapping):
            return [f"{path}: {kind} expected, got {value!r:.80}"]
        return self._check_fields(path, self.types[kind].get("fields", []), value)

    def _check_any(self, path: str, kinds: list[str], value: object) -> list[str]:
        """Try each kind; when none fits, report the one whose fixed `type`, `status` or `source` is the value's."""
        if len(kinds) > 1 and isinstance(value, list) and all(kind.startswith("Array of ") for kind in kinds):
            # A list of alternatives is written as alternative lists, but an album may mix photos and videos.
            inner = [kind.removeprefix("Array of ") for kind in kinds]
            return [p for i, item in enumerate(value) for p in self._check_any(f"{path}[{i}]", inner, item)]
        found = [(kind, self._check(path, kind, value)) for kind in kinds]
        if any(not problems for _, problems in found):
            return []
        meant = [problems for kind, problems in found if self._carries_mark_of(kind, value)]
        return min(meant or [problems for _, problems in found], key=len)

    def _carries_mark_of(self, kind: str, value: object) -> bool:
        if not isinstance(value, Mapping):
            return False
        marks = ((f["name"], _fixed_value(f)) for f in self.types.get(kind, {}).get("fields", []))
        return any(mark is not None and value.get(name) == mark for name, mark in marks)

    def _check_fields(self, path: str, fields: list[Schema], value: Mapping[str, Any]) -> list[str]:
        known = {field["name"]: field for field in fields}
        problems = [f"{path}.{name}: unknown" for name in value if name not in known]
        for name, field in known.items():
            if name not in value:
                problems += [f"{path}.{name}: missing"] if field["required"] else []
                continue
            problems += self._check_any(f"{path}.{name}", field["types"], value[name])
            fixed = _fixed_value(field)
            if fixed is not None and value[name] != fixed:
                problems.append(f"{path}.{name}: must be {fixed!r}, got {value[name]!r:.80}")
        return problems


def _fixed_value(field: Schema) -> str | None:
    """The only value a discriminator may have; the description gives it in prose alone."""
    if field["name"] not in _DISCRIMINATORS or field["types"] != ["String"]:
        return None
    match = _FIXED_VALUE.search(field["description"])
    # "must be one of ..." lists values, it does not fix one.
    return match.group(1) if match and match.group(1) != "one" else None


@lru_cache(maxsize=4)
def _bot_api(path: Path) -> BotApiSpec:
    return BotApiSpec(json.loads(path.read_text(encoding="utf-8")))


class DiscordSpec:
    """Discord's HTTP API as an OpenAPI document; bodies are validated with plain JSON Schema (Draft 2020-12)."""

    def __init__(self, document: Schema) -> None:
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        self.paths: Schema = document["paths"]
        self._document = document
        registry: Registry[Any] = Registry()
        self._registry = registry.with_resource("urn:discord", DRAFT202012.create_resource(document))
        self._validators: dict[str, Any] = {}
        templates = sorted(self.paths, key=lambda path: (path.count("{"), path))
        self._templates = [(_template_pattern(path), path) for path in templates]

    @classmethod
    def find(cls) -> "DiscordSpec | None":
        """Read the description if it is there; a run that must have it (REQUIRE_SHARED=1) fails instead."""
        if shared() is None and os.environ.get("REQUIRE_SHARED") != "1":
            return None
        return cls.load()

    @classmethod
    def load(cls) -> "DiscordSpec":
        """Read the description from the shared folder (skips or fails like `require_shared`)."""
        return _discord(require_shared() / "specs" / "discord-openapi.json")

    def template(self, path: str) -> str | None:
        """Return the path template a concrete path (with or without /api/v10 and a query) belongs to."""
        plain = re.sub(r"^/api(/v\d+)?(?=/)", "", urlsplit(path).path)
        return next((template for pattern, template in self._templates if pattern.fullmatch(plain)), None)

    def check_request(self, method: str, path: str, body: object = None) -> list[str]:
        """Return what is wrong with a request; for an upload, `body` is the decoded `payload_json`."""
        where, operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: no such operation"]
        wanted = operation.get("requestBody")
        if wanted is None:
            return [] if body is None else [f"{where}: a body is sent where none is taken"]
        if body is None:
            return [f"{where}: the body is missing"] if wanted.get("required") else []
        pointer = f"{_pointer(where, method)}/requestBody/content/{_escape(_json_or_form(wanted['content']))}/schema"
        return self._problems(f"{method} {where}", pointer, body)

    def check_response(self, method: str, path: str, status: int, body: object = None) -> list[str]:
        """Return what is wrong with an answer a fake server is about to give."""
        where, operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: no such operation"]
        answers = operation["responses"]
        key = next((k for k in (str(status), f"{status // 100}XX", "default") if k in answers), None)
        if key is None:
            return [f"{method} {where}: never answers {status}"]
        pointer, answer = f"{_pointer(where, method)}/responses/{key}", answers[key]
        if "$ref" in answer:
            pointer = answer["$ref"].removeprefix("#")
            answer = self._document["components"]["responses"][pointer.rsplit("/", 1)[1]]
        content = answer.get("content")
        if content is None:
            return [] if body is None else [f"{method} {where}: {status} has no body"]
        pointer = f"{pointer}/content/{_escape(_json_or_form(content))}/schema"
        return self._problems(f"{method} {where} {status}", pointer, body)

    def _operation(self, method: str, path: str) -> tuple[str, Schema | None]:
        template = self.template(path)
        operation = self.paths[template].get(method.lower()) if template else None
        return template or path, operation

    def _problems(self, where: str, pointer: str, body: object) -> list[str]:
        from jsonschema import Draft202012Validator

        if pointer not in self._validators:
            schema = {"$ref": f"urn:discord#{pointer}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry)
        return [_sentence(where, error) for error in self._validators[pointer].iter_errors(_with_text_ids(body))]


def _with_text_ids(body: Any, key: str = "") -> Any:
    """discord.py sends some ids as integers, and Discord takes them although its description wants strings."""
    if isinstance(body, dict):
        return {name: _with_text_ids(value, name) for name, value in body.items()}
    if isinstance(body, list):
        return [_with_text_ids(value, key) for value in body]
    return str(body) if key in ("recipient_id", "users") and type(body) is int else body


def _sentence(where: str, error: Any) -> str:
    from jsonschema.exceptions import best_match

    # Of a failed anyOf the branch that came closest is told, not "not valid under any of the given schemas".
    closest = best_match([error])
    text: str = closest.message
    short = text if len(text) <= 200 else f"{text[:60]} … {text[-120:]}"
    return f"{where} {closest.json_path}: {short}"


def _template_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _pointer(template: str, method: str) -> str:
    return f"/paths/{_escape(template)}/{method.lower()}"


def _escape(part: str) -> str:
    # Braces may not stand in a URI fragment as they are.
    escaped = part.replace("~", "~0").replace("/", "~1")
    return escaped.replace("{", "%7B").replace("}", "%7D")


def _json_or_form(content: Schema) -> str:
    return "application/json" if "application/json" in content else next(iter(content))


@lru_cache(maxsize=4)
def _discord(path: Path) -> DiscordSpec:
    return DiscordSpec(json.loads(path.read_text(encoding="utf-8")))
