"""Reads the files of the folder into their shapes, collecting every problem with its file and line.

A file that cannot be used is told once and then stands in as an empty one, so that the others are still checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.knowledge.files import (
    CannedFile,
    Catalogue,
    ChecklistFile,
    ContrastFile,
    FaqFile,
    Languages,
    Networks,
    PhraseFile,
    PhraseList,
    SignalFile,
)
from bot.knowledge.folders import files_of, is_folder_name, shown
from bot.yaml_lines import Document, Place, Problem, YamlProblems, meant, problems_of, read_file

Shaped = TypeVar("Shaped")


@dataclass(frozen=True, slots=True)
class Source(Generic[Shaped]):
    """One file: what it says in its shape, and where each part stands; an unsound one was told already."""

    document: Document
    value: Shaped
    is_sound: bool = True

    def problem(self, path: Place, what: str, mend: str = "") -> Problem:
        return self.document.problem(path, what, mend)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFiles:
    """The files of one language; FAQ files by topic."""

    folder: Path
    phrases: Source[PhraseFile]
    checklists: Source[ChecklistFile]
    signals: Source[SignalFile]
    canned: Source[CannedFile]
    contrasts: Source[ContrastFile]
    faq: Mapping[str, Source[FaqFile]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Everything that could be read; the first language decides what the others must have."""

    catalogue: Source[Catalogue]
    languages: Source[Languages]
    networks: Source[Networks]
    phrase_list: Source[PhraseList]
    by_language: Mapping[str, LanguageFiles]


NO_CATALOGUE = Catalogue.model_construct(version=1, topics={}, faq={}, checklists={})
NO_NETWORKS = Networks.model_construct(networks={}, assets={})
NEUTRAL = ("catalogue", "languages", "networks", "phrases")
SPOKEN = ("phrases", "checklists", "signals", "canned", "contrasts")
FAQ = "faq"


def read_folder(folder: Path) -> tuple[Folder | None, list[Problem]]:
    """What the folder says, and everything that could not be read; no folder when there is nothing to look at."""
    problems: list[Problem] = []
    if not folder.is_dir():
        return None, [Problem(shown(folder), 0, "is not a folder", "set knowledge.path to the knowledge base")]
    languages = _source(folder / "languages.yaml", Languages, {}, problems)
    read = Folder(
        catalogue=_source(folder / "catalogue.yaml", Catalogue, NO_CATALOGUE, problems),
        languages=languages,
        networks=_source(folder / "networks.yaml", Networks, NO_NETWORKS, problems),
        phrase_list=_source(folder / "phrases.yaml", PhraseList, {}, problems),
        by_language={code: _language(folder / code, problems) for code in languages.value if is_folder_name(code)},
    )
    if languages.is_sound:
        problems += _strangers(folder, languages.value)
    return read, problems


def _language(folder: Path, problems: list[Problem]) -> LanguageFiles:
    topics = sorted(path for path in (folder / FAQ).glob("*.yaml") if not path.name.startswith("."))
    return LanguageFiles(
        folder=folder,
        phrases=_source(folder / "phrases.yaml", PhraseFile, {}, problems),
        checklists=_source(folder / "checklists.yaml", ChecklistFile, {}, problems),
        signals=_source(folder / "signals.yaml", SignalFile, {}, problems),
        canned=_source(folder / "canned.yaml", CannedFile, {}, problems),
        contrasts=_contrasts(folder / "contrasts.yaml", problems),
        faq={path.stem: _source(path, FaqFile, {}, problems) for path in topics},
    )


def _contrasts(path: Path, problems: list[Problem]) -> Source[ContrastFile]:
    """The one file a language may do without."""
    if path.is_file():
        return _source(path, ContrastFile, {}, problems)
    return Source(Document(shown(path), {}), {})


def _strangers(folder: Path, languages: Languages) -> Iterator[Problem]:
    """Files and folders that nothing would ever read: mostly a slip in a name."""
    for path in files_of(folder):
        first, *rest = path.relative_to(folder).parts
        if path.suffix != ".yaml":
            yield Problem(shown(path), 0, "is not read", "end its name with .yaml")
        elif not rest and path.stem not in NEUTRAL:
            yield Problem(shown(path), 0, "is an unknown file", meant(path.stem, NEUTRAL))
        elif rest and first not in languages:
            what = f"belongs to the language {first}, which is not in languages.yaml"
            yield Problem(shown(path), 0, what, meant(first, list(languages)))
        elif len(rest) == 1 and path.stem not in SPOKEN:
            yield Problem(shown(path), 0, "is an unknown file", meant(path.stem, SPOKEN))
        elif len(rest) > 1 and rest[:-1] != [FAQ]:
            yield Problem(shown(path), 0, "is in a folder that is not read", f"did you mean {first}/{FAQ}?")


def _source(path: Path, shape: type[Shaped], nothing: Shaped, problems: list[Problem]) -> Source[Shaped]:
    name = shown(path)
    if not path.is_file():
        problems.append(Problem(name, 0, "is missing", "write it; knowledge_base/README.md says how"))
        return Source(Document(name, None), nothing, is_sound=False)
    try:
        document = replace(read_file(path), name=name)
    except YamlProblems as error:
        problems += (replace(one, file=name) for one in error.problems)
        return Source(Document(name, None), nothing, is_sound=False)
    if document.value is None and nothing == {}:
        return Source(document, nothing)
    try:
        return Source(document, TypeAdapter(shape).validate_python(document.value))
    except ValidationError as error:
        problems += problems_of(error, document, shape)
        return Source(document, nothing, is_sound=False)
