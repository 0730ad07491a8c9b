"""A transcript as plain text for people, and as JSON for programs. Times are UTC."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.actions import Text, Value, literal
from bot.reports.transcript import Part, Speaker, Transcript, Utterance
from bot.timing import SECOND

VERSION = 1
INDENT = "    "
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Say = Callable[[Text], str]


def as_text(transcript: Transcript, say: Say) -> str:
    """The transcript in the reader's language; `say` puts a text into plain words."""
    lines = [say(Text("report.title")), say(Text("report.made", {"time": _time(transcript.made_at)})), ""]
    for identity in transcript.identities:
        platform = Text(f"platform.{identity.platform}")
        values: dict[str, Value] = {
            "platform": platform, "name": literal(identity.name), "id": literal(identity.user_id),
        }  # fmt: skip
        lines.append(say(Text("report.account", values)))
    if not transcript.parts:
        lines += ["", say(Text("report.nothing"))]
    for part in transcript.parts:
        lines += ["", *_part(part, say)]
    return "\n".join(lines) + "\n"


def _part(part: Part, say: Say) -> Iterator[str]:
    if part.number is None:
        yield f"== {say(Text('report.outside'))}"
    else:
        status = Text(f"status.{part.status}")
        said: dict[str, Value] = {"number": part.number, "status": status, "time": _time(part.opened_at or 0)}
        yield f"== {say(Text('report.ticket', said))}"
    for key, answer in part.answers.items():
        yield f"{INDENT}{_clean(key)}: {_clean(answer, INDENT)}"
    if part.verified_account:
        yield INDENT + say(Text("report.verified", {"account": literal(part.verified_account)}))
    if part.rating is not None:
        yield INDENT + say(Text("report.rating", {"stars": part.rating}))
    for utterance in part.utterances:
        yield _said(utterance, say)


def _said(utterance: Utterance, say: Say) -> str:
    who = say(Text("report.you" if utterance.speaker is Speaker.REQUESTER else "report.team"))
    head = f"{_time(utterance.at)}  {who}:"
    if utterance.is_withdrawn:
        return f"{head} [{say(Text('report.withdrawn'))}]"
    marks = [say(Text("report.edited"))] if utterance.is_edited else []
    marks += [say(Text("report.file", {"name": literal(name)})) for name in utterance.file_names]
    if not utterance.file_names and utterance.files:
        marks.append(say(Text("report.files", {"count": utterance.files})))
    text = [_clean(utterance.text, INDENT)] if utterance.text else []
    return " ".join([head, *text, *(f"[{mark}]" for mark in marks)])


def _clean(text: str, indent: str = "") -> str:
    """Somebody's words; further lines of them are indented, so that none passes for a line of ours."""
    return _CONTROL.sub("", text.replace("\r\n", "\n")).replace("\n", f"\n{indent}")


def as_json(transcript: Transcript) -> str:
    """The same with everything in it named, in one form whatever the language."""
    accounts = [{"platform": str(one.platform), "id": one.user_id, "name": one.name} for one in transcript.identities]
    whole = {
        "version": VERSION,
        "made_at": _stamp(transcript.made_at),
        "accounts": accounts,
        "parts": [_part_object(part) for part in transcript.parts],
    }
    # No program may take what somebody typed for markup.
    return json.dumps(whole, ensure_ascii=False, indent=2).replace("<", "\\u003c") + "\n"


def _part_object(part: Part) -> dict[str, Any]:
    messages = [_message_object(one) for one in part.utterances]
    if part.number is None:
        return {"ticket": None, "messages": messages}
    ticket = {
        "number": part.number,
        "status": str(part.status),
        "opened_at": _stamp(part.opened_at),
        "solved_at": _stamp(part.solved_at),
        "rating": part.rating,
        "verified_account": part.verified_account,
        "answers": dict(part.answers),
    }
    return {"ticket": ticket, "messages": messages}


def _message_object(one: Utterance) -> dict[str, Any]:
    said: dict[str, Any] = {"at": _stamp(one.at), "from": str(one.speaker)}
    if one.is_withdrawn:
        return {**said, "withdrawn": True}
    return {
        **said,
        "text": one.text,
        "edited": one.is_edited,
        "files": one.files,
        **({"file_names": list(one.file_names)} if one.file_names else {}),
    }


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC)


def _time(at: int) -> str:
    return _moment(at).strftime("%Y-%m-%d %H:%M")


def _stamp(at: int | None) -> str | None:
    return None if at is None else _moment(at).isoformat().replace("+00:00", "Z")
