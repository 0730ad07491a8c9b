"""From the folder to `Knowledge`: read, check everything, then put it into one shape."""

from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.checks import check
from bot.knowledge.files import ChecklistWords, FactShape, OnNetworkShape, When
from bot.knowledge.reading import Folder, LanguageFiles, read_folder
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
    Template,
    Topic,
)
from bot.yaml_lines import Problem

FACTS = ("confirmations_credit", "confirmations_unlock", "minimum_deposit", "usual_minutes")


class KnowledgeError(Exception):
    """The knowledge base cannot be used; `problems` is everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(folder: Path, version: str = "") -> Knowledge:
    """Everything the folder says; KnowledgeError with all problems at once."""
    problems: list[Problem] = []
    read = read_folder(folder, problems)
    if read is not None:
        problems += check(read)
    if problems or read is None:
        raise KnowledgeError(sorted(problems))
    return _knowledge(read, version)


def _knowledge(folder: Folder, version: str) -> Knowledge:
    catalogue, networks = folder.catalogue.value, folder.networks.value
    return Knowledge(
        version=version,
        topics={id: Topic(id=id, **topic.model_dump()) for id, topic in catalogue.topics.items()},
        entries={entry.id: entry for entry in entries_of(folder)},
        checklists=checklists_of(folder),
        assets={
            id: Asset(
                id=id,
                name=asset.name,
                aliases=tuple(asset.aliases),
                networks={network: _on_network(shape) for network, shape in asset.networks.items()},
            )
            for id, asset in networks.assets.items()
        },
        networks={
            id: Network(id=id, name=one.name, family=one.family, aliases=tuple(one.aliases), explorer=one.explorer)
            for id, one in networks.networks.items()
        },
        languages={
            code: Language(code, one.name, one.fallback, one.beta) for code, one in folder.languages.value.items()
        },
        texts={code: dict(texts_of(files)) for code, files in folder.by_language.items()},
        canned={code: dict(files.canned.value) for code, files in folder.by_language.items()},
        signals=_signals(folder),
        phrasings=tuple(_phrasings(folder)),
    )


def entries_of(folder: Folder) -> Iterator[FaqEntry]:
    """The FAQ entries of the catalogue, in its order."""
    for topic, listed in folder.catalogue.value.faq.items():
        for item in listed:
            yield FaqEntry(item, topic) if isinstance(item, str) else FaqEntry(item.id, topic, item.urgent)


def checklists_of(folder: Folder) -> dict[str, Checklist]:
    """The checklists of the catalogue."""
    return {
        id: Checklist(
            id=id,
            topic=shape.topic,
            steps=tuple(
                Step(
                    id=step.id,
                    kind=step.kind,
                    options=tuple(step.options),
                    when=_conditions(step.when),
                    optional=step.optional,
                )
                for step in shape.steps
            ),
            findings=tuple(Finding(id=one.id, when=_conditions(one.when), stops=one.stops) for one in shape.findings),
        )
        for id, shape in folder.catalogue.value.checklists.items()
    }


def _conditions(when: When) -> tuple[Condition, ...]:
    found = []
    for step, wanted in when.items():
        match wanted:
            case str():
                found.append(Condition(step, (wanted,)))
            case list():
                found.append(Condition(step, tuple(wanted)))
            case _:
                found.append(Condition(step, (), wanted.differs_from))
    return tuple(found)


def texts_of(files: LanguageFiles) -> Iterator[tuple[str, Template]]:
    """Every text of a language by its flat key."""
    yield from files.phrases.value.items()
    for id, (entry, _) in files.entries().items():
        yield f"faq.{id}.title", entry.title
        yield f"faq.{id}.answer", entry.answer
    for id, words in files.checklists.value.items():
        yield from _checklist_texts(id, words)


def _checklist_texts(id: str, words: ChecklistWords) -> Iterator[tuple[str, Template]]:
    yield f"checklist.{id}.title", words.title
    yield f"checklist.{id}.intro", words.intro
    for step, said in words.steps.items():
        yield f"checklist.{id}.{step}.ask", said.ask
        yield f"checklist.{id}.{step}.label", said.label
        if said.help:
            yield f"checklist.{id}.{step}.help", said.help
        for option, text in said.options.items():
            yield f"checklist.{id}.{step}.option.{option}", text
    for finding, text in words.findings.items():
        yield f"finding.{id}.{finding}", text


def _on_network(shape: OnNetworkShape) -> AssetOnNetwork:
    given: dict[str, FactShape] = {name: fact for name in FACTS if (fact := getattr(shape, name))}
    facts = {name: Fact(str(one.value), one.source, one.checked_on.isoformat()) for name, one in given.items()}
    return AssetOnNetwork(memo_required=shape.memo == "required", facts=facts)


def _signals(folder: Folder) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for files in folder.by_language.values():
        for signal, texts in files.signals.value.items():
            merged[signal] = (*merged.get(signal, ()), *texts)
    return merged


def _phrasings(folder: Folder) -> Iterator[KnownPhrasing]:
    """The example questions and titles of everything that can be asked for."""
    for code, files in folder.by_language.items():
        for id, (entry, _) in files.entries().items():
            yield from (KnownPhrasing(id, code, text) for text in (*entry.questions, entry.title))
        for id, words in files.checklists.value.items():
            yield from (KnownPhrasing(id, code, text) for text in (*words.questions, words.title))
