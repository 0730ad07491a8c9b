"""Reads the files of the folder into their shapes, collecting every problem with its file and line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.knowledge.files import (
    CannedFile,
    Catalogue,
    ChecklistFile,
    FaqFile,
    FaqShape,
    Languages,
    Networks,
    PhraseFile,
    PhraseList,
    SignalFile,
)
from bot.yaml_lines import Document, Problem, YamlProblems, meant, problems_of, read_file


@dataclass(frozen=True, slots=True)
class Source:
    """One file: what it says in its shape, and where each part stands."""

    document: Document
    value: Any

    def problem(self, path: tuple[str | int, ...], what: str, mend: str = "") -> Problem:
        return self.document.problem(path, what, mend)


@dataclass(slots=True)
class LanguageFiles:
    """The files of one language; FAQ files by topic."""

    phrases: Source
    checklists: Source
    signals: Source
    canned: Source
    faq: dict[str, Source] = field(default_factory=dict)

    def entries(self) -> dict[str, tuple[FaqShape, Source]]:
        return {id: (entry, source) for source in self.faq.values() for id, entry in source.value.items()}


@dataclass(slots=True)
class Folder:
    """Everything that was read, complete: whoever gets one knows that every file had its shape."""

    catalogue: Source
    languages: Source
    networks: Source
    phrase_list: Source
    by_language: dict[str, LanguageFiles]


NEUTRAL = {"catalogue": Catalogue, "languages": Languages, "networks": Networks, "phrases": PhraseList}
SPOKEN = {"phrases": PhraseFile, "checklists": ChecklistFile, "signals": SignalFile, "canned": CannedFile}


def read_folder(folder: Path, problems: list[Problem]) -> Folder | None:
    """The folder, or None with the problems that keep it from being looked at any closer."""
    if not folder.is_dir():
        problems.append(Problem(shown(folder), 0, "is not a folder", "set knowledge.path to the knowledge base"))
        return None
    neutral = {name: _source(folder / f"{name}.yaml", shape, problems) for name, shape in NEUTRAL.items()}
    languages = neutral["languages"]
    if languages is None:
        return None
    spoken = {code: _language(folder / code, problems) for code in languages.value}
    problems += _strangers(folder, languages)
    catalogue, networks, phrases = neutral["catalogue"], neutral["networks"], neutral["phrases"]
    complete = {code: files for code, files in spoken.items() if files}
    if not (catalogue and networks and phrases) or len(complete) < len(spoken):
        return None
    return Folder(catalogue, languages, networks, phrases, complete)


def shown(path: Path) -> str:
    """The path as an editor's terminal would name it: below the current folder where it is."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _language(folder: Path, problems: list[Problem]) -> LanguageFiles | None:
    sources = {name: _source(folder / f"{name}.yaml", shape, problems) for name, shape in SPOKEN.items()}
    faq = {path.stem: _source(path, FaqFile, problems) for path in sorted((folder / "faq").glob("*.yaml"))}
    known = {name: source for name, source in sources.items() if source}
    read = {topic: source for topic, source in faq.items() if source}
    if len(known) < len(SPOKEN) or len(read) < len(faq):
        return None
    return LanguageFiles(**known, faq=read)


def _strangers(folder: Path, languages: Source) -> list[Problem]:
    """Files and folders that nothing would ever read: mostly a slip in a name."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_dir() or path.suffix not in (".yaml", ".yml"):
            continue
        if path.suffix == ".yml":
            found.append(Problem(shown(path), 0, "is not read", "name it .yaml"))
        elif len(parts) == 1 and path.stem not in NEUTRAL:
            found.append(Problem(shown(path), 0, "is an unknown file", meant(path.stem, list(NEUTRAL))))
        elif len(parts) > 1 and parts[0] not in languages.value:
            what = f"belongs to the language {parts[0]}, which is not in languages.yaml"
            found.append(Problem(shown(path), 0, what, meant(parts[0], list(languages.value))))
        elif len(parts) == 2 and path.stem not in SPOKEN:
            found.append(Problem(shown(path), 0, "is an unknown file", meant(path.stem, list(SPOKEN))))
    return found


def _source(path: Path, shape: Any, problems: list[Problem]) -> Source | None:
    name = shown(path)
    if not path.is_file():
        problems.append(Problem(name, 0, "is missing", "write it; README.md in that folder says how"))
        return None
    try:
        read = read_file(path)
    except YamlProblems as error:
        problems += [Problem(name, one.line, one.what, one.mend) for one in error.problems]
        return None
    document = Document(name, read.value, read.lines, read.elsewhere)
    try:
        return Source(document, TypeAdapter(shape).validate_python(document.value))
    except ValidationError as error:
        problems += problems_of(error, document, shape)
        return None
