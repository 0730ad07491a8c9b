"""From the folder to `Knowledge`: read, check everything, then put it into one shape."""

from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.checks import check
from bot.knowledge.files import FACTS, AssetShape, ChecklistShape, OnNetworkShape, When
from bot.knowledge.places import Placed, placed_questions, placed_texts
from bot.knowledge.reading import Folder, read_folder
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
    Topic,
)
from bot.yaml_lines import Problem


class KnowledgeError(Exception):
    """The knowledge base cannot be used; `problems` is everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(folder: Path, version: str = "") -> Knowledge:
    """Everything the folder says; KnowledgeError with all problems at once, in the order of files and lines."""
    read, problems = read_folder(folder)
    if read is not None:
        problems += check(read)
    if problems or read is None:
        raise KnowledgeError(sorted(set(problems)))
    return _knowledge(read, version)


def placed_phrasings(folder: Path) -> dict[KnownPhrasing, Placed]:
    """Where each phrasing of a folder stands, for problems that show only when all of it is known."""
    read, _ = read_folder(folder)
    return dict(_phrasings(read)) if read else {}


def _phrasings(folder: Folder) -> Iterator[tuple[KnownPhrasing, Placed]]:
    for code, files in folder.by_language.items():
        for placed in placed_questions(files):
            yield KnownPhrasing(placed.key, code, str(placed.text)), placed


def _knowledge(folder: Folder, version: str) -> Knowledge:
    catalogue, networks, spoken = folder.catalogue.value, folder.networks.value, folder.by_language
    return Knowledge(
        version=version,
        topics={id: Topic(id=id, **topic.model_dump()) for id, topic in catalogue.topics.items()},
        entries={
            one.id: FaqEntry(one.id, topic, one.urgent, one.priority)
            for topic, all in catalogue.faq.items()
            for one in all
        },
        checklists={id: _checklist(id, shape) for id, shape in catalogue.checklists.items()},
        assets={id: _asset(id, shape) for id, shape in networks.assets.items()},
        networks={
            id: Network(
                id=id, name=one.name, family=one.family, aliases=tuple(one.aliases), explorer=one.explorer or ""
            )
            for id, one in networks.networks.items()
        },
        languages={
            code: Language(code, one.name, one.fallback, one.beta) for code, one in folder.languages.value.items()
        },
        texts={code: {one.key: one.text for one in placed_texts(files)} for code, files in spoken.items()},
        canned={code: dict(files.canned.value) for code, files in spoken.items()},
        signals=_signals(folder),
        contrasts=tuple(_contrasts(folder).values()),
        phrasings=tuple(phrasing for phrasing, _ in _phrasings(folder)),
    )


def _checklist(id: str, shape: ChecklistShape) -> Checklist:
    steps = (
        Step(
            id=step.id,
            kind=step.kind,
            options=tuple(step.options),
            when=_conditions(step.when),
            optional=step.optional,
        )
        for step in shape.steps
    )
    findings = (
        Finding(id=one.id, when=_conditions(one.when), stops=one.stops, topic=one.topic, priority=one.priority)
        for one in shape.findings
    )
    return Checklist(
        id=id,
        topic=shape.topic,
        steps=tuple(steps),
        findings=tuple(findings),
        priority=shape.priority,
        money=shape.money,
    )


def _conditions(when: When) -> tuple[Condition, ...]:
    return tuple(Condition(step, tuple(one.values), one.differs_from) for step, one in when.items())


def _asset(id: str, shape: AssetShape) -> Asset:
    networks = {name: _on_network(one) for name, one in shape.networks.items()}
    return Asset(id=id, name=shape.name, aliases=tuple(shape.aliases), networks=networks)


def _on_network(shape: OnNetworkShape) -> AssetOnNetwork:
    given = {name: fact for name in FACTS if (fact := getattr(shape, name))}
    facts = {name: Fact(one.value, one.source, one.checked_on.isoformat()) for name, one in given.items()}
    return AssetOnNetwork(memo_required=shape.memo == "required", facts=facts)


def _signals(folder: Folder) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for files in folder.by_language.values():
        for signal, texts in files.signals.value.items():
            merged[signal] = (*merged.get(signal, ()), *texts)
    return merged


def _contrasts(folder: Folder) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    merged: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for files in folder.by_language.values():
        for name, words in files.contrasts.value.items():
            one, other = merged.get(name, ((), ()))
            merged[name] = ((*one, *words.one), (*other, *words.other))
    return merged
