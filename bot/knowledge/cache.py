"""The checked knowledge as one JSON file, named after the content of the folder: a warm start reads only that.

A file is believed only if it is whole and its name is that of the folder's content; otherwise it is made again.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.knowledge.folders import files_of
from bot.knowledge.schema import (
    Asset,
    AssetOnNetwork,
    Checklist,
    Condition,
    Fact,
    FaqEntry,
    Finding,
    Knowledge,
    KnownPhrasing,
    Language,
    Network,
    Step,
    StepKind,
    Topic,
)
from bot.model import TicketPriority

CODE = Path(__file__).parent
KEPT = 4
"""So many states stay in the cache, the newest ones: an edited knowledge base must not fill a disk."""


def load_cached(folder: Path, cache: Path) -> Knowledge:
    """The knowledge of the folder; KnowledgeError if it cannot be used. Reads and checks it only when it is new."""
    version = _version(folder)
    path = cache / f"knowledge-{version[:32]}.json"
    if (stored := _stored(path)) is not None:
        return _knowledge(stored)
    from bot.knowledge.loader import load

    knowledge = load(folder, version)
    # What was edited while it was being read must not be kept under the name of what it was before. And where
    # nothing can be kept, the next start is slower and that is all.
    if _version(folder) == version:
        with suppress(OSError):
            _store(path, json.dumps(asdict(knowledge), ensure_ascii=False).encode())
    return knowledge


def _version(folder: Path) -> str:
    """A digest of all that was written, and of the code that checks it: a stricter check looks again."""
    digest = sha256()
    for root, paths in ((folder, files_of(folder)), (CODE, sorted(CODE.glob("*.py")))):
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError:
                content = b""  # Gone or locked this very moment; `load` says so if it still is.
            digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _stored(path: Path) -> dict[str, Any] | None:
    """What was stored, if it is whole: it begins with its own digest."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != sha256(content).hexdigest().encode():
        return None
    stored: dict[str, Any] = json.loads(content)
    return stored


def _store(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(sha256(content).hexdigest().encode() + b"\n" + content)
    partial.replace(path)
    states = sorted(path.parent.glob("knowledge-*.json"), key=lambda one: one.stat().st_mtime_ns)
    for old in states[:-KEPT]:
        old.unlink(missing_ok=True)


def _knowledge(stored: dict[str, Any]) -> Knowledge:
    return Knowledge(
        version=stored["version"],
        topics={id: Topic(**_read(one)) for id, one in stored["topics"].items()},
        entries={id: FaqEntry(**_read(one)) for id, one in stored["entries"].items()},
        checklists={id: _checklist(one) for id, one in stored["checklists"].items()},
        assets={id: _asset(one) for id, one in stored["assets"].items()},
        networks={id: Network(**{**one, "aliases": tuple(one["aliases"])}) for id, one in stored["networks"].items()},
        languages={code: Language(**one) for code, one in stored["languages"].items()},
        texts=stored["texts"],
        canned=stored["canned"],
        signals={signal: tuple(texts) for signal, texts in stored["signals"].items()},
        contrasts=tuple((tuple(one), tuple(other)) for one, other in stored["contrasts"]),
        phrasings=tuple(KnownPhrasing(**one) for one in stored["phrasings"]),
    )


def _checklist(stored: dict[str, Any]) -> Checklist:
    steps = tuple(
        Step(**{**one, "kind": StepKind(one["kind"]), "options": tuple(one["options"]), "when": _when(one["when"])})
        for one in stored["steps"]
    )
    findings = tuple(Finding(**{**_read(one), "when": _when(one["when"])}) for one in stored["findings"])
    return Checklist(**{**_read(stored), "steps": steps, "findings": findings})


def _read(stored: dict[str, Any]) -> dict[str, Any]:
    """What was stored, its priority as the value that it was."""
    return {**stored, "priority": TicketPriority(stored["priority"]) if stored["priority"] else None}


def _when(stored: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(Condition(one["step"], tuple(one["values"]), one["differs_from"]) for one in stored)


def _asset(stored: dict[str, Any]) -> Asset:
    networks = {
        id: AssetOnNetwork(
            memo_required=one["memo_required"], facts={name: Fact(**fact) for name, fact in one["facts"].items()}
        )
        for id, one in stored["networks"].items()
    }
    return Asset(id=stored["id"], name=stored["name"], aliases=tuple(stored["aliases"]), networks=networks)
