"""Loads knowledge with its index, from a cache when nothing changed."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.cache import load_cached
from bot.knowledge.schema import Knowledge
from bot.understanding.matching import Index, Phrasing, build, dump, load


@dataclass(frozen=True, slots=True)
class Learned:
    """What one state of the folder says, and the index made from it."""

    knowledge: Knowledge
    index: Index


def learn(folder: Path, cache: Path) -> Learned:
    """Read and check the folder; KnowledgeError with every problem when it cannot be used."""
    knowledge = load_cached(folder, cache)
    return Learned(knowledge, _index(knowledge, cache / f"index-{knowledge.version[:32]}.json"))


def _index(knowledge: Knowledge, path: Path) -> Index:
    try:
        return load(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        phrasings = (Phrasing(one.entry, one.language, one.text) for one in knowledge.phrasings)
        index = build(phrasings, knowledge.contrasts)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(dump(index)), encoding="utf-8")
    partial.replace(path)
    return index
