"""The checked knowledge as one JSON file, named after the content of the folder: a warm start reads only that.

The cache is trusted no further than its name: whatever cannot be read is made again.
"""

import json
import os
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

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

FORMAT = "1"
"""Goes into the name: a change of the shape below makes older files strangers."""


def load_cached(folder: Path, cache: Path) -> Knowledge:
    """The knowledge of the folder; KnowledgeError if it cannot be used. Reads and checks it only when it is new."""
    version = _version(folder)
    path = cache / f"knowledge-{version[:32]}.json"
    try:
        return _knowledge(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    from bot.knowledge.loader import load

    knowledge = load(folder, version)
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(asdict(knowledge), ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
    return knowledge


def _version(folder: Path) -> str:
    digest = sha256(FORMAT.encode())
    for path in sorted(folder.rglob("*.y*ml")):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(folder)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _knowledge(stored: dict[str, Any]) -> Knowledge:
    return Knowledge(
        version=stored["version"],
        topics={id: Topic(**one) for id, one in stored["topics"].items()},
        entries={id: FaqEntry(**one) for id, one in stored["entries"].items()},
        checklists={id: _checklist(one) for id, one in stored["checklists"].items()},
        assets={id: _asset(one) for id, one in stored["assets"].items()},
        networks={id: Network(**{**one, "aliases": tuple(one["aliases"])}) for id, one in stored["networks"].items()},
        languages={code: Language(**one) for code, one in stored["languages"].items()},
        texts=stored["texts"],
        canned=stored["canned"],
        signals={signal: tuple(texts) for signal, texts in stored["signals"].items()},
        phrasings=tuple(KnownPhrasing(**one) for one in stored["phrasings"]),
    )


def _checklist(stored: dict[str, Any]) -> Checklist:
    steps = tuple(
        Step(**{**one, "kind": StepKind(one["kind"]), "options": tuple(one["options"]), "when": _when(one["when"])})
        for one in stored["steps"]
    )
    findings = tuple(Finding(**{**one, "when": _when(one["when"])}) for one in stored["findings"])
    return Checklist(id=stored["id"], topic=stored["topic"], steps=steps, findings=findings)


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
