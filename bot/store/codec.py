"""Values to versioned JSON and back: `{"v": 1, "is": ...}`.

A new shape raises VERSION and adds the step from the old one to `UPGRADES`; a fixture of each old shape stays in
the tests. What cannot be read raises Unreadable, and its owner decides what a person is told.
"""

import json
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

VERSION = 1
UPGRADES: dict[int, Callable[[Any], Any]] = {}
"""From each version to the next one."""
_HEAD = f'{{"v":{VERSION},"is":'
"""What `encode` begins with: such a text needs no step in between."""


class Unreadable(Exception):
    """A stored value is not what this version, or any before it, wrote."""


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Building one takes milliseconds, using it microseconds."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def encode(kind: Any, value: object) -> str:
    """The value as text that `decode` of this and every later version reads."""
    return f"{_HEAD}{_adapter(kind).dump_json(value).decode()}}}"


def decode(kind: Any, text: str) -> Any:
    """The value that `encode` wrote; Unreadable if it was not ours."""
    try:
        if text.startswith(_HEAD):
            return _adapter(kind).validate_json(text[len(_HEAD) : -1])
        return _adapter(kind).validate_python(_upgraded(json.loads(text)))
    except ValidationError as error:
        # Not chained: its text quotes what was stored, which people wrote.
        wrong = ", ".join(f"{one['type']} at {'.'.join(map(str, one['loc']))}" for one in error.errors())
        raise Unreadable(f"{wrong} in a stored {_name(kind)}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{type(error).__name__} in a stored {_name(kind)}") from None


def _upgraded(stored: Any) -> Any:
    version, value = stored["v"], stored["is"]
    while version < VERSION:
        value, version = UPGRADES[version](value), version + 1
    if version != VERSION:
        raise Unreadable(f"version {version} is newer than {VERSION}")
    return value


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))
