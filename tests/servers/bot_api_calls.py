"""One request to the fake Bot API: its parameters as the platform reads them, and the errors it may answer with."""

import json
from dataclasses import dataclass, field
from typing import Any, Never

from tests.servers.bot_api_objects import Wire

# Form fields and query strings carry text only. These parameters are text, whatever they look like; all others
# are numbers, booleans or JSON. A test holds this list to the published description.
_STRINGS = """
    action audio animation callback_query_id caption chat_id description document emoji file_id from_chat_id
    icon_custom_emoji_id inline_message_id ip_address language_code message_effect_id name parse_mode photo
    business_connection_id performer secret_token short_description sticker text thumbnail title url video
    video_note voice cover
"""
STRINGS = frozenset(_STRINGS.split())
_REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class ApiError(Exception):
    """The platform refuses: an error code, its sentence and sometimes parameters."""

    def __init__(self, code: int, text: str, **parameters: int) -> None:
        super().__init__(f"{_REASONS[code]}: {text}" if code in _REASONS and text else text or _REASONS[code])
        self.code = code
        self.parameters = parameters

    def wire(self) -> Wire:
        answer: Wire = {"ok": False, "error_code": self.code, "description": str(self)}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def refuse(text: str) -> Never:
    """Answer 400 with this sentence."""
    raise ApiError(400, text)


def too_many_requests(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Call:
    """A request; remembers which parameters were read, so that one the fake ignores does not pass unnoticed."""

    method: str
    params: Wire
    uploads: dict[str, Upload] = field(default_factory=dict)
    result: object = None
    error: str = ""
    _read: set[str] = field(default_factory=set)

    @classmethod
    def from_form(cls, method: str, fields: dict[str, str], uploads: dict[str, Upload]) -> "Call":
        """Read text fields the way the platform does: numbers and JSON are written as text."""
        return cls(method, {name: _decoded(name, value) for name, value in fields.items()}, uploads)

    def checkable(self) -> Wire:
        """Return the parameters as the description knows them, files as bytes."""
        fields = {name: upload.content for name, upload in self.uploads.items() if name not in self.params}
        attached = {value.removeprefix("attach://") for value in _attached(self.params)}
        return self.params | {name: content for name, content in fields.items() if name not in attached}

    def text(self, name: str) -> str:
        """Return a text parameter, empty when it is absent."""
        self._read.add(name)
        value = self.params.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str) -> int | None:
        self._read.add(name)
        value = self.params.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        refuse(f"invalid {name.replace('_', ' ')} specified")

    def flag(self, name: str) -> bool:
        self._read.add(name)
        return self.params.get(name) in (True, 1)

    def json(self, name: str) -> Any:
        """Return a JSON parameter as it came, None when it is absent."""
        self._read.add(name)
        return self.params.get(name)

    def objects(self, name: str) -> list[Wire]:
        """Return a parameter that must be a list of objects."""
        value = self.json(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            refuse(f"can't parse {name} JSON object")
        return value

    def upload(self, name: str) -> Upload | str:
        """Return the file sent in this field (directly or as `attach://…`), or else its text: a file id or an URL."""
        self._read.add(name)
        return self.resolve(self.uploads.get(name) or self.params.get(name, ""))

    def resolve(self, value: "Upload | str") -> Upload | str:
        """Return the file an `attach://…` stands for, anything else as it is."""
        if isinstance(value, str) and value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://")) or refuse("there is no file to attach")
        return value

    def unread(self) -> list[str]:
        """Return the parameters no code has looked at."""
        return sorted(name for name in self.params if name not in self._read)


def _decoded(name: str, value: str) -> Any:
    if name in STRINGS:
        return int(value) if name in ("chat_id", "from_chat_id") and value.lstrip("-").isdecimal() else value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _attached(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in _attached(item)]
    if isinstance(value, list):
        return [found for item in value for found in _attached(item)]
    return [value] if isinstance(value, str) and value.startswith("attach://") else []
